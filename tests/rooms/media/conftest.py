"""Real pictures, and a camera that does what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from .camera import Camera, Told, Video, make_h264
from .odd_camera import OddCamera

# How long an example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def cameras_leave_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine simulated cameras send late; pictures are counted here."""
    monkeypatch.setattr("sereno.sim.pump._LATEST_SECONDS", 60.0)


@pytest.fixture(scope="session")
def video() -> Video:
    return Video.of(make_h264(128, 96))


@pytest.fixture(scope="session")
def other_video() -> Video:
    """The same camera after somebody changed its resolution."""
    return Video.of(make_h264(160, 112))


@pytest.fixture
async def camera(video: Video) -> AsyncIterator[Camera]:
    made = Camera(video)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


@pytest.fixture
async def odd(video: Video) -> AsyncIterator[OddCamera]:
    async with OddCamera(video).served() as made:
        yield made


@pytest.fixture
def told() -> Told:
    return Told()
