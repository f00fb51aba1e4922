"""What a Dahua device means by refusing, and by its other errors.

Wrong credentials are 401 with `Invalid Authority!`. A lock is 403 with JSON that says for how long.
Any other 403 is the lack of a right, or a table that this model does not have: they look alike, so
it is nothing about the account, and no name is ever guessed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx

from sereno.drivers.dahua.parse import as_int, garbled, is_error
from sereno.drivers.errors import Busy, DeviceError, Refused, Unsupported
from sereno.drivers.http.answers import Answer, Refusal, Verdict
from sereno.policy.reasons import Reason

LOCKED_CODES = frozenset({268632081, 268632073})
"""Locked after wrong passwords; on the device's list of those it does not talk to."""

_WRONG = b"invalid authority"
_LACKING = frozenset({400, 404, 405, 501})
_TEXT_SHOWN = 120


class DahuaJudge:
    """Satisfies `sereno.drivers.http.answers.Judge`."""

    def refusal(self, status: int, headers: httpx.Headers, body: bytes) -> Refusal | None:
        told = read_json(body)
        code = as_int(str(told.get("ErrorCode", _code(told))))
        if code in LOCKED_CODES or "RmLock" in told:
            return Refusal(Verdict.LOCKED, seconds=as_int(str(told.get("RmLock", ""))))
        if status == httpx.codes.UNAUTHORIZED and _WRONG in body.lower():
            return Refusal(Verdict.WRONG)
        return None


def read_json(body: bytes) -> Mapping[str, object]:
    """The object in a body; empty where there is none."""
    if not body.lstrip().startswith(b"{"):
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _code(told: Mapping[str, object]) -> object:
    error = told.get("error")
    return error.get("code", "") if isinstance(error, dict) else ""


def fault_of(answer: Answer, what: str) -> DeviceError | None:
    """What an answer means that is none; None for one that is good. `what` is the right that is
    needed for it, by the device's own name."""
    if httpx.codes.is_success(answer.status):
        return unable(answer.body) if is_error(answer.body) else None
    if answer.status in _LACKING:
        return unable(answer.body)
    if answer.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Refused(Reason("right_missing", {"right": what}, shown(answer.body)))
    if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Busy(Reason("device_busy", {"status": str(answer.status)}, shown(answer.body)))
    return garbled(answer.body)


def unable(body: bytes) -> Unsupported:
    """This model or firmware does not have it."""
    return Unsupported(Reason("device_unable", raw=shown(body)))


def shown(body: bytes) -> str:
    """The beginning of an answer, on one line."""
    return " ".join(body[:_TEXT_SHOWN].decode("utf-8", "replace").split())
