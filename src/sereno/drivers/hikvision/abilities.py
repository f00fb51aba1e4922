"""What a device can do, found out by asking and never by its model's name."""

from __future__ import annotations

from sereno.drivers.contract import Ability, Capabilities
from sereno.drivers.hikvision.isapi import ALERT_STREAM, Isapi
from sereno.drivers.hikvision.parse_search import fetches_by_time
from sereno.drivers.hikvision.reasons import Right

_HOLD_FOOTAGE = ("/ContentMgmt/search/profile", "/ContentMgmt/record/tracks")
_HAVE_INPUTS = (
    "/Streaming/channels",
    "/ContentMgmt/InputProxy/channels",
    "/System/Video/inputs/channels",
)
_TELL_HEALTH = ("/ContentMgmt/Storage", "/System/status")


async def abilities_of(isapi: Isapi) -> Capabilities:
    """Every ability. What the account may not ask counts as there: the refusal will say so. Raises
    DeviceError."""
    has_inputs = await _any(isapi, _HAVE_INPUTS, Right.SETTINGS)
    holds_footage = await _any(isapi, _HOLD_FOOTAGE, Right.PLAYBACK)
    told = await isapi.get_if_allowed("/ContentMgmt/download/capabilities", Right.PLAYBACK)
    return {
        Ability.CHANNELS: has_inputs,
        Ability.SNAPSHOT: has_inputs,
        Ability.FIND: holds_footage,
        Ability.FETCH: holds_footage,
        Ability.FETCH_BY_TIME: holds_footage and told is not None and fetches_by_time(told),
        Ability.PLAYBACK: holds_footage,
        # To ask is to take one of few places: it is there until the device says that it is not.
        Ability.EVENTS: not isapi.lacks(ALERT_STREAM),
        Ability.HEALTH: await _any(isapi, _TELL_HEALTH, Right.STATUS),
        Ability.CLOCK: await _any(isapi, ("/System/time",), Right.SETTINGS),
    }


async def _any(isapi: Isapi, paths: tuple[str, ...], right: Right) -> bool:
    for path in paths:
        if await isapi.has(path, right):
            return True
    return False
