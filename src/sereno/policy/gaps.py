"""Every promised second is bytes, a gap with a cause, or not reported yet."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter

from sereno.base.spans import Span, intersect, span_or_none, subtract, union
from sereno.policy.reasons import Reason


@dataclass(frozen=True, slots=True)
class Run:
    """Unbroken coverage of one stream; `end_reason` is None while it goes on."""

    span: Span
    end_reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class RunEnd:
    """Where a run ended of which nothing is left; it still explains what came after it."""

    at: datetime
    reason: Reason | None


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


class _Causes:
    """Runs and absences in order, so that a month of short ones is explained in one pass."""

    def __init__(
        self, runs: Iterable[Run], absences: Iterable[Absence], ends: Iterable[RunEnd] = ()
    ) -> None:
        told = [(run.span.end, run.end_reason) for run in runs]
        told += [(end.at, end.reason) for end in ends]
        ended = sorted(((at, why) for at, why in told if why), key=itemgetter(0))
        self._ends = [at for at, _ in ended]
        self._end_reasons = [why for _, why in ended]
        self._named = _first_come(absences)
        self._named_ends = [piece.span.end for piece in self._named]

    def explain(self, gap: Span) -> list[Gap]:
        """`gap` in parts with one cause each, in their order."""
        named: list[Gap] = []
        place = bisect_right(self._named_ends, gap.start)
        while place < len(self._named):
            piece = self._named[place]
            if (part := piece.span.overlap(gap)) is None:
                break
            named.append(Gap(part, piece.reason))
            if part == gap:
                return named
            place += 1
        rest = [
            Gap(part, self._end_reason_before(part.start))
            for part in subtract([gap], [piece.span for piece in named])
        ]
        return sorted([*named, *rest], key=attrgetter("span"))

    def _end_reason_before(self, moment: datetime) -> Reason:
        place = bisect_right(self._ends, moment)
        return self._end_reasons[place - 1] if place else Reason("unexplained")


def explain_gap(gap: Span, runs: Sequence[Run], absences: Sequence[Absence]) -> list[Gap]:
    """Cut `gap` into parts with one cause each.

    A part that an absence names has that cause; of two, the one that began first. A part that
    nothing names has the end reason of the last run before it; without one, nobody said why.
    """
    return _Causes(runs, absences).explain(gap)


def timeline(
    promises: Sequence[Span],
    runs: Sequence[Run],
    absences: Sequence[Absence],
    reported_through: datetime,
    window: Span,
    ends: Sequence[RunEnd] = (),
) -> Timeline:
    """What `promises` became inside `window`, of which the node told up to `reported_through`.

    `ends` are those of runs of which nothing is left.
    """
    promised = intersect(union(promises), window)
    covered = intersect(union(run.span for run in runs), window)
    known = [
        part
        for span in promised
        if (part := span_or_none(span.start, min(span.end, reported_through))) is not None
    ]
    causes = _Causes(runs, absences, ends)
    gaps = [piece for missing in subtract(known, covered) for piece in causes.explain(missing)]
    return Timeline(covered, gaps, subtract(subtract(promised, known), covered))


def _first_come(absences: Iterable[Absence]) -> list[Gap]:
    """The absences without overlaps, in their order: who began first keeps the time."""
    kept: list[Gap] = []
    for absence in sorted(absences, key=attrgetter("span")):
        taken = kept[-1].span.end if kept else absence.span.start
        free = span_or_none(max(absence.span.start, taken), absence.span.end)
        if free is not None:
            kept.append(Gap(free, absence.reason))
    return kept
