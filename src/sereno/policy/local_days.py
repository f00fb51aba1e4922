"""From the clock on a site's wall to moments and back, over every change of offset.

A zone shows the wall `moment + offset`, and its offset changes at a few moments a year. Everything
here is arithmetic between two such changes, so that the hour which a clock skips, the one that it
shows twice, and the day that a country leaves out need no case of their own.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sereno.base.clock import EPOCH
from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span, span_or_none, union

MOST_OFFSET = timedelta(hours=24)
"""No zone is further from UTC; Python refuses it."""

_LOOK_EVERY = timedelta(hours=12)
"""No zone of our time changes its offset twice within it."""
_MONTH = timedelta(days=32)
_ZONE_UNKNOWN = Words(
    "There is no time zone of this name. Use one of the IANA list, such as Europe/Madrid.",
    "No existe una zona horaria con ese nombre. Use una de la lista IANA, como Europe/Madrid.",
)


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The zone of the IANA list. Raises Invalid (`time_zone`) when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("time_zone_unknown", _ZONE_UNKNOWN, field="time_zone") from None


def wall_time(moment: datetime, zone: str) -> datetime:
    """What the clock on the wall shows at `moment`: a datetime without a zone."""
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None, fold=0)


def spans_of_wall(zone: str, start: datetime, end: datetime) -> list[Span]:
    """The moments at which the clock on the wall shows a time from `start` up to, not including,
    `end`, both without a zone: usually one span, none where it skips them, two where it repeats.
    """
    low = start.replace(tzinfo=UTC) - MOST_OFFSET
    high = end.replace(tzinfo=UTC) + MOST_OFFSET
    edges = [low, *changes_between(zone, low, high), high]
    found: list[Span] = []
    for begins, ends in pairwise(edges):
        offset = _offset(zone, begins)
        first = max(begins, start.replace(tzinfo=UTC) - offset)
        last = min(ends, end.replace(tzinfo=UTC) - offset)
        if (span := span_or_none(first, last)) is not None:
            found.append(span)
    return found if len(found) < 2 else union(found)


def moments_of_wall(zone: str, shown: datetime) -> list[datetime]:
    """The moments at which the clock on the wall shows `shown`: none, one or two."""
    spans = spans_of_wall(zone, shown, shown + timedelta(microseconds=1))
    return [span.start for span in spans]


def moment_after_wall(zone: str, shown: datetime) -> datetime:
    """The first moment at which the clock on the wall shows `shown` or, skipping it, more."""
    if moments := moments_of_wall(zone, shown):
        return moments[0]
    aware = shown.replace(tzinfo=UTC)
    return next(
        change
        for change in changes_between(zone, aware - MOST_OFFSET, aware + MOST_OFFSET)
        if wall_time(change, zone) > shown
    )


def changes_between(zone: str, start: datetime, end: datetime) -> list[datetime]:
    """The moments after `start` and before `end` at which the zone's offset changes."""
    found: list[datetime] = []
    for number in range((start - EPOCH) // _MONTH, (end - EPOCH) // _MONTH + 1):
        found += [each for each in _changes(zone, number) if start < each < end]
    return found


def days_of(zone: str, span: Span) -> list[date]:
    """The dates that the wall shows in `span`, and those that it skips between them."""
    first = wall_time(span.start, zone).date()
    last = wall_time(span.end, zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@lru_cache(maxsize=8192)
def _changes(zone: str, number: int) -> tuple[datetime, ...]:
    """The changes of offset in one of the equal spans of time since 1970, in their order."""
    edge = EPOCH + number * _MONTH
    end, offset = edge + _MONTH, _offset(zone, edge)
    found: list[datetime] = []
    while edge < end:
        later = min(edge + _LOOK_EVERY, end)
        if (then := _offset(zone, later)) != offset:
            found.append(_change_in(zone, edge, later))
        edge, offset = later, then
    return tuple(found)


def _change_in(zone: str, before: datetime, after: datetime) -> datetime:
    """The second from which on the offset is that of `after`."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return after


def _offset(zone: str, moment: datetime) -> timedelta:
    return wall_time(moment, zone).replace(tzinfo=UTC) - moment
