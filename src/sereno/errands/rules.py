"""How long errands are good for, how many there may be, and what becomes of them; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sereno.policy.diagnosis import LONGEST_SECONDS, WAIT_SECONDS

StateName = Literal["waiting", "running", "done", "expired"]

WAIT = timedelta(seconds=WAIT_SECONDS)
# A node that tells of it is given so long for more.
PROGRESS = timedelta(seconds=LONGEST_SECONDS)
LONGEST = timedelta(minutes=5)
KEPT = timedelta(days=1)
# Each try is a login: a device that is asked too often locks the account.
PAUSE = timedelta(seconds=5)
MOST_AT_ONCE = 4


def state_of(
    started_at: datetime | None, done_at: datetime | None, expires_at: datetime, now: datetime
) -> StateName:
    """What becomes of an errand."""
    if done_at is not None:
        return "done"
    if expires_at <= now:
        return "expired"
    return "running" if started_at is not None else "waiting"


def good_until(asked_at: datetime, now: datetime) -> datetime:
    """When an errand expires of which its node tells now: no node keeps one open for ever."""
    return min(now + PROGRESS, asked_at + LONGEST)


def seconds_to_wait(last_asked_at: datetime, now: datetime) -> int:
    """How long until the same may be asked again; 0 and less: it may be."""
    return int((last_asked_at + PAUSE - now).total_seconds() + 0.999)
