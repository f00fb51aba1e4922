"""Who may do what, and how long one must wait after wrong passwords."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from sereno.base.errors import Words

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
# From one address many names may be tried, by an office or by somebody who goes through a list.
# It has a stock of tries, and one comes back each minute.
TRIES_OF_ADDRESS = 30
TRY_COMES_BACK_AFTER = timedelta(minutes=1)
STOCK_LASTS = (TRIES_OF_ADDRESS - 1) * TRY_COMES_BACK_AFTER
SETUP_LINK_LIFETIME = timedelta(hours=24)
# After a day without a try, the failures of a name and address are forgotten.
FAILURES_FORGOTTEN_AFTER = timedelta(days=1)


class Right(StrEnum):
    """What somebody may do."""

    VIEW = "view"  # see cameras, footage and how they are
    OPERATE = "operate"  # what is over again: pause, record by hand, enforce, diagnose
    MANAGE = "manage"  # change what stays: cameras, plans, nodes, people


class Role(StrEnum):
    """What somebody is here for; each may do what the one before may, and more."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.VIEWER: Words("viewer", "observador"),
    Role.OPERATOR: Words("operator", "operador"),
    Role.ADMINISTRATOR: Words("administrator", "administrador"),
}
ROLE_ACTS = {
    Role.VIEWER: Words("looks at everything", "mira todo"),
    Role.OPERATOR: Words(
        "also pauses, records by hand, enforces, diagnoses, searches recorders, makes clips and "
        "shares layouts",
        "además pausa, graba a mano, aplica, diagnostica, busca en grabadores, hace clips y "
        "comparte distribuciones",
    ),
    Role.ADMINISTRATOR: Words("does everything", "hace todo"),
}
_RIGHTS = {
    Role.VIEWER: (Right.VIEW,),
    Role.OPERATOR: (Right.VIEW, Right.OPERATE),
    Role.ADMINISTRATOR: (Right.VIEW, Right.OPERATE, Right.MANAGE),
}


def rights_of(role: Role, *, is_active: bool) -> tuple[Right, ...]:
    """All that somebody of this role may do; nothing while they are kept out."""
    return _RIGHTS[role] if is_active else ()


def wait_after(failures: int) -> timedelta:
    """How long to wait after this many wrong passwords in a row; it doubles each time."""
    if failures < FREE_TRIES:
        return timedelta(0)
    doublings = min(failures - FREE_TRIES, 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def next_try_of_address(next_try_at: datetime, now: datetime) -> datetime:
    """When an address that could try since `next_try_at` can try again, after a try now."""
    return max(next_try_at, now - STOCK_LASTS) + TRY_COMES_BACK_AFTER


def address_to_count(address: str) -> str:
    """What wrong passwords are counted by: an IPv6 home has 2^64 addresses, and is one asker."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, 64), strict=False))
