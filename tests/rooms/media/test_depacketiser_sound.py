from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.aac import parse_configuration
from sereno.media.formats import SoundFormat
from sereno.media.rtsp.depacketiser_sound import (
    AacDepacketiser,
    AacMode,
    RawSoundDepacketiser,
    SoundDepacketiser,
    aac_format,
)
from sereno.media.rtsp.rtcp import SenderReport

from .camera import rtp_packet

LC_16K_MONO = bytes.fromhex("1408")
HBR = {"mode": "AAC-hbr", "sizelength": "13", "indexlength": "3", "indexdeltalength": "3"}


@dataclass
class Sink:
    told: list[tuple[bytes, int]] = field(default_factory=list)
    complaint_count: int = 0

    def sound_format(self, sound: SoundFormat | None) -> None:
        raise AssertionError("nobody asked")

    def sound_report(self, report: SenderReport) -> None:
        raise AssertionError("no report was sent")

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None:
        assert arrival_us == 5
        self.told.append((sample, rtp_time))

    raw_sound = sound

    def complain(self) -> None:
        self.complaint_count += 1


def aac(sink: Sink) -> AacDepacketiser:
    sound = parse_configuration(LC_16K_MONO)
    return AacDepacketiser(96, AacMode.of(HBR), sound, sink, lambda: 5, sink.complain)


def feed(depacketiser: SoundDepacketiser, packets: list[bytes]) -> None:
    for packet in packets:
        data = bytearray(packet)
        depacketiser.packet(data, memoryview(data), 0, len(data))


def payload(units: list[bytes], sizes: list[int] | None = None) -> bytes:
    sizes = sizes or [len(unit) for unit in units]
    headers = b"".join((size << 3).to_bytes(2, "big") for size in sizes)
    return (len(headers) * 8).to_bytes(2, "big") + headers + b"".join(units)


@given(st.lists(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5), max_size=6))
def test_units_come_out_with_their_times(groups: list[list[bytes]]) -> None:
    sink, packets, wanted, time = Sink(), [], [], 0xFFFFF000
    for number, units in enumerate(groups):
        packets.append(rtp_packet(65_534 + number, time, payload(units), marker=True))
        for unit in units:
            wanted.append((unit, time))
            time = time + 1024 & 0xFFFFFFFF
    feed(aac(sink), packets)
    assert sink.told == wanted


@given(st.binary(min_size=2, max_size=2000), st.integers(1, 700), st.integers(0, 9))
def test_a_unit_in_several_packets_comes_whole_or_not(unit: bytes, step: int, lost: int) -> None:
    parts = [unit[at : at + step] for at in range(0, len(unit), step)]
    packets = [
        rtp_packet(place, 7, payload([part], [len(unit)]), marker=place == len(parts) - 1)
        for place, part in enumerate(parts)
    ]
    behind = rtp_packet(len(parts), 1031, payload([b"next"]), marker=True)
    if lost < len(packets):
        packets.pop(lost)
    sink = Sink()
    feed(aac(sink), [*packets, behind])
    assert sink.told[-1] == (b"next", 1031)
    assert sink.told[:-1] == ([(unit, 7)] if lost >= len(parts) else [])


def test_a_packet_that_comes_again_is_heard_once() -> None:
    packets = [rtp_packet(n, n * 1024, payload([bytes((n,))]), marker=True) for n in range(4)]
    sink = Sink()
    feed(aac(sink), [packets[0], packets[1], packets[0], packets[1], *packets[2:]])
    assert sink.told == [(bytes((n,)), n * 1024) for n in range(4)]


def test_g711_is_handed_on_as_it_is() -> None:
    sink = Sink()
    packets = [rtp_packet(n, n * 160, bytes((n,)) * 160, marker=False) for n in range(3)]
    feed(RawSoundDepacketiser(96, sink, lambda: 5, sink.complain), packets)
    assert sink.told == [(bytes((n,)) * 160, n * 160) for n in range(3)]


@given(st.lists(st.binary(max_size=60) | st.binary(max_size=60).map(b"\x80\x60".__add__)))
def test_any_packets_end_nothing(packets: list[bytes]) -> None:
    sink = Sink()
    depacketiser = aac(sink)
    feed(depacketiser, packets)
    assert sum(len(sample) for sample, _ in sink.told) <= sum(map(len, packets))


@pytest.mark.parametrize(
    ("configuration", "clock_rate", "wanted"),
    [
        ("1408", 16000, (16000, 1, "mp4a.40.2", 1024)),
        ("1190", 48000, (48000, 2, "mp4a.40.2", 1024)),
        ("1588", 8000, (8000, 1, "mp4a.40.2", 1024)),
        ("2b098800", 48000, (48000, 1, "mp4a.40.5", 2048)),  # SBR over 24 kHz, said openly
        ("1308", 48000, (48000, 1, "mp4a.40.2", 2048)),  # SBR over 24 kHz, not said
    ],
)
def test_the_configuration_tells_the_format(
    configuration: str, clock_rate: int, wanted: tuple[int, int, str, int]
) -> None:
    sound = aac_format({"config": configuration}, clock_rate)
    assert (sound.rate, sound.channels, sound.codec, sound.frame_samples) == wanted
    assert sound.configuration == bytes.fromhex(configuration)


@pytest.mark.parametrize("config", ["", "xy", "14", "f8", "1400", "1408" * 40])
def test_a_configuration_that_makes_no_sense_is_refused(config: str) -> None:
    with pytest.raises(Garbled):
        aac_format({"config": config}, 16000)


@pytest.mark.parametrize("change", [{"ctsdeltalength": "4"}, {"sizelength": "0"},
                                    {"indexlength": "99"}])  # fmt: skip
def test_fields_that_no_camera_sends_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(Garbled):
        AacMode.of(HBR | change)


@given(st.binary(max_size=80), st.sampled_from([0, 8000, 48000]))
def test_any_bytes_are_a_format_or_garbled(data: bytes, clock_rate: int) -> None:
    try:
        sound = parse_configuration(data, clock_rate)
    except Garbled:
        return
    assert sound.rate > 0
    assert sound.channels > 0


def test_sound_that_never_makes_sense_is_told_once() -> None:
    sink = Sink()
    depacketiser = aac(sink)
    good = payload([b"sound"])
    packets = [rtp_packet(n, n, b"\xff" * 9, marker=True) for n in range(200)]
    feed(depacketiser, packets[:63])
    feed(depacketiser, [rtp_packet(63, 63, good, marker=True), *packets[64:127]])
    assert sink.complaint_count == 0
    feed(depacketiser, packets[127:])
    assert sink.complaint_count == 1
    feed(depacketiser, [rtp_packet(200, 200, good, marker=True), *packets[:100]])
    assert sink.complaint_count == 1
    assert [unit for unit, _ in sink.told] == [b"sound", b"sound"]
