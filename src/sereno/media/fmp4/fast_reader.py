"""Fragments of exactly the layout that `writer.fragment_head` writes, read at fixed offsets.

Some ten times as fast as following the boxes one by one. Whatever differs in the least is left to
the careful parser of `reader`, which alone says what is wrong: here None means “ask it”, and
anything else is what it would have said.
"""

from __future__ import annotations

from struct import Struct, unpack_from

from sereno.media.fmp4.boxes import ReadAt
from sereno.media.fmp4.tracks import SOUND_TRACK_ID, VIDEO_TRACK_ID
from sereno.media.fmp4.writer import (
    LARGEST_FRAGMENT_FRAMES,
    TRUN_COMPOSITION_FLAGS,
    TRUN_FLAGS,
    TRUN_SOUND_FLAGS,
    wall_time_us,
)
from sereno.media.index import Fragment

_NON_SYNC = 0x00010000  # sample_is_non_sync_sample
_PRIORITY = 0xFFFF  # sample_degradation_priority
_FIRST_READ_BYTES = 512  # most heads are smaller
_MDAT = Struct(">I4s")
# prft, moof, mfhd, traf, tfhd, tfdt, trun up to its table
_PICTURES = Struct(">I4s8xQ8x I4s I4s8x I4s I4s4xI I4sIQ I4sII4xI")
# traf, tfhd, tfdt, trun up to its table
_SOUND = Struct(">I4s I4s4xI I4sIQ I4sII4x")
_WIDTHS = {TRUN_FLAGS: 2, 1 << 24 | TRUN_COMPOSITION_FLAGS: 3}  # numbers for each picture
_TRAF_BYTES = 8 + 16 + 20  # before trun


def read_fast(read_at: ReadAt, at: int, end: int) -> tuple[Fragment, int] | None:
    """The fragment at `at` and its wall-clock time; None where only the careful parser can tell."""
    head = read_at(at, _FIRST_READ_BYTES)
    if len(head) < _PICTURES.size:
        return None
    (
        prft_bytes, prft, ntp, moof_bytes, moof, mfhd_bytes, mfhd, traf_bytes, traf,
        tfhd_bytes, tfhd, track_id, tfdt_bytes, tfdt, version, decode_ticks,
        trun_bytes, trun, layout, count, first,
    ) = _PICTURES.unpack_from(head)  # fmt: skip
    width = _WIDTHS.get(layout, 0)
    if (
        (prft_bytes, prft, moof, mfhd_bytes, mfhd, traf)
        != (32, b"prft", b"moof", 16, b"mfhd", b"traf")
        or (tfhd_bytes, tfhd, track_id) != (16, b"tfhd", VIDEO_TRACK_ID)
        or (tfdt_bytes, tfdt, version >> 24, trun) != (20, b"tfdt", 1, b"trun")
        or not width
        or not 0 < count <= LARGEST_FRAGMENT_FRAMES
        or trun_bytes != 24 + 4 * width * count
        or traf_bytes != _TRAF_BYTES + trun_bytes
    ):
        return None
    mdat_at = 32 + moof_bytes
    sound_at = 32 + 8 + 16 + traf_bytes
    if not sound_at <= mdat_at <= sound_at + _SOUND.size + 8 * LARGEST_FRAGMENT_FRAMES:
        return None
    if len(head) < mdat_at + _MDAT.size:
        head = read_at(at, mdat_at + _MDAT.size)
        if len(head) < mdat_at + _MDAT.size:
            return None
    table = unpack_from(f">{width * count}I", head, _PICTURES.size)
    sizes_sum = sum(table[1::width])
    has_sound = mdat_at > sound_at
    if has_sound:
        sound_sum = _sum_of_sound(head, sound_at, mdat_at)
        if sound_sum is None:
            return None
        sizes_sum += sound_sum
    mdat_bytes, mdat = _MDAT.unpack_from(head, mdat_at)
    if mdat != b"mdat" or mdat_bytes != _MDAT.size + sizes_sum or mdat_bytes > end - at - mdat_at:
        return None
    fragment = Fragment(
        decode_ticks, sum(table[::width]), at, mdat_at + mdat_bytes, not first & _NON_SYNC,
        bool(first & _PRIORITY), count, width > 2, has_sound,
    )  # fmt: skip
    return fragment, wall_time_us(ntp)


def _sum_of_sound(head: bytes, at: int, end: int) -> int | None:
    """The bytes of all sound."""
    if end - at < _SOUND.size:
        return None
    (
        traf_bytes, traf, tfhd_bytes, tfhd, track_id, tfdt_bytes, tfdt, version, _,
        trun_bytes, trun, layout, count,
    ) = _SOUND.unpack_from(head, at)  # fmt: skip
    is_ours = (
        (traf_bytes, traf) == (end - at, b"traf")
        and (tfhd_bytes, tfhd, track_id) == (16, b"tfhd", SOUND_TRACK_ID)
        and (tfdt_bytes, tfdt, version >> 24) == (20, b"tfdt", 1)
        and (trun, layout) == (b"trun", TRUN_SOUND_FLAGS)
        and 0 < count <= LARGEST_FRAGMENT_FRAMES
        and trun_bytes == 20 + 8 * count
        and traf_bytes == _TRAF_BYTES + trun_bytes
    )
    return sum(unpack_from(f">{2 * count}I", head, at + _SOUND.size)[1::2]) if is_ours else None
