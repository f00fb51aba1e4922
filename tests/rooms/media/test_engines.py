"""Which engine takes a stream: tables, without any engine."""

from __future__ import annotations

from uuid import UUID

import pytest

from sereno.media.contract import Memory, StreamTask
from sereno.media.engines import (
    FFMPEG,
    NATIVE,
    Choice,
    after_failure,
    after_success,
    first_choice,
    memory_of,
)
from sereno.policy.reasons import REASONS, Reason, Retry
from sereno.wire.reports import ReasonReport

CODEC = Reason("codec_unknown", {"codec": "VP8"})
REMEMBERED = Memory(engine="ffmpeg", transport="udp", reason=ReasonReport.of(CODEC))


def task(address: str, engine: str = "auto", memory: Memory | None = None) -> StreamTask:
    return StreamTask.model_validate(
        {
            "camera_id": UUID(int=1), "stream": "main", "address": address, "engine": engine,
            "memory": memory, "footage_dir": "/",
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "engine", "memory", "expected"),
    [
        ("rtsp://h/1", "auto", None, Choice(NATIVE, True)),
        ("RTSPS://h/1", "auto", None, Choice(NATIVE, True, is_encrypted=True)),
        ("rtsp://h/1", "native", REMEMBERED, Choice(NATIVE, False, False, "udp")),
        ("rtsp://h/1", "ffmpeg", None, Choice(FFMPEG, False)),
        ("rtsp://h/1", "auto", REMEMBERED, Choice(FFMPEG, True, False, "udp", CODEC, True)),
        (
            "rtsp://h/1", "auto", Memory(engine="native", transport="udp"),
            Choice(NATIVE, True, False, "udp"),
        ),
        ("http://h/1", "auto", None, Choice(FFMPEG, False)),
        ("http://h/1", "native", None, Choice(FFMPEG, False)),
        ("rtmp://h/1", "auto", None, Choice(FFMPEG, False)),
        ("v4l2:///dev/video0", "auto", None, Choice(FFMPEG, False)),
        ("gopher://h/1", "auto", None, Choice(NATIVE, False)),
    ],
)  # fmt: skip
def test_who_begins(address: str, engine: str, memory: Memory | None, expected: Choice) -> None:
    assert first_choice(task(address, engine, memory)) == expected


FALLS_BACK = {
    "codec_unknown", "garbled", "transport_refused", "bad_request", "device_error", "unexplained",
}  # fmt: skip


@pytest.mark.parametrize("key", REASONS)
def test_ffmpeg_is_tried_only_for_what_it_may_do_better(key: str) -> None:
    verdict = after_failure(Choice(NATIVE, True), Reason(key), has_played=False)
    assert (verdict.choice.engine == FFMPEG) is (key in FALLS_BACK)
    assert verdict.is_at_once is (key in FALLS_BACK)
    if REASONS[key].retry in (Retry.NEVER, Retry.LOCKED, Retry.NETWORK):
        assert verdict.choice.engine == NATIVE


@pytest.mark.parametrize("key", ["garbled", "device_error", "tls_untrusted"])
def test_a_password_is_not_shown_to_whoever_broke_the_encryption(key: str) -> None:
    encrypted = Choice(NATIVE, True, is_encrypted=True)
    assert after_failure(encrypted, Reason(key), has_played=False).choice == encrypted


def test_an_order_for_one_engine_is_obeyed() -> None:
    ordered = Choice(NATIVE, False)
    assert after_failure(ordered, CODEC, has_played=False).choice == ordered


def test_an_ffmpeg_that_cannot_either_costs_one_attempt_a_round() -> None:
    verdict = after_failure(Choice(NATIVE, True), CODEC, has_played=False)
    assert verdict.choice == Choice(FFMPEG, True, reason=CODEC)
    verdict = after_failure(verdict.choice, Reason("ffmpeg_failed"), has_played=False)
    assert verdict.choice == Choice(NATIVE, True)
    assert not verdict.is_at_once


def test_an_ffmpeg_that_worked_is_given_three_attempts() -> None:
    choice = after_success(Choice(FFMPEG, True, reason=CODEC))
    engines = []
    for _ in range(4):
        verdict = after_failure(choice, Reason("garbled"), has_played=False)
        choice = verdict.choice
        engines.append(choice.engine)
        assert not verdict.is_at_once or choice.engine == FFMPEG
    assert engines == [FFMPEG, FFMPEG, NATIVE, FFMPEG]


@pytest.mark.parametrize("key", ["timed_out", "refused", "unauthorized", "device_busy"])
def test_what_is_not_ffmpegs_fault_is_not_held_against_it(key: str) -> None:
    choice = after_success(Choice(FFMPEG, True, reason=CODEC))
    for _ in range(9):
        choice = after_failure(choice, Reason(key), has_played=False).choice
    assert choice.engine == FFMPEG


def test_a_missing_ffmpeg_leaves_the_stream_to_the_native_engine() -> None:
    choice = after_success(Choice(FFMPEG, True, reason=CODEC))
    missing = Reason("ffmpeg_missing")
    assert after_failure(choice, missing, has_played=False).choice.engine == NATIVE


@pytest.mark.parametrize(
    ("key", "was_stable", "is_at_once"),
    [("ffmpeg_failed", True, True), ("ffmpeg_failed", False, False), ("refused", True, False)],
)
def test_a_stable_stream_is_taken_up_again_at_once(
    key: str, was_stable: bool, is_at_once: bool
) -> None:
    choice = after_success(Choice(FFMPEG, False))
    verdict = after_failure(choice, Reason(key), has_played=True, was_stable=was_stable)
    assert (verdict.choice, verdict.is_at_once) == (choice, is_at_once)


def test_what_worked_is_remembered_with_its_reason() -> None:
    assert memory_of(Choice(NATIVE, True), "udp") == Memory(engine="native", transport="udp")
    fallen = Choice(FFMPEG, True, reason=CODEC)
    assert memory_of(fallen, "tcp").reason == ReasonReport.of(CODEC)
    assert first_choice(task("rtsp://h/1", memory=memory_of(fallen, "tcp"))).engine == FFMPEG
