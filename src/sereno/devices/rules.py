"""What a device's fields may be, what its cameras get from it, and how it is shown; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sereno.base.errors import Invalid, Words
from sereno.policy.reasons import Reason
from sereno.sites.addresses import RTSP_SCHEMES, ParsedAddress, parse_address
from sereno.sites.rules import LONGEST_NAME, OFFLINE_AFTER, is_online
from sereno.wire.devices import DeviceState

Vendor = Literal["", "hikvision", "dahua", "onvif", "rtsp"]
StateName = Literal[
    "connecting",
    "online",
    "offline",
    "refused",
    "locked",
    "other_device",
    "node_offline",
    "not_assigned",
]
# Its channels come from a template; what it is found to be by that says nothing.
LAST_RESORT = "rtsp"
HTTP_PORT, HTTPS_PORT = 80, 443
MOST_TEMPLATE_CHANNELS = 512
READ_EVERY = timedelta(minutes=55)
READINGS_KEPT = timedelta(days=90)
# A clock further off makes footage hard to find.
LARGEST_CLOCK_OFFSET_SECONDS = 30.0

NOT_ASSIGNED = "not_assigned"
_PLACE = re.compile(r"\{[a-z]+(:[0-9]+)?\}")

_HOST_BAD = Words(
    "Write the device's IP address or name alone, such as 192.168.1.64.",
    "Escriba solo la dirección IP o el nombre del dispositivo, como 192.168.1.64.",
)
_TEMPLATE_BAD = Words(
    "An address template begins with rtsp:// or /, says {channel} where the channel's number "
    "stands, and holds no user name and no password.",
    "Una plantilla de dirección comienza con rtsp:// o /, dice {channel} donde va el número de "
    "canal, y no lleva usuario ni contraseña.",
)


def check_host(text: str) -> str:
    """The host alone, IPv6 without brackets. Raises Invalid."""
    host = text.strip()
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    try:
        parsed = parse_address(f"http://{host}")
    except Invalid:
        raise Invalid("host_bad", _HOST_BAD, field="host") from None
    if parsed.rest or parsed.port is not None or parsed.username is not None:
        raise Invalid("host_bad", _HOST_BAD, field="host")
    return parsed.host


def check_template(text: str, field: str) -> str:
    """An RTSP address or path with a place for the channel; empty: none. Raises Invalid."""
    template = text.strip()
    if not template:
        return ""
    filled = _PLACE.sub("1", template)
    whole = f"rtsp://device{filled}" if filled.startswith("/") else filled
    try:
        parsed = parse_address(whole)
    except Invalid:
        raise Invalid("template_bad", _TEMPLATE_BAD, field=field) from None
    has_credentials = parsed.username is not None
    if parsed.scheme not in RTSP_SCHEMES or has_credentials or not _PLACE.search(template):
        raise Invalid("template_bad", _TEMPLATE_BAD, field=field)
    return template


def usual_port(*, is_tls: bool) -> int:
    """That of a device's web interface."""
    return HTTPS_PORT if is_tls else HTTP_PORT


@dataclass(frozen=True, slots=True)
class Shown:
    """What people see: a state of the node's or one of the hub's own."""

    state: StateName
    since: datetime | None
    reason: Reason | None = None


def shown(
    state: str,
    since: datetime | None,
    reason: Reason | None,
    *,
    has_node: bool,
    last_seen: datetime | None,
    created_at: datetime,
    now: datetime,
) -> Shown:
    """The state to show of a device made at `created_at` whose node was heard at `last_seen`."""
    if not has_node:
        return Shown("not_assigned", created_at, Reason("device_not_assigned"))
    if not is_online(last_seen, now):
        silent_since = created_at if last_seen is None else last_seen + OFFLINE_AFTER
        return Shown("node_offline", max(silent_since, created_at), Reason("device_node_offline"))
    return Shown(DeviceState(state).value, since, reason)


def event_between(before: bool | None, state: str) -> tuple[bool | None, str]:
    """Whether a device counts as online now, and what to tell of it: empty for nothing.

    `before`: whether it did; None: nobody knew. While it is only connecting nothing changes.
    """
    if state in (DeviceState.CONNECTING, NOT_ASSIGNED):
        return before, ""
    if state == DeviceState.ONLINE:
        return True, "" if before else "nvr_online"
    return False, "" if before is False else "nvr_offline"


def usable_address(told: str) -> str:
    """A stream's address as a camera may have it; empty where it makes none."""
    try:
        return parse_address(told).without_credentials
    except Invalid:
        return ""


def address_of(streams: Iterable[Mapping[str, Any]], role: str) -> str:
    """Of the stream with this role; empty: there is none."""
    return next((str(each["address"]) for each in streams if each["role"] == role), "")


def moved(address: str, old_host: str, new_host: str, rtsp_port: int | None) -> str:
    """An address of a device that was at `old_host`, now that it is at `new_host`.

    `rtsp_port` None: its port stays. What names another machine stays as it is.
    """
    if not address:
        return ""
    parsed = parse_address(address)
    if parsed.host != old_host:
        return address
    port = parsed.port if rtsp_port is None else rtsp_port
    return ParsedAddress(parsed.scheme, new_host, port, parsed.rest).without_credentials


def free_name(wanted: str, device: str, number: int, taken: Collection[str]) -> str:
    """A camera's name from a channel's: the same, else with the device's before it, or a count.

    `taken`: the names of the site, in lower case.
    """
    own = "".join(sign for sign in wanted if sign.isprintable()).strip()[:LONGEST_NAME]
    first = own or f"{device} {number}"
    candidates = [first, f"{device} {own or number}"]
    # One more than there are names: one of them is free.
    candidates += [f"{first[: LONGEST_NAME - 6]} {count}" for count in range(2, len(taken) + 3)]
    fitting = (each for each in candidates if len(each) <= LONGEST_NAME)
    return next(each for each in fitting if each.lower() not in taken)


def is_new_hour(last: datetime | None, at: datetime) -> bool:
    """Whether a clock read at `at` is kept beside the one kept before, read at `last`.

    Also where the node's own clock went back: what came before then says nothing of now.
    """
    return last is None or abs(at - last) >= READ_EVERY


def gone(known: Mapping[str, datetime | None], told: Sequence[str]) -> list[str]:
    """Channels that were there until now and are told no more, of those by `missing_since`."""
    there = set(told)
    return [each for each, since in known.items() if each not in there and since is None]
