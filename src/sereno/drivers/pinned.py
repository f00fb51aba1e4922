"""A device that is held to its serial number: where another stands at its address, nothing of it is
used.

Addresses move: a router's ports are swapped, two recorders share a password, and the footage of one
would be filed under the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import aclosing
from typing import TypeVar, cast

from sereno.base.clock import Clock
from sereno.base.spans import Span
from sereno.drivers.contract import (
    Advice,
    Capabilities,
    Channel,
    ClockReading,
    Container,
    DeviceEvent,
    Driver,
    Found,
    Health,
    Identity,
    Playback,
    Progress,
    Sink,
)
from sereno.drivers.errors import DeviceError, Missing
from sereno.policy.reasons import Reason

SURE_SECONDS = 30.0
"""How long a device is believed to be the one it was. To be swapped it has to be away."""

T = TypeVar("T")


class OtherDevice(Missing):
    """Another device stands at this address than the one that was wanted."""


def pinned(driver: Driver, serial: str, clock: Clock) -> Driver:
    """The same driver, refusing with `OtherDevice` whatever does not say that it is `serial`; the
    driver itself where `serial` is empty."""
    return PinnedDriver(driver, serial, clock) if serial.strip() else driver


def check_serial(identity: Identity, serial: str) -> None:
    """Raises OtherDevice, whose words name both, where a device is not the one wanted."""
    if _plain(identity.serial) != _plain(serial):
        params = {"expected": serial, "found": identity.serial or "–"}
        raise OtherDevice(Reason("other_device", params))


class PinnedDriver:
    """Satisfies `sereno.drivers.contract.Driver`. Made by `pinned`."""

    def __init__(self, driver: Driver, serial: str, clock: Clock) -> None:
        self._driver = driver
        self._serial = serial
        self._clock = clock
        self._sure_until = 0.0
        self._asking = asyncio.Lock()

    @property
    def vendor(self) -> str:
        return self._driver.vendor

    async def identify(self) -> Identity:
        self._sure_until = 0.0
        identity = await self._driver.identify()
        check_serial(identity, self._serial)
        self._sure_until = self._clock.monotonic() + SURE_SECONDS
        return identity

    async def capabilities(self) -> Capabilities:
        await self._check()
        return await self._watch(self._driver.capabilities())

    async def channels(self) -> list[Channel]:
        await self._check()
        return await self._watch(self._driver.channels())

    async def snapshot(self, channel: str) -> bytes:
        await self._check()
        return await self._watch(self._driver.snapshot(channel))

    async def find(self, channel: str, span: Span) -> AsyncGenerator[Found, None]:
        await self._check()
        async with aclosing(_closable(self._driver.find(channel, span))) as found:
            async for each in found:
                yield each

    async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
        await self._check()
        return await self._watch(self._driver.fetch(found, sink, progress))

    async def fetch_span(
        self, channel: str, span: Span, sink: Sink, progress: Progress
    ) -> Container:
        await self._check()
        return await self._watch(self._driver.fetch_span(channel, span, sink, progress))

    async def playback(self, channel: str, span: Span) -> Playback:
        await self._check()
        return await self._watch(self._driver.playback(channel, span))

    async def events(self) -> AsyncGenerator[DeviceEvent, None]:
        await self._check()
        async with aclosing(_closable(self._driver.events())) as events:
            async for each in events:
                yield each

    async def health(self) -> Health:
        await self._check()
        return await self._watch(self._driver.health())

    async def clock(self) -> ClockReading:
        await self._check()
        return await self._watch(self._driver.clock())

    async def advice(self) -> list[Advice]:
        await self._check()
        return await self._watch(self._driver.advice())

    async def close(self) -> None:
        await self._driver.close()

    async def _check(self) -> None:
        """One asks for all who wait."""
        async with self._asking:
            if self._clock.monotonic() >= self._sure_until:
                await self.identify()

    async def _watch(self, asked: Awaitable[T]) -> T:
        """After any failure, it may be another."""
        try:
            return await asked
        except DeviceError:
            self._sure_until = 0.0
            raise


def _plain(serial: str) -> str:
    return serial.strip().casefold()


def _closable(items: AsyncIterator[T]) -> AsyncGenerator[T, None]:
    """Drivers' iterators are generators: whoever stops early lets the device know at once."""
    return cast(AsyncGenerator[T, None], items)
