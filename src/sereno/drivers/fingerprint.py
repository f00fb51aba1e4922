"""Whose device it is, by what it answers to strangers: pure.

What strangers ask counts towards no lock. Realms and paths: Dahua HTTP API ("Login to …"),
Hikvision ISAPI (`userCheck`, `ResponseStatus`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

from sereno.media.rtsp.digest import choose_challenge

HIKVISION_PATH = "/ISAPI/System/deviceInfo"
DAHUA_PATH = "/cgi-bin/magicBox.cgi?action=getDeviceType"
PATHS = (HIKVISION_PATH, DAHUA_PATH)

_HIKVISION_BODY = re.compile(rb"<userCheck|<ResponseStatus|<DeviceInfo|isapi\.org|psialliance")
_HIKVISION_SERVER = re.compile(r"app-webs|dnvrs-webs|hikvision", re.IGNORECASE)
_DAHUA_BODY = re.compile(rb"Invalid Authority|\Atype=")
_DAHUA_REALM = "login to"
_SURE, _LIKELY, _NOT = 3, 1, 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What came back to a stranger who asked for `path`."""

    path: str
    status: int
    headers: httpx.Headers
    body: bytes


def vendors_of(seen: list[Seen]) -> list[str]:
    """Whose device it may be, the likeliest first; none where nothing speaks for any."""
    scores = {"hikvision": _NOT, "dahua": _NOT}
    for each in seen:
        if each.path == HIKVISION_PATH:
            scores["hikvision"] = _hikvision(each)
        elif each.path == DAHUA_PATH:
            scores["dahua"] = _dahua(each)
    likely = sorted(scores, key=lambda vendor: -scores[vendor])
    return [vendor for vendor in likely if scores[vendor]]


def _hikvision(seen: Seen) -> int:
    if _realm(seen).startswith(_DAHUA_REALM):
        return _NOT
    is_named = _HIKVISION_SERVER.search(seen.headers.get("server", ""))
    if seen.status != 404 and (is_named or _HIKVISION_BODY.search(seen.body)):
        return _SURE
    return _LIKELY if seen.status in (401, 403) else _NOT


def _dahua(seen: Seen) -> int:
    if _realm(seen).startswith(_DAHUA_REALM) or _DAHUA_BODY.search(seen.body):
        return _SURE
    return _LIKELY if seen.status in (401, 403) else _NOT


def _realm(seen: Seen) -> str:
    challenge = choose_challenge(seen.headers.get_list("www-authenticate"))
    return challenge.realm.lower() if challenge is not None else ""
