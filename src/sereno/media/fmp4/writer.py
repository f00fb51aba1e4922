"""Bytes of a segment file: the head once, then a fragment every few frames.

Sources: ISO/IEC 14496-12 (8.1–8.8; `prft` is 8.16.5), ISO/IEC 14496-15, 5.3 and 8.3 (`avc1`,
`hvc1`); `mp4a` and `esds` are in `sereno.media.fmp4.tracks`. Every fragment has the same layout up
to its sample table, so that a clip can be given new decode times by writing over eight bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from sereno.media.fmp4.boxes import box
from sereno.media.fmp4.header import SegmentHeader
from sereno.media.fmp4.tracks import (
    DEPENDENT_FLAGS,
    KEY_FLAGS,
    SOUND_TRACK_ID,
    VIDEO_TRACK_ID,
    movie,
)
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.rtsp.rtcp import ntp_seconds, unix_seconds

DAMAGED_FLAG = 0x0001
"""In the first picture's sample flags: the least `sample_degradation_priority` (8.8.3.1)."""
LARGEST_FRAGMENT_FRAMES = 512

_PRFT_BYTES = 32
SEQUENCE_OFFSET = _PRFT_BYTES + 8 + 12
"""Of `mfhd`'s 32-bit sequence number in a fragment."""
DECODE_TIME_OFFSET = _PRFT_BYTES + 8 + 16 + 8 + 16 + 12
"""Of the pictures' 64-bit decode time (`tfdt`) in a fragment."""
_SAMPLE_TABLE_OFFSET = DECODE_TIME_OFFSET + 8 + 24
_SOUND_TFDT = 8 + 16 + 12  # of the decode time in the sound's `traf`

_TFHD_DEFAULT_BASE_IS_MOOF = 0x020000
TRUN_FLAGS = 0x000001 | 0x000004 | 0x000100 | 0x000200  # offset, first flags, durations, sizes
TRUN_COMPOSITION_FLAGS = TRUN_FLAGS | 0x000800  # and composition offsets, signed in version 1
TRUN_SOUND_FLAGS = 0x000001 | 0x000100 | 0x000200
_PRFT_AT_CAPTURE = 0  # the time is that at which the first frame entered the encoder


class SoundTable(NamedTuple):
    """The sound of one fragment: decode time and durations in samples, sizes in bytes."""

    decode_samples: int
    durations: Sequence[int]
    sizes: Sequence[int]


def file_head(
    header: SegmentHeader | None,
    video: VideoFormat,
    duration_ticks: int = 0,
    sound: SoundFormat | None = None,
) -> bytes:
    """`ftyp`, the header box if any, and `moov`. `duration_ticks` is 0 while it is not known."""
    kinds = box(b"ftyp", b"iso6", bytes(4), b"iso6" + video.entry + b"mp41")
    own = header.to_box() if header is not None else b""
    return kinds + own + movie(video, sound, duration_ticks)


def sound_time_offset(picture_count: int, *, has_composition: bool) -> int:
    """Of the sound's 64-bit decode time (`tfdt`) in a fragment of so many pictures."""
    return _SAMPLE_TABLE_OFFSET + (12 if has_composition else 8) * picture_count + _SOUND_TFDT


def fragment_head(
    sequence: int,
    decode_ticks: int,
    wall_us: int,
    durations: Sequence[int],
    sizes: Sequence[int],
    *,
    is_key: bool,
    is_damaged: bool = False,
    offsets: Sequence[int] = (),
    sound: SoundTable | None = None,
) -> bytes:
    """`prft`, `moof` and the header of `mdat`; all pictures follow, then all sound.

    `decode_ticks` counts from the run's start, `wall_us` is the first frame's wall-clock time.
    `offsets` are those of composition, in ticks: shown so much after it is decoded; empty where all
    are 0.
    """
    count, media_bytes = len(sizes), sum(sizes)
    table: list[int]
    if offsets:
        table = [each for row in zip(durations, sizes, offsets, strict=True) for each in row]
    else:
        table = [each for row in zip(durations, sizes, strict=True) for each in row]
    trun_bytes = 24 + 4 * len(table)
    traf_bytes = 8 + 16 + 20 + trun_bytes
    moof_bytes = 8 + 16 + traf_bytes
    sound_part: list[int | bytes] = []
    if sound is not None:
        sound_bytes = 8 + 16 + 20 + 20 + 8 * len(sound.sizes)
        moof_bytes += sound_bytes
        sound_part = _sound_part(sound, sound_bytes, moof_bytes + 8 + media_bytes)
        media_bytes += sum(sound.sizes)
    flags = KEY_FLAGS if is_key else DEPENDENT_FLAGS
    layout = _fragment_struct(count, bool(offsets), len(sound.sizes) if sound else 0)
    return layout.pack(
        # prft: flags 0, version 1
        _PRFT_BYTES, b"prft", 1 << 24 | _PRFT_AT_CAPTURE, VIDEO_TRACK_ID, ntp_time(wall_us),
        decode_ticks,
        moof_bytes, b"moof",
        16, b"mfhd", 0, sequence,
        traf_bytes, b"traf",
        16, b"tfhd", _TFHD_DEFAULT_BASE_IS_MOOF, VIDEO_TRACK_ID,
        20, b"tfdt", 1 << 24, decode_ticks,
        trun_bytes, b"trun", 1 << 24 | TRUN_COMPOSITION_FLAGS if offsets else TRUN_FLAGS, count,
        moof_bytes + 8, flags | DAMAGED_FLAG if is_damaged else flags,
        *table,
        *sound_part,
        8 + media_bytes, b"mdat",
    )  # fmt: skip


def _sound_part(sound: SoundTable, traf_bytes: int, data_offset: int) -> list[int | bytes]:
    table = [each for row in zip(sound.durations, sound.sizes, strict=True) for each in row]
    return [
        traf_bytes, b"traf",
        16, b"tfhd", _TFHD_DEFAULT_BASE_IS_MOOF, SOUND_TRACK_ID,
        20, b"tfdt", 1 << 24, sound.decode_samples,
        20 + 4 * len(table), b"trun", TRUN_SOUND_FLAGS, len(sound.sizes), data_offset,
        *table,
    ]  # fmt: skip


@lru_cache(maxsize=4 * LARGEST_FRAGMENT_FRAMES)
def _fragment_struct(count: int, has_composition: bool, sound_count: int) -> Struct:
    head = "I4sIIQQ" + "I4s" + "I4sII" + "I4s" + "I4sII" + "I4sIQ" + "I4sIIII"
    table = "IIi" * count if has_composition else f"{2 * count}I"
    sound = f"I4sI4sIII4sIQI4sIII{2 * sound_count}I" if sound_count else ""
    return Struct(f">{head}{table}{sound}I4s")


def ntp_time(wall_us: int) -> int:
    """Microseconds since 1970 as a 64-bit NTP time (RFC 5905, 6), of any era."""
    seconds, rest = divmod(wall_us, 1_000_000)
    # Rounded up, so that reading it back gives the same microsecond.
    return ntp_seconds(seconds) << 32 | -(-(rest << 32) // 1_000_000)


def wall_time_us(ntp: int) -> int:
    """The reverse of `ntp_time`."""
    return unix_seconds(ntp >> 32) * 1_000_000 + ((ntp & 0xFFFFFFFF) * 1_000_000 >> 32)
