"""Small forms of concurrency that the standard library leaves to its users."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def until_first(*works: Coroutine[Any, Any, object]) -> int:
    """Run `works` together until one ends; end the others; the place of the one that ended.

    Raises what it raised.
    """
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ended = next((place for place, task in enumerate(tasks) if task.done()), -1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    tasks[ended].result()
    return ended


async def wait_up_to(event: asyncio.Event, seconds: float) -> None:
    """Until `event` is set, or `seconds` are over."""
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await event.wait()
    except TimeoutError:
        return
