"""The file of a stream that is being written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sereno.media.contract import FragmentWritten
from sereno.media.index import Fragment, FragmentIndex, pack_index
from sereno.node.rows import SegmentRow


@dataclass(slots=True)
class OpenSegment:
    """Its row, and the index of its fragments so far."""

    row: SegmentRow
    fragments: list[Fragment] = field(default_factory=list)

    def add(self, event: FragmentWritten, end_us: int) -> None:
        """Raises ValueError for a fragment that does not follow the one before in the file."""
        if event.offset_bytes != self.row.size_bytes:
            raise ValueError("a fragment does not follow the one before")
        fragment = Fragment(
            event.start_ticks,
            event.duration_ticks,
            event.offset_bytes,
            event.size_bytes,
            event.is_key,
            event.is_damaged,
            event.frame_count,
            event.has_composition,
            event.has_sound,
        )
        self.fragments.append(fragment)
        self.row.size_bytes = fragment.end_bytes
        self.row.end_us = max(self.row.end_us, end_us)

    def to_row(self) -> SegmentRow:
        """The row as far as the file has come, with its index."""
        return replace(self.row, fragments=pack_index(FragmentIndex.of(self.fragments)))
