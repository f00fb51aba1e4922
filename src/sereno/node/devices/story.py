"""What is known of one errand by now, told to the hub as it grows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.node.bulletin import Bulletin
from sereno.policy.reasons import Reason
from sereno.wire.devices import DeviceErrandReport
from sereno.wire.reports import ReasonReport

Tell = Callable[[UUID, DeviceErrandReport], Awaitable[None]]
"""As `sereno.node.hub_client.HubClient.tell_device_errand`."""

AGAIN_SECONDS = 1.0


class Story:
    """`say` what is new; `tell` has it told, at most so often, up to the end."""

    def __init__(self, errand_id: UUID, tell: Tell, clock: Clock, tell_seconds: float) -> None:
        async def told(report: DeviceErrandReport) -> None:
            await tell(errand_id, report)

        self.report = DeviceErrandReport(started_at=clock.now())
        again = Backoff(AGAIN_SECONDS, AGAIN_SECONDS)
        self._bulletin: Bulletin[DeviceErrandReport] = Bulletin(told, tell_seconds, again)
        self._bulletin.put(self.report)

    def say(self, **changes: Any) -> None:
        """These fields of the report are now so."""
        self.report = self.report.model_copy(update=changes)
        self._bulletin.put(self.report)

    def end(self, reason: Reason | None = None) -> None:
        """It is done; `reason` says why it failed."""
        said = ReasonReport.of(reason) if reason is not None else None
        self.say(is_done=True, reason=said, step="")

    async def tell(self) -> None:
        """Until the hub has the end. Raises NotFound: nobody waits for it."""
        await self._bulletin.tell_until(lambda report: report.is_done)
