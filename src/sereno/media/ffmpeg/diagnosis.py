"""Why ffmpeg ended: its words, how long it took and what it was asked, as one of our reasons.

The words of versions 5 to 9 differ, and the exit status of version 5 is 1 for everything: nothing
here goes by the status alone. Measured with 5.1, 7.0 and 9.0.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from sereno.base.redact import redact
from sereno.media.refusals import refusal
from sereno.policy.reasons import Reason

_RAW_LIMIT = 500
_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443, "rtmp": 1935}

_STATUS = re.compile(
    r"method \w+ failed: (?P<rtsp>\d{3})[ (]*(?P<said>[^\r\n]*)|HTTP error (?P<http>\d{3})"
    r"|Server returned (?P<named>40[0134])"
)
_SERVER_ERROR = "Server returned 5XX"
# The first that fits tells. What names the cause stands before what only follows from it.
_WORDS = (
    (r"Failed to resolve hostname", "name_unknown"),
    (r"Connection refused", "refused"),
    (r"No route to host|Network is unreachable|Host is down", "unreachable"),
    (
        r"certificate.{1,8}verif|unable to get local issuer|self[- ]signed certificate",
        "tls_untrusted",
    ),
    (r"Nonmatching transport in server reply|Protocol not supported", "transport_refused"),
    (r"Cannot open video device .*(busy|Busy)", "session_limit"),
    (r"Cannot open video device", "device_unopened"),
    (r"Unrecognized option|Option not found|Unknown encoder|Unknown input format", "ffmpeg_failed"),
)
_SETTINGS = re.compile(
    r"Error setting option (?P<set>[\w:]+) to|for parameter '(?P<range>\w+)' out of range"
    r"|Unrecognized option '(?P<unknown>[\w:]+)'|The value for (?P<own>[\w:]+) was"
    r"|Expected \w+ for (?P<kind>[\w:]+) but found|Unable to parse \"?(?P<form>\w+)\"? option value"
    r"|Codec AVOption (?P<codec>\w+) \([^)]*\).* is not an? \w+ option"
)
_NO_MEDIA = re.compile(r"Could not find codec parameters|does not contain any stream")
_NO_VIDEO = re.compile(r"Stream map '(0:v:0)?' matches no streams")
_NO_CODEC = re.compile(r"Could not find codec parameters for stream \d+ \((?P<kind>\w+): none\b")
_UNCONNECTED = re.compile(r"Connection to \S+ failed: (Connection|Operation) timed out")
_TIMED_OUT = re.compile(r"Connection timed out|Operation timed out")
_BROKE_OFF = re.compile(
    r"Failed reading RTSP data: End of file|Connection reset by peer|Broken pipe"
    r"|Error opening input: End of file|^pipe:0: End of file",
    re.MULTILINE,
)
_NO_SENSE = re.compile(r"Invalid data found when processing input")
_UNSTORABLE = re.compile(r"Could not find tag for codec (?P<codec>\w+) in stream #(?P<track>\d+)")
_UNDECODABLE = re.compile(
    r"Decoder \(codec (?P<none>\w+)\) not found|Decoding requested, but no decoder found for: "
    r"(?P<lacking>\w+)|no decoder found for: (?P<other>\w+)|sample rate not set"
)
_LOSS = re.compile(r"RTP: missed (?P<count>\d+) packets|max delay reached|bad cseq")
_TELLING = re.compile(r"error|fail|invalid|could not|refus|timed out|return|match|not ", re.I)


@dataclass(frozen=True, slots=True)
class End:
    """How an ffmpeg ended. `status` is its exit status, negative for a signal.

    `elapsed_seconds` passed since it began or last said a picture; `timeout_seconds` is what it was
    told to wait for the camera; `had_pictures`: it had begun to play; `new_oom_kills` processes
    were killed for want of memory meanwhile.
    """

    stderr: str
    status: int
    elapsed_seconds: float
    timeout_seconds: float
    had_pictures: bool = False
    new_oom_kills: int = 0


def diagnose(
    end: End, address: str, secrets: tuple[str, ...] = (), settings: Collection[str] = ()
) -> Reason:
    """The reason why a stream from `address` (without credentials) ended.

    `settings` are the options that people added, by name: one that ffmpeg refuses is the cause.
    """
    if (setting := _refused_setting(end.stderr, settings)) is not None:
        return Reason("setting_at_fault", {"setting": f"-{setting}"}, telling(end.stderr, secrets))
    key, params = _cause(end)
    parts = urlsplit(address)
    place = {"host": parts.hostname or parts.path}
    if key == "refused":
        place["port"] = str(parts.port or _PORTS.get(parts.scheme) or "?")
    wants_place = key in (
        "name_unknown", "unreachable", "refused", "timed_out", "no_answer", "garbled",
        "tls_untrusted", "device_unopened",
    )  # fmt: skip
    return Reason(key, params | (place if wants_place else {}), telling(end.stderr, secrets))


def _refused_setting(said: str, settings: Collection[str]) -> str | None:
    named = (match[match.lastgroup or 0] for match in _SETTINGS.finditer(said))
    return next((name for name in named if name in settings), None)


def unstorable(stderr: str) -> tuple[Literal["video", "sound"], str] | None:
    """Which track MP4 cannot keep, and its codec, where that is why ffmpeg ended."""
    match = _UNSTORABLE.search(stderr)
    if match is None:
        return None
    return ("video" if match["track"] == "0" else "sound", match["codec"])


def undecodable(stderr: str) -> bool:
    """Whether ffmpeg knows no way to read the sound that it was to encode."""
    return _UNDECODABLE.search(stderr) is not None


def is_unknown_sound(line: str) -> bool:
    """Whether a line says that there is sound of a codec that ffmpeg has no name for."""
    found = _NO_CODEC.search(line)
    return found is not None and found["kind"] == "Audio"


def lost_packets(line: str) -> int:
    """How many packets a line says were lost at least."""
    match = _LOSS.search(line)
    return int(match["count"] or 1) if match else 0


def _cause(end: End) -> tuple[str, dict[str, str]]:
    said, waited = end.stderr, end.elapsed_seconds >= 0.9 * end.timeout_seconds
    if end.status == -signal.SIGKILL and end.new_oom_kills > 0:
        return "runner_out_of_memory", {}
    if match := _STATUS.search(said):
        status = match["rtsp"] or match["http"] or match["named"]
        return refusal(int(status), match["said"] or "")
    if _SERVER_ERROR in said:
        return "device_error", {"status": "5xx"}
    for pattern, key in _WORDS:
        if re.search(pattern, said):
            return key, {"status": "EBUSY"} if key == "session_limit" else {}
    if any(match["kind"] == "Video" for match in _NO_CODEC.finditer(said)):
        return "codec_unknown", {"codec": "?"}
    if _NO_VIDEO.search(said):
        return "no_video", {}
    if _UNCONNECTED.search(said):
        return "timed_out", {"seconds": f"{end.timeout_seconds:g}"}
    if _NO_MEDIA.search(said) and waited:
        return "no_picture", {"seconds": f"{end.elapsed_seconds:.0f}"}
    # Versions 5 and 7 call a camera that fell silent "invalid data".
    if _TIMED_OUT.search(said) or (_NO_SENSE.search(said) and waited):
        if end.had_pictures:
            return "no_picture", {"seconds": f"{end.timeout_seconds:g}"}
        return "no_answer", {"seconds": f"{end.timeout_seconds:g}"}
    if end.had_pictures and waited and end.status >= 0:
        return "no_picture", {"seconds": f"{end.timeout_seconds:g}"}
    if _BROKE_OFF.search(said) or _NO_MEDIA.search(said):
        return "camera_closed", {}
    if _NO_SENSE.search(said):
        return ("camera_closed" if end.had_pictures else "garbled"), {}
    if end.status == 0 or (end.had_pictures and end.status > 0):
        return "camera_closed", {}
    return "ffmpeg_failed", {"status": str(end.status)}


def telling(stderr: str, secrets: tuple[str, ...]) -> str:
    """The lines that tell most, without secrets."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    telling = [line for line in lines if _TELLING.search(line)] or lines
    # Redacted before it is cut: half a secret is one as well.
    return redact("\n".join(telling[-4:]), secrets)[-_RAW_LIMIT:]
