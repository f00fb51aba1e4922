"""What is kept of small pictures, and what goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.node.picture_cache import NAME, PictureCache, PictureKey
from sereno.node.rows import StreamKey

KEY = StreamKey(uuid4(), "main")
LIMIT_BYTES = 10_000


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[PictureCache]:
    made = PictureCache(tmp_path / "pictures", LIMIT_BYTES)
    yield made
    made.close()


def at(us: int, width: int = 160, key: StreamKey = KEY) -> PictureKey:
    return PictureKey(key, us, width)


def test_what_was_put_is_there_after_a_restart(cache: PictureCache, tmp_path: Path) -> None:
    cache.put(at(1), b"one")
    cache.put(at(1), b"another of the same moment")
    cache.put(at(1, 320), b"wide")
    cache.close()
    again = PictureCache(tmp_path / "pictures", LIMIT_BYTES)
    assert again.get(at(1)) == b"one"
    assert again.get(at(1, 320)) == b"wide"
    assert again.get(at(2)) is None
    assert again.get(at(1, key=StreamKey(KEY.camera_id, "sub"))) is None
    assert again.size_bytes == len(b"onewide")
    again.close()
    assert (tmp_path / "pictures").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "pictures" / NAME).stat().st_mode & 0o777 == 0o600


def test_what_was_made_first_goes_first(cache: PictureCache) -> None:
    for us in range(100):
        cache.put(at(us), bytes(1000))
        assert cache.size_bytes <= LIMIT_BYTES
    times = cache.times(KEY)
    assert times == list(range(times[0], 100))
    assert 7 <= len(times) <= 10


def test_a_file_does_not_grow_for_ever(cache: PictureCache, tmp_path: Path) -> None:
    for us in range(2000):
        cache.put(at(us), bytes(1000))
    cache.close()
    assert sum(path.stat().st_size for path in (tmp_path / "pictures").iterdir()) < 200_000


def test_pictures_of_footage_that_went_go_too(cache: PictureCache) -> None:
    other = StreamKey(uuid4(), "sub")
    for us in range(4):
        cache.put(at(us), b"of one")
        cache.put(at(us, key=other), b"of another")
    cache.forget(KEY, [0, 2])
    assert cache.times(KEY) == [1, 3]
    assert cache.times(other) == [0, 1, 2, 3]
    assert cache.size_bytes == 2 * len(b"of one") + 4 * len(b"of another")
    cache.forget(KEY, [1, 3])
    assert cache.streams() == [other]


@pytest.mark.parametrize("harm", [b"no database at all" * 100, b""])
def test_a_file_that_cannot_be_read_is_begun_anew(
    cache: PictureCache, tmp_path: Path, harm: bytes
) -> None:
    cache.put(at(1), b"one")
    cache.close()
    (tmp_path / "pictures" / NAME).write_bytes(harm)
    again = PictureCache(tmp_path / "pictures", LIMIT_BYTES)
    assert again.get(at(1)) is None
    again.put(at(2), b"two")
    assert again.get(at(2)) == b"two"
    again.close()
