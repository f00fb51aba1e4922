"""How long a lease lasts, and by which clock; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE_SECONDS = 30.0
# The hub grants a camera to another node only so long after the end; nodes stop as much before it.
MARGIN_SECONDS = 5.0
LEASE = timedelta(seconds=LEASE_SECONDS)
MARGIN = timedelta(seconds=MARGIN_SECONDS)


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, by the wall clock and by the machine's own count since it was switched on.

    Only the second one measures leases: somebody who sets the clock must not end them. It means
    nothing on another machine or after a reboot, which `boot_id` tells.
    """

    now: datetime
    boot_seconds: float
    boot_id: str

    def later(self, seconds: float) -> Moment:
        """So many seconds after it."""
        return Moment(
            self.now + timedelta(seconds=seconds), self.boot_seconds + seconds, self.boot_id
        )
