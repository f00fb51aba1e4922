"""The end of listening, without losing hold of whoever was just let in."""

from __future__ import annotations

import asyncio

_TURNS = 3
"""Of the loop, from a connection that was accepted to its protocol."""


async def stop_listening(*listeners: asyncio.Server) -> None:
    """Nobody is let in any more, and whoever was is known to the protocol's factory.

    A server that is closed in the turns between breaks asyncio's transport in the making, whose
    socket then stays open (cpython, `Server._attach`).
    """
    loop = asyncio.get_running_loop()
    for listener in listeners:
        for each in listener.sockets:
            loop.remove_reader(each.fileno())
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    for listener in listeners:
        listener.close()
