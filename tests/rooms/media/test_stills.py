"""Stills, by a real helper process."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import psutil
import pytest
from PIL import Image

from sereno.media import stills
from sereno.media.stills import LARGEST_MOVIE_BYTES, Stills

from .encoded import ffmpeg


@pytest.fixture
async def made() -> AsyncIterator[Stills]:
    made = Stills()
    yield made
    await made.close()
    assert made.pid is None


@pytest.fixture(scope="module")
def movie() -> bytes:
    return ffmpeg(
        "-f", "lavfi", "-i", "color=red:s=64x48", "-frames:v", "1", "-c:v", "libx264",
        "-movflags", "empty_moov+default_base_moof", "-f", "mp4", "pipe:1",
    )  # fmt: skip


async def test_a_key_frame_becomes_a_jpeg(made: Stills, movie: bytes) -> None:
    with Image.open(io.BytesIO(await made.make(movie))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (64, 48))
        red, green, blue = picture.convert("RGB").resize((1, 1)).tobytes()
    assert red > 200
    assert max(green, blue) < 50


@pytest.mark.parametrize(
    ("width", "size"), [(0, (64, 48)), (32, (32, 24)), (5, (5, 4)), (64, (64, 48)), (999, (64, 48))]
)
async def test_it_is_as_wide_as_asked_for_and_no_wider_than_it_was(
    made: Stills, movie: bytes, width: int, size: tuple[int, int]
) -> None:
    with Image.open(io.BytesIO(await made.make(movie, width))) as picture:
        assert picture.size == size


async def test_after_a_rest_the_helper_comes_back(
    made: Stills, movie: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stills, "_RESTART_SECONDS", 0.0)
    asking = asyncio.create_task(made.make(movie))
    await asyncio.sleep(0)
    await made.rest()
    assert await asking
    assert made.pid is None
    assert await made.make(movie)


async def test_what_holds_no_picture_gives_none_and_harms_nobody(
    made: Stills, movie: bytes
) -> None:
    for nonsense in (b"", b"nonsense", movie[: len(movie) // 2], bytes(LARGEST_MOVIE_BYTES + 1)):
        assert await made.make(nonsense) == b""
    pid = made.pid
    assert await made.make(movie)
    assert made.pid == pid


async def test_many_ask_one_helper(made: Stills, movie: bytes) -> None:
    pictures = await asyncio.gather(*(made.make(movie) for _ in range(5)))
    assert len(set(pictures)) == 1
    assert pictures[0]


async def test_a_helper_that_dies_or_hangs_is_replaced(
    made: Stills, movie: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stills, "_RESTART_SECONDS", 0.0)
    assert await made.make(movie)
    psutil.Process(made.pid).kill()
    assert await made.make(movie) == b""
    assert await made.make(movie)
    monkeypatch.setattr(stills, "_PATIENCE_SECONDS", 0.2)
    hung = psutil.Process(made.pid)
    hung.suspend()
    assert await made.make(movie) == b""
    assert not hung.is_running()


async def test_an_answer_that_nobody_waited_for_is_not_the_next_ones(
    made: Stills, movie: bytes
) -> None:
    assert await made.make(movie)
    psutil.Process(made.pid).suspend()
    asking = asyncio.create_task(made.make(b"nonsense"))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert made.pid is None
