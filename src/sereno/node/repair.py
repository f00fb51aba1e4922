"""After a writer died: files are the truth, the ledger follows them.

What a stream's last writer left is cut to the last whole fragment, digested and sealed; files that
the ledger never heard of are adopted from their own headers; runs end where their files end.
Nothing that was written whole is lost, and doing it twice changes nothing.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path, PurePosixPath
from uuid import UUID

import google_crc32c
from pydantic import TypeAdapter, ValidationError

from sereno.base.errors import Garbled
from sereno.media.faults import garbled
from sereno.media.fmp4.reader import SegmentContents, read_segment, repair_segment
from sereno.media.index import pack_index
from sereno.node.damage import damage_of, duration_of, outside
from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.rows import RunRow, SegmentRow, StreamKey
from sereno.node.volume_marker import must_be_there
from sereno.node.volume_threads import AnyThread, Threads
from sereno.wire.reports import ReasonReport

Roots = Mapping[UUID, Path]
"""The volumes that are there, and where."""
Place = tuple[UUID, str]
"""A file: its volume, and its path below the volume's root."""

log = logging.getLogger(__name__)

ANY_THREAD = AnyThread()
UNSEALED = ReasonReport(key="disk_failed")
WRITER_SECONDS = 5.0  # how long to wait for a writer that is about to end
_DAY_DEPTH = 3  # YYYY/MM/DD
_CHUNK_BYTES = 1024 * 1024
_STREAM_KEYS: TypeAdapter[StreamKey] = TypeAdapter(StreamKey)


@dataclass(frozen=True, slots=True)
class Mended:
    """Where a stream's footage ends now, for the next writer to go on from.

    `left` are files that could not be mended, each with its volume: that is not there, the disk
    failed, or their writer lives.
    """

    end_us: int = 0
    last_sequence: int = 0
    last_sha256: str = ""
    left: tuple[Place, ...] = ()


async def mend_stream(
    ledger: LedgerThread,
    roots: Roots,
    key: StreamKey,
    reason: ReasonReport,
    threads: Threads = ANY_THREAD,
) -> Mended:
    """Mend all that is unsealed or unknown; end the stream's open runs with `reason`.

    Only while nothing writes to the stream.
    """
    unsealed = await ledger.call(Ledger.unsealed_segments, key)
    unknown = await newest_unknown(ledger, roots, key, threads)
    open_runs = await ledger.call(Ledger.open_runs)
    runs: dict[UUID, RunRow] = {row.run_id: row for row in open_runs if row.key == key}
    left = []
    for place in [*((row.volume_id, row.path) for row in unsealed), *unknown]:
        try:
            run = await _mend_into_ledger(ledger, roots, key, place, threads)
        except OSError as error:
            log.error("%s Sereno tries again.", cannot_mend(place[1], error))  # noqa: TRY400
            left.append(place)
            continue
        if run is not None:
            runs[run.run_id] = run
    for row in runs.values():
        await _end_run(ledger, row, reason)
    return replace(await _state_of(ledger, key), left=tuple(left))


async def mend_file(
    ledger: LedgerThread,
    roots: Roots,
    key: StreamKey,
    place: Place,
    threads: Threads = ANY_THREAD,
) -> None:
    """Mend one file that nobody writes to any more, whatever else the stream does.

    Raises OSError while it cannot be.
    """
    row = await ledger.call(Ledger.segment_at, *place)
    run = await _mend_into_ledger(ledger, roots, key, place, threads)
    if run is None and row is not None:  # it held nothing: then its run must not claim it
        run = await ledger.call(Ledger.run, row.run_id)
    if run is not None:
        await _end_run(ledger, run, UNSEALED)


async def take_in(
    ledger: LedgerThread, roots: Roots, key: StreamKey, place: Place, threads: Threads
) -> None:
    """Note a file that is well, and whose run has been noted. Raises OSError."""
    mended = await threads.call(place[0], mend_one, roots, place, key)
    if mended is None:
        return
    if await ledger.call(Ledger.run, mended.segment.run_id) is None:
        await mend_file(ledger, roots, key, place, threads)
    else:
        await ledger.call(Ledger.save, Changes(segments=[mended.segment]))


async def unknown_files(
    ledger: LedgerThread, roots: Roots, key: StreamKey, first_day: str, threads: Threads
) -> list[Place]:
    """Files of the stream from this folder on that the ledger does not know, oldest first.

    What lies on a volume that goes meanwhile is looked for when it is back.
    """
    known = await ledger.call(Ledger.paths_since, key, first_day)
    found = []
    for volume_id, root in roots.items():
        try:
            found += await threads.call(
                volume_id, strangers, {volume_id: root}, key, first_day, known
            )
        except OSError as error:
            log.error("%s cannot be looked through: %s.", root, error.strerror)  # noqa: TRY400
    return sorted(found, key=itemgetter(1))


async def newest_unknown(
    ledger: LedgerThread, roots: Roots, key: StreamKey, threads: Threads
) -> list[Place]:
    """Those that the stream's last writer may have left behind."""
    unsealed = await ledger.call(Ledger.unsealed_segments, key)
    newest = await ledger.call(Ledger.newest_segment, key)
    since = min((row.path for row in (*unsealed, newest) if row is not None), default="")
    first_day = str(PurePosixPath(since).parent) if since else ""
    return await unknown_files(ledger, roots, key, first_day, threads)


def highest_sequence(roots: Roots, places: Iterable[Place]) -> int:
    """Of these files, as they say themselves; 0 where none can be read."""
    highest = 0
    for volume_id, path in places:
        with suppress(OSError, Garbled, KeyError):
            highest = max(highest, read_segment(roots[volume_id] / path).header.sequence)
    return highest


def cannot_mend(path: str, error: Exception) -> str:
    """One sentence about a file that cannot be mended now."""
    said = error.strerror if isinstance(error, OSError) else None
    return f"The file {path} cannot be mended: {said or error}."


async def _mend_into_ledger(
    ledger: LedgerThread, roots: Roots, key: StreamKey, place: Place, threads: Threads
) -> RunRow | None:
    """Mend a file and write it down. Its run, if there is something in it.

    The run is written down as open in the same breath: should the node be killed before it ends
    the run, its next start does.
    """
    mended = await threads.call(place[0], mend_one, roots, place, key)
    if mended is None:
        await ledger.call(Ledger.forget_segment, *place)
        return None
    known = await ledger.call(Ledger.run, mended.segment.run_id)
    run = replace(known or mended.run, is_open=True)
    if known is not None:
        _learn_damage(run, mended)
    await ledger.call(Ledger.save, Changes(segments=[mended.segment], runs=[run]))
    return run


def _learn_damage(run: RunRow, mended: MendedFile) -> None:
    """What was damaged in a file is known from the file, which may hold what nobody heard of."""
    start_us, end_us = mended.segment.start_us, mended.segment.end_us
    others = outside(run.damage, start_us, end_us)
    heard_us = duration_of(run.damage) - duration_of(others)
    run.damage = damage_of([*others, *mended.run.damage])
    run.damaged_us = max(0, run.damaged_us - heard_us) + mended.run.damaged_us


def streams_on_disk(roots: Roots) -> list[StreamKey]:
    """The streams that have a folder on a volume, whatever the ledger knows."""
    found = set()
    for root in roots.values():
        for folder in root.glob("*/*"):
            with suppress(ValidationError):
                found.add(_STREAM_KEYS.validate_python((folder.parent.name, folder.name)))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class MendedFile:
    """A whole file and its run, as rows of the ledger."""

    segment: SegmentRow
    run: RunRow  # as far as this file alone tells


def mend_one(roots: Roots, place: Place, key: StreamKey) -> MendedFile | None:
    """Cut, digest and describe one file; None where there is no whole fragment to keep."""
    volume_id, path = place
    if volume_id not in roots:
        raise OSError(errno.ENOENT, "its volume is not there")
    file = roots[volume_id] / path
    try:
        contents = _repair(file)
    except FileNotFoundError:
        must_be_there(roots[volume_id], volume_id)  # else nobody knows whether it is gone
        return None
    except Garbled:
        log.warning("The file %s has no readable head; it is left as it is.", path)
        return None
    if (contents.header.camera_id, contents.header.stream) != key:
        log.warning("The file %s is of another stream; it is left out. Move it back.", path)
        return None
    if not len(contents.index):
        file.unlink()  # a head without a picture
        return None
    sha256, crc32c = digests_of(file)
    return MendedFile(segment_row(contents, place, sha256, crc32c), run_row(contents))


def _repair(file: Path) -> SegmentContents:
    """Repair it once its writer let go: a killed node's runner seals its files after the node."""
    deadline = time.monotonic() + WRITER_SECONDS
    while True:
        try:
            return repair_segment(file)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def key_of(contents: SegmentContents) -> StreamKey:
    """Whose file it is, as it says itself. Raises Garbled."""
    try:
        return _STREAM_KEYS.validate_python((contents.header.camera_id, contents.header.stream))
    except ValidationError:
        raise garbled("stream of the segment header") from None


def segment_row(contents: SegmentContents, place: Place, sha256: str, crc32c: str) -> SegmentRow:
    """The ledger's row of a whole file."""
    volume_id, path = place
    return SegmentRow(
        segment_id=contents.header.segment_id,
        run_id=contents.header.run_id,
        key=key_of(contents),
        volume_id=volume_id,
        sequence=contents.header.sequence,
        start_us=contents.start_us,
        end_us=contents.end_us,
        path=path,
        init_size=contents.head_size_bytes,
        size_bytes=contents.whole_size_bytes,
        sha256=sha256,
        crc32c=crc32c,
        is_sealed=True,
        fragments=pack_index(contents.index),
    )


def run_row(contents: SegmentContents) -> RunRow:
    """The run of a file, as far as the file alone tells."""
    return RunRow(
        run_id=contents.header.run_id,
        key=key_of(contents),
        start_us=contents.start_us,
        end_us=contents.end_us,
        codec=contents.video.codec,
        width=contents.video.width,
        height=contents.video.height,
        engine=contents.header.engine,
        clock=contents.header.clock,
        sound=contents.sound.codec if contents.sound else "",
        damaged_us=duration_of(contents.damage),
        damage=damage_of(contents.damage),
    )


def digests_of(file: Path) -> tuple[str, str]:
    """SHA-256 and CRC32C of a file, hexadecimal. Raises OSError."""
    sha256, crc32c = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            sha256.update(chunk)
            crc32c = google_crc32c.extend(crc32c, chunk)
    return sha256.hexdigest(), f"{crc32c:08x}"


def strangers(roots: Roots, key: StreamKey, first_day: str, known: set[Place]) -> list[Place]:
    """Files of the stream from the folder `first_day` on that are not `known`, oldest first.

    Paths are made of UTC, so their order is that of time, and earlier days need not be listed.
    """
    places = [
        place
        for volume_id, root in roots.items()
        for day in _days(root / str(key.camera_id) / key.stream)
        if (name := str(day.relative_to(root))) >= first_day
        for file in day.glob("*.mp4")
        if (place := (volume_id, f"{name}/{file.name}")) not in known
    ]
    return sorted(places, key=itemgetter(1))


def _days(folder: Path) -> Iterator[Path]:
    return folder.glob("/".join(["[0-9]*"] * _DAY_DEPTH))


async def _end_run(ledger: LedgerThread, row: RunRow, reason: ReasonReport) -> None:
    totals = await ledger.call(Ledger.run_totals, row)
    ended = replace(
        row,
        start_us=totals.start_us,  # its oldest files may have been removed meanwhile
        end_us=max(totals.end_us, row.start_us + 1),
        segment_count=totals.segment_count,
        size_bytes=totals.size_bytes,
        is_open=False,
        end_reason=row.end_reason or reason,
        revision=row.revision + 1,
    )
    await ledger.call(Ledger.save, Changes(runs=[ended]))


async def _state_of(ledger: LedgerThread, key: StreamKey) -> Mended:
    newest = await ledger.call(Ledger.newest_segment, key)
    if newest is None:
        return Mended()
    return Mended(newest.end_us, newest.sequence, newest.sha256)
