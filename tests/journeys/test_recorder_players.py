"""Players that nobody here wrote play what a recorder plays, from one address alone."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import imageio_ffmpeg
import pytest
from tests.rooms.front.conftest import serving, tcp_listener
from tests.rooms.node.recorder_views import GOP_SECONDS, house, some_footage

from sereno.base.clock import SystemClock
from sereno.front.app import Places, make_app

SECONDS = 4
FPS = 25


@pytest.fixture(scope="session")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loops")


async def test_ffmpeg_plays_it_from_its_beginning_to_its_end(loops: Path, tmp_path: Path) -> None:
    key = tmp_path / "ticket.pub"
    places = Places(tmp_path / "hub.sock", tmp_path / "node.sock", key, tmp_path)
    front, listener = make_app(places, SystemClock()), tcp_listener()
    port = listener.getsockname()[1]
    async with house(loops, tmp_path, "hikvision", "one-playback") as place:
        key.write_text(place.hub.public_key)
        ticket = place.ticket(some_footage(SECONDS), is_own_node=True)
        async with serving((front, listener)):
            ffmpeg = await asyncio.create_subprocess_exec(
                imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "info",
                "-live_start_index", "0",
                "-i", f"http://127.0.0.1:{port}/hls/{ticket}/index.m3u8",
                "-f", "null", "-", stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            _, said = await asyncio.wait_for(ffmpeg.communicate(), 90)
    assert ffmpeg.returncode == 0, said.decode()
    frames = int(re.findall(rb"frame=\s*(\d+)", said)[-1])
    assert SECONDS * FPS <= frames <= (SECONDS + 2 * GOP_SECONDS) * FPS
    assert b"Audio: aac" in said
