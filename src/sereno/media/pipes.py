"""The runner's two pipes: command lines in, event lines out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Callable

from pydantic import ValidationError

from sereno.media.contract import COMMANDS, Command

FLUSH_SECONDS = 0.05
"""Lines leave together, this often at most, but where they are in a hurry."""

LARGEST_BACKLOG_BYTES = 64 * 1024 * 1024
_CLOSE_SECONDS = 5.0
_LARGEST_LINE_BYTES = 1024 * 1024

Emit = Callable[[str], None]

_log = logging.getLogger(__name__)


async def read_commands() -> AsyncIterator[Command]:
    """Commands from standard input until it closes. A line that is none is logged, not obeyed."""
    reader = asyncio.StreamReader(limit=_LARGEST_LINE_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while True:
        try:
            line = await reader.readline()
        except ValueError:
            _log.error("a command line is too long")
            continue
        if not line:
            return
        try:
            yield COMMANDS.validate_json(line)
        except ValidationError as error:
            # Without the input: it may hold a password.
            faults = error.errors(include_input=False, include_url=False)
            _log.error("not a command: %s", [(each["loc"], each["type"]) for each in faults])


class EventPipe:
    """Writes event lines to standard output without ever waiting for the reader."""

    def __init__(
        self, transport: asyncio.WriteTransport, end: _PipeEnd, on_overflow: Callable[[], None]
    ) -> None:
        self._transport = transport
        self._end = end
        self._on_overflow = on_overflow
        self._loop = asyncio.get_running_loop()
        self._lines: list[str] = []
        self._timer: asyncio.Handle | None = None
        self._is_hurried = False
        self._last_flush = 0.0

    @classmethod
    async def open(cls, on_overflow: Callable[[], None]) -> EventPipe:
        """Open standard output, which must be a pipe or a socket. `on_overflow` is called when
        nobody reads for so long that memory would run out."""
        loop = asyncio.get_running_loop()
        transport, end = await loop.connect_write_pipe(_PipeEnd, sys.stdout)
        return cls(transport, end, on_overflow)

    def emit(self, line: str) -> None:
        self._lines.append(line)
        if self._timer is None:
            self._timer = self._loop.call_at(self._last_flush + FLUSH_SECONDS, self._flush)

    def hurry(self) -> None:
        """What was emitted leaves as soon as all that is being done now is done."""
        if self._timer is not None and not self._is_hurried:
            self._is_hurried = True
            self._timer.cancel()
            self._timer = self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._timer, self._is_hurried = None, False
        self._last_flush = self._loop.time()
        lines, self._lines = self._lines, []
        self._transport.write(("\n".join(lines) + "\n").encode())
        if self._transport.get_write_buffer_size() > LARGEST_BACKLOG_BYTES:
            _log.error("nobody reads the events; stopping")
            self._on_overflow()

    async def close(self) -> None:
        """Write what is left, as long as somebody reads."""
        if self._timer is not None:
            self._timer.cancel()
            self._flush()
        self._transport.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._end.closed


class _PipeEnd(asyncio.BaseProtocol):
    """Knows when everything was written, or nobody is there to read it."""

    def __init__(self) -> None:
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set_result(None)
