"""What ffmpeg is told: its arguments, which everybody on the machine may read, and a script on its
standard input, which nobody else can.

The script is one of ffmpeg's concat demuxer (`ffconcat version 1.0`): it names the input with its
credentials and the input's options. All options are spelled alike in versions 5 to 9.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, quote, urlsplit

from sereno.base.redact import redact
from sereno.media.contract import TIMESCALE, StreamTask
from sereno.media.faults import fault
from sereno.policy.extra_cli import Extra

DEVICE_SCHEME = "v4l2"
ENCRYPTED_SCHEMES = ("rtsps", "https")
RTSP_SCHEMES = ("rtsp", "rtsps")
SCHEMES = (*RTSP_SCHEMES, "http", "https", "rtmp", DEVICE_SCHEME)
"""Of the addresses that ffmpeg takes."""

_PROTOCOLS = "pipe,fd,file,rtsp,rtsps,tcp,tls,udp,rtp,http,https,rtmp,crypto,data"
_RTSP_TRANSPORTS = {"udp": "udp", "multicast": "udp_multicast"}
_UNSAFE = re.compile(r"[^!-~]")
_FRAGMENT_US = 200_000
_KEY_SECONDS = 2
SHOWN_LATER_SECONDS = 10
"""By so much later than it is do copied pictures say that they are shown.

Before ffmpeg knows how far a stream reorders, it guesses decode times that lie after the times of
showing, and then mends the pair by changing both: the right one is lost. With so much room between
them it has nothing to mend."""

_TIMES = (
    f"setts=pts=if(eq(PTS\\,NOPTS)\\,DTS\\,PTS)+round({SHOWN_LATER_SECONDS}/TB)"
    ":dts=max(PREV_OUTDTS+1\\,if(eq(PTS\\,NOPTS)\\,DTS\\,min(DTS\\,PTS)))"
)
_LOGGING = ("-hide_banner", "-loglevel", "repeat+warning")
NO_EXTRA = Extra()


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the input's tracks on their way into MP4."""

    encodes_video: bool = False
    sound: Literal["copy", "encode", "none"] = "copy"


@dataclass(frozen=True, slots=True)
class Invocation:
    """`arguments` follow the program's name; `script` goes to standard input and is secret."""

    arguments: tuple[str, ...]
    script: bytes = field(repr=False)


def invocation(
    task: StreamTask,
    transport: str,
    plan: Plan,
    timeout_seconds: float,
    ca_file: str = "",
    extra: Extra = NO_EXTRA,
) -> Invocation:
    """How to ask ffmpeg for a stream. Raises StreamFault for an address that it cannot have.

    `timeout_seconds` is how long ffmpeg waits for a word of the camera; `ca_file` holds the
    certificates that are trusted; `extra` is what people add, and stronger than our own.
    """
    parts = _split(task.address)
    source: tuple[str, ...]
    if parts.scheme == DEVICE_SCHEME:
        source, script = ("-nostdin", *extra.args_before, "-f", "v4l2", "-i", parts.path), b""
    else:
        source = (
            "-f", "concat", "-safe", "0", "-protocol_whitelist", _PROTOCOLS,
            "-fpsprobesize", "0", *extra.before, "-i", "pipe:0",
        )  # fmt: skip
        options = _options(task, parts, transport, plan, timeout_seconds, ca_file)
        script = _script(task, parts, options | _extra_options(parts, extra))
    output = (*_tracks(plan), *_muxing(), *extra.after, "pipe:1")
    return Invocation((*_LOGGING, *source, *output), script)


def shown(program: str, made: Invocation, password: str = "") -> str:
    """The command for people, and for a shell once the credentials are put in."""
    command = shlex.join((program, *made.arguments))
    if not made.script:
        return command
    return f"{command} <<'END'\n{redact(made.script.decode(), [password])}END"


def transport_name(address: str, transport: str) -> str:
    """How media travel with this wish: tcp, udp, multicast, tls, http, rtmp or device."""
    scheme = _split(address).scheme
    if scheme == "rtsp":
        return transport if transport in _RTSP_TRANSPORTS else "tcp"
    return {"rtsps": "tls", "https": "http", DEVICE_SCHEME: "device"}.get(scheme, scheme)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address.strip())
        is_usable = bool(parts.path if parts.scheme == DEVICE_SCHEME else parts.hostname)
    except ValueError:
        is_usable = False
    if not is_usable or parts.scheme not in SCHEMES:
        raise fault("garbled", "not an address that ffmpeg takes", host="?")
    return parts


def _options(
    task: StreamTask,
    parts: SplitResult,
    transport: str,
    plan: Plan,
    timeout_seconds: float,
    ca_file: str,
) -> dict[str, str]:
    """Of whatever opens the address."""
    timeout = str(int(timeout_seconds * 1_000_000))
    options = {_timeout_name(parts): timeout, "fpsprobesize": "0"}
    if parts.scheme in ENCRYPTED_SCHEMES:
        options |= {"tls_verify": "1", "verifyhost": parts.hostname or "", "ca_file": ca_file}
    if parts.scheme in RTSP_SCHEMES:
        options["rtsp_transport"] = _RTSP_TRANSPORTS.get(transport, "tcp")
        if options["rtsp_transport"] == "tcp":
            # Without a queue ffmpeg does not look whether packets are missing. Over UDP it has one.
            options["reorder_queue_size"] = "2"
        # What else a camera describes, such as its alarms, is none of our business.
        options["allowed_media_types"] = "video" if plan.sound == "none" else "video+audio"
    return options


def _extra_options(parts: SplitResult, extra: Extra) -> dict[str, str]:
    options = dict(extra.source)
    if "timeout" in options:
        options[_timeout_name(parts)] = options.pop("timeout")
    return options


def _timeout_name(parts: SplitResult) -> str:
    """Of RTMP, `timeout` would mean to wait for somebody who sends."""
    return "rw_timeout" if parts.scheme == "rtmp" else "timeout"


def _script(task: StreamTask, parts: SplitResult, options: Mapping[str, str]) -> bytes:
    place = parts.netloc.rpartition("@")[2]
    if task.username:
        password = task.password.get_secret_value()
        place = f"{quote(task.username, safe='')}:{quote(password, safe='')}@{place}"
    lines = [
        "ffconcat version 1.0",
        f"file {_word(escaped(parts._replace(netloc=place).geturl()))}",
    ]
    lines += [f"option {name} {_word(value)}" for name, value in options.items() if value]
    return ("\n".join(lines) + "\n").encode()


def escaped(url: str) -> str:
    """Without anything that would end a word or a line."""
    return _UNSAFE.sub(lambda match: "".join(f"%{each:02X}" for each in match[0].encode()), url)


def _word(text: str) -> str:
    """As ffmpeg's av_get_token reads it."""
    return "'" + text.replace("'", r"'\''") + "'"


def _tracks(plan: Plan) -> tuple[str, ...]:
    # Also what comes before the first key frame: so it is known which picture was the first of all.
    video: tuple[str, ...] = ("-map", "0:v:0", "-c:v", "copy", "-copyinkf:v", "-bsf:v", _TIMES)
    if plan.encodes_video:
        video = (
            "-map", "0:v:0", "-c:v", "libx264", "-preset", "veryfast", "-bf", "0",
            "-pix_fmt", "yuv420p", "-force_key_frames", f"expr:gte(t,n_forced*{_KEY_SECONDS})",
            "-fps_mode", "passthrough",
        )  # fmt: skip
    if plan.sound == "none":
        return video
    # A word of sound that is late must not hold up pictures for the usual ten seconds.
    codec = "aac" if plan.sound == "encode" else "copy"
    return (*video, "-map", "0:a:0?", "-c:a", codec, "-max_interleave_delta", "500000")


def _muxing() -> tuple[str, ...]:
    """Fragmented MP4 whose times are those of the input, the same for both tracks."""
    return (
        "-f", "mp4", "-movflags", "+empty_moov+default_base_moof+frag_discont+skip_trailer",
        "-frag_duration", str(_FRAGMENT_US), "-use_editlist", "0",
        "-avoid_negative_ts", "disabled", "-video_track_timescale", str(TIMESCALE),
        "-flush_packets", "1",
    )  # fmt: skip
