"""The bytes of a planned clip: read from the files, with the numbers of the clip put in.

Read into memory and written again they cost less CPU than `copy_file_range`, which splices page by
page (0.11 s against 0.15 s for 290 MiB), and the digest of what is written needs no second reading.
"""

from __future__ import annotations

import asyncio
import os
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterator
from struct import Struct
from typing import NamedTuple

from sereno.media.clips import DECODE_TIME, ClipPart, ClipPlan
from sereno.media.contract import TIMESCALE
from sereno.media.fmp4.writer import DECODE_TIME_OFFSET, SEQUENCE_OFFSET, sound_time_offset
from sereno.media.index import composition_in, picture_count_in, sound_in

CHUNK_BYTES = 1024 * 1024
_SEQUENCE = Struct(">I")
_LARGEST_TIME = (1 << 64) - 1


class Patch(NamedTuple):
    """Bytes to be put in place of others, at an offset in the part; or, where `is_added`, a
    difference modulo 2^64 to the 64-bit number there."""

    offset_bytes: int
    data: bytes
    is_added: bool = False


def patches_of(part: ClipPart, sound_rate: int) -> list[Patch]:
    """What is put into the part's bytes, in their order: numbers and decode times."""
    patches: list[Patch] = []
    at, ticks, sequence = 0, part.clip_ticks, part.sequence
    moved = -(-(part.clip_ticks - part.file_ticks) * sound_rate // TIMESCALE) & _LARGEST_TIME
    sound = DECODE_TIME.pack(moved)
    for duration, size, contents in zip(part.ticks, part.sizes, part.contents, strict=True):
        patches.append(Patch(at + SEQUENCE_OFFSET, _SEQUENCE.pack(sequence)))
        patches.append(Patch(at + DECODE_TIME_OFFSET, DECODE_TIME.pack(ticks)))
        if sound_in(contents):
            offset = sound_time_offset(
                picture_count_in(contents), has_composition=composition_in(contents)
            )
            patches.append(Patch(at + offset, sound, is_added=True))
        at, ticks, sequence = at + size, ticks + duration, sequence + 1
    return patches


def read_clip(
    plan: ClipPlan, start: int = 0, stop: int | None = None, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[memoryview]:
    """The clip's bytes [start, stop) in pieces, good until the next but one. Raises OSError."""
    stop = plan.size_bytes if stop is None else min(stop, plan.size_bytes)
    if start < min(stop, len(plan.head)):
        yield memoryview(plan.head)[start:stop]
    buffers = [memoryview(bytearray(chunk_bytes)) for _ in range(2)]
    rate = plan.tracks.sound.rate if plan.tracks.sound else 0
    for part in plan.parts:
        place = len(plan.head) + part.offset_bytes
        first, last = max(start - place, 0), min(stop - place, part.size_bytes)
        if first >= last:
            continue
        patches = patches_of(part, rate)
        for at in range(first, last, chunk_bytes):
            buffers.reverse()
            piece = buffers[0][: min(at + chunk_bytes, last) - at]
            _fill(piece, part, patches, at)
            yield piece


def _fill(piece: memoryview, part: ClipPart, patches: list[Patch], start: int) -> None:
    """Put the part's bytes from `start` on into `piece`, patched."""
    file = os.open(part.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _read_into(piece, file, part, start)
        stop = start + len(piece)
        # The longest patch may begin so far before.
        at = bisect_left(patches, (start - DECODE_TIME.size + 1,))
        while at < len(patches) and (patch := patches[at]).offset_bytes < stop:
            _put(piece, start, patch, file, part)
            at += 1
    finally:
        os.close(file)


def _put(piece: memoryview, start: int, patch: Patch, file: int, part: ClipPart) -> None:
    offset, data, is_added = patch
    first = offset - start
    if is_added:
        stands = memoryview(bytearray(DECODE_TIME.size))
        _read_into(stands, file, part, offset)
        (old,), (moved,) = DECODE_TIME.unpack(stands), DECODE_TIME.unpack(data)
        data = DECODE_TIME.pack(old + moved & _LARGEST_TIME)
    if first < 0:  # the chunk before had its beginning
        data, first = data[-first:], 0
    data = data[: len(piece) - first]
    piece[first : first + len(data)] = data


def _read_into(piece: memoryview, file: int, part: ClipPart, start: int) -> None:
    at = 0
    while at < len(piece):
        count = os.preadv(file, [piece[at:]], part.file_offset_bytes + start + at)
        if count == 0:
            raise OSError(f"{part.path.name} is shorter than its index says")
        at += count


async def clip_bytes(
    plan: ClipPlan, start: int = 0, stop: int | None = None
) -> AsyncIterator[bytes]:
    """The clip's bytes [start, stop), in chunks. Files are read in threads. Raises OSError."""
    pieces = read_clip(plan, start, stop)
    while chunk := await asyncio.to_thread(_next_bytes, pieces):
        yield chunk


def _next_bytes(pieces: Iterator[memoryview]) -> bytes:
    return bytes(next(pieces, b""))
