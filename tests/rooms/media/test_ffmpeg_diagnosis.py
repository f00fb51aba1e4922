"""ffmpeg's words as versions 5.1, 7.0 and 9.0 said them to a scripted server (ffmpeg_said.json)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sereno.media.ffmpeg.diagnosis import (
    End,
    diagnose,
    is_unknown_sound,
    lost_packets,
    undecodable,
    unstorable,
)

ADDRESS = "rtsp://127.0.0.1:554/cam/1"
SAID = json.loads(Path(__file__).with_name("ffmpeg_said.json").read_text())
HOST = {"host": "127.0.0.1"}
EXPECTED = {
    "401 Unauthorized": ("unauthorized", {}),
    "403 Forbidden": ("forbidden", {}),
    "404 Not Found": ("no_such_stream", {}),
    "400 Bad Request": ("bad_request", {"status": "400"}),
    "453 Not Enough Bandwidth": ("session_limit", {"status": "453"}),
    "454 Session Not Found": ("session_ended", {"status": "454"}),
    "457 Invalid Range": ("bad_request", {"status": "457"}),
    "461 Unsupported Transport": ("transport_refused", {}),
    "500 Internal Server Error": ("device_error", {"status": "500"}),
    "503 Service Unavailable": ("device_busy", {"status": "503"}),
    "nonmatching": ("transport_refused", {}),
    "silent": ("no_answer", HOST | {"seconds": "1.5"}),
    "http page": ("no_answer", HOST | {"seconds": "1.5"}),
    "no media": ("no_picture", None),
    "closed before media": ("camera_closed", {}),
    "refused": ("refused", {"host": "127.0.0.1", "port": "554"}),
    "http404": ("camera_closed", {}),
    "device": ("device_unopened", HOST),
    "name": ("name_unknown", HOST),
}


def end_of(name: str, version: str, **changes: object) -> End:
    said = SAID[name][version]
    values = {
        "stderr": "\n".join(said["stderr"]), "status": said["status"],
        "elapsed_seconds": said["elapsed_seconds"], "timeout_seconds": 1.5,
    }  # fmt: skip
    return End(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["5", "7", "9"])
@pytest.mark.parametrize("name", EXPECTED)
def test_what_ffmpeg_says_is_told_in_our_words(name: str, version: str) -> None:
    if (name, version) == ("name", "7"):
        pytest.skip("this build of version 7 crashes when it looks up a name")
    reason = diagnose(end_of(name, version), ADDRESS, ("s3cret word",))
    key, params = EXPECTED[name]
    assert reason.key == key
    assert params is None or reason.params == params
    assert "s3cret" not in reason.raw
    assert reason.raw


def test_a_source_without_pictures() -> None:
    said = "Stream map '0:v:0' matches no streams.\nError opening output files: Invalid argument"
    reason = diagnose(End(said, 234, 0.1, 10), ADDRESS)
    assert (reason.key, reason.params) == ("no_video", {})


@pytest.mark.parametrize(
    ("said", "key", "params"),
    [
        ("[tcp @ 0x1] Connection to tcp://10.0.0.9:554?timeout=15 failed: Connection timed out",
         "timed_out", HOST | {"seconds": "1.5"}),
        ("[rtsp @ 0x1] Could not find codec parameters for stream 0 (Video: none, none): unknown "
         "codec\nStream map '' matches no streams.", "codec_unknown", {"codec": "?"}),
        ("Stream map '' matches no streams.", "no_video", {}),
        ("[rtsp @ 0x1] method DESCRIBE failed: 503 (Too many sessions)", "session_limit",
         {"status": "503"}),
        ("[rtsp @ 0x1] method DESCRIBE failed: 401 (User is locked)\nServer returned 401",
         "account_locked", {"wait": "–"}),
        ("[http @ 0x1] HTTP error 404 Not Found", "no_such_stream", {}),
        ("Error opening input: Server returned 5XX Server Error reply", "device_error",
         {"status": "5xx"}),
        ("[in#0 @ 0x1] Cannot open video device /dev/video0: Device or resource busy",
         "session_limit", {"status": "EBUSY"}),
    ],
)  # fmt: skip
def test_few_words_tell_what_it_was(said: str, key: str, params: dict[str, str]) -> None:
    reason = diagnose(End(said, 8, 1.6, 1.5), ADDRESS)
    assert (reason.key, reason.params) == (key, params)


def test_sound_of_a_codec_without_a_name() -> None:
    said = "[rtsp @ 0x1] Could not find codec parameters for stream 1 (Audio: none, 16000 Hz, mono)"
    assert is_unknown_sound(said)
    assert not is_unknown_sound(said.replace("Audio", "Video"))


@pytest.mark.parametrize(
    ("kills", "key"), [(1, "runner_out_of_memory"), (0, "ffmpeg_failed")]
)  # fmt: skip
def test_a_kill_for_want_of_memory_is_said_so(kills: int, key: str) -> None:
    end = End("", -9, 5.0, 1.5, had_pictures=True, new_oom_kills=kills)
    assert diagnose(end, ADDRESS).key == key


def test_a_crash_is_said_so() -> None:
    reason = diagnose(end_of("name", "7"), ADDRESS)
    assert (reason.key, reason.params) == ("ffmpeg_failed", {"status": "-11"})


@pytest.mark.parametrize("version", ["5", "7"])
def test_silence_and_nonsense_are_told_apart_by_the_time_it_took(version: str) -> None:
    assert diagnose(end_of("silent", version), ADDRESS).key == "no_answer"
    assert diagnose(end_of("silent", version, elapsed_seconds=0.1), ADDRESS).key == "garbled"


@pytest.mark.parametrize("version", ["5", "7", "9"])
def test_the_exit_status_alone_decides_nothing(version: str) -> None:
    for name, (key, _) in EXPECTED.items():
        if (name, version) != ("name", "7"):
            assert diagnose(end_of(name, version, status=1), ADDRESS).key == key


@pytest.mark.parametrize(
    ("stderr", "status", "elapsed_seconds", "key"),
    [
        ("", 0, 0.1, "camera_closed"),
        ("", 0, 2.0, "no_picture"),
        ("[rtsp @ 0x1] Failed reading RTSP data: Connection timed out", 0, 2.0, "no_picture"),
        ("[rtsp @ 0x1] Failed reading RTSP data: End of file", 0, 0.1, "camera_closed"),
        ("", -9, 0.1, "ffmpeg_failed"),
        ("", -9, 5.0, "ffmpeg_failed"),
    ],
)
def test_how_a_stream_that_played_ends(
    stderr: str, status: int, elapsed_seconds: float, key: str
) -> None:
    end = End(stderr, status, elapsed_seconds, timeout_seconds=1.5, had_pictures=True)
    assert diagnose(end, ADDRESS).key == key


@pytest.mark.parametrize("version", ["5", "7", "9"])
def test_sound_that_mp4_cannot_hold(version: str) -> None:
    assert unstorable("\n".join(SAID["pcma"][version]["stderr"])) == ("sound", "pcm_alaw")
    assert unstorable("\n".join(SAID["silent"][version]["stderr"])) is None


def test_certificate_that_nobody_vouches_for() -> None:
    said = "[tls @ 0x1] error:16000069:STORE routines::unregistered scheme\n[tls @ 0x1] "
    said += "error:0A000086:SSL routines::certificate verify failed\npipe:0: Input/output error"
    reason = diagnose(End(said, 1, 0.1, 1.5), "rtsps://camera/1")
    assert (reason.key, reason.params) == ("tls_untrusted", {"host": "camera"})


def test_losses_are_counted() -> None:
    assert lost_packets("[rtsp @ 0x1] RTP: missed 12 packets") == 12
    assert lost_packets("[rtsp @ 0x1] max delay reached. need to consume packet") == 1
    assert lost_packets("[rtsp @ 0x1] CSeq 4 expected, 3 received.") == 0


def test_a_secret_is_gone_before_the_text_is_cut() -> None:
    said = "Error opening input file http://a:p%20w@h/" + "x" * 480
    assert "p%20w" not in diagnose(End(said, 1, 0.1, 1.5), "http://h/", ("p w",)).raw


def test_a_decoder_that_is_not_there() -> None:
    said = "[aist#0:1/none @ 0x1] Decoding requested, but no decoder found for: none"
    assert undecodable(said)
    assert not undecodable("[mp4 @ 0x1] Could not find tag for codec pcm_alaw in stream #1")
