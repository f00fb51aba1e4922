"""G.711 to AAC by the helper process."""

from __future__ import annotations

import asyncio
import math
import os
import signal
from array import array
from pathlib import Path

import pytest

from sereno.media.formats import SoundFormat
from sereno.media.sound.encoder import FRAME_SAMPLES, Encoder
from sereno.media.sound.encoding import _SILENCE, SoundEncoding, sound_format
from sereno.media.sound.g711 import decode
from sereno.media.sound.messages import DATA, OPEN, Message, Messages

from .encoded import ffmpeg
from .sinks import Collected

RATE = 8000
BEEP_AT, BEEP_SAMPLES = 4000, 800
PACKET = 320


def beep(codec: str, path: Path) -> bytes:
    """A second of silence with a beep in its middle, as a camera encodes it."""
    samples = array("h", bytes(2 * RATE))
    for place in range(BEEP_SAMPLES):
        samples[BEEP_AT + place] = round(16_000 * math.sin(place * 2 * math.pi * 500 / RATE))
    path.write_bytes(samples.tobytes())
    kind = {"PCMA": "alaw", "PCMU": "mulaw"}[codec]
    raw = ("-f", "s16le", "-ar", str(RATE), "-ac", "1")
    return ffmpeg(*raw, "-i", str(path), "-f", kind, "-")


def adts(unit: bytes) -> bytes:
    """An access unit of 8 kHz mono with its ADTS header (ISO/IEC 13818-7, 6.2)."""
    size = len(unit) + 7
    head = 0xFFF1 << 40 | 1 << 38 | 11 << 34 | 1 << 30 | size << 13 | 0x7FF << 2
    return head.to_bytes(7, "big") + unit


def heard_at(units: list[tuple[int, bytes]], path: Path) -> int:
    """The time at which the beep begins, in samples."""
    path.write_bytes(b"".join(adts(unit) for _, unit in units))
    samples = array("h", ffmpeg("-i", str(path), "-f", "s16le", "-"))
    first = next(place for place, sample in enumerate(samples) if abs(sample) > 4000)
    return units[0][0] + first


@pytest.mark.parametrize("codec", ["PCMA", "PCMU"])
def test_g711_means_what_ffmpeg_says(codec: str, tmp_path: Path) -> None:
    (tmp_path / "all").write_bytes(bytes(range(256)))
    kind = {"PCMA": "alaw", "PCMU": "mulaw"}[codec]
    said = ffmpeg("-f", kind, "-ar", "8000", "-i", str(tmp_path / "all"), "-f", "s16le", "-")
    assert [round(each * 32768) for each in decode(codec, bytes(range(256)))] == list(
        array("h", said)
    )


@pytest.mark.parametrize("codec", ["PCMA", "PCMU"])
def test_a_beep_stays_where_it_was(codec: str, tmp_path: Path) -> None:
    data, start = beep(codec, tmp_path / "raw"), 0xFFFFFE00  # the time wraps on the way
    encoder = Encoder(codec, RATE)
    units = [
        ((time - start + FRAME_SAMPLES & 0xFFFFFFFF) - FRAME_SAMPLES, unit)
        for at in range(0, len(data), PACKET)
        for time, unit in encoder.encode(data[at : at + PACKET], start + at & 0xFFFFFFFF)
    ]
    assert [time for time, _ in units] == [
        (place - 1) * FRAME_SAMPLES for place in range(len(units))
    ]
    assert abs(heard_at(units, tmp_path / "sound.aac") - BEEP_AT) < RATE // 100


def test_holes_and_jumps() -> None:
    encoder = Encoder("PCMA", RATE)
    times = [time for time, _ in encoder.encode(b"\xd5" * 3000, 0)]
    times += [time for time, _ in encoder.encode(b"\xd5" * 3000, 4000)]  # filled
    assert times == [-1024 & 0xFFFFFFFF, *range(0, 4 * 1024, 1024)]
    after = [time for time, _ in encoder.encode(b"\xd5" * 4096, 100_000)]
    assert after == [4 * 1024, 5 * 1024, 6 * 1024, 100_000, 101_024]


def test_messages_come_in_any_portions() -> None:
    sent = [Message(OPEN, 1, data=b"PCMA 8000"), Message(DATA, 7, 0xFFFFFFFF, b"")]
    stream, messages = b"".join(each.pack() for each in sent), Messages()
    assert [m for byte in stream for m in messages.feed(bytes((byte,)))] == sent


def test_the_format_is_known_in_advance() -> None:
    assert sound_format(8000) == SoundFormat(8000, 1, bytes.fromhex("1588"))
    assert sound_format(16_000) == SoundFormat(16_000, 1, bytes.fromhex("1408"))


def test_silence_is_an_access_unit(tmp_path: Path) -> None:
    (tmp_path / "x.aac").write_bytes(adts(_SILENCE) * 3)
    samples = array("h", ffmpeg("-i", str(tmp_path / "x.aac"), "-f", "s16le", "-"))
    assert len(samples) == 3 * FRAME_SAMPLES
    assert not any(samples)


class Heard(Collected):
    """Access units with their times and arrivals."""

    def __init__(self) -> None:
        super().__init__()
        self.units: list[tuple[int, int, bytes]] = []
        self.news = asyncio.Event()

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None:
        self.units.append((rtp_time, arrival_us, sample))
        self.news.set()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(90):
            while len(self.units) < count:
                self.news.clear()
                await self.news.wait()


async def test_one_helper_for_all_and_another_when_it_dies() -> None:
    encoding, one, other = SoundEncoding(), Heard(), Heard()
    try:
        first = encoding.encode("PCMA", 8000, one)
        second = encoding.encode("PCMU", 16_000, other)
        assert first is not None
        assert second is not None
        assert one.sounds == [sound_format(8000)]
        first.raw_sound(b"\xd5" * 4096, 10_000, 1_000_000)
        second.raw_sound(b"\xff" * 4096, 0, 2_000_000)
        await one.wait_for(4)
        await other.wait_for(4)
        # Silence at once, the encoder's first unit, then sound; each as long before as it lasts.
        assert [time for time, _, _ in one.units] == [
            10_000 + place * 1024 for place in (-2, -1, 0, 1)
        ]
        assert [came for _, came, _ in one.units] == [
            1_000_000 - 512_000 + place * 128_000 for place in (-2, -1, 0, 1)
        ]
        pid = encoding.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(90):
            while encoding.pid in (pid, None):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        first.raw_sound(b"\xd5" * 4096, 20_000, 3_000_000)
        await one.wait_for(6)
        assert one.units[5][0] == 20_000
    finally:
        await encoding.close()
    assert encoding.pid is None


async def test_rates_that_are_not_g711s_are_refused() -> None:
    assert SoundEncoding().encode("PCMA", 44_100, Heard()) is None
