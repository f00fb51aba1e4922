"""Servers as they are in the field: each oddity alone, and the stream plays all the same."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sereno.media.faults import StreamFault
from sereno.media.rtsp.session import Session

from .camera import RtpSender, Video, interleaved, until
from .odd_camera import OddCamera
from .playing import PATIENCE, play, session
from .sinks import Collected

Edit = Callable[[str, str, str], str]


def in_reply(to: str, pattern: str, new: str) -> Edit:
    """Replace a pattern in the replies to one method; `*` is all."""

    def edit(method: str, head: str, reply: str) -> str:
        return re.sub(pattern, new, reply) if to in (method, "*") else reply

    return edit


def with_header(to: str, header: str) -> Edit:
    return in_reply(to, r"CSeq: (\d+)", rf"CSeq: \1\r\n{header}")


def sdp(*lines: str, end: str = "\r\n") -> Edit:
    """Another description."""
    body = end.join(("v=0", "s=x", *lines, ""))

    def edit(method: str, head: str, reply: str) -> str:
        if method != "DESCRIBE" or " 200 " not in reply:
            return reply
        cseq = re.search(r"CSeq: \d+", reply)
        assert cseq is not None
        return f"RTSP/1.0 200 OK\r\n{cseq[0]}\r\nContent-Length: {len(body)}\r\n\r\n{body}"

    return edit


def refuse(to: str, part: str, status: str) -> Edit:
    """Refuse a method's requests that hold this text."""

    def edit(method: str, head: str, reply: str) -> str:
        if method != to or part not in head:
            return reply
        cseq = re.search(r"CSeq: \d+", head)
        assert cseq is not None
        return f"RTSP/1.0 {status}\r\n{cseq[0]}\r\n\r\n"

    return edit


H264 = ("m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000")


QUIRKS: dict[str, list[Edit]] = {
    "base names another host": [
        with_header("DESCRIBE", "Content-Base: rtsp://10.9.8.7:554/cam/1/"),
    ],
    "base is a path": [with_header("DESCRIBE", "Content-Base: /cam/1/")],
    "base is no address": [with_header("DESCRIBE", "Content-Base: rtsp://[broken/")],
    "base names another path": [
        with_header("DESCRIBE", "Content-Base: rtsp://10.9.8.7/wrong/"),
        refuse("SETUP", "/wrong/", "404 Not Found"),
        refuse("PLAY", "/wrong/", "454 Session Not Found"),
    ],
    "base in Content-Location": [with_header("DESCRIBE", "Content-Location: rtsp://10.9.8.7/cam")],
    "absolute control": [sdp(*H264, "a=control:rtsp://10.9.8.7/cam/1/video")],
    "control is a star": [sdp(*H264, "a=control:*")],
    "control with query and space": [sdp(*H264, "a=control:trackID=1?token=a b")],
    "control of the session alone": [sdp("a=control:rtsp://10.9.8.7/cam/1", *H264)],
    "bare line feeds": [sdp(*H264, end="\n")],
    "bare returns, fmtp before rtpmap": [
        sdp("a=range:npt=0-", H264[0], "a=fmtp:96 packetization-mode=1", H264[1], end="\r"),
    ],
    "metadata before video": [
        sdp("m=application 0 RTP/AVP 107", "a=rtpmap:107 vnd.onvif.metadata/90000", *H264),
    ],
    "several videos": [sdp("m=video 0 RTP/AVP 26", "a=control:one", *H264, "a=control:two")],
    "session with spaces": [in_reply("*", "Session: 77;timeout=60", "Session: 77 ; Timeout = 60 ")],
    "session without timeout": [in_reply("*", "Session: 77;timeout=60", "Session:77")],
    "timeout of nothing": [in_reply("*", "timeout=60", "timeout=0")],
    "no CSeq": [in_reply("*", r"CSeq: \d+\r\n", "")],
    "wrong CSeq": [in_reply("*", r"CSeq: \d+\r\n", "CSeq: 4711\r\n")],
    "letters of headers": [in_reply("*", "CSeq", "cseq"), in_reply("*", "Transport", "TRANSPORT")],
    "SSRC and mode": [in_reply("SETUP", "interleaved=2-3", 'interleaved=2-3;ssrc=AB;mode="PLAY"')],
    "range refused": [refuse("PLAY", "Range:", "457 Invalid Range")],
    "no aggregate": [refuse("PLAY", "profile=main RTSP", "459 Aggregate operation not allowed")],
    "OPTIONS refused": [refuse("OPTIONS", "", "501 Not Implemented")],
}


@pytest.mark.parametrize("changes", QUIRKS.values(), ids=QUIRKS.keys())
async def test_it_plays(odd: OddCamera, changes: list[Edit]) -> None:
    odd.changes += changes
    collected, _ = await play(odd, 5, wanted="tcp")
    assert collected.lost == 0


@pytest.mark.parametrize(
    ("said", "channel"),
    [("Transport: RTP/AVP/TCP;unicast", 0), ("X-None: 1", 0), ("transport: RTP/AVP/TCP;"
     "interleaved=9", 9)],
)  # fmt: skip
async def test_channels_are_those_of_the_reply_or_of_the_question(
    odd: OddCamera, said: str, channel: int
) -> None:
    odd.changes.append(in_reply("SETUP", r"Transport: [^\r]*", said))
    odd.channel = channel
    await play(odd, 5, wanted="tcp")


async def test_pictures_may_come_before_the_answer_to_play(odd: OddCamera) -> None:
    def play_first(method: str, head: str, reply: str) -> str:
        packets = RtpSender().packets(odd.video.pictures[0]) if method == "PLAY" else []
        frames = b"".join(interleaved(2, packet) for packet in packets)
        return frames.decode("latin-1") + reply

    odd.encoding = "latin-1"
    odd.changes.append(play_first)
    collected, _ = await play(odd, 5, wanted="tcp")
    assert collected.samples[0] == odd.video.sample(0)


async def test_play_that_is_never_answered_is_no_reason_to_stop(odd: OddCamera) -> None:
    odd.changes.append(lambda method, _, reply: "" if method == "PLAY" else reply)
    await play(odd, 5, wanted="tcp")


async def test_questions_of_the_server_are_answered_while_pictures_come(odd: OddCamera) -> None:
    odd.between.append(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
    odd.between.append(b"ANNOUNCE * RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 3\r\n\r\nv=0")
    collected, _ = await play(odd, 20, wanted="tcp")
    assert collected.lost == 0
    assert [reply.split("\r\n")[:2] for reply in odd.replies] == [
        ["RTSP/1.0 200 OK", "CSeq: 1"], ["RTSP/1.0 200 OK", "CSeq: 2"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"TEARDOWN rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n", "TEARDOWN"),
        (b"REDIRECT rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://i/\r\n\r\n", "REDIRECT"),
        (interleaved(3, bytes.fromhex("80c9000100000007 81cb000100000007")), "BYE"),
    ],
)
async def test_a_server_may_end_the_session(odd: OddCamera, said: bytes, status: str) -> None:
    odd.between.append(said)
    with pytest.raises(StreamFault) as caught:
        await play(odd, 10_000, wanted="tcp")
    assert (caught.value.reason.key, caught.value.reason.params) == (
        "session_ended", {"status": status},
    )  # fmt: skip


async def test_a_session_that_the_server_forgot_has_ended(odd: OddCamera) -> None:
    odd.session_timeout = 1
    odd.changes.append(refuse("GET_PARAMETER", "", "454 Session Not Found"))
    with pytest.raises(StreamFault) as caught:
        await play(odd, 10_000)
    assert caught.value.reason.key == "session_ended"
    assert caught.value.reason.params == {"status": "454"}


@pytest.mark.parametrize(
    ("public", "refused", "methods"),
    [
        ("OPTIONS, GET_PARAMETER", "NONE", ["GET_PARAMETER", "GET_PARAMETER"]),
        ("DESCRIBE, SET_PARAMETER", "NONE", ["SET_PARAMETER", "SET_PARAMETER"]),
        ("OPTIONS", "NONE", ["OPTIONS", "OPTIONS"]),
        ("GET_PARAMETER, OPTIONS", "GET_PARAMETER", ["GET_PARAMETER", "OPTIONS"]),
    ],
)
async def test_a_session_is_kept_alive_by_what_the_server_knows(
    odd: OddCamera, public: str, refused: str, methods: list[str]
) -> None:
    odd.public, odd.session_timeout, odd.frame_seconds = public, 1, 0.05
    odd.changes.append(refuse(refused, "", "501 Not Implemented"))
    collected = Collected()
    async with session(odd) as playing:
        await playing.play(collected)
        before = len(odd.requests)
        watching = asyncio.create_task(playing.watch())
        await until(lambda: len(odd.requests) >= before + 2)
        watching.cancel()
        await asyncio.wait([watching])
    assert odd.requests[before : before + 2] == methods


async def kept_alive(odd: OddCamera, signs: int, reply_seconds: float = 30) -> list[str]:
    """Play until the server was asked so often whether the session lives; the methods."""
    odd.session_timeout, odd.frame_seconds = 1, 0.05
    async with session(odd, patience=replace(PATIENCE, reply_seconds=reply_seconds)) as playing:
        await playing.play(Collected())
        before = len(odd.requests)
        watching = asyncio.create_task(playing.watch())
        await until(lambda: len(odd.requests) >= before + signs or watching.done())
        if watching.done():
            await watching
        watching.cancel()
        await asyncio.wait([watching])
    return odd.requests[before : before + signs]


@pytest.mark.parametrize(
    "status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "500 Error", "503 Busy", ""]
)
async def test_a_refused_keep_alive_ends_nothing_and_another_is_tried(
    odd: OddCamera, status: str
) -> None:
    if status:
        odd.changes.append(refuse("GET_PARAMETER", "", status))
    else:
        odd.changes.append(lambda method, _, reply: "" if method == "GET_PARAMETER" else reply)
    reply_seconds = 30 if status else 2
    assert await kept_alive(odd, 2, reply_seconds) == ["GET_PARAMETER", "OPTIONS"]


async def test_credentials_that_no_keep_alive_can_use_are_left_to_the_next_session(
    odd: OddCamera,
) -> None:
    for method in ("GET_PARAMETER", "OPTIONS", "SET_PARAMETER"):
        odd.changes.append(refuse(method, "Session:", "401 Unauthorized"))
    with pytest.raises(StreamFault) as caught:
        await kept_alive(odd, 5)
    assert (caught.value.reason.key, caught.value.reason.params["status"]) == (
        "session_ended", "401",
    )  # fmt: skip


@pytest.mark.parametrize("host", ["192.168.1..20", "a" * 64, "a\0b"])
async def test_a_name_that_no_host_can_have_is_unknown(host: str) -> None:
    with pytest.raises(StreamFault) as caught:
        async with Session(f"rtsp://{host}/", "", "", now_us=lambda: 1):
            pass
    assert caught.value.reason.key == "name_unknown"


async def test_reports_go_both_ways(odd: OddCamera) -> None:
    seconds = (1_700_000_000 + 2_208_988_800).to_bytes(4, "big")
    report = bytes.fromhex("80c8000600000007") + seconds + bytes(4) + b"\0\0\0\5" + bytes(8)
    odd.between.append(interleaved(3, report))
    collected, _ = await play(odd, 300)
    assert [(each.wall_us, each.rtp_time) for each in collected.reports] == [
        (1_700_000_000_000_000, 5)
    ]
    assert odd.reports[0][1] == 201  # a receiver report


async def test_reports_go_both_ways_by_datagrams(odd: OddCamera) -> None:
    seconds = (1_700_000_000 + 2_208_988_800).to_bytes(4, "big")
    report = bytes.fromhex("80c8000600000007") + seconds + bytes(4) + b"\0\0\0\5" + bytes(8)
    odd.sent_reports.append(report)
    collected, _ = await play(odd, 300, is_enough=lambda: len(odd.received) > 1, wanted="udp")
    assert [each.rtp_time for each in collected.reports] == [5]
    assert [packet[1] for packet in odd.received[:2]] == [201, 201]
    assert len(odd.received[0]) == 8  # to open the way, before there is something to report


async def test_a_redirect_is_followed(odd: OddCamera, video: Video) -> None:
    async with OddCamera(video).served() as other:
        other.digest = odd.digest = "MD5"
        move = f"RTSP/1.0 302 Moved\r\nCSeq: {{cseq}}\r\nLocation: {other.address}\r\n\r\n"
        odd.answers["DESCRIBE"] = move
        collected, _ = await play(odd, 5)
        assert collected.lost == 0
        assert "PLAY" in other.requests
        # Nothing that was made for the first host is sent to the second.
        assert "Authorization" not in other.heads[0]


async def test_a_redirect_within_the_server_is_followed(odd: OddCamera) -> None:
    odd.changes.append(refuse("DESCRIBE", "/cam/1", "301 Moved"))
    odd.changes.append(with_header("DESCRIBE", "Location: /cam/2"))
    await play(odd, 5)
    assert odd.heads[-1].split()[1].endswith("/cam/2")


async def test_redirects_in_a_circle_end(odd: OddCamera) -> None:
    odd.changes.append(refuse("DESCRIBE", "", "302 Moved"))
    odd.changes.append(with_header("DESCRIBE", "Location: /cam/1"))
    with pytest.raises(StreamFault) as caught:
        await play(odd, 1)
    assert caught.value.reason.key == "device_error"
    assert odd.requests.count("DESCRIBE") == 4


AAC = (
    "m=audio 0 RTP/AVP 97", "a=rtpmap:97 MPEG4-GENERIC/16000/1",
    "a=fmtp:97 streamtype=5;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;"
    "config=1408", "a=control:sound",
)  # fmt: skip


async def test_sound_comes_with_the_video(odd: OddCamera) -> None:
    odd.changes.append(sdp(*H264, "a=control:video", *AAC))
    odd.changes.append(
        lambda _, head, reply: reply.replace("=2-3", "=4-5") if "/sound " in head else reply
    )
    unit = b"\0\x10" + (5 << 3).to_bytes(2, "big") + b"sound"
    odd.between.append(interleaved(4, b"\x80\xe1" + bytes(10) + unit))
    collected, _ = await play(odd, 20, records_sound=True)
    assert [each.rate for each in collected.sounds if each] == [16_000]
    assert collected.sound_samples == [b"sound"]
    assert collected.notices == []


async def test_sound_that_is_refused_stops_no_video(odd: OddCamera) -> None:
    odd.changes.append(sdp(*H264, "a=control:video", *AAC))
    odd.changes.append(refuse("SETUP", "/sound ", "500 No"))
    collected, _ = await play(odd, 20, records_sound=True)
    assert collected.notices == [("sound_dropped", {"codec": "MPEG4-GENERIC"})]
    assert collected.sounds[-1] is None


async def test_sound_of_a_strange_kind_is_told_and_not_asked_for(odd: OddCamera) -> None:
    odd.changes.append(sdp(*H264, "m=audio 0 RTP/AVP 2", "a=control:sound"))
    collected, _ = await play(odd, 20, records_sound=True)
    assert collected.notices == [("sound_dropped", {"codec": "G726-32"})]
    assert odd.requests.count("SETUP") == 1


async def test_sound_that_nobody_wants_is_not_asked_for(odd: OddCamera) -> None:
    odd.changes.append(sdp(*H264, "a=control:video", *AAC))
    collected, _ = await play(odd, 5)
    assert (collected.sounds, collected.notices) == ([None], [])
    assert odd.requests.count("SETUP") == 1


async def test_g711_goes_to_the_encoder(odd: OddCamera) -> None:
    made: list[tuple[str, int]] = []

    def encode(codec: str, rate: int, sink: Collected) -> Collected:
        made.append((codec, rate))
        return sink

    odd.changes.append(sdp(*H264, "a=control:video", "m=audio 0 RTP/AVP 8", "a=control:sound"))
    odd.changes.append(
        lambda _, head, reply: reply.replace("=2-3", "=4-5") if "/sound " in head else reply
    )
    odd.between.append(interleaved(4, b"\x80\x08" + bytes(10) + b"samples"))
    collected, _ = await play(odd, 20, records_sound=True, encode=encode)
    assert (made, collected.raw_sounds) == ([("PCMA", 8000)], [b"samples"])


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 4),
    st.integers(0, 300),
    st.binary(min_size=1, max_size=12) | st.sampled_from([b"\r\n\r\n", b"$\2\0\3abc", b":", b"="]),
    st.booleans(),
)
def test_whatever_a_server_answers_it_plays_or_a_fault_says_why(
    video: Video, number: int, place: int, noise: bytes, is_instead: bool
) -> None:
    """One answer of a good server is damaged somewhere."""

    def damage(method: str, head: str, reply: str) -> str:
        if len(camera.requests) != number + 1:
            return reply
        return reply[:place] + noise.decode("latin-1") + reply[place + is_instead * len(noise) :]

    camera = OddCamera(video, encoding="latin-1", changes=[damage])
    patience = replace(PATIENCE, reply_seconds=0.05, silence_seconds=0.05, datagram_seconds=0.05)

    async def trial() -> None:
        async with camera.served():
            with suppress(StreamFault):
                await play(camera, 2, patience=patience, records_sound=True)

    asyncio.run(trial())
