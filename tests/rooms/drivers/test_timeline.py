"""Found footage as a timeline shows it."""

from __future__ import annotations

from datetime import timedelta

from sereno.base.clock import EPOCH
from sereno.base.spans import Span
from sereno.drivers.contract import Found
from sereno.drivers.timeline import merged


def footage(start: float, end: float) -> Found:
    span = Span(EPOCH + timedelta(seconds=start), EPOCH + timedelta(seconds=end))
    return Found("1", span, None, "handle")


def test_seams_under_two_seconds_are_none_and_gaps_are() -> None:
    spans = merged([footage(61.9, 100), footage(0, 60), footage(102, 110)])
    assert spans == [footage(0, 100).span, footage(102, 110).span]
