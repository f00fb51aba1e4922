"""What is measured over minutes, judged in no time."""

from __future__ import annotations

import pytest

from sereno.base.clock import ManualClock
from sereno.media.diagnosis.findings import Findings, Judged
from sereno.media.diagnosis.gauge import Gauge
from sereno.media.diagnosis.judging import judge_clock, judge_delivery, judge_key_interval
from sereno.policy.reasons import Reason

TICKS = 90_000


def filmed(*key_seconds: float, fps: int = 10, first_time: int = (1 << 32) - TICKS) -> Gauge:
    """Pictures up to the last key frame, over the wrap of their times."""
    clock = ManualClock()
    gauge = Gauge(clock, clock.monotonic)
    for number in range(round(key_seconds[-1] * fps) + 1):
        seconds = number / fps
        rtp_time = (first_time + round(seconds * TICKS)) % (1 << 32)
        gauge.picture(bytearray(1000), rtp_time, seconds in key_seconds, 0)
        clock.advance(1 / fps)
    return gauge


@pytest.mark.provokes("key_interval_long", "key_interval_varies")
@pytest.mark.parametrize(
    ("keys", "advice", "saw"),
    [
        ((0, 2, 4), [], "2.0 s"),
        ((0, 1, 4), [], "1.0–3.0 s"),
        ((0, 10, 20), ["key_interval_long"], "10.0 s"),
        ((0, 4, 12), ["key_interval_varies"], "4.0–8.0 s"),
    ],
)
def test_how_often_a_key_frame_comes(keys: tuple[int, ...], advice: list[str], saw: str) -> None:
    gauge = filmed(*keys)
    judged = judge_key_interval(gauge.key_intervals, keys[-1])
    assert [reason.key for reason in judged.advice] == advice
    assert judged.saw == saw
    assert round(gauge.fps) == 10
    assert not gauge.has_b_frames


def test_the_words_of_a_long_interval() -> None:
    (advice,) = judge_key_interval([10.0], 12.0).advice
    assert advice.words().en == (
        "A key frame only every 10 s: live view starts slowly, and up to 10 s are lost at a break. "
        "Set the I-frame interval to 2 s."
    )


@pytest.mark.provokes("key_interval_unknown")
def test_one_key_frame_alone() -> None:
    judged = judge_key_interval([], 16.2)
    assert judged.saw == "> 16 s"
    assert [reason.key for reason in judged.advice] == ["key_interval_unknown"]


def test_pictures_that_are_shown_before_earlier_ones() -> None:
    clock = ManualClock()
    gauge = Gauge(clock, clock.monotonic)
    for rtp_time in (0, 9000, 3000, 6000):
        gauge.picture(bytearray(1), rtp_time, rtp_time == 0, 0)
    assert gauge.has_b_frames


@pytest.mark.provokes("camera_clock_ahead")
@pytest.mark.parametrize(
    ("offset", "saw", "advice"),
    [
        (0.01, "0.0 s", None),
        (1.5, "+1.5 s", None),
        (3.0, "+3.0 s", ("camera_clock_ahead", "3.0 s")),
        (-3600.0, "−60 min", ("camera_clock_behind", "60 min")),
        (-5 * 86_400.0, "−5 d", ("camera_clock_behind", "5 d")),
    ],
)
def test_a_clock(offset: float, saw: str, advice: tuple[str, str] | None) -> None:
    judged = judge_clock([offset, offset + 0.001, offset - 0.001])
    assert judged.saw == saw
    told = [(each.key, each.params["time"]) for each in judged.advice]
    assert told == ([] if advice is None else [advice])


def test_losses_are_counted() -> None:
    gauge = filmed(0, 10)
    gauge.packets_lost(7)
    judged = judge_delivery(gauge, 10.0)
    assert judged.saw == "0.08 Mbit/s, −7"
    assert judged.advice[0].params == {"count": "7", "seconds": "10"}


def test_reports_hold_one_line_and_no_secret() -> None:
    clock = ManualClock()
    findings = Findings(clock.monotonic, lambda: None, ("pa$s word",))
    findings.begin("options")
    raw = "HTTP/1.1 200 pa$s word rtsp://a:b@host/\r\n<html>\r\nthe rest" + "x" * 500
    findings.end("options", Judged("failed", "line\none", (), Reason("garbled", {}, raw)))
    (report,) = findings.reports()
    assert report.reason is not None
    assert report.reason.raw == "HTTP/1.1 200 *** rtsp://***@host/"
    assert report.saw == "line"


def test_a_step_that_is_taken_again_sums_up_its_time() -> None:
    clock = ManualClock()
    findings = Findings(clock.monotonic, lambda: None)
    for _ in range(2):
        findings.begin("setup")
        clock.advance(0.5)
        findings.begin("play")
        clock.advance(1.0)
    findings.end("play", Judged())
    assert [(step.step, step.ms) for step in findings.reports()] == [
        ("setup", 1000.0),
        ("play", 2000.0),
    ]
