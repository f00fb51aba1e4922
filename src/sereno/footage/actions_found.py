"""Taking what searches found on recorders. Telling, not acting: not journalled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from sereno.base.spans import Span, span_or_none
from sereno.base.told import told_text
from sereno.devices.models import DeviceChannel
from sereno.footage.models_found import FootageSearch, FoundFootage
from sereno.footage.rules_found import merged, searched
from sereno.wire.devices import DeviceErrandReport, FoundReport, SearchParams


@transaction.atomic
def take_found(
    channel: DeviceChannel, asked: SearchParams, report: DeviceErrandReport, now: datetime
) -> None:
    """Keep what a search that is done found.

    In the time that it went through, what was known and is not found again is gone: the recorder
    has overwritten it. What is on its way from the recorder stays known in any case.
    """
    # One after the other, also where two searches end at once.
    DeviceChannel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    looked = searched(Span(asked.start, asked.end), report)
    told = merged(report.found)
    whole = span_or_none(
        min([asked.start, *(each.start for each in told)]),
        max([asked.end, *(each.end for each in told)]),
    )
    if whole is None:
        return
    known = FoundFootage.objects.filter(channel=channel, span__overlap=_bounds(whole))
    by_start = {row.span.lower: row for row in known}
    rows = [_row(channel, each, now) for each in told]
    for row in rows:
        if (before := by_start.pop(row.span.lower, None)) is not None:
            row.pk, row.state = before.pk, before.state
    if looked is not None:
        lost = [
            row.pk
            for row in by_start.values()
            if row.state == FoundFootage.State.DISCOVERED
            and row.span.lower < looked.end
            and looked.start < row.span.upper
        ]
        FoundFootage.objects.filter(pk__in=lost).delete()
        _note(channel, looked, now)
    FoundFootage.objects.bulk_create([row for row in rows if row.pk is None])
    FoundFootage.objects.bulk_update(
        [row for row in rows if row.pk is not None],
        ["span", "size_bytes", "handle", "cause", "is_open", "clock_offset_seconds", "found_at"],
    )


def _row(channel: DeviceChannel, found: FoundReport, now: datetime) -> FoundFootage:
    return FoundFootage(
        channel=channel,
        span=TimestamptzRange(found.start, found.end),
        size_bytes=found.size_bytes,
        # As the driver said it, which takes it back: only what no column takes is left out.
        handle=found.handle.replace("\0", ""),
        cause=told_text(found.cause),
        is_open=found.is_open,
        clock_offset_seconds=found.clock_offset_seconds,
        found_at=now,
    )


def _note(channel: DeviceChannel, looked: Span, now: datetime) -> None:
    """That it was searched; what an earlier search says of a part of that time is out of date."""
    bounds = _bounds(looked)
    FootageSearch.objects.filter(channel=channel, span__contained_by=bounds).delete()
    FootageSearch.objects.create(channel=channel, span=bounds, looked_at=now)


def _bounds(span: Span) -> TimestamptzRange:
    return TimestamptzRange(span.start, span.end)
