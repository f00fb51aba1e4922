"""Two parts of one recording become one movie, picture by picture the same."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from sereno.media.faults import StreamFault
from sereno.media.foreign.join import Picture, _pictures, join, read_pictures, seam
from sereno.media.foreign.movie_facts import MovieFacts
from sereno.media.foreign.remux import remux

from .encoded import ffmpeg

SECONDS, CUT_AT, ASKED_AT = 12, 0.6, 4.0


@cache
def recording(seconds: int = SECONDS) -> bytes:
    """A program stream with a key frame each second, and sound."""
    return ffmpeg(
        "-f", "lavfi", "-i", f"testsrc2=size=128x96:rate=10:d={seconds}",
        "-f", "lavfi", "-i", f"sine=r=48000:d={seconds}",
        "-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-g", "10",
        "-c:a", "mp2", "-f", "vob", "pipe:1",
    )  # fmt: skip


@pytest.fixture
async def parts(tmp_path: Path) -> tuple[Path, Path, Path]:
    """All of it; what came before it was cut off; what was fetched by time."""
    sources = (tmp_path / "all.ps", tmp_path / "first.ps", tmp_path / "second.ps")
    whole, first, second = sources
    whole.write_bytes(recording())
    first.write_bytes(recording()[: int(len(recording()) * CUT_AT)])
    ffmpeg("-ss", str(ASKED_AT), "-i", str(whole), "-c", "copy", "-f", "vob", str(second))
    for source in sources:
        await remux(source, source.with_suffix(".mp4"))
        source.unlink()
    return whole.with_suffix(".mp4"), first.with_suffix(".mp4"), second.with_suffix(".mp4")


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def steps(shown: list[Picture]) -> list[float]:
    """From each picture to the next."""
    return [later.at - earlier.at for earlier, later in pairwise(shown)]


async def test_parts_that_overlap_are_joined_picture_by_picture(
    parts: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    whole, first, second = parts
    target = tmp_path / "it's joined.mp4"
    facts = await join(first, second, ASKED_AT, target)
    wanted = await _pictures(whole, 0.0)
    joined = await _pictures(target, 0.0)
    assert [each.digest for each in joined] == [each.digest for each in wanted]
    assert steps(joined) == pytest.approx(steps(wanted), abs=0.02)
    assert facts.seconds == pytest.approx(SECONDS, abs=0.2)
    assert (facts.codec, facts.sound) == ("h264", "mp4a")
    assert len(names(tmp_path)) == 4


async def test_parts_without_a_common_picture_are_refused_and_leave_nothing(
    parts: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    whole, _, second = parts
    other = tmp_path / "other.ps"
    other.write_bytes(
        ffmpeg("-f", "lavfi", "-i", "testsrc=size=128x96:rate=10:d=4", "-c:v", "libx264",
               "-preset", "ultrafast", "-threads", "1", "-f", "vob", "pipe:1")
    )  # fmt: skip
    await remux(other, tmp_path / "other.mp4")
    before = names(tmp_path)
    with pytest.raises(StreamFault) as told:
        await join(tmp_path / "other.mp4", second, 2.0, tmp_path / "joined.mp4")
    assert told.value.reason.key == "footage_unreadable"

    def refuse(facts: MovieFacts) -> None:
        raise ValueError("too short")

    with pytest.raises(ValueError, match="too short"):
        await join(whole, second, ASKED_AT, tmp_path / "joined.mp4", accept=refuse)
    assert names(tmp_path) == before


def pictures(digests: str) -> list[Picture]:
    return [Picture(float(at), digest) for at, digest in enumerate(digests)]


@pytest.mark.parametrize(
    ("first", "second", "expected", "cut"),
    [
        pytest.param("abcdefX", "defgh", 3, 3.0, id="the-last-may-be-cut-off"),
        pytest.param("abcabcabcX", "abc", 3, 3.0, id="nearest-of-what-repeats"),
        pytest.param("abcabcabcX", "abc", 7, 6.0, id="nearest-of-what-repeats-late"),
        pytest.param("abcdefX", "dxf", 3, None, id="one-picture-is-not-enough"),
        pytest.param("abcdX", "xyz", 3, None, id="nothing-in-common"),
        pytest.param("abcdX", "abcd", 90, None, id="too-far-away"),
        pytest.param("", "abcd", 0, None, id="nothing-came"),
        pytest.param("abcd", "", 0, None, id="nothing-comes"),
    ],
)
def test_the_seam_is_where_pictures_agree(
    first: str, second: str, expected: float, cut: float | None
) -> None:
    assert seam(pictures(first), pictures(second), expected) == cut


def test_what_ffmpeg_says_of_pictures_is_read() -> None:
    told = "#format: frame checksums\n#tb 0: 1/1000\n#extradata 0: 9, 1\n0, 40, 80, 40, 9, ab\n"
    assert read_pictures(told) == [Picture(0.04, "ab")]
