"""WebRTC's packets of recorded H.264, judged by a library that nobody here wrote; and offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

import pytest
from aiortc.codecs.h264 import H264PayloadDescriptor
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.fmp4.writer import file_head, fragment_head
from sereno.media.formats import VideoFormat
from sereno.media.whep.channel import LARGEST_GOP_BYTES, Channel, Picture
from sereno.media.whep.offer import (
    choose,
    profile_of,
    with_public_address,
    without_local_names,
)
from sereno.media.whep.packing import (
    LARGEST_PAYLOAD_BYTES,
    nals_of,
    parameter_sets,
    payloads_of,
)

from .encoded import FRAME_TICKS, X264_B_FRAMES, X264_PLAIN, X265_PLAIN, Encoded, encode

EPOCH_US = 1_795_000_000_000_000
EPOCH_TICKS = EPOCH_US * 9 // 100


def unpacked(payloads: Sequence[bytes]) -> bytes:
    return b"".join(H264PayloadDescriptor.parse(payload)[1] for payload in payloads)


def annexb(nals: Sequence[bytes]) -> bytes:
    return b"".join(b"\0\0\0\1" + nal for nal in nals)


nal_units = st.builds(
    lambda kind, importance, body: bytes((importance << 5 | kind,)) + body,
    st.sampled_from((1, 5, 6, 7, 8)),
    st.integers(0, 3),
    st.integers(1, 4 * LARGEST_PAYLOAD_BYTES).map(bytes),
)


@given(st.lists(nal_units, min_size=1, max_size=12))
def test_what_is_packed_is_unpacked_again(nals: list[bytes]) -> None:
    payloads = payloads_of(nals)
    assert unpacked(payloads) == annexb(nals)
    assert max(map(len, payloads)) <= LARGEST_PAYLOAD_BYTES
    assert len(payloads) <= sum(ceil(len(nal) / (LARGEST_PAYLOAD_BYTES - 2)) for nal in nals)


def test_small_units_share_a_packet_and_borders_are_left_out() -> None:
    (payload,) = payloads_of([b"\x09\xf0", b"\x67sps", b"\x68pps", b"\x0c\xff", b"\x65idr"])
    assert payload[0] == 0x60 | 24
    assert unpacked([payload]) == annexb([b"\x67sps", b"\x68pps", b"\x65idr"])


@pytest.mark.parametrize("sample", [b"\0\0\0", b"\0\0\0\4ab", b"\0\0\0\0", b"\0\0\0\1"])
def test_samples_that_make_no_sense(sample: bytes) -> None:
    with pytest.raises(Garbled):
        list(nals_of(sample))


def test_parameter_sets_of_a_decoder_configuration() -> None:
    configuration = encode("libx264", X264_PLAIN).video.configuration
    sets = parameter_sets(configuration)
    assert [nal[0] & 0x1F for nal in sets] == [7, 8]
    assert all(nal in configuration for nal in sets)
    for size in range(len(configuration) - 4):
        with pytest.raises(Garbled):
            parameter_sets(configuration[:size])


@dataclass(eq=False)
class Kept:
    pictures: list[Picture] = field(default_factory=list)

    def offer(self, picture: Picture) -> None:
        self.pictures.append(picture)


def fragment(encoded: Encoded, start: int, count: int) -> bytes:
    frames = encoded.frames[start : start + count]
    ticks = start * FRAME_TICKS
    offsets = [frame.shown - ticks - at * FRAME_TICKS for at, frame in enumerate(frames)]
    head = fragment_head(
        1, ticks, EPOCH_US + ticks * 100 // 9, [FRAME_TICKS] * count,
        [len(frame.sample) for frame in frames], is_key=frames[0].is_key,
        offsets=offsets if any(offsets) else (),
    )  # fmt: skip
    return head + b"".join(frame.sample for frame in frames)


def begun(video: VideoFormat) -> Channel:
    channel = Channel()
    channel.begin(file_head(None, video), EPOCH_US)
    return channel


def test_pictures_keep_their_times_and_key_frames_bring_parameter_sets() -> None:
    encoded = encode("libx264", X264_PLAIN)
    channel, watcher = begun(encoded.video), Kept()
    channel.watchers.add(watcher)
    for start in range(0, 20, 5):
        channel.take(fragment(encoded, start, 5))
    assert [each.ticks - EPOCH_TICKS for each in watcher.pictures] == [
        at * FRAME_TICKS for at in range(20)
    ]
    assert [at for at, each in enumerate(watcher.pictures) if each.is_key] == [0, 10]
    sets = parameter_sets(encoded.video.configuration)
    for picture, frame in zip(watcher.pictures, encoded.frames, strict=False):
        nals = [*(sets if frame.is_key else ()), *nals_of(frame.sample)]
        wanted = [nal for nal in nals if nal[0] & 0x1F != 9]
        assert unpacked(picture.payloads) == annexb(wanted)
    assert [each.is_key for each in channel.gop] == [True, *[False] * 9]


def test_a_new_run_goes_on_at_its_own_time_of_day() -> None:
    encoded = encode("libx264", X264_PLAIN)
    channel, watcher = begun(encoded.video), Kept()
    channel.watchers.add(watcher)
    channel.take(fragment(encoded, 0, 5))
    channel.begin(file_head(None, encoded.video), EPOCH_US + 60_000_000)
    assert not channel.gop
    channel.take(fragment(encoded, 0, 5))
    assert watcher.pictures[5].ticks == EPOCH_TICKS + 60 * 90_000


def test_b_frames_and_other_codecs_are_not_for_webrtc() -> None:
    encoded = encode("libx264", X264_B_FRAMES)
    channel, watcher = begun(encoded.video), Kept()
    channel.watchers.add(watcher)
    channel.take(fragment(encoded, 0, 10))
    assert (channel.unfit, len(channel.gop)) == ("whep_b_frames", 0)
    in_order = [frame.shown for frame in encoded.frames[: len(watcher.pictures)]]
    assert in_order == sorted(in_order)
    assert encoded.frames[len(in_order)].shown < in_order[-1]
    assert begun(encode("libx265", X265_PLAIN).video).unfit == "whep_codec"
    channel.begin(file_head(None, encode("libx264", X264_PLAIN).video), EPOCH_US)
    assert channel.unfit == ""


def test_a_gop_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = encode("libx264", X264_PLAIN)
    channel = begun(encoded.video)
    monkeypatch.setattr("sereno.media.whep.channel.LARGEST_GOP_BYTES", 1000)
    channel.take(fragment(encoded, 0, 10))
    assert sum(each.size_bytes for each in channel.gop) <= 1000 < LARGEST_GOP_BYTES


@pytest.mark.parametrize("size", [0, 8, 40, 200])
def test_fragments_that_make_no_sense(size: int) -> None:
    encoded = encode("libx264", X264_PLAIN)
    channel = begun(encoded.video)
    with pytest.raises(Garbled):
        channel.take(fragment(encoded, 0, 5)[:size])


def sdp(*ways: str, mode: int = 1) -> str:
    lines = ["v=0", "m=video 9 UDP/TLS/RTP/SAVPF 96 " + " ".join(map(str, range(100, 110)))]
    lines.append("a=rtpmap:96 VP8/90000")
    for number, way in enumerate(ways, 100):
        lines.append(f"a=rtpmap:{number} H264/90000")
        parameters = f"packetization-mode={mode}" + (f";profile-level-id={way}" if way else "")
        lines.append(f"a=fmtp:{number} level-asymmetry-allowed=1;{parameters}")
    return "\r\n".join(lines) + "\r\n"


CHROMIUM = ("42001f", "42e01f", "4d001f", "f4001f")


@pytest.mark.parametrize(
    ("codec", "offer", "chosen"),
    [
        ("avc1.42c01f", CHROMIUM, "42e01f"),
        ("avc1.42001e", CHROMIUM, "42001f"),
        ("avc1.4d0028", CHROMIUM, "4d001f"),
        ("avc1.640028", (*CHROMIUM, "64001f"), "64001f"),
        ("avc1.640028", CHROMIUM, "4d001f"),  # none decodes more: what decodes most
        ("avc1.42c01f", ("640c1f", "64001f"), "640c1f"),
        ("avc1.64001f", ("640C1F", "42E01F"), "640c1f"),
        ("avc1.4d401f", ("",), "42001f"),
        ("avc1.640028", ("f4001f", "zz"), None),
        ("avc1.640028", (), None),
    ],
)
def test_the_profile_that_is_chosen(codec: str, offer: tuple[str, ...], chosen: str | None) -> None:
    assert choose(sdp(*offer), codec) == chosen


def test_pictures_larger_than_a_packet_must_be_taken() -> None:
    assert choose(sdp("42e01f", mode=0), "avc1.42c01f") is None


@given(st.text())
def test_any_text_as_an_offer(text: str) -> None:
    assert choose(text, "avc1.640028") is None
    assert profile_of(text) is None or len(text) == 6


CANDIDATES = (
    "a=candidate:1 1 udp 2130706431 192.0.2.7 40001 typ host\r\n"
    "a=candidate:2 1 udp 2113937151 1f4712db-ea17.local 51234 typ host generation 0\r\n"
    "a=end-of-candidates\r\n"
)


def test_names_of_the_viewers_own_network_are_not_looked_up() -> None:
    kept = without_local_names(CANDIDATES)
    assert ".local" not in kept
    assert kept.count("a=candidate:") == 1


def test_a_public_address_is_told_beside_the_machines_own() -> None:
    head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
    told = with_public_address(head + without_local_names(CANDIDATES), "203.0.113.9")
    own, public = SessionDescription.parse(told).media[0].ice_candidates
    assert (own.ip, own.port, own.type) == ("192.0.2.7", 40001, "host")
    assert (public.ip, public.port, public.type) == ("203.0.113.9", 40001, "srflx")
    assert (public.relatedAddress, public.relatedPort) == ("192.0.2.7", 40001)
    assert own.priority > public.priority
