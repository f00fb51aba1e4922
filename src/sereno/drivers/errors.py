"""The few ways in which a device fails us.

DeviceError
├── Unreachable   nothing answers, or the connection broke off
├── Refused       the credentials are wrong, or the account lacks a right   (permanent)
├── Locked        the device locked the account; `not_before` says until when
├── Busy          it has no room for this now: a slot is taken, it asked us to wait
├── Missing       it has no such channel, stream or footage                 (permanent)
├── Unsupported   this model or firmware cannot do it                       (permanent)
└── Garbled       its answer makes no sense

Each carries a reason of `sereno.policy.reasons`: a key with parameters, whose words in Spanish and
English say what happened and what to do next.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sereno.policy.reasons import Reason


class DeviceError(Exception):
    """A device did not do what it was asked.

    `kind` is stable and machine-readable. Asking again changes nothing where `is_permanent`: a
    person or the device's settings must change first. The raw text of the reason holds no secret.
    """

    kind: ClassVar[str]
    is_permanent: ClassVar[bool] = False

    def __init__(self, reason: Reason, *, not_before: datetime | None = None) -> None:
        super().__init__(reason.words().en)
        self.reason = reason
        self.not_before = not_before


class Unreachable(DeviceError):
    """Nothing answers, or the connection broke off."""

    kind = "unreachable"


class Refused(DeviceError):
    """The credentials are wrong, or the account lacks a right. Never asked again by itself."""

    kind = "refused"
    is_permanent = True


class Locked(DeviceError):
    """The account is locked until `not_before`; even the right password is refused until then."""

    kind = "locked"


class Busy(DeviceError):
    """The device has no room for this now."""

    kind = "busy"


class Missing(DeviceError):
    """There is no such channel, stream or footage."""

    kind = "missing"
    is_permanent = True


class Unsupported(DeviceError):
    """This model or firmware cannot do it."""

    kind = "unsupported"
    is_permanent = True


class Garbled(DeviceError):
    """The device's answer makes no sense."""

    kind = "garbled"
