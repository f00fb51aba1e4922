"""Listening to a device's events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.drivers.contract import DeviceEvent
from sereno.drivers.errors import Busy, Garbled, Unreachable
from sereno.drivers.gate import Gate
from sereno.drivers.hikvision.isapi import ALERT_STREAM, Isapi, brief
from sereno.drivers.hikvision.parse_errors import Trouble, rejection
from sereno.drivers.hikvision.parse_events import Packet, Packets, packet
from sereno.drivers.hikvision.reasons import Right
from sereno.drivers.hikvision.runs import Runs
from sereno.drivers.hikvision.timekeeping import Timekeeping, nearest
from sereno.drivers.http.answers import StreamAnswer
from sereno.drivers.http.faults import timed_out
from sereno.policy.reasons import Reason

QUIET_SECONDS = 75.0
"""After so long without a word the device is asked whether it is there: newer ones only speak when
something happens."""

_FOR_EVER_SECONDS = 86_400.0 * 3650
_ATTACH_SECONDS = 30.0
_SENSIBLE = timedelta(hours=12)
"""An event is told as it happens: a time farther away is none."""

_SLOT_SECONDS = (30.0, 120.0)
"""A place that a broken connection left is held for up to minutes."""


@dataclass(slots=True)
class Events:
    """The event stream of one device. `is_there` asks it something cheap, raising DeviceError."""

    isapi: Isapi
    gate: Gate
    clock: Clock
    is_there: Callable[[], Awaitable[object]]
    quiet_seconds: float = QUIET_SECONDS
    _slots: Backoff = field(default_factory=lambda: Backoff(*_SLOT_SECONDS))

    async def listen(
        self, keeping: Timekeeping, channel_of: Callable[[int], str]
    ) -> AsyncGenerator[DeviceEvent, None]:
        """Everything from now on. Ends by raising DeviceError; Busy where no place is free."""
        runs, packets, has_spoken = Runs(), Packets(), False
        async with self.gate.turn("events"), AsyncExitStack() as stack:
            answer = await self._attach(stack)
            pieces = await stack.enter_async_context(aclosing(self._pieces(answer, runs)))
            async for piece in pieces:
                has_spoken = has_spoken or bool(piece)
                for told in filter(None, map(_readable, packets.feed(piece))):
                    if (event := self._event(told, runs, keeping, channel_of)) is not None:
                        yield event
                for event in runs.expired(self.clock.monotonic()):
                    yield event
        if not has_spoken:
            raise self._slot_held("HTTP 200, nothing")
        raise Unreachable(Reason("events_ended"))

    async def _attach(self, stack: AsyncExitStack) -> StreamAnswer:
        """Its answer, if it lets us listen."""
        opening = self.isapi.http.stream(
            "GET", f"/ISAPI{ALERT_STREAM}", silence_seconds=_FOR_EVER_SECONDS
        )
        try:
            with self.isapi.naming(Right.EVENTS):
                async with asyncio.timeout(_ATTACH_SECONDS):
                    answer = await stack.enter_async_context(opening)
                    await self._check(answer)
        except TimeoutError:
            raise timed_out(self.isapi.login, _ATTACH_SECONDS, is_connected=True) from None
        except Unreachable as error:
            if error.reason.key != "api_broke_off":
                raise
            raise self._slot_held("–") from None
        return answer

    async def _check(self, answer: StreamAnswer) -> None:
        """Raises what a refused place means. 404 and 403 mean one that is held, but for a model
        that says it has no events."""
        if answer.status < 300:
            self._slots.reset()
            return
        async with aclosing(answer.chunks()) as chunks:
            refused = rejection(answer.status, await brief(chunks))
        if refused is None:
            raise Unreachable(Reason("events_ended", raw=f"HTTP {answer.status}"))
        if refused.trouble is Trouble.BUSY or (
            refused.trouble is Trouble.ABSENT and refused.is_vague
        ):
            raise self._slot_held(refused.said)
        if refused.trouble is Trouble.ABSENT:
            self.isapi.note_absent(ALERT_STREAM, refused)
        raise self.isapi.error(refused, Right.EVENTS)

    def _slot_held(self, said: str) -> Busy:
        until = self.clock.now() + timedelta(seconds=self._slots.next_seconds())
        return Busy(Reason("events_slot_held", {"status": said}), not_before=until)

    async def _pieces(self, answer: StreamAnswer, runs: Runs) -> AsyncGenerator[bytes, None]:
        """Bytes as they come; nothing, when it is time to look at what has ended. Silence is no
        sign of death, and a device that answers elsewhere is well."""
        async with aclosing(answer.chunks()) as chunks:
            while True:
                coming = asyncio.ensure_future(anext(chunks, None))
                try:
                    while not await self._has_come(coming, runs):
                        yield b""
                finally:
                    coming.cancel()
                    await asyncio.wait({coming})
                if (piece := coming.result()) is None:
                    return
                yield piece

    async def _has_come(self, coming: asyncio.Future[bytes | None], runs: Runs) -> bool:
        due = runs.wait_seconds(self.clock.monotonic())
        limit = self.quiet_seconds if due is None else min(due, self.quiet_seconds)
        done, _ = await asyncio.wait({coming}, timeout=limit)
        if not done and limit == self.quiet_seconds:
            await self.is_there()
        return bool(done)

    def _event(
        self,
        told: Packet,
        runs: Runs,
        keeping: Timekeeping,
        channel_of: Callable[[int], str],
    ) -> DeviceEvent | None:
        channel = None if told.number is None else channel_of(told.number)
        at = self._moment(told.wall, keeping)
        event = DeviceEvent(told.kind, told.code, channel, told.state, at)
        return runs.heard(event, self.clock.monotonic())

    def _moment(self, wall: datetime | None, keeping: Timekeeping) -> datetime:
        """When it happened by the device's clock: whichever reading of what it wrote is nearest to
        now, for what stands behind the time is wrong in summer. Now, where it wrote nonsense."""
        now = self.clock.now() + timedelta(seconds=keeping.offset_seconds)
        if wall is None:
            return now
        at = nearest((*keeping.zone.to_utc(wall), wall.replace(tzinfo=UTC)), now)
        return at if abs(at - now) < _SENSIBLE else now


def _readable(data: bytes) -> Packet | None:
    """A packet, or None for a broken one: the next may be whole."""
    try:
        return packet(data)
    except Garbled:
        return None
