"""What simulated cameras let hear: a quiet hum and a beep at each whole second of UTC.

The beep lasts 100 ms and begins exactly with the second; its pitch tells which of eight seconds it
is (500 Hz at UTC mod 8 = 0, then 100 Hz more each). The pictures show UTC as well, so whoever has
both can measure how far sound and picture are apart.

Encoded once by ffmpeg and kept beside the picture loops: eight seconds from the middle of 24, so
that an encoder's start and end are not heard and the end joins the beginning.
"""

from __future__ import annotations

import array
import math
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]

from sereno.sim.packets import FrameTemplate, wired

SOUND_VERSION = 1
"""Grows with every change of what is heard or how it is encoded."""
LOOP_SECONDS = 8
BEEP_SECONDS = 0.1
LOWEST_BEEP_HZ = 500
BEEP_STEP_HZ = 100
_HUM_HZ = 110
_HUM_LEVEL, _BEEP_LEVEL = 0.02, 0.5
_ENCODING_SECONDS = 60


@dataclass(frozen=True, slots=True)
class SoundKind:
    """One sound codec: how ffmpeg makes it and how a session description names it.

    ``unit_samples`` is what one packet carries, ``unit_bytes`` its size (0: it says so itself).
    """

    payload_type: int
    rate: int
    unit_samples: int
    unit_bytes: int
    encoder: tuple[str, ...]
    rtpmap: str
    format_parameters: str = ""


SOUNDS = {
    "aac": SoundKind(
        97, 16_000, 1024, 0, ("-c:a", "aac", "-b:a", "32k", "-f", "adts"),
        "MPEG4-GENERIC/16000/1",
        "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3"
        ";indexdeltalength=3;config=1408",
    ),
    "pcma": SoundKind(8, 8_000, 320, 320, ("-c:a", "pcm_alaw", "-f", "alaw"), "PCMA/8000"),
    "pcmu": SoundKind(0, 8_000, 320, 320, ("-c:a", "pcm_mulaw", "-f", "mulaw"), "PCMU/8000"),
    "g726": SoundKind(
        98, 8_000, 320, 160, ("-c:a", "g726le", "-b:a", "32k", "-f", "g726le"), "G726-32/8000"
    ),
}  # fmt: skip


class SoundError(RuntimeError):
    """ffmpeg could not encode the sound; the text is what ffmpeg said."""


@dataclass(frozen=True, slots=True)
class SoundLoop:
    """Eight seconds of sound as packets; unit ``i`` begins at sample ``i * unit_samples``."""

    kind: SoundKind
    units: tuple[FrameTemplate, ...]

    def newest_unit(self, utc_seconds: float) -> int:
        """The newest unit that had ended by then, counted from 1970."""
        return math.floor(utc_seconds * self.kind.rate / self.kind.unit_samples) - 1

    def unit_ends_at(self, number: int) -> float:
        """UTC in seconds."""
        return (number + 1) * self.kind.unit_samples / self.kind.rate


def sound_loop(cache_dir: Path, name: str) -> SoundLoop:
    """The loop of a key of ``SOUNDS``, encoded when it is not cached. Raises SoundError."""
    kind = SOUNDS[name]
    cache_dir.mkdir(parents=True, exist_ok=True)
    path = cache_dir / f"sound-{SOUND_VERSION}.{name}"
    if not path.exists():
        encoded = _encode(kind)
        with tempfile.NamedTemporaryFile(dir=cache_dir, delete=False) as file:
            file.write(encoded)
        Path(file.name).rename(path)
    return SoundLoop(kind, tuple(_templates(kind, path.read_bytes())))


def samples(rate: int) -> array.array[int]:
    """One loop as 16-bit samples."""
    wave = array.array("h")
    beep_samples = round(BEEP_SECONDS * rate)
    for second in range(LOOP_SECONDS):
        pitch = LOWEST_BEEP_HZ + BEEP_STEP_HZ * second
        for number in range(rate):
            at = number / rate
            level = _HUM_LEVEL * math.sin(math.tau * _HUM_HZ * at)
            if number < beep_samples:
                level += _BEEP_LEVEL * math.sin(math.tau * pitch * at)
            wave.append(round(level * 32_767))
    return wave


def _encode(kind: SoundKind) -> bytes:
    rate = str(kind.rate)
    done = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostats"),
            *("-f", "s16le", "-ar", rate, "-ac", "1", "-i", "pipe:0", *kind.encoder, "pipe:1"),
        ],
        input=samples(kind.rate).tobytes() * 3,
        capture_output=True,
        timeout=_ENCODING_SECONDS,
        check=False,
    )
    if done.returncode:
        raise SoundError(f"ffmpeg could not encode sound: {done.stderr.decode(errors='replace')}")
    return done.stdout


def _templates(kind: SoundKind, encoded: bytes) -> Iterator[FrameTemplate]:
    count = LOOP_SECONDS * kind.rate // kind.unit_samples
    if kind.unit_bytes:
        size = kind.unit_bytes
        units = [encoded[at : at + size] for at in range(0, len(encoded), size)]
        first = count
    else:
        units = [_with_au_header(unit) for unit in _adts_units(encoded)]
        first = count + 1  # the encoder's first unit is the silence before the first sample
    for unit in units[first : first + count]:
        # The marker ends an access unit of AAC; in G.711 it would begin a spurt of talk.
        wire, starts = wired([(unit, not kind.unit_bytes)], kind.payload_type)
        yield FrameTemplate(wire, tuple(starts), is_key=True)


def _adts_units(stream: bytes) -> Iterator[bytes]:
    """The access units of an ADTS stream without CRC (ISO/IEC 14496-3, 1.A.3.2)."""
    at = 0
    while at < len(stream):
        size = int.from_bytes(stream[at + 3 : at + 6], "big") >> 5 & 0x1FFF
        yield stream[at + 7 : at + size]
        at += size


def _with_au_header(unit: bytes) -> bytes:
    """RFC 3640, 3.3.6: sixteen bits of headers follow, 13 of them the size, 3 the index."""
    return b"\x00\x10" + (len(unit) << 3).to_bytes(2, "big") + unit
