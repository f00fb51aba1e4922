"""Real pictures and sound as a camera encodes them, with the times at which they are shown."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from sereno.media.fmp4.boxes import child
from sereno.media.fmp4.track_reader import parse_movie
from sereno.media.formats import SoundFormat, VideoFormat

FPS = 25
FRAME_TICKS = 90_000 // FPS
X264_OPEN_GOP = ("-bf", "3", "-x264-params", "open-gop=1:scenecut=0:threads=1:b-adapt=0")
X264_B_FRAMES = ("-bf", "3", "-x264-params", "scenecut=0:threads=1:b-adapt=0")
X264_PLAIN = ("-bf", "0", "-x264-params", "scenecut=0:threads=1")
X265_PLAIN = ("-x265-params", "bframes=0:scenecut=0:pools=1:log-level=none")
X265_B_FRAMES = ("-x265-params", "bframes=3:b-adapt=0:scenecut=0:pools=1:log-level=none")


@dataclass(frozen=True)
class Frame:
    """One access unit as files hold it; `shown` in ticks from the first key frame."""

    sample: bytes
    shown: int
    is_key: bool


@dataclass(frozen=True)
class Encoded:
    video: VideoFormat
    frames: list[Frame]


def ffmpeg(*argv: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", *argv]
    return subprocess.run(command, check=True, capture_output=True).stdout


@cache
def encode(codec: str, options: tuple[str, ...], count: int = 50, gop: int = 10) -> Encoded:
    """`count` pictures of 25 a second, a key frame every `gop`."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/video.mp4"
        source = f"testsrc2=size=128x96:rate={FPS}"
        ffmpeg(
            "-f", "lavfi", "-i", source, "-frames:v", str(count), "-c:v", codec,
            "-preset", "ultrafast", "-g", str(gop), "-keyint_min", str(gop), *options,
            "-video_track_timescale", "90000", path,
        )  # fmt: skip
        times = ffmpeg("-i", path, "-c", "copy", "-f", "framecrc", "-").decode()
        is_hevc = codec == "libx265"
        kind = "hevc" if is_hevc else "h264"
        annexb = ffmpeg("-i", path, "-c", "copy", "-bsf:v", f"{kind}_metadata=aud=insert",
                        "-f", kind, "-")  # fmt: skip
        data = Path(path).read_bytes()
    moov = child(data.replace(b"hev1", b"hvc1"), b"moov")
    shown = [int(line.split(",")[2]) for line in times.splitlines() if line[0] != "#"]
    units = _access_units(annexb, is_hevc=is_hevc)
    assert len(units) == len(shown) == count
    frames = [
        Frame(b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals), at - shown[0], is_key)
        for (nals, is_key), at in zip(units, shown, strict=True)
    ]
    return Encoded(parse_movie(moov).video, frames)


def _access_units(annexb: bytes, *, is_hevc: bool) -> list[tuple[list[bytes], bool]]:
    """NAL units of each picture without parameter sets, and whether decoding can begin there."""
    units: list[tuple[list[bytes], bool]] = []
    recovers = False
    for nal in re.split(rb"\x00?\x00\x00\x01", annexb)[1:]:
        kind = nal[0] >> 1 & 0x3F if is_hevc else nal[0] & 0x1F
        if kind == (35 if is_hevc else 9):
            units.append(([], False))
            recovers = False
        elif kind not in ((32, 33, 34) if is_hevc else (7, 8)):
            nals, is_key = units.pop()
            recovers |= not is_hevc and kind == 6 and nal[1] == 6  # recovery point
            begins = 16 <= kind <= 21 if is_hevc else kind == 5 or (kind == 1 and recovers)
            units.append(([*nals, nal], is_key or begins))
    return units


@cache
def encode_sound(seconds: int = 4, rate: int = 16_000) -> tuple[SoundFormat, tuple[bytes, ...]]:
    """A tone in AAC, as access units."""
    adts = ffmpeg("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate={rate}:duration={seconds}",
                  "-c:a", "aac", "-f", "adts", "-")  # fmt: skip
    units, at = [], 0
    while at < len(adts):
        size = (adts[at + 3] & 3) << 11 | adts[at + 4] << 3 | adts[at + 5] >> 5
        units.append(adts[at + 7 : at + size])
        at += size
    rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000,
             11_025, 8_000]  # fmt: skip
    configuration = (2 << 11 | rates.index(rate) << 7 | 1 << 3).to_bytes(2, "big")
    return SoundFormat(rate, 1, configuration), tuple(units)
