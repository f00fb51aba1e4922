"""What a clip may be, and what it is called; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sereno.base.errors import Conflict, Invalid, Words
from sereno.base.spans import Span

LONGEST = timedelta(days=7)
MOST_CLIPS = 1000
# Clocks of browsers are not exact, and what a node records is told a few seconds later.
LEEWAY = timedelta(seconds=10)
_CAMERA_IN_NAME = 56

_NO_SPAN = Words(
    "Say from when to when.",
    "Indique desde cuándo y hasta cuándo.",
)
_BACKWARDS = Words(
    "The end must come after the start.",
    "El final debe ser posterior al inicio.",
)
_TOO_LONG = Words(
    "A clip has {days} days at most. Choose a shorter time, or make several.",
    "Un clip tiene {days} días como máximo. Elija un tiempo más corto o haga varios.",
)
_FUTURE = Words(
    "This time is still to come. Choose one that was recorded.",
    "Ese tiempo aún no ha llegado. Elija uno que se haya grabado.",
)
_EXPIRED = Words(
    "The clip would be deleted at once. Choose a time to come, or none.",
    "El clip se borraría de inmediato. Elija un momento futuro, o ninguno.",
)
_TOO_MANY = Words(
    "There are {count} clips, as many as there may be. Delete some that nobody needs.",
    "Hay {count} clips, tantos como puede haber. Borre los que nadie necesite.",
)


def check_span(start: datetime | None, end: datetime | None, now: datetime) -> Span:
    """The span of a clip. Raises Invalid."""
    if start is None or end is None:
        raise Invalid("span_missing", _NO_SPAN, field="from" if start is None else "to")
    if end <= start:
        raise Invalid("span_backwards", _BACKWARDS, field="to")
    if end > now + LEEWAY:
        raise Invalid("span_in_future", _FUTURE, field="to" if start <= now else "from")
    if end - start > LONGEST:
        raise Invalid("span_too_long", _TOO_LONG.fill(days=LONGEST.days), field="to")
    return Span(start, end)


def check_expiry(expires_at: datetime | None, now: datetime) -> datetime | None:
    """When the clip is to be deleted; None: never by itself. Raises Invalid."""
    if expires_at is not None and expires_at <= now:
        raise Invalid("expiry_past", _EXPIRED, field="expires_at")
    return expires_at


def check_count(count: int) -> None:
    """Raises Conflict where there may be no more clips."""
    if count >= MOST_CLIPS:
        raise Conflict("clips_too_many", _TOO_MANY.fill(count=count))


def default_name(camera: str, start: datetime, zone: str) -> str:
    """What a clip is called that nobody gave a name: its camera, and when by the site's clock."""
    return (
        f"{camera[:_CAMERA_IN_NAME].rstrip()} {start.astimezone(ZoneInfo(zone)):%Y-%m-%d %H.%M.%S}"
    )


def file_name(name: str) -> str:
    """The name fit for a file on any system: no folders, nothing that a shell or disk refuses."""
    safe = "".join(
        "_" if character in '/\\:*?"<>|' or not character.isprintable() else character
        for character in name
    )
    return safe.strip(" .") or "clip"
