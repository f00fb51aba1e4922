"""How long errands are good for, how many there may be, and what becomes of them; pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from typing import Literal

from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span, span_or_none
from sereno.policy.diagnosis import LONGEST_SECONDS, WAIT_SECONDS

StateName = Literal["waiting", "running", "done", "expired"]

WAIT = timedelta(seconds=WAIT_SECONDS)
# A node that tells of it is given so long for more.
PROGRESS = timedelta(seconds=LONGEST_SECONDS)
LONGEST = timedelta(minutes=5)
KEPT = timedelta(days=1)
# A recorder's search goes through days of footage; a long one tells of it as it goes.
DEVICE_PROGRESS = timedelta(minutes=2)
DEVICE_LONGEST = timedelta(minutes=15)
LONGEST_SEARCH = timedelta(days=7)
# Of a network that is looked through address by address.
MOST_ADDRESSES = 1024
_BEHIND_CARRIER = IPv4Network("100.64.0.0/10")  # RFC 6598
# Each try is a login: a device that is asked too often locks the account.
PAUSE = timedelta(seconds=5)
MOST_AT_ONCE = 4

_BACKWARDS = Words(
    "The end must come after the start.",
    "El final debe ser posterior al inicio.",
)
_TOO_LONG = Words(
    "At most 7 days at once. Choose a shorter time.",
    "7 días como máximo de una vez. Elija un tiempo más corto.",
)
_SUBNET_BAD = Words(
    "Write a private network of at most 1024 addresses, such as 192.168.1.0/24.",
    "Escriba una red privada de 1024 direcciones como máximo, como 192.168.1.0/24.",
)
_AHEAD = Words(
    "That time is yet to come. Choose an earlier one.",
    "Ese tiempo aún no ha llegado. Elija uno anterior.",
)


def state_of(
    started_at: datetime | None, done_at: datetime | None, expires_at: datetime, now: datetime
) -> StateName:
    """What becomes of an errand."""
    if done_at is not None:
        return "done"
    if expires_at <= now:
        return "expired"
    return "running" if started_at is not None else "waiting"


def good_until(asked_at: datetime, now: datetime, *, is_of_device: bool = False) -> datetime:
    """When an errand expires of which its node tells now: no node keeps one open for ever."""
    if is_of_device:
        return min(now + DEVICE_PROGRESS, asked_at + DEVICE_LONGEST)
    return min(now + PROGRESS, asked_at + LONGEST)


def search_span(start: datetime, end: datetime, now: datetime) -> Span:
    """The time to look for footage in, in UTC, up to now at most. Raises Invalid."""
    if end <= start:
        raise Invalid("span_backwards", _BACKWARDS, field="to")
    if end - start > LONGEST_SEARCH:
        raise Invalid("span_too_long", _TOO_LONG, field="to")
    past = span_or_none(start, min(end, now))
    if past is None:
        raise Invalid("span_ahead", _AHEAD, field="from")
    return Span(past.start.astimezone(UTC), past.end.astimezone(UTC))


def seconds_to_wait(last_asked_at: datetime, now: datetime) -> int:
    """How long until the same may be asked again; 0 and less: it may be."""
    return int((last_asked_at + PAUSE - now).total_seconds() + 0.999)


def check_subnet(text: str) -> str:
    """A network that may be looked through, such as 192.168.1.0/24; empty: none. Raises Invalid."""
    if not (wanted := text.strip()):
        return ""
    try:
        network = IPv4Network(wanted, strict=False)
    except ValueError:
        raise Invalid("subnet_bad", _SUBNET_BAD, field="subnet") from None
    is_private = network.is_private or network.subnet_of(_BEHIND_CARRIER)
    if not is_private or network.num_addresses > MOST_ADDRESSES:
        raise Invalid("subnet_bad", _SUBNET_BAD, field="subnet")
    return str(network)
