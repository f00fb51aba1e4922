from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.faults import StreamFault
from sereno.media.formats import VideoFormat
from sereno.media.h264 import ParameterSets
from sereno.media.rtsp.depacketiser_h264 import H264Depacketiser
from sereno.media.rtsp.rtcp import SenderReport

from .camera import GOP, RtpSender, Video, make_h264, nal_units, payloads, rtp_packet


@dataclass
class MetSets(ParameterSets):
    """Keeps every set that it is given."""

    met: list[bytes] = field(default_factory=list)

    def put(self, nal: bytes) -> bool:
        self.met.append(nal)
        return super().put(nal)


@dataclass
class Sink:
    pictures: list[tuple[bytes, int, bool]] = field(default_factory=list)
    formats: list[VideoFormat] = field(default_factory=list)
    losses: int = 0
    sets: MetSets = field(default_factory=MetSets)

    def video_format(self, video: VideoFormat) -> None:
        self.formats.append(video)

    def video_report(self, report: SenderReport) -> None:
        raise AssertionError("no report was sent")

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        assert arrival_us == 5
        self.pictures.append((bytes(sample), rtp_time, is_key))

    def packets_lost(self, count: int) -> None:
        assert count > 0
        self.losses += 1


def feed(packets: list[bytes], sink: Sink) -> None:
    depacketiser = H264Depacketiser(96, sink.sets, sink, lambda: 5)
    for packet in packets:
        data = bytearray(b"$..." + packet + b"next")
        depacketiser.packet(data, memoryview(data), 4, 4 + len(packet))


def sized(*nals: bytes) -> bytes:
    return b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)


def nal(kind: int, size: int, fill: int = 0x9C) -> bytes:
    return bytes((0x60 | kind,)) + bytes((fill,)) * (size - 1)


slices = st.builds(nal, st.sampled_from([1, 5]), st.integers(2, 1500), st.just(0x9C))
others = st.builds(nal, st.sampled_from([6, 7, 8, 9]), st.integers(2, 700), st.integers(0, 255))


@given(
    st.lists(st.tuples(st.lists(others, max_size=3), slices), min_size=1, max_size=6),
    st.integers(60, 1400),
    st.booleans(),
)
def test_what_was_sent_comes_out(
    units: list[tuple[list[bytes], bytes]], limit: int, has_markers: bool
) -> None:
    sent, sequence, packets = [], 65_534, []
    for number, (before, picture) in enumerate(units):
        nals = [*before, picture]
        parts = [part for each in nals for part in payloads(each, limit)]
        for place, part in enumerate(parts):
            marker = has_markers and place == len(parts) - 1
            packets.append(rtp_packet(sequence, number * 3600, part, marker=marker))
            sequence += 1
        kept = [each for each in nals if each[0] & 0x1F not in (7, 8, 9)]
        sent.append((sized(*kept), number * 3600, picture[0] & 0x1F == 5))
    sink = Sink()

    feed(packets, sink)

    assert sink.losses == 0
    assert sink.pictures == (sent if has_markers else sent[:-1])
    assert sink.sets.met == [
        each for before, _ in units for each in before if each[0] & 0x1F in (7, 8)
    ]


@given(st.lists(st.binary(max_size=40) | st.binary(max_size=40).map(b"\x80\x60".__add__)))
def test_any_packets_are_taken_or_refused(packets: list[bytes]) -> None:
    try:
        feed(packets, Sink())
    except (Garbled, StreamFault) as error:
        assert str(error)


def test_aggregated_units_and_all_parts_of_the_header() -> None:
    sei, picture = nal(6, 9), nal(5, 20)
    aggregate = b"\x78" + b"".join(len(each).to_bytes(2, "big") + each for each in (sei, picture))
    plain = rtp_packet(1, 9, aggregate, marker=True)
    # Two contributing sources, an extension of one word, three bytes of padding.
    full = bytes((0xB2,)) + plain[1:12] + bytes(8) + b"\0\0\0\1wxyz" + plain[12:] + b"\0\0\3"
    for packet in (plain, full):
        sink = Sink()
        feed([packet], sink)
        assert sink.pictures == [(sized(sei, picture), 9, True)]


@pytest.mark.parametrize("lost", range(1, 6))
def test_a_lost_packet_is_told_once_and_its_picture_is_not_shown(lost: int) -> None:
    sender = RtpSender()
    pictures = [[nal(5, 700)], [nal(1, 650)], [nal(1, 640)]]
    packets = [packet for each in pictures for packet in sender.packets(each)]
    sink = Sink()

    feed(packets[:lost] + packets[lost + 1 :], sink)

    whole = {sized(*each) for each in pictures}
    assert sink.losses >= 1
    assert {sample for sample, _, _ in sink.pictures} < whole


def test_markers_on_every_slice_are_distrusted_from_the_first_damage_on() -> None:
    first, rest = nal(5, 30, 0x9C), nal(5, 30, 0x1C)  # first_mb_in_slice is 0, then above 0
    packets, sequence = [], 0
    for time in (0, 3600, 7200):
        for part in (first, rest):
            packets.append(rtp_packet(sequence, time, part, marker=True))
            sequence += 1
    sink = Sink()

    feed(packets, sink)

    assert sink.losses == 1
    assert (sized(first, rest), 3600, True) in sink.pictures


def test_another_payload_type_is_not_our_video() -> None:
    sink = Sink()
    packet = bytearray(rtp_packet(1, 0, nal(5, 9), marker=True))
    packet[1] = 0x80 | 97
    feed([bytes(packet)], sink)
    assert sink.pictures == []


def test_interleaved_mode_is_refused_by_name() -> None:
    with pytest.raises(StreamFault) as caught:
        feed([rtp_packet(1, 0, b"\x1d" + bytes(9), marker=True)], Sink())
    assert caught.value.reason.key == "codec_unknown"


def test_real_pictures_survive(video: Video) -> None:
    sender, sink = RtpSender(), Sink()
    packets = [packet for picture in video.pictures for packet in sender.packets(picture)]

    feed(packets, sink)

    assert [each[0] for each in sink.pictures] == [
        video.sample(place) for place in range(len(video.pictures))
    ]
    assert [each[2] for each in sink.pictures] == [
        video.is_key(place) for place in range(len(video.pictures))
    ]


def test_the_rest_of_a_damaged_picture_is_no_picture() -> None:
    first, rest = nal(5, 700, 0x9C), nal(5, 30, 0x1C)  # two slices of one key frame
    sender = RtpSender()
    packets = [*sender.packets([nal(1, 20)]), *sender.packets([first, rest])]
    whole = sender.packets([nal(1, 20)])
    sink = Sink()

    feed([packets[0], *packets[2:], *whole], sink)

    assert [is_key for _, _, is_key in sink.pictures] == [False, False]
    assert sink.losses == 1


def test_an_open_gop_begins_at_its_recovery_point() -> None:
    """x264 sends one IDR picture, and afterwards SEI of exact recovery points on I pictures."""
    annexb = make_h264(128, 96, 40, "-bf", "2", "-x264-params", "open-gop=1:scenecut=0:threads=1")
    sender, sink = RtpSender(), Sink()
    unit: list[bytes] = []
    packets: list[bytes] = []
    for each in nal_units(annexb):
        unit.append(each)
        if each[0] & 0x1F in (1, 5):
            packets += sender.packets(unit)
            unit = []

    feed(packets, sink)

    keys = [place for place, (_, _, is_key) in enumerate(sink.pictures) if is_key]
    idr = sum(nal[0] & 0x1F == 5 for nal in nal_units(annexb))
    assert len(sink.pictures) == 40
    assert keys[0] == 0
    assert len(keys) == 40 // GOP > idr


def test_what_begins_in_the_middle_of_a_picture_is_no_picture() -> None:
    first, rest = nal(5, 30, 0x9C), nal(5, 30, 0x1C)
    sender, sink = RtpSender(), Sink()
    packets = [packet for _ in range(2) for packet in sender.packets([first, rest])]

    feed(packets[1:], sink)

    assert [sample for sample, _, _ in sink.pictures] == [sized(first, rest)]
    assert sink.losses == 1
