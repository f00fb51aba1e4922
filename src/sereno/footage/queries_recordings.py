"""Recordings one by one, as people look for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from uuid import UUID

from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable

from sereno.accounts.queries import Asker
from sereno.base.clock import from_us, to_us
from sereno.base.spans import Span
from sereno.footage.models import CoverageRun
from sereno.footage.rules_recordings import Order, Place, no_such_place
from sereno.policy.reasons import Reason, entry
from sereno.sites.queries import access_camera, cameras_of

ANYTHING = "…"
"""In the words of a cause for its parameters, which differ from one recording to the next."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which recordings: those with a moment in `window` of whose other facts all fit.

    `is_open`: only those that go on, or only those that ended; None: both.
    """

    window: Span
    camera_ids: Collection[UUID] = ()
    stream: str | None = None
    causes: Collection[str] = ()
    is_open: bool | None = None
    least_bytes: int = 0
    most_bytes: int | None = None
    least_seconds: float = 0.0
    most_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why recordings ended, and how many did."""

    reason: Reason
    count: int


def recordings_of(asker: Asker, wanted: Wanted) -> QuerySet[CoverageRun]:
    """The recordings that `asker` may see. Raises NotFound for a camera that is none of them."""
    cameras = cameras_of(asker)
    if wanted.camera_ids:
        named = set(wanted.camera_ids)
        for camera_id in named - set(cameras.filter(pk__in=named).values_list("pk", flat=True)):
            access_camera(asker, camera_id)  # raises NotFound
        cameras = cameras.filter(pk__in=named)
    window = (wanted.window.start, wanted.window.end)
    found = CoverageRun.objects.filter(camera__in=cameras, span__overlap=window)
    # Of some runs nothing is left but a moment.
    found = found.alias(length=RangeEndsWith("span") - RangeStartsWith("span"))
    return found.filter(_is_wanted(wanted), length__gt=timedelta(0))


def _is_wanted(wanted: Wanted) -> Q:
    facts = Q(size_bytes__gte=wanted.least_bytes)
    if wanted.least_seconds:
        facts &= Q(length__gte=timedelta(seconds=wanted.least_seconds))
    if wanted.most_seconds is not None:
        facts &= Q(length__lte=timedelta(seconds=wanted.most_seconds))
    if wanted.most_bytes is not None:
        facts &= Q(size_bytes__lte=wanted.most_bytes)
    if wanted.stream is not None:
        facts &= Q(stream=wanted.stream)
    if wanted.is_open is not None:
        facts &= Q(is_open=wanted.is_open)
    if wanted.causes:
        facts &= Q(end_reason_key__in=wanted.causes)
    return facts


def page_of(
    found: QuerySet[CoverageRun], order: Order, after: Place | None, size: int
) -> tuple[list[CoverageRun], Place | None]:
    """The next `size` recordings, each with camera, site and node, and where more of them follow.

    A list that grows meanwhile neither repeats nor leaves out what was there from the first.
    """
    found = found.annotate(number=_number(order))
    sign = "" if order is Order.OLDEST else "-"
    if after is not None:
        beyond = "gt" if order is Order.OLDEST else "lt"
        number = _as_kept(after)
        found = found.filter(
            Q(**{f"number__{beyond}": number})
            | Q(number=number, **{f"run_id__{beyond}": after.run_id})
        )
    ordered = found.select_related("camera__site", "node").order_by(
        f"{sign}number", f"{sign}run_id"
    )
    page: list[CoverageRun] = list(ordered[: size + 1])
    if len(page) <= size:
        return page, None
    last = page[size - 1]
    return page[:size], Place(order, _number_of(last, order), last.run_id)


def _number(order: Order) -> Combinable:
    match order:
        case Order.LARGEST:
            return F("size_bytes")
        case Order.LONGEST:
            return RangeEndsWith("span") - RangeStartsWith("span")
        case Order.NEWEST | Order.OLDEST:
            return RangeStartsWith("span")


def _number_of(run: CoverageRun, order: Order) -> int:
    start, end = to_us(run.span.lower), to_us(run.span.upper)
    match order:
        case Order.LARGEST:
            return run.size_bytes
        case Order.LONGEST:
            return end - start
        case Order.NEWEST | Order.OLDEST:
            return start


def _as_kept(place: Place) -> int | timedelta | datetime:
    """A place's number as the column has it. Raises Invalid."""
    try:
        match place.order:
            case Order.LARGEST:
                return place.number
            case Order.LONGEST:
                return timedelta(microseconds=place.number)
            case Order.NEWEST | Order.OLDEST:
                return from_us(place.number)
    except OverflowError:
        raise no_such_place() from None


def causes_of(found: QuerySet[CoverageRun]) -> list[Cause]:
    """Why these ended, the most frequent cause first; those that go on are not among them."""
    ended = found.exclude(end_reason_key="").values("end_reason_key")
    counted = ended.annotate(count=Count("pk")).order_by("-count", "end_reason_key")
    return [Cause(_of_any(row["end_reason_key"]), row["count"]) for row in counted]


def _of_any(key: str) -> Reason:
    """The reason without what differs from one recording to the next."""
    texts = entry(key).what
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    return Reason(key, dict.fromkeys(names, ANYTHING))
