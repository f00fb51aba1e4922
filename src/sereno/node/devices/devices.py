"""The devices that this node's orders name, each tended by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

from sereno.base.errors import NotFound, Words
from sereno.drivers.contract import Driver
from sereno.drivers.gate import Gate, place_of
from sereno.drivers.tools import Tools
from sereno.node.devices.opening import login_of
from sereno.node.devices.refusals import Neighbour
from sereno.node.devices.tending import DevicePace, Tell, Tending
from sereno.wire.orders import DeviceOrder

_NOT_HERE = Words(
    "This device is not on this node. Open it again.",
    "Este dispositivo no está en este nodo. Ábralo de nuevo.",
)


class Devices:
    """`take` says which there are; `run` tends them for as long as it runs.

    `tell` gives a report to the hub: it raises NotFound where nobody wants the device any more, and
    another SerenoError where the hub did not take it, to be told again.
    """

    def __init__(
        self, tools: Tools, neighbour: Neighbour, tell: Tell, pace: DevicePace | None = None
    ) -> None:
        self.tools = tools
        self._neighbour = neighbour
        self._tell = tell
        self._pace = pace or DevicePace()
        self._tended: dict[UUID, Tending] = {}
        self._tasks: dict[Tending, asyncio.Task[None]] = {}
        self._has_changed = asyncio.Event()

    def take(self, orders: Iterable[DeviceOrder] | None) -> None:
        """All devices that there are; None: the hub knows of none, and nothing changes."""
        if orders is None:
            return
        before, self._tended = self._tended, {}
        for order in orders:
            known = before.get(order.device_id)
            if known is not None and known.fits(order):
                known.take(order)
            else:
                known = self._anew(order, known)
            self._tended[order.device_id] = known
        self._has_changed.set()

    async def run(self) -> None:
        """Until cancelled; then all connections to devices are closed."""
        async with asyncio.TaskGroup() as tending:
            while True:
                self._has_changed.clear()
                self._settle(tending)
                await self._has_changed.wait()

    def driver_of(self, device_id: UUID) -> Driver:
        """The device's driver, shared by all. Not to be kept: other orders bring another.

        Raises NotFound, and NotUsable (an Unavailable) with the reason while it is not well.
        """
        return self._of(device_id).driver

    def offset_of(self, device_id: UUID) -> float | None:
        """The device's clock minus ours, in seconds, as it was measured last; None where it tells
        no time. Raises NotFound."""
        return self._of(device_id).offset_seconds

    def order_of(self, device_id: UUID) -> DeviceOrder:
        """What is ordered of the device, its credentials included. Raises NotFound."""
        return self._of(device_id).order

    def gate_of(self, device_id: UUID) -> Gate:
        """The gate before the device, whose turns its driver takes too. Raises NotFound."""
        return self._of(device_id).gate

    @property
    def is_idle(self) -> bool:
        """No device is being asked anything, and none is due."""
        return all(each.is_idle for each in self._tended.values())

    def look(self) -> None:
        """See whether something is due: the clock was set."""
        for each in self._tended.values():
            each.look()

    def noticed(self, device_id: UUID) -> None:
        """Somebody met what should be known of the device: it is asked now."""
        if (known := self._tended.get(device_id)) is not None:
            known.look(now=True)

    def _anew(self, order: DeviceOrder, before: Tending | None) -> Tending:
        """Another way to a device, where its video may be as it was."""
        tending = Tending(order, self.tools, self._neighbour, self._tell, self._pace)
        if before is not None and place_of(login_of(before.order)) == place_of(login_of(order)):
            tending.met = before.met
        return tending

    def _of(self, device_id: UUID) -> Tending:
        if (known := self._tended.get(device_id)) is None:
            raise NotFound("device_not_here", _NOT_HERE)
        return known

    def _settle(self, tending: asyncio.TaskGroup) -> None:
        """A task for each that is to be tended, and for no other."""
        wanted = set(self._tended.values())
        for each in self._tasks.keys() - wanted:
            self._tasks.pop(each).cancel()
        for each in wanted - self._tasks.keys():
            self._tasks[each] = tending.create_task(each.run())
