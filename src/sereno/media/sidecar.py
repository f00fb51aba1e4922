"""What stands beside a clip as JSON: what it shows, and what it was made of.

Described in docs/ref/format.md. It names no person and holds no secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sereno import __version__
from sereno.base.clock import to_us
from sereno.base.spans import Span
from sereno.media.clips import ClipPart, ClipPlan

FORMAT = "sereno-clip"
VERSION = 1


@dataclass(frozen=True, slots=True)
class ClipIdentity:
    """Which clip of what."""

    clip_id: UUID
    camera_id: UUID
    camera: str
    stream: str
    asked: Span


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What is known of a run that the clip took from.

    `clock` says where wall-clock time came from, `drift_us` by how much it was corrected over the
    run; where the clocks parted at once, a new run began.
    """

    run_id: UUID
    engine: str
    clock: str
    drift_us: int


def sidecar(
    identity: ClipIdentity,
    plan: ClipPlan,
    sha256: str,
    runs: Iterable[SourceRun],
    digests: Mapping[UUID, str],
) -> dict[str, Any]:
    """The sidecar of a clip whose bytes have the digest `sha256`.

    `digests`: SHA-256 of each source segment by its id, where it was sealed by then.
    """
    video, sound = plan.tracks
    return {
        "format": FORMAT,
        "version": VERSION,
        "software": f"sereno {__version__}",
        "clip_id": str(identity.clip_id),
        "camera_id": str(identity.camera_id),
        "camera": identity.camera,
        "stream": identity.stream,
        "asked": _span(identity.asked),
        "shown": _span(plan.span),
        "is_cut_short": plan.is_cut_short,
        "gaps": [_span(gap) for gap in plan.gaps],
        "duration_seconds": plan.duration_seconds,
        "size_bytes": plan.size_bytes,
        "sha256": sha256,
        "video": {"codec": video.codec, "width": video.width, "height": video.height},
        "sound": None if sound is None else {"codec": sound.codec, "rate": sound.rate},
        "runs": [
            {
                "run_id": str(run.run_id),
                "engine": run.engine,
                "clock": run.clock,
                "drift_us": run.drift_us,
            }
            for run in runs
        ],
        "segments": [_segment(part, digests) for part in plan.parts],
    }


def _segment(part: ClipPart, digests: Mapping[UUID, str]) -> dict[str, Any]:
    first = part.file_offset_bytes
    return {
        "segment_id": str(part.segment_id),
        "run_id": str(part.run_id),
        "sha256": digests.get(part.segment_id) or None,
        "from_byte": first,
        "to_byte": first + part.size_bytes,
        "clip_ticks": part.clip_ticks,
        **_span(part.span),
        "damage": [_span(span) for span in part.damage],
    }


def _span(span: Span) -> dict[str, int]:
    return {"from_us": to_us(span.start), "to_us": to_us(span.end)}
