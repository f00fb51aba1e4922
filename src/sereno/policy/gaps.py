"""Every promised second is bytes, a gap with a cause, or not reported yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sereno.base.spans import Span, intersect, span_or_none, subtract, union
from sereno.policy.reasons import Reason


@dataclass(frozen=True, slots=True)
class Run:
    """Unbroken coverage of one stream; `end_reason` is None while it goes on."""

    span: Span
    end_reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which the node knew why it was not recording."""

    span: Span
    reason: Reason


@dataclass(frozen=True, slots=True)
class Gap:
    """Promised, not recorded, and why."""

    span: Span
    reason: Reason


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a promise became. `unreported` is neither footage nor gap: the node has yet to say."""

    covered: list[Span]
    gaps: list[Gap]
    unreported: list[Span]


def explain_gap(gap: Span, runs: Sequence[Run], absences: Sequence[Absence]) -> list[Gap]:
    """Cut `gap` into parts with one cause each.

    A part that an absence names has that cause. A part that nothing names has the end reason of
    the last run before it; without one, nobody said why.
    """
    named = [
        Gap(part, absence.reason)
        for absence in absences
        if (part := absence.span.overlap(gap)) is not None
    ]
    first_come = _without_overlaps(named)
    rest = [
        Gap(part, _end_reason_before(part.start, runs))
        for part in subtract([gap], [piece.span for piece in first_come])
    ]
    return sorted([*first_come, *rest], key=lambda piece: piece.span)


def timeline(
    promises: Sequence[Span],
    runs: Sequence[Run],
    absences: Sequence[Absence],
    reported_through: datetime,
    window: Span,
) -> Timeline:
    """What `promises` became inside `window`, of which the node told up to `reported_through`."""
    promised = intersect(union(promises), window)
    covered = intersect(union(run.span for run in runs), window)
    known = [
        part
        for span in promised
        if (part := span_or_none(span.start, min(span.end, reported_through))) is not None
    ]
    gaps = [
        piece
        for missing in subtract(known, covered)
        for piece in explain_gap(missing, runs, absences)
    ]
    return Timeline(covered, gaps, subtract(subtract(promised, known), covered))


def _without_overlaps(pieces: Sequence[Gap]) -> list[Gap]:
    kept: list[Gap] = []
    for piece in sorted(pieces, key=lambda each: each.span):
        taken = [other.span for other in kept]
        kept.extend(Gap(part, piece.reason) for part in subtract([piece.span], taken))
    return kept


def _end_reason_before(moment: datetime, runs: Sequence[Run]) -> Reason:
    ended = [run for run in runs if run.span.end <= moment and run.end_reason is not None]
    if not ended:
        return Reason("unexplained")
    last = max(ended, key=lambda run: run.span.end)
    return last.end_reason or Reason("unexplained")
