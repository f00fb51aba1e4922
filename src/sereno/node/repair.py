"""After a writer died: files are the truth, the ledger follows them.

What a stream's last writer left is cut to the last whole fragment, digested and sealed; files that
the ledger never heard of are adopted from their own headers; runs end where their files end.
Nothing that was written whole is lost, and doing it twice changes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from uuid import UUID

import google_crc32c
from pydantic import TypeAdapter, ValidationError

from sereno.base.errors import Garbled
from sereno.media.fmp4.reader import SegmentContents, repair_segment
from sereno.media.index import pack_index
from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.rows import RunRow, SegmentRow, StreamKey
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

UNSEALED = ReasonReport(key="disk_failed")
WRITER_SECONDS = 5.0  # how long to wait for a writer that is about to end
_DAY_DEPTH = 3  # YYYY/MM/DD
_CHUNK_BYTES = 1024 * 1024
_STREAM_KEYS: TypeAdapter[StreamKey] = TypeAdapter(StreamKey)


@dataclass(frozen=True, slots=True)
class Mended:
    """Where a stream's footage ends now, for the next writer to go on from.

    `left` are files that could not be mended: the disk failed, or their writer lives.
    """

    end_us: int = 0
    last_sequence: int = 0
    last_sha256: str = ""
    left: tuple[str, ...] = ()


async def mend_stream(
    ledger: LedgerThread, footage: Path, key: StreamKey, reason: ReasonReport
) -> Mended:
    """Mend all that is unsealed or unknown; end the stream's open runs with `reason`.

    Only while nothing writes to the stream.
    """
    newest = await ledger.call(Ledger.newest_segment, key)
    unsealed = await ledger.call(Ledger.unsealed_segments, key)
    since = min((row.path for row in (*unsealed, newest) if row is not None), default="")
    first_day = str(PurePosixPath(since).parent) if since else ""
    known = await ledger.call(Ledger.paths_since, key, first_day)
    strangers = await asyncio.to_thread(_files_since, footage, key, first_day, known)
    open_runs = await ledger.call(Ledger.open_runs)
    runs: dict[UUID, RunRow] = {row.run_id: row for row in open_runs if row.key == key}
    left = []
    for path in [*(row.path for row in unsealed), *strangers]:
        try:
            run = await _mend_into_ledger(ledger, footage, key, path)
        except OSError as error:
            log.error("%s Sereno tries again.", cannot_mend(path, error))  # noqa: TRY400
            left.append(path)
            continue
        if run is not None:
            runs[run.run_id] = run
    for row in runs.values():
        await _end_run(ledger, row, reason)
    return replace(await _state_of(ledger, key), left=tuple(left))


async def mend_file(ledger: LedgerThread, footage: Path, key: StreamKey, path: str) -> None:
    """Mend one file that nobody writes to any more, whatever else the stream does.

    Raises OSError while it cannot be.
    """
    row = await ledger.call(Ledger.segment_at, path)
    run = await _mend_into_ledger(ledger, footage, key, path)
    if run is None and row is not None:  # it held nothing: then its run must not claim it
        run = await ledger.call(Ledger.run, row.run_id)
    if run is not None:
        await _end_run(ledger, run, UNSEALED)


def cannot_mend(path: str, error: Exception) -> str:
    """One sentence about a file that cannot be mended now."""
    said = error.strerror if isinstance(error, OSError) else None
    return f"The file {path} cannot be mended: {said or error}."


async def _mend_into_ledger(
    ledger: LedgerThread, footage: Path, key: StreamKey, path: str
) -> RunRow | None:
    """Mend a file and write it down. Its run, if there is something in it.

    The run is written down as open in the same breath: should the node be killed before it ends
    the run, its next start does.
    """
    mended = await asyncio.to_thread(_mend_file, footage, path, key)
    if mended is None:
        await ledger.call(Ledger.forget_segment, path)
        return None
    known = await ledger.call(Ledger.run, mended.segment.run_id)
    run = replace(known or mended.run, is_open=True)
    await ledger.call(Ledger.save, Changes(segments=[mended.segment], runs=[run]))
    return run


def streams_on_disk(footage: Path) -> list[StreamKey]:
    """The streams that have a folder, whatever the ledger knows."""
    found = []
    for folder in footage.glob("*/*"):
        with suppress(ValidationError):
            found.append(_STREAM_KEYS.validate_python((folder.parent.name, folder.name)))
    return found


@dataclass(frozen=True, slots=True)
class _MendedFile:
    segment: SegmentRow
    run: RunRow  # as far as this file alone tells


def _mend_file(footage: Path, path: str, key: StreamKey) -> _MendedFile | None:
    """Cut, digest and describe one file; None where there is no whole fragment to keep."""
    file = footage / path
    try:
        contents = _repair(file)
    except FileNotFoundError:
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
    sha256, crc32c = _digests(file)
    return _MendedFile(_segment_row(contents, key, path, sha256, crc32c), _run_row(contents, key))


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


def _segment_row(
    contents: SegmentContents, key: StreamKey, path: str, sha256: str, crc32c: str
) -> SegmentRow:
    return SegmentRow(
        segment_id=contents.header.segment_id,
        run_id=contents.header.run_id,
        key=key,
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


def _run_row(contents: SegmentContents, key: StreamKey) -> RunRow:
    return RunRow(
        run_id=contents.header.run_id,
        key=key,
        start_us=contents.start_us,
        end_us=contents.end_us,
        codec=contents.video.codec,
        width=contents.video.width,
        height=contents.video.height,
    )


def _digests(file: Path) -> tuple[str, str]:
    sha256, crc32c = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            sha256.update(chunk)
            crc32c = google_crc32c.extend(crc32c, chunk)
    return sha256.hexdigest(), f"{crc32c:08x}"


def _files_since(footage: Path, key: StreamKey, first_day: str, known: set[str]) -> list[str]:
    """Files of the stream from the folder `first_day` on that are not `known`, oldest first.

    Paths are made of UTC, so their order is that of time, and earlier days need not be listed.
    """
    folder = footage / str(key.camera_id) / key.stream
    paths = [
        path
        for day in _days(folder)
        if (name := str(day.relative_to(footage))) >= first_day
        for file in day.glob("*.mp4")
        if (path := f"{name}/{file.name}") not in known
    ]
    return sorted(paths)


def _days(folder: Path) -> Iterator[Path]:
    return folder.glob("/".join(["[0-9]*"] * _DAY_DEPTH))


async def _end_run(ledger: LedgerThread, row: RunRow, reason: ReasonReport) -> None:
    totals = await ledger.call(Ledger.run_totals, row)
    ended = replace(
        row,
        start_us=min(row.start_us, totals.start_us),
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
