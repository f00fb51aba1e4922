from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from sereno.wire.reports import ReasonReport

from .camera import (
    Camera,
    Told,
)
from .recording import PATIENCE, first_failure


async def test_the_camera_s_own_words(camera: Camera, told: Told, tmp_path: Path) -> None:
    camera.answers["DESCRIBE"] = "RTSP/1.0 302 Moved\r\nCSeq: {cseq}\r\n\r\n"
    failed = await first_failure(camera.task(tmp_path, engine="native"), told)
    assert failed.reason == ReasonReport(
        key="device_error", params={"status": "302"}, raw="RTSP/1.0 302 Moved"
    )


async def test_address_that_is_none(told: Told, tmp_path: Path, camera: Camera) -> None:
    failed = await first_failure(camera.task(tmp_path, address="gopher://192.0.2.1/"), told)
    assert failed.reason.key == "garbled"


async def test_web_server(told: Told, tmp_path: Path, camera: Camera) -> None:
    camera.answers["OPTIONS"] = "HTTP/1.0 400 Bad Request\r\n\r\n<html>"
    failed = await first_failure(camera.task(tmp_path), told)
    assert failed.reason.key == "garbled"
    assert "HTTP/1.0 400" in failed.reason.raw


async def test_codec_we_cannot_record(told: Told, tmp_path: Path, camera: Camera) -> None:
    camera.sdp_codec = "VP8"
    failed = await first_failure(camera.task(tmp_path), told)
    assert (failed.reason.key, failed.reason.params) == ("codec_unknown", {"codec": "VP8"})


async def test_no_picture(told: Told, tmp_path: Path, camera: Camera) -> None:
    async def nothing(camera: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    camera.script = nothing
    impatient = replace(PATIENCE, silence_seconds=0.3)
    failed = await first_failure(camera.task(tmp_path), told, impatient)
    assert (failed.reason.key, failed.reason.params) == ("no_picture", {"seconds": "0.3"})
