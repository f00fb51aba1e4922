"""What this account may not do and this model does not have."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sereno.sim.hikvision.xml import Refusal, lacks_right, not_supported

_STATE = re.compile(
    r"/ISAPI/(System/status|ContentMgmt/Storage.*|Security/adminAccesses.*|Security/users"
    r"|ContentMgmt/record/tracks)"
)
_FOOTAGE = re.compile(r"/ISAPI/ContentMgmt/(search|download|record/tracks/\d+/dailyDistribution)")
_LUXURY = re.compile(
    r"/ISAPI/(System/status|Security/adminAccesses.*|ContentMgmt/search/profile"
    r"|ContentMgmt/download/capabilities|ContentMgmt/record/tracks/\d+/dailyDistribution)"
)


def refusal_of(path: str, quirks: Mapping[str, float]) -> Refusal | None:
    """The 403 (or 401) for a path, or None for one that is answered."""
    if "lacks-right" in quirks and _STATE.fullmatch(path):
        return lacks_right()
    if "lacks-right-401" in quirks and _STATE.fullmatch(path):
        return lacks_right(status=401)
    if "lacks-playback-right" in quirks and _FOOTAGE.fullmatch(path):
        return lacks_right(sub="badAuthorization")
    if "few-endpoints" in quirks and _LUXURY.fullmatch(path):
        return not_supported()
    return None
