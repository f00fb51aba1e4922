"""The way to one device: its driver, opened when it is first met, and held to a serial number."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from sereno.drivers.contract import Driver, Identity
from sereno.drivers.pinned import check_serial, pinned
from sereno.drivers.tools import Tools
from sereno.node.devices.opening import Opened, login_of, open_device
from sereno.wire.orders import DeviceOrder

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Access:
    """`driver` is None until the device was met."""

    order: DeviceOrder
    tools: Tools
    driver: Driver | None = field(default=None, init=False)
    _opened: Opened | None = field(default=None, init=False)

    def fits(self, order: DeviceOrder) -> bool:
        """Whether these orders are for the same way: only names, numbers and what was learned of
        the device may differ."""
        known = self._opened.driver.vendor if self._opened is not None else ""
        has_kind = order.vendor in (self.order.vendor, known)
        return has_kind and _way(order) == _way(self.order)

    def take(self, order: DeviceOrder) -> None:
        """From now on these are the orders."""
        self.order = order
        self._hold()

    async def meet(self, *, anew: bool = False) -> Identity:
        """Who stands there now. Raises DeviceError, OtherDevice where it is not the one meant.

        `anew`: where only its video is spoken to, its own interface is tried once more.
        """
        if anew and self._opened is not None and self._opened.stands_in:
            await self.let_go()
        if self.driver is not None:
            return await self.driver.identify()
        order = self.order
        self._opened = await open_device(login_of(order), self.tools, order.vendor, order)
        self._hold()
        if self._serial:
            check_serial(self._opened.identity, self._serial)
        return self._opened.identity

    async def let_go(self) -> None:
        """Close what was opened. Raises nothing: it is of no use any more."""
        opened, self._opened, self.driver = self._opened, None, None
        if opened is None:
            return
        try:
            await opened.driver.close()
        except Exception:
            log.exception("The connection to the device %s ended badly.", self.order.device_id)

    def _hold(self) -> None:
        opened = self._opened
        if opened is not None:
            self.driver = pinned(opened.driver, self._serial, self.tools.clock)

    @property
    def _serial(self) -> str:
        """What the device must say; one whose video alone is spoken to tells no number."""
        stands_in = self._opened is not None and self._opened.stands_in
        return "" if stands_in else self.order.serial


def _way(order: DeviceOrder) -> tuple[object, ...]:
    templates = (order.template, order.template_sub, order.template_channels)
    return (login_of(order), *templates)
