"""Sessions played in this process, without a recorder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sereno.media.rtsp.session import Patience, Session

from .camera import PASSWORD, USER
from .odd_camera import OddCamera
from .sinks import Collected

# A busy machine holds up both ends alike; who waits for a failure has less patience.
PATIENCE = Patience(
    connect_seconds=30, reply_seconds=30, silence_seconds=30, datagram_seconds=30,
    least_timeout_seconds=0.2,
)  # fmt: skip


def session(odd: OddCamera, **options: Any) -> Session:
    values = {"now_us": lambda: 1, "patience": PATIENCE} | options
    return Session(odd.address, USER, PASSWORD, **values)


async def play(
    odd: OddCamera,
    pictures: int,
    *,
    is_enough: Callable[[], bool] = lambda: True,
    **options: Any,
) -> tuple[Collected, str]:
    """Play until so many pictures are here, and it is enough; the transport that was used."""
    collected = Collected()
    async with session(odd, **options) as playing:
        watching = asyncio.create_task(_play_on(playing, collected))
        await collected.wait(pictures, watching)
        while not is_enough():
            await collected.wait(len(collected.samples) + 1, watching)
        transport = playing.transport
        watching.cancel()
        await asyncio.wait([watching])
    return collected, transport


async def _play_on(playing: Session, collected: Collected) -> None:
    await playing.play(collected)
    await playing.watch()
