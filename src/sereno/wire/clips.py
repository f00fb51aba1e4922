"""Clips: what a node tells of those that its orders name.

While it works it tells each second how far it is, then what came of it. The later report counts.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from sereno.wire.message import Message
from sereno.wire.reports import ReasonReport, ToldTime
from sereno.wire.version import WIRE_VERSION

MOST_GAPS = 200
"""Of one clip; beyond that, the nearest are told as one. The sidecar names all."""


class ClipState(StrEnum):
    """What becomes of a clip."""

    WAITING = "waiting"  # for its turn, for room on the disk, for its node
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"  # for good: there is nothing that it could be made of


class ClipSpan(Message):
    """A part of time, half-open."""

    start: ToldTime
    end: ToldTime


class ClipReport(Message):
    """`POST /api/v1/node/clips/{id}`. 404: nobody wants that clip any more.

    From `shown` on it is known once the clip is ready: what it shows, from its first frame to its
    last, and which times inside nobody recorded.
    """

    wire_version: int = WIRE_VERSION
    state: ClipState
    done_bytes: int = Field(default=0, ge=0)
    size_bytes: int | None = Field(default=None, ge=0)
    reason: ReasonReport | None = Field(default=None, description="why it waits or failed")
    shown: ClipSpan | None = None
    duration_seconds: float | None = Field(default=None, ge=0)
    gaps: tuple[ClipSpan, ...] = Field(default=(), max_length=MOST_GAPS)
    sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    is_cut_short: bool = Field(
        default=False, description="the format of picture or sound changed there"
    )
