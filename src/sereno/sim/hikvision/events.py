"""The stream of events, with all that it may do wrong."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.event_parts import KEEP_ALIVE, Event, Parts
from sereno.sim.hikvision.triggers import are_ticked
from sereno.sim.hikvision.xml import Refusal, busy
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HangUp, HttpAnswer, HttpRequest

_MOST_LISTENERS = 4
Draw = Callable[[ChannelSpec], Awaitable[bytes]]


class Events:
    """Tells every listener. While nothing happens a sign of life goes out every so often."""

    def __init__(self, device: Device, draw: Draw, keep_alive_seconds: float) -> None:
        self.listeners: set[_Listener] = set()
        self._device = device
        self._draw = draw
        self._keep_alive_seconds = keep_alive_seconds
        self._refusals: Iterator[int] = itertools.cycle((404, 403, 0))
        self._held_until = 0.0

    def routes(self) -> Routes:
        """What answers with events."""
        return [("GET", "/ISAPI/Event/notification/alertStream", self.attach)]

    def emit(self, event: Event) -> None:
        """Tells all who listen now, where events are sent."""
        for listener in self.listeners if are_ticked(self._device) else ():
            listener.waiting.put_nowait(event)

    async def attach(self, _: HttpRequest) -> HttpAnswer:
        """A stream without an end, or what a device says that holds a slot for one who left."""
        if self._device.clock.true_now().timestamp() < self._held_until:
            status = next(self._refusals)
            if not status:
                raise HangUp
            raise Refusal(status, 4, "invalidOperation")
        if len(self.listeners) >= _MOST_LISTENERS:
            raise busy()
        seconds = None if "silent-events" in self._device.quirks else self._keep_alive_seconds
        listener = _Listener(Parts(self._device), self._draw, seconds, self._leave)
        self.listeners.add(listener)
        return HttpAnswer(200, listener.parts.headers(), listener)

    def _leave(self, listener: _Listener) -> None:
        self.listeners.discard(listener)
        held_seconds = self._device.quirks.get("held-event-slot")
        if held_seconds is not None:
            self._held_until = self._device.clock.true_now().timestamp() + held_seconds


class _Listener:
    """One client's stream; ``keep_alive_seconds`` None sends no sign of life."""

    def __init__(
        self,
        parts: Parts,
        draw: Draw,
        keep_alive_seconds: float | None,
        on_end: Callable[[_Listener], None],
    ) -> None:
        self.waiting: asyncio.Queue[Event] = asyncio.Queue()
        self.parts = parts
        self._draw = draw
        self._keep_alive_seconds = keep_alive_seconds
        self._on_end = on_end
        self._stream = self._run()

    def __aiter__(self) -> _Listener:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._stream)

    async def aclose(self) -> None:
        await self._stream.aclose()
        self._on_end(self)

    async def _run(self) -> AsyncGenerator[bytes, None]:
        if self._keep_alive_seconds is not None:
            yield self.parts.alert(KEEP_ALIVE)
        while True:
            try:
                event = await asyncio.wait_for(self.waiting.get(), self._keep_alive_seconds)
            except TimeoutError:
                yield self.parts.alert(KEEP_ALIVE)
                continue
            yield self.parts.alert(event)
            channel = self.parts.pictured(event)
            if channel is not None:
                yield self.parts.picture(await self._draw(channel))
