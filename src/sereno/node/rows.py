"""The rows of the ledger: what the node knows of its own recordings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from sereno.base.clock import from_us
from sereno.media.contract import Memory
from sereno.node.damage import Damage, damaged_spans
from sereno.policy.choices import StreamName
from sereno.wire.reports import AbsenceReport, ReasonReport, RunReport

NOWHERE = UUID(int=0)
"""The volume of a stream that was never started."""


class StreamKey(NamedTuple):
    """One encoding of one camera."""

    camera_id: UUID
    stream: StreamName

    def __str__(self) -> str:
        return f"{self.camera_id}/{self.stream}"


@dataclass(slots=True)
class RunRow:
    """Unbroken coverage of one stream; times in microseconds since 1970."""

    run_id: UUID
    key: StreamKey
    start_us: int
    end_us: int
    codec: str = ""
    width: int = 0
    height: int = 0
    is_open: bool = True
    end_reason: ReasonReport | None = None
    segment_count: int = 0
    size_bytes: int = 0
    revision: int = 0  # grows each time it is written down
    engine: str = "native"
    clock: str = "arrival"
    sound: str = ""
    damaged_us: int = 0  # footage that losses may have damaged
    damage: Damage = field(default_factory=list)  # where that is
    drift_us: int = 0  # how far wall time was corrected against the camera's

    def to_report(self) -> RunReport:
        return RunReport(
            run_id=self.run_id,
            revision=self.revision,
            camera_id=self.key.camera_id,
            stream=self.key.stream,
            start=from_us(self.start_us),
            end=from_us(self.end_us),
            is_open=self.is_open,
            end_reason=self.end_reason,
            segment_count=self.segment_count,
            size_bytes=self.size_bytes,
            engine=self.engine,
            clock=self.clock,
            sound=self.sound,
            damaged_seconds=self.damaged_us / 1_000_000,
            damage=tuple(damaged_spans(self.damage, self.start_us, self.end_us)),
        )


@dataclass(slots=True)
class AbsenceRow:
    """A time in which the node knew why it was not recording."""

    absence_id: UUID
    key: StreamKey
    start_us: int
    end_us: int
    reason: ReasonReport
    is_open: bool = True
    revision: int = 0  # grows each time it is written down

    def to_report(self) -> AbsenceReport:
        return AbsenceReport(
            absence_id=self.absence_id,
            revision=self.revision,
            camera_id=self.key.camera_id,
            stream=self.key.stream,
            start=from_us(self.start_us),
            end=from_us(self.end_us),
            is_open=self.is_open,
            reason=self.reason,
        )


@dataclass(slots=True)
class SegmentRow:
    """One media file; `path` is relative to the root of its volume."""

    segment_id: UUID
    run_id: UUID
    key: StreamKey
    volume_id: UUID
    sequence: int
    start_us: int
    end_us: int
    path: str
    init_size: int
    size_bytes: int = 0
    sha256: str = ""
    crc32c: str = ""
    is_sealed: bool = False
    fragments: bytes = b""


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """What worked with a stream. It is forgotten when the order's `retry_number` has grown."""

    key: StreamKey
    memory: Memory
    retry_number: int = 0
