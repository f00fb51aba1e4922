"""Bytes of a segment file: the head once, then a fragment every few frames.

Sources: ISO/IEC 14496-12 (8.1–8.8; `prft` is 8.16.5), ISO/IEC 14496-15, 5.3 (`avc1`, `avcC`).
Every fragment has the same layout up to its sample table, so that a clip can be given new decode
times by overwriting eight bytes at `DECODE_TIME_OFFSET`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct, pack

from sereno.media.contract import TIMESCALE
from sereno.media.fmp4.boxes import box, full_box
from sereno.media.fmp4.header import SegmentHeader
from sereno.media.formats import VideoFormat
from sereno.media.rtsp.rtcp import NTP_EPOCH_SECONDS

TRACK_ID = 1
KEY_FLAGS = 0x02000000  # depends on no other sample
DEPENDENT_FLAGS = 0x01010000  # depends on others, is not a sync sample
LARGEST_FRAGMENT_FRAMES = 512
CONFIGURATION_KINDS = {b"avc1": b"avcC"}
"""Which box holds the decoder configuration in each sample entry (ISO/IEC 14496-15)."""

_MATRIX = pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_PRFT_BYTES = 32
SEQUENCE_OFFSET = _PRFT_BYTES + 8 + 12
"""Of `mfhd`'s 32-bit sequence number in a fragment."""
DECODE_TIME_OFFSET = _PRFT_BYTES + 8 + 16 + 8 + 16 + 12
"""Of `tfdt`'s 64-bit decode time in a fragment."""

_TFHD_DEFAULT_BASE_IS_MOOF = 0x020000
_TRUN_FLAGS = 0x000001 | 0x000004 | 0x000100 | 0x000200  # offset, first flags, durations, sizes
_PRFT_AT_CAPTURE = 0  # the time is that at which the first frame entered the encoder


def file_head(header: SegmentHeader | None, video: VideoFormat, duration_ticks: int = 0) -> bytes:
    """`ftyp`, the header box if any, and `moov`. `duration_ticks` is 0 while it is not known."""
    kinds = box(b"ftyp", b"iso6", pack(">I", 0), b"iso6avc1mp41")
    own = header.to_box() if header is not None else b""
    return kinds + own + _movie(video, duration_ticks)


def fragment_head(
    sequence: int,
    decode_ticks: int,
    wall_us: int,
    durations: Sequence[int],
    sizes: Sequence[int],
    *,
    is_key: bool,
) -> bytes:
    """`prft`, `moof` and the header of `mdat`; the samples follow, one after the other.

    `decode_ticks` counts from the run's start, `wall_us` is the first frame's wall-clock time.
    """
    count = len(sizes)
    trun_bytes = 24 + 8 * count
    traf_bytes = 8 + 16 + 20 + trun_bytes
    moof_bytes = 8 + 16 + traf_bytes
    table = [value for sample in zip(durations, sizes, strict=True) for value in sample]
    return _fragment_struct(count).pack(
        # prft: flags 0, version 1
        _PRFT_BYTES, b"prft", 1 << 24 | _PRFT_AT_CAPTURE, TRACK_ID, ntp_time(wall_us), decode_ticks,
        moof_bytes, b"moof",
        16, b"mfhd", 0, sequence,
        traf_bytes, b"traf",
        16, b"tfhd", _TFHD_DEFAULT_BASE_IS_MOOF, TRACK_ID,
        20, b"tfdt", 1 << 24, decode_ticks,
        trun_bytes, b"trun", _TRUN_FLAGS, count, moof_bytes + 8,
        KEY_FLAGS if is_key else DEPENDENT_FLAGS,
        *table,
        8 + sum(sizes), b"mdat",
    )  # fmt: skip


def ntp_time(wall_us: int) -> int:
    """Microseconds since 1970 as a 64-bit NTP time (RFC 5905, 6)."""
    seconds, rest = divmod(wall_us, 1_000_000)
    # Rounded up, so that reading it back gives the same microsecond.
    return (seconds + NTP_EPOCH_SECONDS) << 32 | -(-(rest << 32) // 1_000_000)


def wall_time_us(ntp: int) -> int:
    """The reverse of `ntp_time`."""
    return ((ntp >> 32) - NTP_EPOCH_SECONDS) * 1_000_000 + ((ntp & 0xFFFFFFFF) * 1_000_000 >> 32)


@lru_cache(maxsize=LARGEST_FRAGMENT_FRAMES)
def _fragment_struct(count: int) -> Struct:
    head = "I4sIIQQ" + "I4s" + "I4sII" + "I4s" + "I4sII" + "I4sIQ" + "I4sIIII"
    return Struct(f">{head}{2 * count}II4s")


def _movie(video: VideoFormat, duration_ticks: int) -> bytes:
    fragment_duration = (
        full_box(b"mehd", 1, 0, pack(">Q", duration_ticks)) if duration_ticks else b""
    )
    return box(
        b"moov",
        full_box(
            b"mvhd", 1, 0,
            pack(">QQIQ", 0, 0, TIMESCALE, duration_ticks),
            pack(">IHHQ", 0x10000, 0x100, 0, 0), _MATRIX, bytes(24), pack(">I", TRACK_ID + 1),
        ),
        _track(video, duration_ticks),
        box(
            b"mvex",
            fragment_duration,
            full_box(b"trex", 0, 0, pack(">5I", TRACK_ID, 1, 0, 0, DEPENDENT_FLAGS)),
        ),
    )  # fmt: skip


def _track(video: VideoFormat, duration_ticks: int) -> bytes:
    is_enabled_in_movie = 3
    return box(
        b"trak",
        full_box(
            b"tkhd", 1, is_enabled_in_movie,
            pack(">QQIIQ", 0, 0, TRACK_ID, 0, duration_ticks),
            pack(">QHHHH", 0, 0, 0, 0, 0), _MATRIX,
            pack(">II", video.width << 16, video.height << 16),
        ),
        box(
            b"mdia",
            # "und": the language is not known (packed as in 8.4.2.3).
            full_box(b"mdhd", 1, 0, pack(">QQIQHH", 0, 0, TIMESCALE, duration_ticks, 0x55C4, 0)),
            full_box(b"hdlr", 0, 0, pack(">I4s12x", 0, b"vide"), b"Sereno\0"),
            box(
                b"minf",
                full_box(b"vmhd", 0, 1, bytes(8)),
                box(b"dinf", full_box(b"dref", 0, 0, pack(">I", 1), full_box(b"url ", 0, 1))),
                _empty_sample_table(video),
            ),
        ),
    )  # fmt: skip


def _empty_sample_table(video: VideoFormat) -> bytes:
    entry = box(
        video.entry,
        pack(">6xH16xHHIIIH32xHh", 1, video.width, video.height, 0x480000, 0x480000, 0, 1, 24, -1),
        box(CONFIGURATION_KINDS[video.entry], video.configuration),
    )
    return box(
        b"stbl",
        full_box(b"stsd", 0, 0, pack(">I", 1), entry),
        full_box(b"stts", 0, 0, pack(">I", 0)),
        full_box(b"stsc", 0, 0, pack(">I", 0)),
        full_box(b"stsz", 0, 0, pack(">II", 0, 0)),
        full_box(b"stco", 0, 0, pack(">I", 0)),
    )
