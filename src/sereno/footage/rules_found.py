"""What a search of a recorder says; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sereno.base.spans import Span, span_or_none
from sereno.policy.device_times import SURE
from sereno.wire.devices import DeviceErrandReport, FoundReport


def searched(asked: Span, report: DeviceErrandReport) -> Span | None:
    """The time that was really gone through: nothing where the search failed and does not say."""
    if report.found_through is None:
        return None if report.reason is not None else asked
    return span_or_none(asked.start, min(asked.end, report.found_through))


def is_within(piece: Span, looked: Span) -> bool:
    """Whether a search of `looked` must find the piece again: more of it lies there than its times
    may differ, measured by a clock that tells whole seconds."""
    part = piece.overlap(looked)
    return part is not None and part.duration >= min(piece.duration, SURE)


def merged(found: Iterable[FoundReport]) -> list[FoundReport]:
    """By their starts, each start once (the longest), without those that cover no time."""
    best: dict[datetime, FoundReport] = {}
    for each in found:
        known = best.get(each.start)
        if each.end > each.start and (known is None or each.end > known.end):
            best[each.start] = each
    return [best[start] for start in sorted(best)]
