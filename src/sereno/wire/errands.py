"""Errands: what a person asks a node to look into now, and what it finds.

Unlike orders they are done once. A node asks for its errands whenever it is woken or a heartbeat's
answer says that there are some, and tells what it found as it finds it: each report holds all.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field, SecretStr

from sereno.policy.choices import StreamName
from sereno.policy.diagnosis import Finding, VerdictName
from sereno.wire.message import Message
from sereno.wire.reports import ReasonReport, ToldTime
from sereno.wire.secret import Secret
from sereno.wire.version import WIRE_VERSION

DIAGNOSE = "diagnose"
MOST_STEPS = 30
_MOST_ADVICE = 10
_LONGEST_WORD = 40
LONGEST_SAW = 200


class Errand(Message):
    """One errand. A kind that a node does not know it leaves alone.

    With `camera_id` the stream is that of the node's own orders, as configured there; else it is
    at `address`. Kinds of `sereno.wire.devices` have `params`.
    """

    errand_id: UUID
    kind: str = DIAGNOSE
    camera_id: UUID | None = None
    stream: StreamName = "main"
    address: str = Field(default="", description="URL without credentials")
    username: str = ""
    password: Secret = SecretStr("")
    params: dict[str, Any] = Field(default_factory=dict)


class Errands(Message):
    """Answer to `GET /api/v1/node/errands`: all that are to be done or not yet done."""

    wire_version: int = WIRE_VERSION
    errands: tuple[Errand, ...] = ()


class StepReport(Message):
    """One step of a diagnosis. `saw` is in no language: an address, a reply, a format."""

    step: str = Field(max_length=_LONGEST_WORD)
    verdict: VerdictName
    ms: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    saw: str = Field(default="", max_length=LONGEST_SAW)
    reason: ReasonReport | None = Field(default=None, description="why it failed")
    advice: tuple[ReasonReport, ...] = Field(default=(), max_length=_MOST_ADVICE)

    def to_finding(self) -> Finding:
        reason = self.reason.to_reason() if self.reason else None
        return Finding(
            self.step, self.verdict, reason, tuple(each.to_reason() for each in self.advice)
        )


class DiagnosisReport(Message):
    """`POST /api/v1/node/errands/{id}`: all that is known so far. The later one counts."""

    wire_version: int = WIRE_VERSION
    started_at: ToldTime
    is_done: bool = False
    engine: str = Field(default="", max_length=_LONGEST_WORD)
    steps: tuple[StepReport, ...] = Field(default=(), max_length=MOST_STEPS)
