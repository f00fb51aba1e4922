"""How recordings are looked for and told in pages; pure."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span

LONGEST_SEARCH = timedelta(days=366)
MOST_ON_A_PAGE = 200

_BACKWARDS = Words(
    "The end must come after the start.",
    "El final debe ser posterior al inicio.",
)
_TOO_LONG = Words(
    "Recordings of at most 366 days are listed at once. Ask for a shorter time.",
    "Se listan grabaciones de 366 días como máximo de una vez. Pida un tiempo más corto.",
)
_TOO_FAR = Words(
    "No calendar goes that far. Ask for another time.",
    "Ningún calendario llega tan lejos. Pida otro tiempo.",
)
_NO_PLACE = Words(
    "The list cannot be continued from there. Begin it again.",
    "La lista no puede continuar desde ahí. Empiécela de nuevo.",
)


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True)
class Place:
    """The last recording of a page: the next page goes on behind it.

    `number` is what the list is ordered by: microseconds, or bytes.
    """

    order: Order
    number: int
    run_id: UUID

    def pack(self) -> str:
        """As it travels in an address."""
        text = json.dumps([self.order, self.number, str(self.run_id)])
        return urlsafe_b64encode(text.encode()).decode()


def no_such_place() -> Invalid:
    """What is said of a place that is in no list."""
    return Invalid("no_such_place", _NO_PLACE, field="after")


def unpack_place(text: str, order: Order) -> Place:
    """The reverse of `pack`. Raises Invalid, also for a place in a list of another order."""
    try:
        said, number, run_id = json.loads(urlsafe_b64decode(text.encode()))
        place = Place(Order(said), number, UUID(run_id))
    except (BadBase64, ValueError, TypeError, AttributeError):
        raise no_such_place() from None
    is_number = type(number) is int and abs(number) < 1 << 63  # what a column holds
    if not is_number or place.order is not order:
        raise no_such_place()
    return place


def search_window(start: datetime, end: datetime) -> Span:
    """The time that is looked through, in UTC. Raises Invalid."""
    if end <= start:
        raise Invalid("window_backwards", _BACKWARDS, field="to")
    if end - start > LONGEST_SEARCH:
        raise Invalid("window_too_long", _TOO_LONG, field="to")
    try:
        return Span(start.astimezone(UTC), end.astimezone(UTC))
    except OverflowError:
        raise Invalid("window_too_far", _TOO_FAR, field="from") from None
