"""Stills of what is recorded, made by a helper process."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from struct import Struct

from sereno.media.leash import die_with

LARGEST_MOVIE_BYTES = 32 * 1024 * 1024
_SIZE = Struct(">I")
_QUESTION = Struct(">II")
_PATIENCE_SECONDS = 20.0  # machines that are starting are slow, and so is loading PyAV
_RESTART_SECONDS = 5.0  # at least so long between two helpers
_log = logging.getLogger(__name__)


class Stills:
    """One helper for all: started when first needed, and again when it died. Needs `close`."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._may_start_at = 0.0

    @property
    def pid(self) -> int | None:
        """Of the helper, while it runs."""
        return self._process.pid if self._process is not None else None

    async def make(self, movie: bytes, width: int = 0) -> bytes:
        """A JPEG of the first picture of an MP4; empty where none can be made now.

        It is `width` pixels wide, or as wide as the picture is where that is less; 0: as it is.
        """
        if not 0 < len(movie) <= LARGEST_MOVIE_BYTES:
            return b""
        async with self._turn:
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    return await self._ask(movie, width)
            except (OSError, EOFError, TimeoutError) as error:
                _log.warning("the helper for stills is started anew: %s", type(error).__name__)
            except BaseException:
                await self._end()  # a half-read answer would be taken for the next one's
                raise
            await self._end()
            return b""

    async def rest(self) -> None:
        """End the helper until it is needed again, when it has done what it is at."""
        async with self._turn:
            await self._end()

    async def close(self) -> None:
        """End the helper."""
        await self._end()

    async def _ask(self, movie: bytes, width: int) -> bytes:
        process = self._process or await self._start()
        if process.stdin is None or process.stdout is None:
            raise ValueError("a process without pipes")
        process.stdin.write(_QUESTION.pack(len(movie), width) + movie)
        await process.stdin.drain()
        (size,) = _SIZE.unpack(await process.stdout.readexactly(_SIZE.size))
        return await process.stdout.readexactly(size)

    async def _start(self) -> Process:
        loop, parent = asyncio.get_running_loop(), os.getpid()
        await asyncio.sleep(self._may_start_at - loop.time())
        self._may_start_at = loop.time() + _RESTART_SECONDS
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "sereno.media.still_helper", stdin=PIPE, stdout=PIPE,
            preexec_fn=lambda: _begin(parent),
        )  # fmt: skip
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _begin(parent: int) -> None:
    """Between fork and exec: never in the way of whatever records."""
    die_with(parent)
    os.nice(5)
