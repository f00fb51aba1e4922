"""What a device's fault means: pure, from the `Fault` of an answer to a kind of trouble.

Source: ONVIF Core Specification, "SOAP fault messages"; WS-Security faults (`wsse:`); what devices
write in the place of both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sereno.drivers.tree import Part
from sereno.media.refusals import tells_lock


class Trouble(StrEnum):
    """Why a device did not do what it was asked."""

    LOGIN = "login"  # the credentials, or a right that the account lacks
    TIME = "time"  # the token's time; of the password nothing was said
    LOCKED = "locked"
    ABSENT = "absent"  # this model has no such thing
    NO_SUCH = "no_such"  # there is no such profile, source or recording
    FULL = "full"  # no further subscription, search or session
    UNFIT = "unfit"  # this firmware wants the request in another form
    FAULT = "fault"  # something inside failed


@dataclass(frozen=True, slots=True)
class Fault:
    """`said` is the device's own words, for the raw text of a reason."""

    trouble: Trouble
    said: str


_TIME = re.compile(
    r"time ?check|time ?stamp|MessageExpired|\bexpired\b|out of (?:time|date)|clock|time ?skew",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"NotAuthori[sz]ed|not authori[sz]ed|Unauthori[sz]ed|FailedAuthentication|FailedCheck"
    r"|InvalidSecurity|SecurityToken|OperationProhibited|authenticat|wrong password"
    r"|AccessDenied|access denied",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"MaxPullPoints|TooMany|ResourcesExceeded|LimitReached|ResourceUnavailable|InsufficientResource"
    r"|max(?:imum)? (?:number|pull|subscription|session)|NoFreeSlot|too many|reached|\bbusy\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"ActionNotSupported|NotSupported|UnknownAction|not implemented|not support|unsupported"
    r"|method name or namespace|no such (?:method|operation|service)|NoSuchService|NotImplemented",
    re.IGNORECASE,
)
_NO_SUCH = re.compile(
    r"No(?:Profile|Source|Recording|Config|VideoSource|Token|Entity|SuchToken)\b|InvalidToken"
    r"|no such|does not exist|not exist|IncompleteConfiguration",
    re.IGNORECASE,
)
_UNFIT = re.compile(r"InvalidArg|WellFormed|TagMismatch|Namespace|MissingAttr|InvalidFilter")
_BY_WORDS = (
    (Trouble.TIME, _TIME),
    (Trouble.FULL, _FULL),
    (Trouble.ABSENT, _ABSENT),
    (Trouble.LOGIN, _LOGIN),
    (Trouble.NO_SUCH, _NO_SUCH),
    (Trouble.UNFIT, _UNFIT),
)
_SHOWN = 200


def fault_of(body: Part) -> Fault | None:
    """The fault that a body is, or None for an answer."""
    if body.name.lower() != "fault":
        return None
    codes = [part.text for part in body.walk("Value")]
    words = [part.text for part in (*body.walk("Text"), *body.walk("faultstring"))]
    codes += [part.text for name in ("Subcode", "faultcode") for part in body.walk(name)]
    said = " ".join(text for text in (*codes, *words) if text)
    return Fault(trouble_of(said), " ".join(said.split())[:_SHOWN])


def trouble_of(said: str) -> Trouble:
    """By the words: those that tell more come first."""
    if tells_lock(401, said):
        return Trouble.LOCKED
    for trouble, words in _BY_WORDS:
        if words.search(said):
            return trouble
    return Trouble.FAULT
