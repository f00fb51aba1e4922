"""Does the ledger say what the disks hold, and the other way round? Reads only.

Stream by stream, so that memory stays small. Beside a living node a finding counts only when a
second look, after the node had time to write its ledger, finds the same; files that are being
written are passed over. Without a node, what its next start mends by itself is counted as waiting
and is no finding. What is found is repaired by `fsck_repair`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from uuid import UUID

from sereno.base.errors import Garbled
from sereno.media.file_lock import lock_file
from sereno.media.fmp4.reader import SegmentContents, read_segment
from sereno.media.index import FragmentIndex, unpack_index
from sereno.node.departing import QUARANTINE
from sereno.node.fsck_folders import Listing, list_stream, strangers_of
from sereno.node.fsck_kinds import Depth, Finding, Kind
from sereno.node.ledger import Ledger
from sereno.node.ledger_removal import departures
from sereno.node.ledger_values import ids_of, run_in, segment_in
from sereno.node.ledger_volumes import known_volumes, usage_of
from sereno.node.reading_ahead import read_ahead
from sereno.node.repair import Place, digests_of, key_of, streams_on_disk
from sereno.node.rows import RunRow, SegmentRow, StreamKey

SECOND_LOOK_SECONDS = 2.5  # a node writes its ledger every second
EXPLAINED = frozenset({"removed_for_space", "footage_missing", "footage_damaged"})

_SEGMENTS = """
SELECT segment_id, run_id, camera_id, stream, volume_id, sequence, start_us, end_us, path,
       init_size, size_bytes, sha256, crc32c, is_sealed, x'' AS fragments
FROM segments WHERE camera_id = ? AND stream = ? ORDER BY sequence
"""
_INDEX = "SELECT fragments FROM segments WHERE segment_id = ?"
_RUNS = "SELECT * FROM runs WHERE camera_id = ? AND stream = ? AND is_open = 0"
_ABSENCES = """
SELECT start_us, end_us, json_extract(reason, '$.key') FROM absences
WHERE camera_id = ? AND stream = ?
"""
_TOTALS = "SELECT count(*), coalesce(sum(size_bytes), 0) FROM segments"

Progress = Callable[[int], None]


class Seen(NamedTuple):
    """What one look at a file came to; `contents` where it was read, and its digests were right."""

    row: SegmentRow
    kind: Kind | None = None
    detail: str = ""
    read_bytes: int = 0
    contents: SegmentContents | None = None


@dataclass(slots=True)
class Fsck:
    """`progress` is told of each file looked at, in files, or in bytes where depth is digest."""

    ledger: Ledger
    roots: Mapping[UUID, Path]
    depth: Depth
    is_node_running: bool
    progress: Progress = lambda _: None
    second_look_seconds: float = SECOND_LOOK_SECONDS
    file_count: int = 0
    size_bytes: int = 0
    waiting_count: int = 0  # files that the node mends at its next start
    _leaving: set[Place] = field(default_factory=set, init=False)
    # While a second look is taken: nothing else is read again.
    _only: set[str] | None = field(default=None, init=False)

    def total(self) -> int:
        """What `progress` will come to, about."""
        count, size_bytes = self.ledger.db.execute(_TOTALS).fetchone()
        return int(size_bytes if self.depth is Depth.DIGEST else count)

    def run(self) -> Iterator[Finding]:
        """All findings, stream by stream."""
        yield from self._volumes()
        for key in self.streams():
            yield from self._confirmed(partial(self.stream, key))
        yield from self._confirmed(self._sums)

    def streams(self) -> list[StreamKey]:
        return sorted({*self.ledger.streams(), *streams_on_disk(self.roots)})

    def _confirmed(self, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
        """What `look` finds; beside a living node, what it finds twice."""
        found = list(look())
        if not found or not self.is_node_running:
            yield from found
            return
        time.sleep(self.second_look_seconds)
        self._only = {finding.path for finding in found}
        again = {_identity(finding) for finding in look()}
        self._only = None
        yield from (finding for finding in found if _identity(finding) in again)

    def _volumes(self) -> Iterator[Finding]:
        held = {each.volume_id for each in usage_of(self.ledger) if each.segment_count}
        for volume_id, root in known_volumes(self.ledger).items():
            if volume_id in held and volume_id not in self.roots:
                yield Finding(Kind.VOLUME_MISSING, volume_id=volume_id, path=str(root or ""))
        for volume_id, root in self.roots.items():
            for path in strangers_of(root, QUARANTINE):
                yield Finding(Kind.STRANGE, volume_id=volume_id, path=path)

    def stream(self, key: StreamKey) -> Iterator[Finding]:
        """One stream: its files, its chain, its runs."""
        rows = self.segments(key)
        # A file that is named now and was not in `rows` was made since, or is unknown.
        listing = list_stream(self.roots, key)
        self._leaving = {(each.volume_id, each.path) for each in departures(self.ledger)}
        yield from self._strangers(key, listing, rows)
        links: dict[int, str] = {}
        for seen in self._seen(rows, listing):
            yield from self._file(seen, links)
        yield from self._chain(key, rows, links)
        yield from self._runs(key, rows)

    def segments(self, key: StreamKey) -> list[SegmentRow]:
        """The stream's rows by number, without their indexes."""
        return [segment_in(row) for row in self.ledger.db.execute(_SEGMENTS, ids_of(key))]

    # Files.

    def _seen(self, rows: Sequence[SegmentRow], listing: Listing) -> Iterator[Seen]:
        """Each sealed file that is to be looked at, and what was seen, in their order."""
        wanted = [
            row
            for row in rows
            if row.is_sealed and row.volume_id in self.roots
            if self._only is None or row.path in self._only
        ]
        look = partial(self._look, listing)
        return read_ahead(look, wanted) if self.depth is Depth.DIGEST else map(look, wanted)

    def _file(self, seen: Seen, links: dict[int, str]) -> Iterator[Finding]:
        row, kind = seen.row, seen.kind
        if self._only is None:
            self.file_count += 1
            self.size_bytes += seen.read_bytes
            self.progress(row.size_bytes if self.depth is Depth.DIGEST else 1)
        if seen.contents is not None:
            links[row.sequence] = seen.contents.header.previous_sha256
            kind = None if self._is_indexed(row, seen.contents) else Kind.INDEX_DIFFERS
        place = (row.volume_id, row.path)
        if kind is not None and place not in self._leaving:
            yield Finding(kind, row.key, *place, row.segment_id, row.run_id, seen.detail)

    def _look(self, listing: Listing, row: SegmentRow) -> Seen:
        """One file, without the ledger: several are looked at together."""
        if (row.volume_id, row.path) not in listing.files:
            return Seen(row, Kind.FILE_MISSING)
        if self.depth is Depth.PRESENCE:
            return Seen(row)
        file, read_bytes = self.roots[row.volume_id] / row.path, 0
        try:
            size_bytes = file.stat().st_size
            if size_bytes != row.size_bytes:
                return Seen(row, Kind.SIZE_DIFFERS, f"{size_bytes} bytes, not {row.size_bytes}")
            if self.depth is Depth.SIZE:
                return Seen(row)
            read_bytes = size_bytes
            if digests_of(file) != (row.sha256, row.crc32c):
                return Seen(row, Kind.DIGEST_DIFFERS, "", read_bytes)
            return Seen(row, None, "", read_bytes, read_segment(file))
        except FileNotFoundError:
            return Seen(row, Kind.FILE_MISSING, "", read_bytes)
        except OSError as error:
            return Seen(row, Kind.DIGEST_DIFFERS, error.strerror or "", read_bytes)
        except Garbled as error:
            return Seen(row, Kind.DIGEST_DIFFERS, str(error), read_bytes)

    def _is_indexed(self, row: SegmentRow, contents: SegmentContents) -> bool:
        packed = self.ledger.db.execute(_INDEX, (str(row.segment_id),)).fetchone()
        if packed is None:
            return True  # removed in this very moment
        try:
            index = unpack_index(packed[0])
        except Garbled:
            return False
        is_same = _outline(index) == _outline(contents.index)
        return is_same and row.init_size == contents.head_size_bytes

    def _strangers(
        self, key: StreamKey, listing: Listing, rows: Sequence[SegmentRow]
    ) -> Iterator[Finding]:
        known = {(row.volume_id, row.path) for row in rows}
        by_id = {row.segment_id: (row.volume_id, row.path) for row in rows}
        for volume_id, path in listing.strange:
            yield Finding(Kind.STRANGE, key, volume_id, path)
        first_day = _first_day(rows)
        for place in sorted(listing.files - known - self._leaving, key=lambda each: each[1]):
            kind, segment_id = self._unknown(key, place, by_id, listing)
            if kind is Kind.UNKNOWN_FILE and not self.is_node_running and place[1] >= first_day:
                self.waiting_count += 1
            elif kind is not None:
                yield Finding(kind, key, *place, segment_id=segment_id)
        if not self.is_node_running:
            self.waiting_count += sum(not row.is_sealed for row in rows)

    def _unknown(
        self, key: StreamKey, place: Place, by_id: Mapping[UUID, Place], listing: Listing
    ) -> tuple[Kind | None, UUID | None]:
        """What a file is that the ledger does not know there; None: it is being written."""
        file = self.roots[place[0]] / place[1]
        try:
            if _is_being_written(file):
                return None, None
            contents = read_segment(file)
            is_ours = key_of(contents) == key and len(contents.index) > 0
        except FileNotFoundError:
            return None, None
        except (OSError, Garbled):
            return Kind.STRANGE, None
        segment_id = contents.header.segment_id
        is_copy = by_id.get(segment_id) in listing.files
        return (Kind.UNKNOWN_FILE if is_ours and not is_copy else Kind.STRANGE), segment_id

    # What the rows say of each other.

    def _chain(
        self, key: StreamKey, rows: Sequence[SegmentRow], links: Mapping[int, str]
    ) -> Iterator[Finding]:
        explained = [
            (start_us, end_us)
            for start_us, end_us, cause in self.ledger.db.execute(_ABSENCES, ids_of(key))
            if cause in EXPLAINED
        ]
        for one, other in pairwise(rows):
            if not one.is_sealed:
                continue
            is_next = other.sequence == one.sequence + 1
            link = links.get(other.sequence, one.sha256)
            is_same_run = one.run_id == other.run_id
            # A run that began behind a file that was not sealed yet names no digest.
            is_unnamed = not link and is_next and not is_same_run
            is_explained = not is_next and any(
                start_us <= other.start_us and end_us >= one.end_us
                for start_us, end_us in explained
            )
            if is_same_run and not is_next:
                kind = Kind.HOLE_IN_RUN
            elif link != one.sha256 and not is_unnamed and not is_explained:
                kind = Kind.CHAIN_BROKEN
            else:
                continue
            if self._only is None or other.path in self._only:
                detail = f"{one.sequence} → {other.sequence}"
                yield Finding(
                    kind, key, other.volume_id, other.path, other.segment_id, other.run_id, detail
                )

    def _runs(self, key: StreamKey, rows: Sequence[SegmentRow]) -> Iterator[Finding]:
        totals = totals_of(rows)
        unsealed = {row.run_id for row in rows if not row.is_sealed}
        known = {run.run_id: run for run in map(run_in, self.ledger.db.execute(_RUNS, ids_of(key)))}
        for run in known.values():
            if run.run_id not in unsealed and true_run(run, totals.get(run.run_id)) != run:
                yield Finding(
                    Kind.RUN_DIFFERS, key, run_id=run.run_id, path=str(run.run_id),
                    detail="its sums or times",
                )  # fmt: skip
        open_ids = {run.run_id for run in self.ledger.open_runs()}
        for run_id in totals.keys() - known.keys() - open_ids - unsealed:
            yield Finding(
                Kind.RUN_DIFFERS, key, run_id=run_id, path=str(run_id), detail="it is missing"
            )

    def _sums(self) -> Iterator[Finding]:
        query = """SELECT volume_id, camera_id || '/' || stream, count(*), sum(size_bytes)
                   FROM segments WHERE is_sealed = 1 GROUP BY volume_id, camera_id, stream"""
        with self.ledger.snapshot():
            true = {tuple(row) for row in self.ledger.db.execute(query)}
            kept = {
                (str(each.volume_id), str(each.key), each.segment_count, each.size_bytes)
                for each in usage_of(self.ledger)
                if each.segment_count or each.size_bytes
            }
        for volume_id in {str(each[0]) for each in true ^ kept}:
            yield Finding(Kind.SUM_DIFFERS, volume_id=UUID(volume_id), path=volume_id)


def totals_of(rows: Sequence[SegmentRow]) -> dict[UUID, list[SegmentRow]]:
    """The rows of each run."""
    found: dict[UUID, list[SegmentRow]] = {}
    for row in rows:
        found.setdefault(row.run_id, []).append(row)
    return found


def true_run(run: RunRow, rows: Sequence[SegmentRow] | None) -> RunRow:
    """The run as its files have it."""
    if not rows:
        return replace(run, start_us=run.end_us, segment_count=0, size_bytes=0)
    return replace(
        run,
        start_us=min(row.start_us for row in rows),
        end_us=max(row.end_us for row in rows),
        segment_count=len(rows),
        size_bytes=sum(row.size_bytes for row in rows),
    )


def _identity(finding: Finding) -> tuple[Kind, UUID | None, str]:
    return finding.kind, finding.volume_id, finding.path


def _outline(index: FragmentIndex) -> tuple[object, ...]:
    """Where the file's fragments lie, and when."""
    return index.ticks, index.offsets, index.keys


def _first_day(rows: Sequence[SegmentRow]) -> str:
    """From this folder on a starting node looks for files that its ledger does not know."""
    unsealed = [row.path for row in rows if not row.is_sealed]
    since = min([*unsealed, *(row.path for row in rows[-1:])], default="")
    return str(PurePosixPath(since).parent) if since else ""


def _is_being_written(file: Path) -> bool:
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        lock_file(handle)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
