"""Which part of a ticket's time somebody asks for: `?from=…&to=…`, ISO 8601 with a zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sereno.base.clock import from_us, to_us
from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span

LONGEST_WINDOW_US = 25 * 3600 * 1_000_000  # a day, also the one on which clocks go back

_TOO_LONG = Words(
    "This is more than a day of footage. Choose a shorter time, or ask for a part of it with from "
    "and to.",
    "Es más de un día de grabación. Elija un tiempo más corto, o pida una parte con from y to.",
)
_NO_TIME = Words(
    "“{text}” is no time with a zone. Write it like 2026-11-20T10:30:00Z; a + is written %2B.",
    "«{text}» no es una hora con zona. Escríbala como 2026-11-20T10:30:00Z; un + se escribe %2B.",
)
_BACKWARDS = Words(
    "The end must come after the start.",
    "El final debe ser posterior al inicio.",
)
_OUTSIDE = Words(
    "The ticket is for another time. Ask for one that covers what you want to see.",
    "El pase es para otro tiempo. Pida uno que cubra lo que quiere ver.",
)


def window_of(query: Mapping[str, str], start_us: int, end_us: int) -> Span:
    """The window in `query`; without one, all of the ticket's time [start, end). Raises Invalid."""
    begin_us = _moment_us(query, "from", start_us)
    stop_us = _moment_us(query, "to", end_us)
    if stop_us <= begin_us:
        raise Invalid("span_backwards", _BACKWARDS, field="to")
    if begin_us < start_us or stop_us > end_us:
        raise Invalid("outside_ticket", _OUTSIDE, field="from" if begin_us < start_us else "to")
    if stop_us - begin_us > LONGEST_WINDOW_US:
        raise Invalid("span_too_long", _TOO_LONG, field="to")
    return Span(from_us(begin_us), from_us(stop_us))


def _moment_us(query: Mapping[str, str], name: str, otherwise_us: int) -> int:
    text = query.get(name)
    if text is None:
        return otherwise_us
    unclear = Invalid("time_unclear", _NO_TIME.fill(text=text[:40]), field=name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise unclear from None
    if moment.tzinfo is None:
        raise unclear
    return to_us(moment)
