"""Whether a camera runs now, how, until when, and why (not).

The only place that decides it: the node acts by it, the hub shows it. What is stronger wins:
a pause; a recording that a person started; the schedules, the lower rank first; and, where no
schedule for recording exists, that a camera is always recorded. Analysis runs only by schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, pairwise

from sereno.base.spans import Span, span_or_none, union
from sereno.policy.choices import PurposeName
from sereno.policy.local_days import wall_time
from sereno.policy.plans import Manual, Plan
from sereno.policy.reasons import NOTHING, Reason
from sereno.policy.timetables import Piece, Timetable, Track, first_at, merged, timetable

__all__ = ["Decision", "Piece", "Why", "decide", "pieces", "promised"]

Why = Reason
"""A key of the list of reasons: `always scheduled manual paused not_scheduled holiday`."""

REACH = timedelta(days=366)
"""How far `decide` looks for the next change."""

_RESTS = ("not_scheduled", "holiday")


@dataclass(frozen=True, slots=True)
class Decision:
    """What holds at a moment; `until` None: nothing changes within a year."""

    runs: bool
    profile: str
    why: Why
    until: datetime | None


def decide(plan: Plan, purpose: PurposeName, now: datetime) -> Decision:
    """What `plan` says at `now`. Raises Invalid for a zone that this machine does not know.

    Where no schedule asks, the parameter `next` of `why` tells when it runs again, by the site's
    clock; a pause's `until` is its end.
    """
    ahead = merged(_overlaid(plan, purpose, Span(now, now + REACH)))
    first = next(ahead)
    second = next(ahead, None)
    until, why = first.span.end if second else None, first.why
    if why.key == "paused":
        until = _pause_end(plan, now)
    elif why.key in _RESTS:
        rest = chain([second] if second else [], ahead)
        starts = next((piece.span.start for piece in rest if piece.runs), None)
        why = _with_next(why, starts, plan.time_zone)
    return Decision(first.runs, first.profile, why, until)


def pieces(plan: Plan, purpose: PurposeName, window: Span) -> list[Piece]:
    """The whole of `window` in order, cut where the decision changes.

    Where no schedule asks, the parameter `next` of `why` tells when it runs again, by the site's
    clock, if that is in the window. Raises Invalid for a zone that this machine does not know.
    """
    pauses, manuals = _stronger(plan, purpose, window)
    if pauses or manuals:
        return _told(merged(_overlaid(plan, purpose, window)), plan.time_zone)
    return list(_unpaused(plan.time_zone, _table(plan, purpose), window))


def promised(plan: Plan, purpose: PurposeName, window: Span) -> list[Span]:
    """When it should run, were it not for pauses: what is missing of it is a gap."""
    unpaused = replace(plan, pauses=())
    return union(piece.span for piece in _overlaid(unpaused, purpose, window) if piece.runs)


def _overlaid(plan: Plan, purpose: PurposeName, window: Span) -> Iterator[Piece]:
    """What the schedules say, with what is stronger laid over it; neighbours may be alike."""
    base = _table(plan, purpose).pieces(window)
    pauses, manuals = _stronger(plan, purpose, window)
    edges = sorted({edge for track in (*pauses, *manuals) for edge in track.edges})
    for piece in base:
        if not edges or edges[-1] <= piece.span.start:
            yield piece
            continue
        for part in _cut(piece, edges):
            pause, manual = (first_at(each, part.span.start) for each in (pauses, manuals))
            if pause is not None:
                yield Piece(part.span, False, plan.profile, pause)
            elif manual is not None:
                yield Piece(part.span, True, part.profile, manual)
            else:
                yield part


def _table(plan: Plan, purpose: PurposeName) -> Timetable:
    return timetable(plan.time_zone, plan.schedules, plan.profile, purpose)


def _stronger(
    plan: Plan, purpose: PurposeName, window: Span
) -> tuple[list[Track[Why]], list[Track[Why]]]:
    """Pauses and recordings started by hand."""
    manuals = _manuals(plan, window) if purpose == "recording" else ()
    return list(_pauses(plan, window)), list(manuals)


@lru_cache(maxsize=64)
def _unpaused(zone: str, table: Timetable, window: Span) -> tuple[Piece, ...]:
    """Cameras with the same schedules have the same preview."""
    return tuple(_told(merged(table.pieces(window)), zone))


def _told(found: Iterable[Piece], zone: str) -> list[Piece]:
    """With the `next` of each piece that rests."""
    told = list(found)
    starts: datetime | None = None
    for place in range(len(told) - 1, -1, -1):
        piece = told[place]
        if piece.runs:
            starts = piece.span.start
        elif piece.why.key in _RESTS:
            told[place] = replace(piece, why=_with_next(piece.why, starts, zone))
    return told


def _cut(piece: Piece, edges: list[datetime]) -> Iterator[Piece]:
    inside = (edge for edge in edges if piece.span.start < edge < piece.span.end)
    for start, end in pairwise((piece.span.start, *inside, piece.span.end)):
        yield replace(piece, span=Span(start, end))


def _with_next(why: Why, starts: datetime | None, zone: str) -> Why:
    return replace(why, params={**why.params, "next": _shown(starts, zone)})


def _pauses(plan: Plan, window: Span) -> Iterator[Track[Why]]:
    """One track each; of pauses that meet, the one that ends last is told."""
    for pause in sorted(plan.pauses, key=lambda each: each.end, reverse=True):
        if (span := _inside(window, pause.start, pause.end)) is not None:
            until = _shown(_pause_end(plan, span.start), plan.time_zone)
            params = {"by": pause.by or NOTHING, "why": pause.why or NOTHING, "until": until}
            yield Track([(span, Why("paused", params))])


def _pause_end(plan: Plan, moment: datetime) -> datetime | None:
    """When the pause of `moment` is over, and those that follow it without a break."""
    spans = (span_or_none(each.start, each.end) for each in plan.pauses)
    whole = union(span for span in spans if span is not None)
    return next((span.end for span in whole if span.contains(moment)), None)


def _manuals(plan: Plan, window: Span) -> Iterator[Track[Why]]:
    """One track each; of those that meet, the one that ends last is told."""
    for manual in sorted(plan.manuals, key=_manual_end, reverse=True):
        if (span := _inside(window, manual.start, manual.end or window.end)) is not None:
            params = {"by": manual.by or NOTHING, "until": _shown(manual.end, plan.time_zone)}
            yield Track([(span, Why("manual", params))])


def _manual_end(manual: Manual) -> tuple[bool, datetime]:
    return manual.end is None, manual.end or manual.start


def _inside(window: Span, start: datetime, end: datetime) -> Span | None:
    return span_or_none(max(start, window.start), min(end, window.end))


def _shown(moment: datetime | None, zone: str) -> str:
    """For people: what the site's clock shows then, to the minute."""
    if moment is None:
        return NOTHING
    return wall_time(moment, zone).isoformat(" ", "minutes")
