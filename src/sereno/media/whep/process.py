"""The node's side of the WebRTC helper: started for the first viewer, ended after the last."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress

from pydantic import BaseModel

from sereno.media.leash import die_with
from sereno.media.whep.contract import (
    FROM_HELPER,
    Answer,
    Closed,
    IceSettings,
    Open,
    packed,
    unpacked,
)

log = logging.getLogger(__name__)

ARGV = (sys.executable, "-P", "-m", "sereno.media.whep.helper")
PATIENCE_SECONDS = 20.0  # machines that are starting are slow, and so is loading PyAV
GOODBYE_SECONDS = 2.0


class HelperProcess:
    """Made by `start`; needs `close`. `on_closed` hears of each session that is over."""

    def __init__(
        self, process: Process, on_closed: Callable[[Closed], None], on_over: Callable[[], None]
    ) -> None:
        self._process = process
        self._on_closed = on_closed
        self._waiting: dict[str, asyncio.Future[Answer | Closed]] = {}
        self._reading = asyncio.create_task(self._read())
        self._reading.add_done_callback(lambda _: on_over())

    @classmethod
    async def start(
        cls, ice: IceSettings, on_closed: Callable[[Closed], None], on_over: Callable[[], None]
    ) -> HelperProcess:
        """`on_over` is called when it has ended. Raises OSError where it cannot be started."""
        parent = os.getpid()
        process = await asyncio.create_subprocess_exec(
            *ARGV, stdin=PIPE, stdout=PIPE, preexec_fn=lambda: _begin(parent)
        )
        self = cls(process, on_closed, on_over)
        await self.tell(ice)
        return self

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_over(self) -> bool:
        return self._reading.done()

    async def ask(self, asked: Open) -> Answer | Closed:
        """What became of an offer. Raises OSError when the helper has died, and TimeoutError."""
        future = asyncio.get_running_loop().create_future()
        self._waiting[asked.session] = future
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.tell(asked)
                answer: Answer | Closed = await future
        finally:
            self._waiting.pop(asked.session, None)
        return answer

    async def tell(self, message: BaseModel, body: bytes = b"") -> None:
        """Write a message, as fast as the helper takes it. Raises OSError when it has died."""
        self.post(message, body)
        if self._process.stdin is not None:
            await self._process.stdin.drain()

    def post(self, message: BaseModel, body: bytes = b"") -> None:
        """Write a short message without waiting. Raises OSError when it has died."""
        if self._process.stdin is None or self.is_over:
            raise BrokenPipeError
        self._process.stdin.write(packed(message, body))

    async def close(self) -> None:
        """Let it tell its viewers, and end it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        finally:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def _read(self) -> None:
        reader = self._process.stdout
        if reader is None:
            raise ValueError("a process without pipes")
        try:
            while True:
                head, _ = await unpacked(reader)
                self._hear(FROM_HELPER.validate_json(head))
        except EOFError:
            pass  # it has ended
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(BrokenPipeError())

    def _hear(self, message: Answer | Closed) -> None:
        future = self._waiting.get(message.session)
        if future is not None and not future.done():
            future.set_result(message)
        elif isinstance(message, Closed):
            self._on_closed(message)


def _begin(parent: int) -> None:
    """Between fork and exec: never in the way of whatever records."""
    die_with(parent)
    os.nice(5)
