from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.faults import StreamFault
from sereno.media.rtsp.digest import Authorizer, choose_challenge
from sereno.media.rtsp.messages import parse_head
from sereno.media.rtsp.rtcp import find_sender_report
from sereno.media.rtsp.sdp import choose_video, parse_sdp

MD5 = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", '
    'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
SHA256 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


def test_digest_is_the_one_of_rfc_2617() -> None:
    challenge = choose_challenge([MD5])
    assert challenge is not None
    authorizer = Authorizer(challenge, "Mufasa", "Circle Of Life", lambda: "0a4f113b")

    header = authorizer.header("GET", "/dir/index.html")

    assert 'response="6629fae49393a05397450978507c4ef1"' in header
    assert "qop=auth, nc=00000001" in header
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in header


def test_digest_is_the_one_of_rfc_7616_and_sha_256_is_preferred() -> None:
    challenge = choose_challenge(["Basic realm=x", MD5, SHA256])
    assert challenge is not None
    nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    authorizer = Authorizer(challenge, "Mufasa", "Circle of Life", lambda: nonce)

    header = authorizer.header("GET", "/dir/index.html")

    response = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    assert f'response="{response}"' in header
    assert "algorithm=SHA-256" in header


def test_digest_without_qop_is_the_one_of_rfc_2069() -> None:
    challenge = choose_challenge(['Digest realm="testrealm@host.com", nonce="abc"'])
    assert challenge is not None
    header = Authorizer(challenge, "Mufasa", "CircleOfLife").header("GET", "/dir/index.html")
    assert "cnonce" not in header
    assert "qop" not in header


@pytest.mark.parametrize(
    "header",
    ['Basic realm="x"', 'Digest realm="x"', 'Digest nonce="x", algorithm=SHA-512-256',
     'Digest nonce="x", qop="auth-int"', ""],
)  # fmt: skip
def test_what_cannot_be_answered_is_no_challenge(header: str) -> None:
    assert choose_challenge([header]) is None


@given(st.text())
def test_any_challenge_is_answered_or_left(header: str) -> None:
    challenge = choose_challenge([header, "Digest " + header])
    if challenge is not None:
        assert Authorizer(challenge, "u", "p").header("PLAY", "rtsp://h/").startswith("Digest ")


@given(st.binary() | st.binary().map(lambda data: b"RTSP/1.0 200 OK\r\n" + data))
def test_any_head_is_a_message_or_garbled(head: bytes) -> None:
    try:
        message = parse_head(head)
    except Garbled:
        return
    assert 0 <= message.status < 600
    assert message.number("content-length") is None or message.number("content-length") >= 0


def test_reply_is_read_with_loose_spaces() -> None:
    message = parse_head(b"RTSP/1.0  453  Not Enough Bandwidth\r\ncseq:3\r\nSession : 9;timeout=5")
    assert message.line == "RTSP/1.0 453 Not Enough Bandwidth"
    assert message.number("cseq") == 3
    assert message.header("session") == "9;timeout=5"


@given(st.binary() | st.text().map(str.encode))
def test_any_description_has_a_track_or_a_fault(body: bytes) -> None:
    try:
        track = choose_video(parse_sdp(body))
    except (Garbled, StreamFault):
        return
    assert track.codec == "H264"


def test_first_supported_video_is_taken() -> None:
    body = (
        b"v=0\nm=audio 0 RTP/AVP 8\na=control:a\nm=video 0 RTP/AVP 98\na=rtpmap:98 H265/90000\n"
        b"m=video 0 RTP/AVP 97\na=rtpmap:97 h264/90000\na=control:v2\n"
        b"a=fmtp:97 packetization-mode=1;sprop-parameter-sets=Z0IAKeKQ,aM48gA==,@@;x=y\n"
    )
    track = choose_video(parse_sdp(body))
    assert (track.payload_type, track.control) == (97, "v2")
    assert track.parameter_sets[:2] == [bytes.fromhex("67420029e290"), bytes.fromhex("68ce3c80")]


def test_codec_that_cannot_be_recorded_is_named() -> None:
    with pytest.raises(StreamFault) as caught:
        choose_video(
            parse_sdp(b"m=video 0 RTP/AVP 26\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/")
        )
    assert caught.value.reason.key == "codec_unknown"
    assert caught.value.reason.params == {"codec": "H265, JPEG"}


@given(st.binary(max_size=80))
def test_any_report_is_read_or_ignored(packet: bytes) -> None:
    report = find_sender_report(packet)
    assert report is None or 0 <= report.rtp_time < 1 << 32


def test_sender_report_behind_another_packet() -> None:
    bye = bytes.fromhex("81cb0001 00000007")
    seconds = 1_700_000_000 + 2_208_988_800
    sender = bytes.fromhex("80c80006 00000007") + seconds.to_bytes(4, "big")
    sender += (1 << 31).to_bytes(4, "big") + (90_000).to_bytes(4, "big") + bytes(8)

    report = find_sender_report(bye + sender)

    assert report is not None
    assert (report.wall_us, report.rtp_time) == (1_700_000_000_500_000, 90_000)
