"""`moov`: what a file's tracks are. Track 1 is video; track 2, if there is one, is sound.

Sources: ISO/IEC 14496-12, 8.2–8.8 and 12; -15, 5.3 and 8.3 (`avcC`, `hvcC`); -14, 5.6 and -1, 7.2.6
(`mp4a`, `esds` and its descriptors).
"""

from __future__ import annotations

from struct import pack

from sereno.media.contract import TIMESCALE
from sereno.media.fmp4.boxes import box, full_box
from sereno.media.formats import SoundFormat, VideoFormat

VIDEO_TRACK_ID = 1
SOUND_TRACK_ID = 2
KEY_FLAGS = 0x02000000  # depends on no other sample
DEPENDENT_FLAGS = 0x01010000  # depends on others, is not a sync sample
CONFIGURATION_KINDS = {b"avc1": b"avcC", b"hvc1": b"hvcC"}
"""Which box holds the decoder configuration in each sample entry (ISO/IEC 14496-15)."""

ES_DESCRIPTOR, DECODER_CONFIG, DECODER_SPECIFIC, SYNC_CONFIG = 3, 4, 5, 6
"""Tags of MPEG-4 descriptors (ISO/IEC 14496-1, table 1)."""
AAC_OBJECT = 0x40  # objectTypeIndication: MPEG-4 audio
_AUDIO_STREAM = 5 << 2 | 1  # streamType, upStream 0, reserved 1
_SYNC_IN_MP4 = 2  # of SLConfigDescriptor: as MP4 files need it

_MATRIX = pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4  # language "und" (packed as in 8.4.2.3)
_ENABLED_IN_MOVIE = 3


def movie(video: VideoFormat, sound: SoundFormat | None, duration_ticks: int) -> bytes:
    """The whole `moov`, without samples. `duration_ticks` is 0 while it is not known."""
    tracks = [_video_track(video, duration_ticks)]
    defaults = [_track_default(VIDEO_TRACK_ID, DEPENDENT_FLAGS)]
    if sound is not None:
        tracks.append(_sound_track(sound, duration_ticks))
        defaults.append(_track_default(SOUND_TRACK_ID, KEY_FLAGS))
    length = full_box(b"mehd", 1, 0, pack(">Q", duration_ticks)) if duration_ticks else b""
    return box(
        b"moov",
        full_box(
            b"mvhd", 1, 0,
            pack(">QQIQ", 0, 0, TIMESCALE, duration_ticks),
            pack(">IHHQ", 0x10000, 0x100, 0, 0), _MATRIX, bytes(24), pack(">I", len(tracks) + 1),
        ),
        *tracks,
        box(b"mvex", length, *defaults),
    )  # fmt: skip


def _track_default(track_id: int, flags: int) -> bytes:
    return full_box(b"trex", 0, 0, pack(">5I", track_id, 1, 0, 0, flags))


def _video_track(video: VideoFormat, duration_ticks: int) -> bytes:
    entry = box(
        video.entry,
        pack(">6xH16xHHIIIH32xHh", 1, video.width, video.height, 0x480000, 0x480000, 0, 1, 24, -1),
        box(CONFIGURATION_KINDS[video.entry], video.configuration),
    )
    return box(
        b"trak",
        _track_header(VIDEO_TRACK_ID, duration_ticks, 0, (video.width, video.height)),
        _media(b"vide", TIMESCALE, duration_ticks, full_box(b"vmhd", 0, 1, bytes(8)), entry),
    )


def _sound_track(sound: SoundFormat, duration_ticks: int) -> bytes:
    entry = box(
        b"mp4a",
        pack(">6xH8xHH4xI", 1, sound.channels, 16, min(sound.rate, 0xFFFF) << 16),
        full_box(b"esds", 0, 0, _es_descriptor(sound)),
    )
    duration = duration_ticks * sound.rate // TIMESCALE
    return box(
        b"trak",
        _track_header(SOUND_TRACK_ID, duration_ticks, 0x100, (0, 0)),
        _media(b"soun", sound.rate, duration, full_box(b"smhd", 0, 0, bytes(4)), entry),
    )


def _es_descriptor(sound: SoundFormat) -> bytes:
    specific = _descriptor(DECODER_SPECIFIC, sound.configuration)
    head = pack(">BB3xII", AAC_OBJECT, _AUDIO_STREAM, 0, 0)  # buffer size and bitrates not known
    decoder = _descriptor(DECODER_CONFIG, head + specific)
    sync = _descriptor(SYNC_CONFIG, bytes((_SYNC_IN_MP4,)))
    return _descriptor(ES_DESCRIPTOR, pack(">HB", SOUND_TRACK_ID, 0) + decoder + sync)


def _descriptor(tag: int, body: bytes) -> bytes:
    """Its size takes 7 bits a byte, the high bit set in all but the last (14496-1, 8.3.3)."""
    sizes = [len(body) >> shift & 0x7F | 0x80 for shift in (21, 14, 7)]
    return bytes((tag, *sizes, len(body) & 0x7F)) + body


def _track_header(track_id: int, duration_ticks: int, volume: int, size: tuple[int, int]) -> bytes:
    return full_box(
        b"tkhd", 1, _ENABLED_IN_MOVIE,
        pack(">QQIIQ", 0, 0, track_id, 0, duration_ticks),
        pack(">QHHHH", 0, 0, 0, volume, 0), _MATRIX, pack(">II", size[0] << 16, size[1] << 16),
    )  # fmt: skip


def _media(kind: bytes, timescale: int, duration: int, head: bytes, entry: bytes) -> bytes:
    """`mdia` of a track with this sample entry; `duration` in units of `timescale`."""
    return box(
        b"mdia",
        full_box(b"mdhd", 1, 0, pack(">QQIQHH", 0, 0, timescale, duration, _UNDETERMINED, 0)),
        full_box(b"hdlr", 0, 0, pack(">I4s12x", 0, kind), b"Sereno\0"),
        box(
            b"minf",
            head,
            box(b"dinf", full_box(b"dref", 0, 0, pack(">I", 1), full_box(b"url ", 0, 1))),
            box(
                b"stbl",
                full_box(b"stsd", 0, 0, pack(">I", 1), entry),
                full_box(b"stts", 0, 0, pack(">I", 0)),
                full_box(b"stsc", 0, 0, pack(">I", 0)),
                full_box(b"stsz", 0, 0, pack(">II", 0, 0)),
                full_box(b"stco", 0, 0, pack(">I", 0)),
            ),
        ),
    )
