from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.faults import StreamFault
from sereno.media.rtsp.digest import Authorizer, choose_challenge, schemes_of
from sereno.media.rtsp.messages import LARGEST_HEAD_BYTES, parse_head
from sereno.media.rtsp.rtcp import find_sender_report
from sereno.media.rtsp.sdp import choose_sound, choose_video, parse_sdp

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


def test_session_digest_is_made_as_rfc_7616_says() -> None:
    challenge = choose_challenge([SHA256.replace("SHA-256", "SHA-256-sess")])
    assert challenge is not None
    header = Authorizer(challenge, "Mufasa", "Circle of Life", lambda: "c").header("GET", "/")

    def digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    nonce = challenge.nonce
    user = digest(digest("Mufasa:http-auth@example.org:Circle of Life") + f":{nonce}:c")
    response = digest(f"{user}:{nonce}:00000001:c:auth:{digest('GET:/')}")
    assert f'response="{response}"' in header
    assert "algorithm=SHA-256-sess" in header


@pytest.mark.parametrize(
    ("headers", "algorithm", "realm"),
    [
        (['Digest realm="a, Basic b", nonce="1", Digest realm="c", nonce="2", algorithm=SHA-256'],
         "SHA-256", "c"),
        (['Basic realm="x", Digest realm="a", nonce="1"'], "MD5", "a"),
        (['digest nonce=1==,realm=a'], "MD5", "a"),
        (['Digest realm="a", nonce="1", algorithm="MD5", stale=TRUE', "NTLM"], "MD5", "a"),
        (['Digest algorithm=SHA256, realm="a", nonce="1"'], "SHA-256", "a"),
    ],
)  # fmt: skip
def test_the_strongest_of_all_challenges_is_taken(
    headers: list[str], algorithm: str, realm: str
) -> None:
    challenge = choose_challenge(headers)
    assert challenge is not None
    assert (challenge.algorithm, challenge.realm) == (algorithm, realm)


def test_the_algorithm_is_called_as_the_server_calls_it() -> None:
    said = choose_challenge(['Digest nonce="1", algorithm=md5'])
    unsaid = choose_challenge(['Digest nonce="1"'])
    assert said is not None
    assert unsaid is not None
    assert "algorithm=md5," in Authorizer(said, "u", "p").header("PLAY", "/") + ","
    assert "algorithm" not in Authorizer(unsaid, "u", "p").header("PLAY", "/")


@given(st.lists(st.text()))
def test_any_schemes_are_named(headers: list[str]) -> None:
    assert all(scheme.isalpha() for scheme in schemes_of(headers))


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


@pytest.mark.parametrize("word", ["0", "-", '"\\', 'a="\\', "a ", "a= "])
def test_a_hostile_challenge_costs_no_time(word: str) -> None:
    began = time.process_time()
    assert choose_challenge(["Digest " + word * (LARGEST_HEAD_BYTES // len(word))]) is None
    assert time.process_time() - began < 0.5


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
    assert track.codec in ("H264", "H265")


def test_first_supported_video_is_taken() -> None:
    body = (
        b"v=0\nm=audio 0 RTP/AVP 8\na=control:a\nm=video 0 RTP/AVP 98\na=rtpmap:98 VP8/90000\n"
        b"m=video 0 RTP/AVP 97\na=rtpmap:97 h264/90000\na=control:v2\n"
        b"a=fmtp:97 packetization-mode=1;sprop-parameter-sets=Z0IAKeKQ,aM48gA==,@@;x=y\n"
    )
    track = choose_video(parse_sdp(body))
    assert (track.payload_type, track.control) == (97, "v2")
    assert track.parameter_sets[:2] == [bytes.fromhex("67420029e290"), bytes.fromhex("68ce3c80")]


def test_codec_that_cannot_be_recorded_is_named() -> None:
    with pytest.raises(StreamFault) as caught:
        choose_video(parse_sdp(b"m=video 0 RTP/AVP 33\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/"))
    assert caught.value.reason.key == "codec_unknown"
    assert caught.value.reason.params == {"codec": "MP2T, VP8"}


def test_a_codec_of_any_length_has_a_short_name() -> None:
    track = choose_sound(parse_sdp(b"m=audio 0 RTP/AVP 97\na=rtpmap:97 " + b"X" * 9000 + b"/8000"))
    assert track is not None
    assert len(track.codec_name) < 50


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


def test_sound_of_the_camera_is_chosen_and_not_its_loudspeaker() -> None:
    onvif = (
        b"m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=recvonly\n"
        b"m=audio 0 RTP/AVP 0\na=sendonly\na=control:back\n"
        b"m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/16000/2\na=recvonly\n"
    )
    sound = choose_sound(parse_sdp(onvif))
    assert sound is not None
    assert (sound.codec, sound.rate, sound.channels) == ("MPEG4-GENERIC", 16_000, 2)
    assert choose_sound(parse_sdp(onvif[: onvif.rindex(b"m=audio")])) is None

    plain = choose_sound(parse_sdp(b"m=audio 0 RTP/AVP 8\na=sendonly\n"))
    assert plain is not None
    assert (plain.codec, plain.rate) == ("PCMA", 8000)


def test_groups_ports_and_encryption_are_read() -> None:
    body = (
        b"c=IN IP4 239.1.2.3/127\nm=video 5004/2 RTP/AVP 96\nm=audio 5006 RTP/SAVP 0\n"
        b"c=IN IP4 239.1.2.4/127\n"
    )
    video, sound = parse_sdp(body).tracks
    assert (video.group, video.port, video.is_encrypted) == ("239.1.2.3", 5004, False)
    assert (sound.group, sound.port, sound.is_encrypted) == ("239.1.2.4", 5006, True)
    with pytest.raises(StreamFault) as caught:
        choose_video(parse_sdp(b"m=video 0 RTP/SAVP 96\na=rtpmap:96 H264/90000\n"))
    assert caught.value.reason.params == {"codec": "H264 (SRTP)"}


def test_h265_sets_are_read() -> None:
    track = choose_video(
        parse_sdp(
            b"m=video 0 RTP/AVP 98\na=fmtp:98 sprop-vps=QAEM; sprop-sps=QgEB;sprop-pps=RAHA\n"
            b"a=rtpmap:98 H265/90000\n"
        )
    )
    assert [nal[0] >> 1 for nal in track.parameter_sets] == [32, 33, 34]
