"""Looks after one device of the orders: asks it, and says what came of it.

All of it is asked at the start, when a person wants it, when it is back, and every ten minutes; in
between, every half minute, whether it is there. Credentials that it refuses are shown to it once,
by its gate; what happens to one device is nothing to the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from sereno.base.backoff import Backoff
from sereno.base.errors import NotFound
from sereno.base.tasks import wait_up_to
from sereno.drivers.contract import Ability, Driver, Identity
from sereno.drivers.errors import DeviceError, Garbled, Missing, Unreachable, Unsupported
from sereno.drivers.gate import Gate
from sereno.drivers.pinned import OtherDevice
from sereno.drivers.tools import Tools
from sereno.node.bulletin import Bulletin
from sereno.node.devices.access import Access
from sereno.node.devices.facts import Asking, Facts
from sereno.node.devices.opening import login_of
from sereno.node.devices.refusals import Neighbour
from sereno.node.devices.reporting import is_news, report_of
from sereno.node.devices.standing import NotUsable, Standing
from sereno.policy.reasons import Reason
from sereno.wire.devices import DeviceReport, DeviceState
from sereno.wire.orders import DeviceOrder

log = logging.getLogger(__name__)

Tell = Callable[[UUID, DeviceReport], Awaitable[None]]
"""As `sereno.node.hub_client.HubClient.tell_device`."""

_STRANGE = (Garbled, Missing, Unsupported)
"""What a driver says of a device that is not its own, be it since today."""


@dataclass(frozen=True, slots=True)
class DevicePace:
    """All in seconds."""

    look_seconds: float = 30.0  # between two looks whether it is there
    whole_seconds: float = 600.0  # between two askings of everything
    look_limit_seconds: float = 60.0  # who answers drop by drop is not waited for
    whole_limit_seconds: float = 300.0
    again_seconds: float = 1.0  # before the hub is told once more; it grows
    again_cap_seconds: float = 30.0


class Tending:
    """`run` tends the device until cancelled; `take` new orders of it that it `fits`."""

    def __init__(
        self, order: DeviceOrder, tools: Tools, neighbour: Neighbour, tell: Tell, pace: DevicePace
    ) -> None:
        self.order = order
        self.met: Identity | None = None  # who was there last, also by other credentials
        self.gate: Gate = tools.gate(login_of(order))
        self._access = Access(order, tools)
        self._standing = Standing(order.name, tools.clock)
        self._clock = tools.clock
        self._neighbour = neighbour
        self._tell = tell
        self._pace = pace
        self._facts = Facts()
        self._is_asking = False
        self._is_wanted = False  # all of it, now, whatever is being asked already
        self._synced = order.sync_number
        self._look_at = self._whole_at = tools.clock.monotonic()
        self._wake = asyncio.Event()
        again = Backoff(pace.again_seconds, pace.again_cap_seconds)
        self._bulletin: Bulletin[DeviceReport] = Bulletin(self._tell_hub, again=again)

    @property
    def driver(self) -> Driver:
        """The driver of a device that is there, and is the one that is meant. Raises NotUsable."""
        self._standing.check()
        if self._access.driver is None:
            raise NotUsable(self._standing.reason or Reason("device_not_asked"))
        return self._access.driver

    @property
    def offset_seconds(self) -> float | None:
        """Its clock minus ours, as it was measured last; None where it tells no time."""
        return self._facts.offset_seconds

    @property
    def is_idle(self) -> bool:
        """Nothing is being asked, and nothing is due."""
        return not self._is_asking and not self._is_whole_due and self._is_rested

    def fits(self, order: DeviceOrder) -> bool:
        """Whether these orders are for the same way to the device."""
        return self._access.fits(order)

    def take(self, order: DeviceOrder) -> None:
        """From now on these are the orders."""
        before, self.order = self.order, order
        self._access.take(order)
        is_lifted = order.lift_number > before.lift_number
        if is_lifted:
            self._neighbour.forgive(order, self.met)
        is_wanted = is_lifted or order.sync_number > before.sync_number
        self._is_wanted = self._is_wanted or is_wanted or order.serial != before.serial
        self._wake.set()

    def look(self, *, now: bool = False) -> None:
        """See whether something is due; `now`: somebody met what should be known."""
        if now:
            self._look_at = self._clock.monotonic()
        self._wake.set()

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._tend_forever())
                both.create_task(self._tell_forever())
        finally:
            await self._access.let_go()

    async def _tend_forever(self) -> None:
        while True:
            self._wake.clear()
            if self._is_whole_due or not self._is_rested:
                self._is_asking = True
                await self._tend()
                self._is_asking = False
            left = min(self._look_at, self._whole_at) - self._clock.monotonic()
            await wait_up_to(self._wake, left)

    async def _tend(self) -> None:
        """What is due now. What was missed may be another by now, so all of it is asked."""
        is_due, sync_number = self._is_whole_due, self.order.sync_number
        self._is_wanted = False
        try:
            await self._ask_what_is_due(is_due)
        except Exception:  # one device must not end the others
            log.exception("The device %s met an unexpected error.", self.order.device_id)
            self._standing.failed(Garbled(Reason("unexplained")))
        now = self._clock.monotonic()
        self._synced = sync_number
        self._look_at = now + self._pace.look_seconds
        if is_due:
            self._whole_at = now + self._pace.whole_seconds
        self._say(is_whole=is_due)

    async def _ask_what_is_due(self, is_due: bool) -> None:
        try:
            await self._neighbour.check(self.order, self.met)
            await (self._look() if self._standing.is_well and not is_due else self._ask(is_due))
        except DeviceError as error:
            await self._failed(error)

    @property
    def _is_whole_due(self) -> bool:
        return self._is_wanted or self._clock.monotonic() >= self._whole_at

    @property
    def _is_rested(self) -> bool:
        return self._clock.monotonic() < self._look_at

    async def _look(self) -> None:
        """Whether it is there, by its clock where it has one. Raises DeviceError."""
        async with self._limit(self._pace.look_limit_seconds):
            if self._facts.can(Ability.CLOCK):
                self._facts = self._facts.at(await self._held.clock())
            else:
                await self._held.identify()
        self._standing.answered()

    async def _ask(self, is_due: bool) -> None:
        """Everything. Raises DeviceError."""
        async with self._limit(self._pace.whole_limit_seconds):
            identity = self.met = await self._access.meet(anew=is_due)
            known = self._facts.identity
            is_same = known is not None and known.serial == identity.serial
            self._facts = (self._facts if is_same else Facts()).of(identity)
            self._standing.answered()
            self._say(is_whole=False)  # it is there: the rest may take a while
            asking = Asking(self._held, self.gate, self._facts)
            try:
                await asking.all()
            finally:
                self._facts = asking.facts

    async def _failed(self, error: DeviceError) -> None:
        was_taken = self._standing.state is DeviceState.ONLINE
        was_well = self._standing.is_well
        self._standing.failed(error)
        if isinstance(error, OtherDevice):
            self._facts = Facts()
        elif isinstance(error, _STRANGE) and not was_well:  # others may be asking it just now
            await self._access.let_go()
        if was_taken:
            await self._neighbour.warn(self.order, self.met)

    @property
    def _held(self) -> Driver:
        driver = self._access.driver
        if driver is None:
            raise AssertionError("a device that was met has a driver")
        return driver

    @asynccontextmanager
    async def _limit(self, seconds: float) -> AsyncIterator[None]:
        """Raises Unreachable where it takes longer."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            params = {"host": self.order.host, "seconds": f"{seconds:g}"}
            raise Unreachable(Reason("timed_out", params)) from None

    def _say(self, *, is_whole: bool) -> None:
        """What there is to tell, if it is news or long ago."""
        report = self._report()
        before = self._bulletin.newest
        if is_whole or before is None or is_news(report, before):
            self._bulletin.put(report)

    def _report(self) -> DeviceReport:
        """How it is; where what it says of itself cannot be told at all, without that."""
        now = self._clock.now()
        try:
            return report_of(self._standing, self._facts, self._synced, now)
        except ValidationError as error:  # its values are not quoted
            device_id, count = self.order.device_id, error.error_count()
            log.error("The device %s says %d things that cannot be told.", device_id, count)  # noqa: TRY400
        self._facts = Facts()
        self._standing.failed(Garbled(Reason("unexplained")))
        return report_of(self._standing, self._facts, self._synced, now)

    async def _tell_hub(self, report: DeviceReport) -> None:
        await self._tell(self.order.device_id, report)

    async def _tell_forever(self) -> None:
        while True:
            try:
                await self._bulletin.told()
            except NotFound:
                log.info("The hub wants the device %s no more.", self.order.device_id)
