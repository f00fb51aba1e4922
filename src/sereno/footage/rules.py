"""Which of several reports counts, and what a window may be; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span
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


def newest(reports: Iterable[Report], id_of: Callable[[Report], UUID]) -> list[Report]:
    """The highest revision of each, in the order of ids; those that cover no time are left out.

    A fixed order of ids lets two batches at once wait for each other instead of blocking.
    """
    best: dict[UUID, Report] = {}
    for report in reports:
        known = best.get(id_of(report))
        if known is None or report.revision > known.revision:
            best[id_of(report)] = report
    kept = [report for report in best.values() if report.end > report.start]
    return sorted(kept, key=id_of)


def window_of(start: datetime, end: datetime) -> Span:
    """The window that was asked for, in UTC. Raises Invalid."""
    if end <= start:
        raise Invalid("window_backwards", _BACKWARDS, field="to")
    if end - start > LONGEST_WINDOW:
        raise Invalid("window_too_long", _TOO_LONG, field="to")
    return Span(start.astimezone(UTC), end.astimezone(UTC))
