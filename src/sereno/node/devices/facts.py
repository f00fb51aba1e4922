"""What a device says of itself, asked part by part.

A part that the device cannot or will not tell is not known, and some hang up over one question;
what was known of it before stays. Only what concerns the whole device ends the asking: its gate is
no longer open, or another device stands there.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from sereno.drivers.contract import (
    Ability,
    Advice,
    Capabilities,
    Channel,
    ChannelHealth,
    ClockReading,
    Disk,
    Driver,
    Identity,
)
from sereno.drivers.errors import DeviceError, Locked, Refused, Unreachable
from sereno.drivers.gate import Gate
from sereno.drivers.pinned import OtherDevice

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known by now; None: not yet, or the device does not say."""

    identity: Identity | None = None
    capabilities: Capabilities | None = None
    channels: tuple[Channel, ...] | None = None
    disks: tuple[Disk, ...] | None = None
    channel_health: tuple[ChannelHealth, ...] = ()
    clock: ClockReading | None = None
    advice: tuple[Advice, ...] | None = None

    def of(self, identity: Identity) -> Facts:
        """The same, of a device that says that it is this one."""
        return replace(self, identity=identity)

    def at(self, clock: ClockReading) -> Facts:
        """The same, with the clock read anew."""
        return replace(self, clock=clock)

    @property
    def offset_seconds(self) -> float | None:
        """Its clock minus ours; who it is tells it first."""
        if self.clock is not None:
            return self.clock.offset_seconds
        return self.identity.clock_offset_seconds if self.identity is not None else None

    def can(self, ability: Ability) -> bool:
        """Whether the device said that it can."""
        return self.capabilities is not None and self.capabilities.get(ability, False)


@dataclass(slots=True)
class Asking:
    """One device and what it has said; `facts` grows from question to question."""

    driver: Driver
    gate: Gate
    facts: Facts

    async def all(self) -> None:
        """Everything but who it is. Raises DeviceError where that concerns the whole device."""
        await self.abilities()
        await self.inputs()
        await self.condition()
        await self.time()
        await self.advices()

    async def abilities(self) -> None:
        """What it can do."""
        if (found := await self._part(self.driver.capabilities)) is not None:
            self.facts = replace(self.facts, capabilities=found)

    async def inputs(self) -> None:
        """Its channels."""
        if (found := await self._part(self.driver.channels)) is not None:
            self.facts = replace(self.facts, channels=tuple(found))

    async def condition(self) -> None:
        """Its disks, and how its channels do."""
        if not self.facts.can(Ability.HEALTH):
            return
        if (health := await self._part(self.driver.health)) is not None:
            self.facts = replace(self.facts, disks=health.disks, channel_health=health.channels)

    async def time(self) -> None:
        """Its clock."""
        if not self.facts.can(Ability.CLOCK):
            return
        if (reading := await self._part(self.driver.clock)) is not None:
            self.facts = self.facts.at(reading)

    async def advices(self) -> None:
        """What people should change on it."""
        if (advice := await self._part(self.driver.advice)) is not None:
            self.facts = replace(self.facts, advice=tuple(advice))

    async def _part(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        try:
            return await ask()
        except (Locked, OtherDevice):
            raise
        except DeviceError as error:
            if isinstance(error, Refused | Unreachable) and self.gate.state.name != "open":
                raise
            log.info("%s tells no %s: %s", self.driver.vendor, ask.__name__, error.reason.key)
            return None
