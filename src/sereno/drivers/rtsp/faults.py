"""What a fault of the video dialogue means in the drivers' few kinds."""

from __future__ import annotations

from sereno.drivers.errors import (
    Busy,
    DeviceError,
    Garbled,
    Missing,
    Refused,
    Unreachable,
    Unsupported,
)
from sereno.drivers.gate import Gate
from sereno.media.faults import StreamFault, without_secrets
from sereno.policy.reason_entry import Retry

_KINDS: dict[str, type[DeviceError]] = {
    "auth_unsafe": Refused,
    "forbidden": Refused,
    "no_such_stream": Missing,
    "no_video": Missing,
    "camera_closed": Unreachable,
    "tls_untrusted": Unreachable,
    "tls_failed": Unreachable,
}
_KINDS_BY_CLASS: dict[Retry, type[DeviceError]] = {
    Retry.NETWORK: Unreachable,
    Retry.BUSY: Busy,
    Retry.UNFIT: Unsupported,
    Retry.DATA: Garbled,
}
_NOBODY_THERE = frozenset({"name_unknown", "unreachable", "refused", "timed_out"})


def device_error(fault: StreamFault, gate: Gate, username: str, password: str) -> DeviceError:
    """The error to raise; the gate learns of what keeps everybody out."""
    reason = without_secrets(fault.reason, username, password)
    if reason.key == "unauthorized":
        return gate.refused(reason)
    if reason.key == "account_locked":
        return gate.locked(reason)
    if reason.key in _NOBODY_THERE:
        gate.missed(reason)
    else:
        gate.reached()
    kind = _KINDS.get(reason.key) or _KINDS_BY_CLASS.get(reason.retry, Garbled)
    return kind(reason)
