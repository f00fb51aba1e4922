"""What a device means by refusing: its status, and the words that come with it.

Statuses: RFC 2326, 7.1.1. A locked account: Hikvision tells of it with 401 and a page
(`lockStatus`, `unlockTime` in seconds), Dahua with `RmLock` seconds, others in the phrase.
"""

from __future__ import annotations

import re

from sereno.policy.reasons import NOTHING

_LOCKED = re.compile(
    r"lockStatus\W{1,4}lock|illegalLoginLock|\bRmLock\b|\blocked\b|\block-?out\b", re.IGNORECASE
)
_LOCKED_SECONDS = re.compile(r"(?:unlockTime|RmLock)\W{1,4}(\d{1,6})", re.IGNORECASE)
_MANY_VIEWERS = re.compile(
    r"too many|session|connection|viewer|client|user|limit|maximum", re.IGNORECASE
)
_KEYS = {
    401: "unauthorized",
    403: "forbidden",
    404: "no_such_stream",
    410: "no_such_stream",
    453: "session_limit",
    454: "session_ended",
    461: "transport_refused",
    503: "device_busy",
}
_NOT_OFFERED = frozenset({501, 505, 551})
_TELL_NO_STATUS = frozenset({"unauthorized", "forbidden", "no_such_stream", "transport_refused"})


def tells_lock(status: int, said: str) -> bool:
    """Whether the device says that the account is locked, and no password would do."""
    return status == 423 or (status in (401, 403) and _LOCKED.search(said) is not None)


def refusal(status: int, said: str = "", retry_after: str = "") -> tuple[str, dict[str, str]]:
    """The reason's key and parameters; `said` is the phrase and the body of the answer."""
    if tells_lock(status, said):
        return "account_locked", _wait(said, retry_after)
    key = _KEYS.get(status)
    if key is None:
        is_ours = 400 <= status < 500 or status in _NOT_OFFERED
        key = "bad_request" if is_ours else "device_error"
    if key == "device_busy" and _MANY_VIEWERS.search(said):
        key = "session_limit"
    return key, {} if key in _TELL_NO_STATUS else {"status": str(status)}


def _wait(said: str, retry_after: str) -> dict[str, str]:
    """How long the device says to wait: for people, the same in all languages, and in seconds."""
    found = _LOCKED_SECONDS.search(said)
    text = found[1] if found else retry_after.strip()
    if not re.fullmatch(r"[0-9]{1,6}", text):
        return {"wait": NOTHING}
    return time_left(int(text))


def time_left(seconds: int) -> dict[str, str]:
    """How long an account stays locked, as parameters of that reason."""
    wait = f"{seconds} s" if seconds < 60 else f"{-(-seconds // 60)} min"
    return {"wait": wait, "seconds": str(seconds)}
