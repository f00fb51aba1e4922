"""Which of several reports counts, and what a window may be; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span, intersect, span_or_none, subtract, union
from sereno.wire.reports import AbsenceReport, RunReport

LONGEST_WINDOW = timedelta(days=31)

Report = TypeVar("Report", RunReport, AbsenceReport)

_BACKWARDS = Words(
    "The end must come after the start.",
    "El final debe ser posterior al inicio.",
)
_TOO_LONG = Words(
    "At most 31 days at once. Ask for a shorter time.",
    "31 días como máximo de una vez. Pida un tiempo más corto.",
)

_TOO_FAR = Words(
    "No calendar goes that far. Ask for another time.",
    "Ningún calendario llega tan lejos. Pida otro tiempo.",
)


def newest(reports: Iterable[Report], id_of: Callable[[Report], UUID]) -> list[Report]:
    """The highest revision of each, in the order of ids.

    A fixed order of ids lets two batches at once wait for each other instead of blocking.
    """
    best: dict[UUID, Report] = {}
    for report in reports:
        known = best.get(id_of(report))
        if known is None or report.revision > known.revision:
            best[id_of(report)] = report
    return sorted(best.values(), key=id_of)


def damage_of(run: RunReport) -> list[Span]:
    """Where `run` says that losses may have damaged it: in order, inside it, without overlaps."""
    whole = span_or_none(run.start, run.end)
    told = (span_or_none(part.start, part.end) for part in run.damage)
    return intersect(union(filter(None, told)), whole) if whole else []


@dataclass(frozen=True, slots=True)
class Footage:
    """A run as far as it covers time; `clock` as in `RunReport`.

    Losses may have damaged its footage in `damage`, `damaged_seconds` of it in all. `node_id`: who
    has the bytes; None: nobody knows.
    """

    span: Span
    is_open: bool
    clock: str
    damaged_seconds: float = 0.0
    damage: Sequence[Span] = ()
    node_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Footage of one kind without a break; `clock` as in `RunReport`, `node_id` as in `Footage`.

    Losses may have damaged `damaged_seconds` of it; 0: none.
    """

    span: Span
    is_open: bool
    clock: str
    damaged_seconds: float = 0.0
    node_id: UUID | None = None


def stretches(runs: Iterable[Footage], window: Span) -> list[Stretch]:
    """Runs as a line without overlaps inside `window`: who began first keeps the time.

    What may be damaged stands by itself. Other stretches that touch become one where they have
    the same clock and the same node has them.
    """
    line: list[Stretch] = []
    reach = window.start
    for run in sorted(runs, key=attrgetter("span")):
        span = span_or_none(max(run.span.start, reach), min(run.span.end, window.end))
        if span is None:
            continue
        reach = span.end
        for piece in _cut(run, span):
            if line and _are_one(line[-1], piece):
                piece = replace(piece, span=Span(line.pop().span.start, piece.span.end))
            line.append(piece)
    return line


def _cut(run: Footage, span: Span) -> list[Stretch]:
    """The part `span` of `run`, cut where losses begin and end."""
    damage = intersect(run.damage, span)
    most_seconds = run.damaged_seconds or float("inf")
    hurt = {part: min(part.duration.total_seconds(), most_seconds) for part in damage}
    return [
        Stretch(
            part,
            run.is_open and part.end == run.span.end,
            run.clock,
            hurt.get(part, 0.0),
            run.node_id,
        )
        for part in sorted([*damage, *subtract([span], damage)])
    ]


def _are_one(before: Stretch, after: Stretch) -> bool:
    is_whole = not before.damaged_seconds and not after.damaged_seconds
    is_alike = (before.clock, before.node_id) == (after.clock, after.node_id)
    return is_whole and is_alike and before.span.end == after.span.start


def window_of(start: datetime, end: datetime) -> Span:
    """The window that was asked for, in UTC. Raises Invalid."""
    if end <= start:
        raise Invalid("window_backwards", _BACKWARDS, field="to")
    if end - start > LONGEST_WINDOW:
        raise Invalid("window_too_long", _TOO_LONG, field="to")
    try:
        return Span(start.astimezone(UTC), end.astimezone(UTC))
    except OverflowError:
        raise Invalid("window_too_far", _TOO_FAR, field="from") from None
