"""A download that is never broken off by us: given up, it is read to its end all the same.

Recorders of this make refuse all downloads until they are restarted after a few that were broken
off. So the connection belongs to a task of its own, which has the device's one turn for downloads.
Whoever wanted the bytes may go: the task drains what is left, for so long; then the device rests.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sereno.base.clock import Clock
from sereno.drivers.dahua.judge import fault_of
from sereno.drivers.errors import DeviceError
from sereno.drivers.http.answers import Answer, StreamAnswer
from sereno.drivers.http.client import DeviceHttp

SILENCE_SECONDS = 30.0
_CHUNKS_AHEAD = 8
_ERROR_BYTES = 4096
_RIGHT = "Playback"


@dataclass(frozen=True, slots=True)
class Pace:
    """How gently a device is treated.

    What nobody wants is read for `drain_seconds`, after `close` for `finish_seconds`; if that is
    not enough it is broken off, and the device rests for `rest_seconds`. After a download that the
    device broke off, the next is asked for `pause_seconds` later.
    """

    drain_seconds: float = 120.0
    finish_seconds: float = 10.0
    rest_seconds: float = 30.0
    pause_seconds: float = 2.0


@dataclass(slots=True)
class Taps:
    """All downloads of one driver."""

    http: DeviceHttp
    clock: Clock
    pace: Pace = field(default_factory=Pace)
    _rested_at: float = 0.0
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def open(self, target: str) -> AsyncIterator[Tap]:
        """One download, once it is its turn. Raises DeviceError."""
        tap = Tap(self, target)
        task = asyncio.create_task(tap.run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            await tap.begun()
            yield tap
        finally:
            tap.give_up()
            if tap.has_ended:
                await task

    async def finish(self) -> None:
        """Let downloads that nobody wants come to their end, for a while; then break them off."""
        if self._running:
            await asyncio.wait(self._running, timeout=self.pace.finish_seconds)
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def rest(self) -> None:
        """Wait until the device has rested."""
        left = self._rested_at - self.clock.monotonic()
        if left > 0:
            await asyncio.sleep(left)

    def broke_off(self) -> None:
        """A download was broken off: the device needs a rest."""
        self._rested_at = self.clock.monotonic() + self.pace.rest_seconds


class Tap:
    """One download. `expected_bytes` is what the device said, which is not always so."""

    def __init__(self, taps: Taps, target: str) -> None:
        self.expected_bytes: int | None = None
        self.has_ended = False
        self._taps = taps
        self._target = target
        self._chunks = asyncio.Queue[bytes | DeviceError | None](_CHUNKS_AHEAD)
        self._is_begun = asyncio.get_running_loop().create_future()
        self._is_unwanted = asyncio.Event()

    async def run(self) -> None:
        """Read all of it. Nothing is raised: errors go to who reads."""
        end: DeviceError | None = None
        try:
            async with self._taps.http.gate.turn("download"):
                await self._taps.rest()
                if not self._is_unwanted.is_set():
                    await self._read()
        except DeviceError as error:
            end = error
        self.has_ended = True
        if not self._is_begun.done():
            self._is_begun.set_exception(end) if end else self._is_begun.cancel()
        elif not self._is_unwanted.is_set():
            await self._chunks.put(end)

    async def begun(self) -> None:
        """Wait for the device's answer. Raises DeviceError for one that is an error."""
        await self._is_begun

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """All bytes. Raises DeviceError."""
        while (chunk := await self._chunks.get()) is not None:
            if isinstance(chunk, DeviceError):
                raise chunk
            yield chunk

    def give_up(self) -> None:
        """Nobody reads any more; who waits for room in the queue is let go."""
        self._is_unwanted.set()
        if not self._is_begun.done():
            self._is_begun.cancel()
        elif not self._is_begun.cancelled():
            self._is_begun.exception()  # whoever waited for it has gone
        while not self._chunks.empty():
            self._chunks.get_nowait()

    async def _read(self) -> None:
        http = self._taps.http
        async with http.stream("GET", self._target, silence_seconds=SILENCE_SECONDS) as answer:
            fault = await _fault(answer)
            if fault is not None:
                raise fault
            self.expected_bytes = answer.expected_bytes
            if not self._is_begun.done():
                self._is_begun.set_result(None)
            try:
                await self._pump(answer)
            except asyncio.CancelledError:
                self._taps.broke_off()
                raise

    async def _pump(self, answer: StreamAnswer) -> None:
        chunks = answer.chunks()
        async for chunk in chunks:
            if self._is_unwanted.is_set():
                break
            await self._chunks.put(chunk)
        try:
            async with asyncio.timeout(self._taps.pace.drain_seconds):
                async for _ in chunks:
                    pass
        except TimeoutError:
            self._taps.broke_off()


async def _fault(answer: StreamAnswer) -> DeviceError | None:
    """What an answer means that is no download; all of its text is read."""
    if answer.status == 200:
        return None
    body = b""
    async for chunk in answer.chunks():
        body = (body + chunk)[:_ERROR_BYTES]
    return fault_of(Answer(answer.status, answer.headers, body), _RIGHT)
