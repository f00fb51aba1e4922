"""Small footage as recorders wrap it: Dahua's frames, Hikvision's program streams."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from struct import pack

from sereno.media.foreign.dhav import pack_time

from .encoded import FPS, X264_PLAIN, X265_PLAIN, Encoded, encode, ffmpeg

BEGINS_AT = datetime(2026, 5, 1, 10, 0, 0)  # noqa: DTZ001 the wall clock of a device
START_CODE = b"\x00\x00\x00\x01"
SOUND_RATE_8000 = 2
IMKH_40 = b"IMKH" + bytes(36)
IMKH_64 = b"\x00\x00\x00\x40\x00\x00\x00\x13" + bytes(16) + b"IMKH" + bytes(36)
PREAMBLE = bytes((3 + 7 * i) % 256 for i in range(9733))
DAHUA_HEADER = b"DAHUA" + bytes(0x400 - 5)


def frame(
    kind: int, payload: bytes, at: datetime, ms: int, extension: bytes = b"", number: int = 0
) -> bytes:
    """One frame of `DHAV`."""
    size = 24 + len(extension) + len(payload) + 8
    head = pack("<4sBBBBIIIHB", b"DHAV", kind, 0, 0, 0, number, size, pack_time(at), ms % 65536,
                len(extension))  # fmt: skip
    head += bytes((sum(head) & 0xFF,))
    return head + extension + payload + b"dhav" + pack("<I", size)


@cache
def dhav(*, is_hevc: bool = False, has_sound: bool = False, count: int = 50) -> bytes:
    """Two seconds and more of frames, with G.711 sound where wanted."""
    made = encoded(is_hevc=is_hevc, count=count)
    return b"".join(_frames(made, is_hevc=is_hevc, has_sound=has_sound))


def encoded(*, is_hevc: bool, count: int = 50) -> Encoded:
    codec, options = ("libx265", X265_PLAIN) if is_hevc else ("libx264", X264_PLAIN)
    return encode(codec, options, count)


def _frames(made: Encoded, *, is_hevc: bool, has_sound: bool) -> Iterator[bytes]:
    sets = _parameter_sets(made, is_hevc=is_hevc)
    codec = 0x0C if is_hevc else 0x08
    size = pack("<HH", made.video.width, made.video.height)
    extension = bytes((0x81, 0, codec, FPS)) + b"\x82\x00\x00\x00" + size
    for number, picture in enumerate(made.frames):
        ms = 1000 * number // FPS
        at = BEGINS_AT + timedelta(milliseconds=ms)
        units = _annexb(picture.sample)
        kind = 0xFD if picture.is_key else 0xFC
        yield frame(kind, sets * picture.is_key + units, at, ms, extension, number)
        if has_sound:
            tags = bytes((0x83, 1, 0x0E, SOUND_RATE_8000))
            yield frame(0xF0, b"\xd5" * (8000 // FPS), at, ms, tags, number)


def _annexb(sample: bytes) -> bytes:
    units, at = b"", 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + 4], "big")
        units += START_CODE + sample[at + 4 : at + 4 + size]
        at += 4 + size
    return units


def _parameter_sets(made: Encoded, *, is_hevc: bool) -> bytes:
    from sereno.media.ffmpeg.pictures import _avc_sets, _hevc_sets

    read = _hevc_sets if is_hevc else _avc_sets
    return b"".join(START_CODE + nal for nal in read(made.video.configuration))


@cache
def program_stream(*, is_hevc: bool = False, seconds: int = 2) -> bytes:
    """An MPEG program stream with video and MP2 sound."""
    codec = "libx265" if is_hevc else "libx264"
    options = ("-x265-params", "log-level=none:pools=1") if is_hevc else ("-threads", "1")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "footage.ps"
        ffmpeg(
            "-f", "lavfi", "-i", f"testsrc2=size=128x96:rate=10:d={seconds}",
            "-f", "lavfi", "-i", f"sine=r=48000:d={seconds}",
            "-c:v", codec, "-preset", "ultrafast", *options, "-c:a", "mp2", "-f", "vob", str(path),
        )  # fmt: skip
        return path.read_bytes()


def with_private_data(stream: bytes) -> bytes:
    """As Hikvision marks its pictures: a private stream beside video, which looks like AC-3."""
    payload = b"\x80\x01\x00\x01" + b"\x0b\x77" + bytes(200)
    head = b"\x81\x80\x05" + b"\x21\x00\x01\x00\x01"
    packet = b"\x00\x00\x01\xbd" + pack(">H", len(head) + len(payload)) + head + payload
    first, *packs = stream.split(b"\x00\x00\x01\xba")
    return first + b"".join(b"\x00\x00\x01\xba" + each + packet for each in packs)
