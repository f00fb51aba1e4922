"""What people ask this node to find out now of devices: who stands there, who else is here, what
footage one holds.

Each is bounded in time; whatever becomes of one, the others and recording do not notice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import ValidationError

from sereno.base.errors import Invalid, NotFound
from sereno.drivers.contract import Driver
from sereno.drivers.discovery.discover import discover
from sereno.drivers.discovery.discovered import Discovered, Looked
from sereno.drivers.errors import DeviceError
from sereno.node.devices.devices import Devices
from sereno.node.devices.probing import Probing
from sereno.node.devices.searching import Searching
from sereno.node.devices.standing import NotUsable
from sereno.node.devices.story import Story, Tell
from sereno.policy.device_times import Reading
from sereno.policy.reasons import Reason
from sereno.wire.devices import (
    DISCOVER,
    PROBE,
    SEARCH,
    DiscoveredDevice,
    DiscoverParams,
    ProbeParams,
    SearchOrder,
)
from sereno.wire.errands import Errand

log = logging.getLogger(__name__)

SECONDS = {PROBE: 120.0, DISCOVER: 600.0, SEARCH: 300.0}
"""How long each kind may take."""

MOST_AT_ONCE = 4
ORDERS_SECONDS = 10.0  # a device that was just added is in orders that are on their way
_LOOK_SECONDS = 0.1
_MOST_DISCOVERED = 1024


@dataclass(slots=True)
class DeviceErrands:
    """`do` is for the kinds of `SECONDS`. Between two reports of one lie `tell_seconds`."""

    devices: Devices
    tell: Tell
    tell_seconds: float = 1.0
    _may_run: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE), init=False
    )

    async def do(self, errand: Errand) -> None:
        """Until it is done and told, or nobody waits for it any more."""
        clock = self.devices.tools.clock
        story = Story(errand.errand_id, self.tell, clock, self.tell_seconds)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(story.tell())
                async with self._may_run:
                    story.end(await self._find_out(errand, story))
        except* NotFound:
            log.info("Nobody waits for errand %s any more.", errand.errand_id)

    async def _find_out(self, errand: Errand, story: Story) -> Reason | None:
        """Why it failed, if it did."""
        act = {PROBE: self._probe, DISCOVER: self._discover, SEARCH: self._search}[errand.kind]
        seconds = SECONDS[errand.kind]
        try:
            async with asyncio.timeout(seconds):
                return await act(errand, story)
        except TimeoutError:
            return Reason("errand_slow", {"seconds": f"{seconds:g}"})
        except (DeviceError, NotUsable) as error:
            return error.reason
        except ValidationError as error:  # a newer hub's; its values are not quoted
            log.warning(
                "Errand %s says %d things unclearly.", errand.errand_id, error.error_count()
            )
        except Exception:
            log.exception("Errand %s broke.", errand.errand_id)
        return Reason("unexplained")

    async def _probe(self, errand: Errand, story: Story) -> Reason | None:
        params = ProbeParams.model_validate(errand.params)
        tools = self.devices.tools
        await Probing(params, errand.username, errand.password, tools, story).run()
        return None

    async def _discover(self, errand: Errand, story: Story) -> Reason | None:
        params = DiscoverParams.model_validate(errand.params)

        def looked(now: Looked) -> None:
            story.say(progress=now.progress, discovered=_told(now.found))

        story.say(step="looking", progress=0.0)
        try:
            found = await discover(self.devices.tools, subnet=params.subnet, on_looked=looked)
        except Invalid:
            return Reason("subnet_unfit", {"subnet": params.subnet[:100]})
        story.say(progress=1.0, discovered=_told(found))
        return None

    async def _search(self, errand: Errand, story: Story) -> Reason | None:
        params = SearchOrder.model_validate(errand.params)
        story.say(step="connecting")
        driver = await self._driver(params.device_id)
        offset, now = self.devices.offset_of(params.device_id), self.devices.tools.clock.now()
        newest = Reading(now, offset) if offset is not None else None
        try:
            await Searching(params, driver, newest, story).run()
        except DeviceError:
            self.devices.noticed(params.device_id)
            raise
        return None

    async def _driver(self, device_id: UUID) -> Driver:
        """Of a device that may be in orders on their way, or being asked for the first time."""
        clock = self.devices.tools.clock
        until = clock.monotonic() + ORDERS_SECONDS
        while True:
            try:
                return self.devices.driver_of(device_id)
            except NotFound:
                reason = Reason("device_not_asked")
            except NotUsable as error:
                reason = error.reason
            if reason.key != "device_not_asked" or clock.monotonic() >= until:
                raise NotUsable(reason)
            await asyncio.sleep(_LOOK_SECONDS)


def _told(found: Iterable[Discovered]) -> tuple[DiscoveredDevice, ...]:
    told = (
        DiscoveredDevice(
            host=each.host,
            port=each.port,
            is_tls=each.is_tls,
            vendor=each.vendor[:64],
            maker=each.maker[:200],
            model=each.model[:200],
            name=each.name[:200],
            known_as=each.known_as[:200],
        )
        for each in found
    )
    return tuple(told)[:_MOST_DISCOVERED]
