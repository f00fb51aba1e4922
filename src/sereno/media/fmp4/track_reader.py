"""Reading `moov` back: the formats of a file's tracks (see `sereno.media.fmp4.tracks`)."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from sereno.media import h264, h265
from sereno.media.faults import garbled
from sereno.media.fmp4.boxes import child, children
from sereno.media.fmp4.tracks import (
    AAC_OBJECT,
    CONFIGURATION_KINDS,
    DECODER_CONFIG,
    DECODER_SPECIFIC,
    ES_DESCRIPTOR,
)
from sereno.media.formats import SoundFormat, VideoFormat

_VISUAL_ENTRY = Struct(">24xHH50x")  # width and height (14496-12, 12.1.3)
_SOUND_ENTRY = Struct(">16xH10x")  # channels (12.2.3)
_TIMESCALE = Struct(">20xI")  # of `mdhd`, version 1
_CODECS = {b"avc1": h264.codec_of, b"hvc1": h265.codec_of}
_DESCRIPTOR_HEADS = {ES_DESCRIPTOR: 3, DECODER_CONFIG: 13}
"""How many bytes stand before the descriptors inside."""


class Tracks(NamedTuple):
    """What a file or clip consists of."""

    video: VideoFormat
    sound: SoundFormat | None


def parse_movie(moov: bytes) -> Tracks:
    """The formats in the contents of a `moov` box. Raises Garbled."""
    video: VideoFormat | None = None
    sound: SoundFormat | None = None
    for found in children(moov, b"trak"):
        track = moov[found.body : found.end]
        entries = child(track, b"mdia", b"minf", b"stbl", b"stsd")[8:]
        if video is None:
            video = _video_format(entries)
        for entry in children(entries, b"mp4a"):
            sound = _sound_format(track, entries[entry.body : entry.end])
    if video is None:
        raise garbled("no known video in the file")
    return Tracks(video, sound)


def _video_format(entries: bytes) -> VideoFormat | None:
    for kind, configuration_kind in CONFIGURATION_KINDS.items():
        for found in children(entries, kind):
            entry = entries[found.body : found.end]
            if len(entry) < _VISUAL_ENTRY.size:
                raise garbled("sample entry is cut off")
            width, height = _VISUAL_ENTRY.unpack_from(entry)
            configuration = child(entry[_VISUAL_ENTRY.size :], configuration_kind)
            if len(configuration) < 7 or configuration[0] != 1:
                raise garbled("decoder configuration")
            return VideoFormat(_CODECS[kind](configuration), width, height, kind, configuration)
    return None


def _sound_format(track: bytes, entry: bytes) -> SoundFormat:
    media_header = child(track, b"mdia", b"mdhd")
    if len(entry) < _SOUND_ENTRY.size or len(media_header) < _TIMESCALE.size:
        raise garbled("sample entry is cut off")
    (rate,) = _TIMESCALE.unpack_from(media_header)
    (channels,) = _SOUND_ENTRY.unpack_from(entry)
    es = _descriptor(child(entry[_SOUND_ENTRY.size :], b"esds")[4:], ES_DESCRIPTOR)
    decoder = _descriptor(es[_DESCRIPTOR_HEADS[ES_DESCRIPTOR] :], DECODER_CONFIG)
    configuration = _descriptor(decoder[_DESCRIPTOR_HEADS[DECODER_CONFIG] :], DECODER_SPECIFIC)
    if decoder[:1] != bytes((AAC_OBJECT,)) or not rate or not configuration:
        raise garbled("sound that is not AAC")
    kind = configuration[0] >> 3  # audioObjectType (14496-3, 1.6.2.1)
    return SoundFormat(rate, channels, configuration, f"mp4a.40.{kind}")


def _descriptor(data: bytes, tag: int) -> bytes:
    """The contents of the descriptor at the start of `data` (14496-1, 8.3.3)."""
    size = 0
    for at in range(1, min(len(data), 5)):
        size = size << 7 | data[at] & 0x7F
        if not data[at] & 0x80:
            start = at + 1
            break
    else:
        raise garbled("sound configuration")
    if data[0] != tag or start + size > len(data):
        raise garbled("sound configuration")
    return data[start : start + size]
