"""What an answer says went wrong: pure, from status and body to a kind of trouble.

Rejections come as `ResponseStatus`, in XML or JSON, sometimes with HTTP 200; refused logins as
`userCheck`. Source: ISAPI error codes; the sub-status is the most exact of what they say, then the
status code, then the HTTP status.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sereno.drivers.errors import Garbled
from sereno.drivers.hikvision.tree import looks_written, read
from sereno.drivers.tree import Part, whole_number


class Trouble(StrEnum):
    """Why a device did not do what it was asked."""

    ABSENT = "absent"  # this model has no such thing: a fact, no fault
    RIGHT = "right"  # the account lacks a right
    BUSY = "busy"
    FAULT = "fault"  # something inside failed; a narrower request may do
    UNFIT = "unfit"  # this firmware wants the request in another form
    ASLEEP = "asleep"  # in its factory state, no password set
    REBOOT = "reboot"  # it wants to be restarted first


_BY_SUB_STATUS = {
    "notsupport": Trouble.ABSENT,
    "methodnotallowed": Trouble.ABSENT,
    "invalidoperation": Trouble.ABSENT,
    "badauthorization": Trouble.RIGHT,
    "lowprivilege": Trouble.RIGHT,
    "devicebusy": Trouble.BUSY,
    "serviceunavailable": Trouble.BUSY,
    "nomemory": Trouble.BUSY,
    "deviceerror": Trouble.FAULT,
    "badxmlformat": Trouble.UNFIT,
    "badxmlcontent": Trouble.UNFIT,
    "badparameters": Trouble.UNFIT,
    "badurlformat": Trouble.UNFIT,
    "notactivated": Trouble.ASLEEP,
    "rebootrequired": Trouble.REBOOT,
}
_HEAD_BYTES = 4096
"""A refusal is short; answers that are long are not read twice."""

_FOR_EVER = ("notsupport", "methodnotallowed")
_BY_STATUS_CODE = {
    2: Trouble.BUSY,
    3: Trouble.FAULT,
    4: Trouble.ABSENT,
    5: Trouble.UNFIT,
    6: Trouble.UNFIT,
    7: Trouble.REBOOT,
}
_BY_HTTP = {
    400: Trouble.UNFIT,
    403: Trouble.ABSENT,
    404: Trouble.ABSENT,
    405: Trouble.ABSENT,
    501: Trouble.ABSENT,
    503: Trouble.BUSY,
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """`said` is the device's own sentence, for the raw text of a reason; `is_vague` where it
    may mean "not now" as well as "never"."""

    trouble: Trouble
    said: str
    is_vague: bool = False


@dataclass(frozen=True, slots=True)
class UserCheck:
    """A refused login as the device counts it; None where old firmware does not say."""

    is_locked: bool
    unlock_seconds: int | None
    attempts_left: int | None


def rejection(status: int, body: bytes) -> Rejection | None:
    """Why the device refused, or None where it did as asked."""
    if status < 400 and b"tatusCode" not in body[:_HEAD_BYTES]:
        return None
    told = _response_status(body)
    if told is not None and status < 400 and _is_fine(told):
        told = None
    if told is None:
        if status < 400:
            return None
        return Rejection(_BY_HTTP.get(status, _other(status)), f"HTTP {status}", is_vague=True)
    sub = told.say("subStatusCode")
    trouble = (
        _BY_SUB_STATUS.get(sub.lower())
        or _BY_STATUS_CODE.get(whole_number(told.say("statusCode")) or 0)
        or _BY_HTTP.get(status, _other(status))
    )
    said = " ".join(filter(None, (f"HTTP {status}", told.say("statusString"), sub)))
    return Rejection(trouble, said[:200], is_vague=sub.lower() not in _FOR_EVER)


def user_check(body: bytes) -> UserCheck | None:
    """What a 401 says of the account, or None where the body is something else."""
    root = _written(body)
    if root is None:
        return None
    told = root if _is(root, "userCheck") else root.get("userCheck")
    if told is None:
        return None
    return UserCheck(
        told.say("lockStatus").lower() == "lock",
        whole_number(told.say("unlockTime")),
        whole_number(told.say("retryLoginTime")),
    )


def is_stale(body: bytes) -> bool:
    """Whether a 401 only means that the nonce is used up."""
    told = _response_status(body)
    return told is not None and told.say("subStatusCode").lower() == "invalidoperation"


def lacks_right(body: bytes) -> bool:
    """Whether a 401 or 403 means that the account lacks a right."""
    told = _response_status(body)
    if told is None:
        return False
    return _BY_SUB_STATUS.get(told.say("subStatusCode").lower()) is Trouble.RIGHT


def _other(status: int) -> Trouble:
    return Trouble.FAULT if status >= 500 else Trouble.UNFIT


def _is_fine(told: Part) -> bool:
    return whole_number(told.say("statusCode")) in (None, 0, 1)


def _response_status(body: bytes) -> Part | None:
    root = _written(body)
    if root is None:
        return None
    if _is(root, "ResponseStatus") or (not root.name and root.get("statusCode") is not None):
        return root
    return root.get("ResponseStatus")


def _is(part: Part, name: str) -> bool:
    return part.name.lower() == name.lower()


def _written(body: bytes) -> Part | None:
    if not looks_written(body):
        return None
    try:
        return read(body)
    except Garbled:
        return None  # an error page: its HTTP status says what there is to know
