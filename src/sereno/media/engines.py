"""Which engine takes a stream, attempt by attempt; pure.

The native engine is the rule; ffmpeg takes what it cannot do, for a named reason. What worked is
remembered, and the rule is tried again now and then when it works no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sereno.media.contract import Memory, StreamTask
from sereno.policy.reasons import Reason
from sereno.wire.reports import ReasonReport

NATIVE, FFMPEG = "native", "ffmpeg"
EXTRA_CLI_KEY = "extra_cli_selects_ffmpeg"

_RTSP = ("rtsp", "rtsps")
_FALLBACK_KEYS = frozenset(
    {
        "codec_unknown", "garbled", "transport_refused", "bad_request", "device_error",
        "unexplained",
    }
)  # fmt: skip
"""Where ffmpeg may do better. Never for wrong passwords, a network that is not there, a device that
is busy, or our own disk."""

_FALLBACK_KEYS_IN_TLS = frozenset({"codec_unknown", "transport_refused"})
"""Of an encrypted address, only what is known after the camera has shown its certificate."""

_NATIVE_MAY_DO_KEYS = _FALLBACK_KEYS | {
    "ffmpeg_failed", "ffmpeg_missing", "no_picture", "camera_closed",
}  # fmt: skip
_PATIENCE = 3  # failures of a remembered ffmpeg before the native engine is tried again


@dataclass(frozen=True, slots=True)
class Choice:
    """Who takes the stream now, and what is known of this camera.

    `engine` is `native` or `ffmpeg`. `reason` is why ffmpeg is used where the native engine was
    tried; `failures` counts attempts of ffmpeg in a row without a picture; `has_worked`: this
    engine has played this stream before.
    """

    engine: str
    is_automatic: bool
    is_encrypted: bool = False
    remembered_transport: str = ""
    reason: Reason | None = None
    has_worked: bool = False
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a failed attempt. `is_at_once`: the next needs no pause."""

    choice: Choice
    is_at_once: bool = False


def first_choice(task: StreamTask) -> Choice:
    """Who begins: what was ordered, what worked the last time, or the rule."""
    scheme = task.address.partition(":")[0].lower()
    memory = task.memory
    transport = memory.transport if memory else ""
    if scheme not in _RTSP:
        # What is no address at all is the native engine's to explain.
        engine = FFMPEG if scheme in ("http", "https", "rtmp", "v4l2") else NATIVE
        return Choice(engine, is_automatic=False, remembered_transport=transport)
    is_automatic = task.engine == "auto"
    if is_automatic and task.extra_cli.strip():
        # It means something to ffmpeg alone: as if a person had chosen ffmpeg.
        is_encrypted = scheme == "rtsps"
        return Choice(FFMPEG, False, is_encrypted, transport, Reason(EXTRA_CLI_KEY))
    engine = NATIVE if is_automatic else task.engine
    is_remembered = is_automatic and _has_fallen_back(memory)
    reason = memory.reason.to_reason() if is_remembered and memory and memory.reason else None
    return Choice(
        FFMPEG if is_remembered else engine, is_automatic, scheme == "rtsps", transport, reason,
        has_worked=is_remembered,
    )  # fmt: skip


def _has_fallen_back(memory: Memory | None) -> bool:
    """Whether ffmpeg was taken by itself, and not because a setting that may be gone chose it."""
    if memory is None or memory.engine != FFMPEG:
        return False
    return memory.reason is None or memory.reason.key != EXTRA_CLI_KEY


def after_failure(
    choice: Choice, reason: Reason, *, has_played: bool, was_stable: bool = False
) -> Verdict:
    """Who takes the stream next.

    `has_played`: the attempt had recorded something; `was_stable`: for some seconds. A stable
    stream whose ffmpeg died is taken up again at once.
    """
    if has_played:
        is_at_once = was_stable and reason.key == "ffmpeg_failed"
        return Verdict(replace(choice, failures=0), is_at_once)
    if not choice.is_automatic:
        return Verdict(choice)
    if choice.engine == NATIVE:
        if not _may_fall_back(choice, reason):
            return Verdict(choice)
        return Verdict(replace(choice, engine=FFMPEG, reason=reason, failures=0), is_at_once=True)
    if reason.key not in _NATIVE_MAY_DO_KEYS:
        return Verdict(choice)
    failures = choice.failures + 1
    if choice.has_worked and failures < _PATIENCE and reason.key != "ffmpeg_missing":
        return Verdict(replace(choice, failures=failures))
    return Verdict(replace(choice, engine=NATIVE, reason=None, failures=0))


def after_success(choice: Choice) -> Choice:
    """The engine has recorded something."""
    if choice.has_worked and not choice.failures:
        return choice
    return replace(choice, has_worked=True, failures=0)


def memory_of(choice: Choice, transport: str) -> Memory:
    """What to remember of a choice that works."""
    is_fallback = choice.engine == FFMPEG and choice.reason is not None
    report = ReasonReport.of(choice.reason) if is_fallback and choice.reason else None
    return Memory(engine=choice.engine, transport=transport, reason=report)


def _may_fall_back(choice: Choice, reason: Reason) -> bool:
    if not choice.is_encrypted:
        return reason.key in _FALLBACK_KEYS
    return reason.key in _FALLBACK_KEYS_IN_TLS
