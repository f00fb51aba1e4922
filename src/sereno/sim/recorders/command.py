"""What ``sereno sim hikvision`` and its like do: serve one recorder until told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import TypeVar

import uvloop

Opened = TypeVar("Opened")


def serve_recorder(
    recorder: AbstractAsyncContextManager[Opened], on_listening: Callable[[Opened], None]
) -> None:
    """Serves one, or several that open together, until SIGTERM or SIGINT; prints nothing.

    Raises EncodingError when ffmpeg fails, and OSError when a port is taken.
    """
    uvloop.run(_serve(recorder, on_listening))


async def _serve(
    recorder: AbstractAsyncContextManager[Opened], on_listening: Callable[[Opened], None]
) -> None:
    serving = asyncio.ensure_future(_serve_for_ever(recorder, on_listening))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving


async def _serve_for_ever(
    recorder: AbstractAsyncContextManager[Opened], on_listening: Callable[[Opened], None]
) -> None:
    async with recorder as running:
        on_listening(running)
        await asyncio.Event().wait()
