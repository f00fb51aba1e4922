"""Which cameras that another node may run too this node may run now, and until when.

The hub renews a lease in its answer to each heartbeat, and gives it to another node only when it
has been over for a while. All time is counted by CLOCK_BOOTTIME, from when the node asked: the
hub's clock, the way of the answer and a machine that sleeps change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sereno.base.clock import Clock
from sereno.wire.orders import LeaseOrder
from sereno.wire.reports import ReasonReport

LEASE_LOST = ReasonReport(key="lease_lost")
HANDED_OVER = ReasonReport(key="handed_over")
STANDBY = ReasonReport(key="standby")
MARGIN_SECONDS = 5.0
"""So long before a lease is over nothing is written any more."""


class _Lease(NamedTuple):
    number: int
    write_until: float


class Leases:
    """A node that starts holds none, whatever it held before."""

    def __init__(self, clock: Clock) -> None:
        self.answered_at = 0.0  # the newest question that was answered
        # Cameras that the hub asks to be given up, each with what to answer when that is done.
        self.to_release: Mapping[UUID, UUID] = {}
        self._clock = clock
        self._leases: dict[UUID, _Lease] = {}

    def take(
        self,
        asked_at: float,
        granted: Mapping[UUID, LeaseOrder],
        to_release: Mapping[UUID, UUID] | None = None,
    ) -> None:
        """The answer to what was asked at `asked_at` (`Clock.boottime`).

        A lease that is not in it runs out: it may be renewed by the next. What was asked later
        counts, whatever its number: a hub that forgot its leases begins to count anew. One that is
        to be released is over now.
        """
        self.answered_at = max(self.answered_at, asked_at)
        self.to_release = to_release or {}
        for camera_id in self.to_release:
            self._leases.pop(camera_id, None)
        for camera_id, lease in granted.items():
            new = _Lease(lease.number, asked_at + lease.seconds - MARGIN_SECONDS)
            known = self._leases.get(camera_id)
            if known is None or known.write_until < new.write_until:
                self._leases[camera_id] = new

    def write_until(self, camera_id: UUID) -> float | None:
        """The `Clock.boottime` up to which the camera may be written; None: not now."""
        lease = self._leases.get(camera_id)
        if lease is None or self._clock.boottime() >= lease.write_until:
            return None
        return lease.write_until

    def why_not(self, camera_id: UUID) -> ReasonReport | None:
        """Why the camera may not be written now; None: it may."""
        if self.write_until(camera_id) is not None:
            return None
        return HANDED_OVER if camera_id in self.to_release else LEASE_LOST

    def held(self) -> dict[UUID, int]:
        """The cameras that may be run now, with the numbers of their leases."""
        return {
            camera_id: lease.number
            for camera_id, lease in self._leases.items()
            if self.write_until(camera_id) is not None
        }
