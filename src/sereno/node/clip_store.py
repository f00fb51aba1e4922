"""Where clips lie: `<data>/clips/<clip id>.mp4`, with a sidecar `.json` beside each.

A file named `.mp4` is whole: it gets that name last, when it and its sidecar are durable. Whatever
a kill leaves behind ends in `.part`, or is a sidecar alone, and is made anew.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from sereno.base.clock import from_us
from sereno.base.spans import Span, union
from sereno.box.files import sync_folder, write_atomic
from sereno.wire.clips import MOST_GAPS, ClipReport, ClipSpan, ClipState


@dataclass(frozen=True, slots=True)
class ClipStore:
    """The folder of clips; every call may block."""

    folder: Path

    def prepare(self) -> None:
        """Make the folder, and clear away what was begun and not finished. Raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in [*self.folder.glob("*.part"), *self.folder.glob(".*")]:
            left.unlink()

    def video(self, clip_id: UUID) -> Path:
        return self.folder / f"{clip_id}.mp4"

    def sidecar(self, clip_id: UUID) -> Path:
        return self.folder / f"{clip_id}.json"

    def part(self, clip_id: UUID) -> Path:
        """Where it is written before it is whole."""
        return self.folder / f"{clip_id}.mp4.part"

    def finish(self, clip_id: UUID, about: dict[str, Any]) -> None:
        """The part is whole and durable: it becomes the clip. Raises OSError."""
        write_atomic(self.sidecar(clip_id), json.dumps(about, ensure_ascii=False, indent=1))
        self.part(clip_id).replace(self.video(clip_id))
        sync_folder(self.folder)

    def remove(self, clip_id: UUID) -> None:
        """The clip goes, or what there is of it. Raises OSError."""
        for path in (self.video(clip_id), self.part(clip_id), self.sidecar(clip_id)):
            path.unlink(missing_ok=True)

    def ids(self) -> set[UUID]:
        """Of which clips there is anything. Files that are none of ours are passed over."""
        found = set()
        for path in self.folder.iterdir():
            try:
                found.add(UUID(path.name.partition(".")[0]))
            except ValueError:
                continue
        return found

    def ready(self, clip_id: UUID) -> ClipReport | None:
        """What is to be told of a clip that is there whole; None: it is not."""
        try:
            size_bytes = self.video(clip_id).stat().st_size
            about = json.loads(self.sidecar(clip_id).read_bytes())
            if about["size_bytes"] == size_bytes:
                return _report(about)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return None

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free

    def total_bytes(self) -> int:
        return shutil.disk_usage(self.folder).total


def _report(about: dict[str, Any]) -> ClipReport:
    size_bytes = about["size_bytes"]
    return ClipReport(
        state=ClipState.READY,
        done_bytes=size_bytes,
        size_bytes=size_bytes,
        shown=_told(_span(about["shown"])),
        duration_seconds=about["duration_seconds"],
        gaps=tuple(map(_told, _at_most(MOST_GAPS, [_span(gap) for gap in about["gaps"]]))),
        sha256=about["sha256"],
        is_cut_short=about["is_cut_short"],
    )


def _at_most(count: int, spans: list[Span]) -> list[Span]:
    """So many spans at most: those that lie nearest to one another are told as one."""
    if len(spans) <= count:
        return spans
    distances = sorted(other.start - one.end for one, other in pairwise(spans))
    return union(spans, join_within=distances[len(spans) - count - 1])


def _span(said: dict[str, int]) -> Span:
    return Span(from_us(said["from_us"]), from_us(said["to_us"]))


def _told(span: Span) -> ClipSpan:
    return ClipSpan(start=span.start, end=span.end)
