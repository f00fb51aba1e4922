"""Whose device it is, by what it answers to strangers: pure.

What strangers ask counts towards no lock. Realms and paths: Dahua HTTP API ("Login to …"),
Hikvision ISAPI (`userCheck`, `ResponseStatus`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

import httpx

from sereno.media.rtsp.digest import choose_challenge

HIKVISION_PATH = "/ISAPI/System/deviceInfo"
DAHUA_PATH = "/cgi-bin/magicBox.cgi?action=getDeviceType"
PATHS = (HIKVISION_PATH, DAHUA_PATH)

_HIKVISION_BODY = re.compile(rb"<userCheck|<ResponseStatus|<DeviceInfo|isapi\.org|psialliance")
_HIKVISION_SERVER = re.compile(r"app-webs|dnvrs-webs|hikvision", re.IGNORECASE)
_DAHUA_BODY = re.compile(rb"Invalid Authority|\Atype=")
_DAHUA_REALM = "login to"
_ASKS_WHO = (401, 403)


class _Mark(IntEnum):
    """How much speaks for a vendor: something of its own; a login at its path and not at the
    other's; a refusal, as of whoever refuses everything."""

    NONE = 0
    MAYBE = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What came back to a stranger who asked for `path`."""

    path: str
    status: int
    headers: httpx.Headers
    body: bytes


def vendors_of(seen: list[Seen]) -> list[str]:
    """Whose device it may be, the likeliest first; none where nothing speaks for any."""
    marks = _marks(seen)
    likely = sorted(marks, key=lambda vendor: -marks[vendor])
    return [vendor for vendor in likely if marks[vendor]]


def told_vendor(seen: list[Seen]) -> str:
    """Whose device it is, as far as that can be said without asking on; empty where it cannot, as
    of a router that asks everybody for a password."""
    marks = _marks(seen)
    return next((each for each in vendors_of(seen) if marks[each] >= _Mark.LIKELY), "")


def _marks(seen: list[Seen]) -> dict[str, _Mark]:
    by_path = {each.path: each for each in seen}
    hikvision, dahua = by_path.get(HIKVISION_PATH), by_path.get(DAHUA_PATH)
    return {
        "hikvision": _hikvision(hikvision, dahua) if hikvision else _Mark.NONE,
        "dahua": _dahua(dahua, hikvision) if dahua else _Mark.NONE,
    }


def _hikvision(seen: Seen, other: Seen | None) -> _Mark:
    if _realm(seen).startswith(_DAHUA_REALM):
        return _Mark.NONE
    is_named = _HIKVISION_SERVER.search(seen.headers.get("server", ""))
    if seen.status != 404 and (is_named or _HIKVISION_BODY.search(seen.body)):
        return _Mark.SURE
    return _by_refusal(seen, other)


def _dahua(seen: Seen, other: Seen | None) -> _Mark:
    if _realm(seen).startswith(_DAHUA_REALM) or _DAHUA_BODY.search(seen.body):
        return _Mark.SURE
    return _by_refusal(seen, other)


def _by_refusal(seen: Seen, other: Seen | None) -> _Mark:
    if seen.status not in _ASKS_WHO:
        return _Mark.NONE
    is_alone = other is not None and other.status not in _ASKS_WHO
    return _Mark.LIKELY if seen.status == httpx.codes.UNAUTHORIZED and is_alone else _Mark.MAYBE


def _realm(seen: Seen) -> str:
    challenge = choose_challenge(seen.headers.get_list("www-authenticate"))
    return challenge.realm.lower() if challenge is not None else ""
