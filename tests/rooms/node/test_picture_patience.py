"""A picture that is not made keeps nobody waiting."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from sereno.base.errors import Unavailable
from sereno.media.stills import Stills
from sereno.node import pictures
from sereno.node.pictures import KeyFrame, Pictures
from sereno.node.recording import Recording
from sereno.node.rows import SegmentRow, StreamKey


async def test_nobody_waits_for_ever_for_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    movie = tmp_path / "movie.mp4"
    movie.write_bytes(bytes(100))
    row = cast(SegmentRow, SimpleNamespace(init_size=10))
    has_begun = asyncio.Event()

    async def of_that_moment(*_: Any) -> KeyFrame:
        return KeyFrame(row, movie, offset_bytes=10, size_bytes=90, at_us=1)

    async def never(*_: Any) -> bytes:
        has_begun.set()
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(Pictures, "_key_frame", of_that_moment)
    monkeypatch.setattr(Stills, "make", never)
    monkeypatch.setattr(pictures, "LONGEST_SECONDS", 0.05)
    made = Pictures(tmp_path / "kept", cast(Recording, None), lambda *_: None)
    running = asyncio.create_task(made.run())
    await asyncio.sleep(0)  # it runs
    with pytest.raises(Unavailable) as refused:
        await made.at(StreamKey(uuid4(), "main"), 1, 160)
    assert refused.value.key == "pictures_busy"
    await has_begun.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
