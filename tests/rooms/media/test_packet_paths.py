"""The three ways of a packet do the same, and that is what a slow and plain reading says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sereno.media import h264, h265
from sereno.media.formats import VideoFormat
from sereno.media.rtsp.connection import Connection
from sereno.media.rtsp.depacketiser import VideoDepacketiser
from sereno.media.rtsp.depacketiser_h264 import H264Depacketiser
from sereno.media.rtsp.depacketiser_h265 import H265Depacketiser

from .camera import interleaved, rtp_packet

FIRST_SEQUENCE = 65_400  # so that the numbers wrap


@dataclass(frozen=True)
class Codec:
    """How to make NAL units and payloads, in the plainest way."""

    name: str
    header_bytes: int
    kinds: dict[str, int]

    def nal(self, kind: str, body: bytes) -> bytes:
        number = self.kinds[kind]
        return (
            bytes((0x60 | number,)) if self.header_bytes == 1 else bytes((number << 1, 1))
        ) + body

    def payloads(self, nal: bytes, limit: int) -> Iterator[bytes]:
        if len(nal) <= limit:
            yield nal
            return
        header, body = nal[: self.header_bytes], nal[self.header_bytes :]
        for at in range(0, len(body), limit):
            flags = 0x80 * (at == 0) | 0x40 * (at + limit >= len(body))
            yield self._fragment_head(header, flags) + body[at : at + limit]

    def _fragment_head(self, header: bytes, flags: int) -> bytes:
        if self.header_bytes == 1:
            return bytes((header[0] & 0xE0 | 28, flags | header[0] & 0x1F))
        return bytes((49 << 1, header[1], flags | header[0] >> 1 & 0x3F))

    def depacketiser(self, sink: Sink) -> VideoDepacketiser:
        if self.header_bytes == 1:
            return H264Depacketiser(96, h264.ParameterSets(), sink, lambda: 5)
        return H265Depacketiser(96, h265.ParameterSets(), sink, lambda: 5)


CODECS = [
    Codec("H264", 1, {"slice": 1, "key": 5, "sei": 6, "delimiter": 9}),
    Codec("H265", 2, {"slice": 1, "key": 19, "sei": 39, "delimiter": 35}),
]


@dataclass
class Sink:
    """Writes down all that it is told, in order."""

    told: list[tuple[object, ...]] = field(default_factory=list)

    def video_format(self, video: VideoFormat) -> None:
        raise AssertionError("no parameter sets were sent")

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        self.told.append((bytes(sample), rtp_time, is_key))

    def packets_lost(self, count: int) -> None:
        self.told.append((count,))

    def video_report(self, report: object) -> None:
        raise AssertionError("no report was sent")

    @property
    def pictures(self) -> list[tuple[object, ...]]:
        return [each for each in self.told if len(each) == 3]

    @property
    def lost(self) -> int:
        return sum(int(str(each[0])) for each in self.told if len(each) == 1)


@dataclass(frozen=True)
class Picture:
    nals: list[bytes]
    time: int
    is_key: bool
    packets: list[bytes]

    def told(self, codec: Codec) -> tuple[object, ...]:
        dropped = codec.nal("delimiter", b"")[0]
        kept = [each for each in self.nals if each[0] != dropped]
        sample = b"".join(len(each).to_bytes(4, "big") + each for each in kept)
        return sample, self.time, self.is_key


Plan = list[tuple[str, list[tuple[str, int]]]]
plans = st.lists(
    st.tuples(
        st.sampled_from(["slice", "key"]),
        st.lists(st.tuples(st.sampled_from(["sei", "delimiter"]), st.integers(1, 400)), max_size=2),
    ),
    min_size=1,
    max_size=7,
)


def film(codec: Codec, plan: Plan, sizes: list[int], limit: int) -> list[Picture]:
    pictures, sequence = [], FIRST_SEQUENCE
    for number, (kind, before) in enumerate(plan):
        size = sizes[number % len(sizes)]
        body = bytes((0xC0 | number & 0x0F,)) + bytes((number + 1,)) * size
        nals = [codec.nal(each, b"\x55" * length) for each, length in before]
        nals.append(codec.nal(kind, body))
        parts = [part for nal in nals for part in codec.payloads(nal, limit)]
        packets = [
            rtp_packet(sequence + place, number * 3600, part, marker=place == len(parts) - 1)
            for place, part in enumerate(parts)
        ]
        sequence += len(parts)
        pictures.append(Picture(nals, number * 3600, kind == "key", packets))
    return pictures


def plain_reading(
    codec: Codec, pictures: list[Picture], lost: set[int]
) -> list[tuple[object, ...]]:
    """The pictures that must come out: a gap damages the picture that it cuts short, and the one
    of the packet behind it, because nobody knows how much of that is missing."""
    numbered = [(place, each) for place, each in enumerate(pictures) for _ in each.packets]
    is_last = [
        place + 1 == len(numbered) or numbered[place + 1][0] != numbered[place][0]
        for place in range(len(numbered))
    ]
    here = [place for place in range(len(numbered)) if place not in lost]
    damaged = {numbered[place][0] for place in lost if numbered[place][0] in
               {numbered[other][0] for other in here}}  # fmt: skip
    for one, other in pairwise(here):
        if other != one + 1:
            damaged.add(numbered[other][0])
            if not is_last[one]:
                damaged.add(numbered[one][0])
    whole = {numbered[place][0] for place in here} - damaged
    return [pictures[place].told(codec) for place in sorted(whole)]


def one_by_one(codec: Codec, packets: list[bytes]) -> tuple[Sink, VideoDepacketiser]:
    sink = Sink()
    depacketiser = codec.depacketiser(sink)
    for packet in packets:
        data = bytearray(packet)
        depacketiser.packet(data, memoryview(data), 0, len(data))
    return sink, depacketiser


def by_connection(
    codec: Codec, packets: list[bytes], cuts: list[int]
) -> tuple[Sink, VideoDepacketiser]:
    async def trial() -> tuple[Sink, VideoDepacketiser]:
        sink = Sink()
        depacketiser = codec.depacketiser(sink)
        connection = Connection("192.0.2.1", asyncio.get_running_loop())
        connection.route(0, depacketiser.packet, 1, lambda _: None, depacketiser.frames)
        stream = b"".join(interleaved(0, each) for each in packets)
        at = turn = 0
        while at < len(stream):
            room = connection.get_buffer(-1)
            size = min(cuts[turn % len(cuts)], len(room), len(stream) - at)
            room[:size] = stream[at : at + size]
            connection.buffer_updated(size)
            at, turn = at + size, turn + 1
        assert not connection.ended.done(), connection.ended.exception()
        return sink, depacketiser

    return asyncio.run(trial())


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
@settings(deadline=None, max_examples=30)
@given(
    plan=plans,
    sizes=st.lists(st.integers(1, 12_000), min_size=1, max_size=4),
    limit=st.integers(30, 1400),
    cuts=st.lists(st.integers(1, 40_000), min_size=1, max_size=4),
    losses=st.sets(st.integers(0, 400), max_size=3),
    copies=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 20)), max_size=4),
)
@example(  # the numbers wrap behind a packet that no fast way took
    plan=[("slice", []), ("slice", []), ("slice", []), ("slice", [("sei", 199), ("sei", 199)])],
    sizes=[2244, 3762],
    limit=66,
    cuts=[1],
    losses=set(),
    copies=[],
)
def test_all_ways_give_what_a_plain_reading_gives(
    codec: Codec,
    plan: Plan,
    sizes: list[int],
    limit: int,
    cuts: list[int],
    losses: set[int],
    copies: list[tuple[int, int]],
) -> None:
    pictures = film(codec, plan, sizes, limit)
    packets = [packet for each in pictures for packet in each.packets]
    lost = {place for place in losses if 0 < place < len(packets)}
    sent = [packet for place, packet in enumerate(packets) if place not in lost]
    for place, distance in copies:  # a packet comes again, later
        if place < len(sent):
            sent.insert(min(len(sent), place + 1 + distance), sent[place])

    plain, _ = one_by_one(codec, sent)
    batched, depacketiser = by_connection(codec, sent, cuts)

    assert plain.told == batched.told
    assert plain.pictures == plain_reading(codec, pictures, lost)
    assert depacketiser.packet_count == len(sent)
    here = [place for place in range(len(packets)) if place not in lost]
    missing = [place for place in lost if place < here[-1]]
    # A unit that ends early by time is one more loss than the numbers tell.
    assert len(missing) <= plain.lost <= len(missing) + 2 * len(missing)
    assert depacketiser.highest_sequence == FIRST_SEQUENCE + here[-1]


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_a_sender_that_counts_anew_costs_at_most_a_picture(codec: Codec) -> None:
    pictures = film(codec, [("key", [])] * 4, [3000], 500)
    first, second, third, fourth = (each.packets for each in pictures)
    other = [packet[:8] + b"\0\0\0\x09" + packet[12:] for packet in (*third, *fourth)]
    renumbered = [
        packet[:2] + (7 + place).to_bytes(2, "big") + packet[4:]
        for place, packet in enumerate(other)
    ]
    for sent, told in (
        ([*first, *second, *renumbered], [0, 1, 2, 3]),
        ([*first, *second[:2], *renumbered], [0, 3]),
    ):
        sink, depacketiser = one_by_one(codec, sent)
        assert sink.pictures == [pictures[place].told(codec) for place in told]
        assert sink.lost <= 1
        assert depacketiser.source == 9


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_numbers_that_begin_anew_are_soon_believed(codec: Codec) -> None:
    """Not every server changes its source when it counts anew, a few packets back."""
    pictures = film(codec, [("key", [])] * 9, [3000], 500)
    packets = [packet for each in pictures for packet in each.packets]
    ahead = [
        packet[:2] + (40 + n).to_bytes(2, "big") + packet[4:] for n, packet in enumerate(packets)
    ]
    back = [
        packet[:2] + (20 + n).to_bytes(2, "big") + packet[4:] for n, packet in enumerate(packets)
    ]

    sink, _ = one_by_one(codec, [*ahead[:14], *back[14:]])

    assert sink.lost == 1
    assert sink.pictures[-1] == pictures[-1].told(codec)


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
@settings(deadline=None, max_examples=30)
@given(packets=st.lists(st.binary(max_size=60) | st.binary(max_size=60).map(b"\x80\x60".__add__)))
def test_any_packets_are_taken_or_refused(codec: Codec, packets: list[bytes]) -> None:
    from sereno.base.errors import Garbled
    from sereno.media.faults import StreamFault

    try:
        sink, _ = one_by_one(codec, packets)
    except (Garbled, StreamFault) as error:
        assert str(error)
    else:
        assert sum(len(bytes(str(each[0]), "utf-8")) for each in sink.pictures) < 1_000_000
