"""Taking what searches found on recorders. Telling, not acting: not journalled.

Times are true ones. The same piece may have others in the next search, where the device's clock was
set or is measured a little differently: it is known again by what the device says.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import chain

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from sereno.base.spans import Span, span_or_none
from sereno.base.told import told_text
from sereno.devices.models import DeviceChannel
from sereno.footage.models_found import FootageSearch, FoundFootage
from sereno.footage.rules_found import is_within, merged, searched
from sereno.policy.device_times import FARTHEST, ahead_of
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
    known = _known_near(channel, whole)
    rows = [_row(channel, each, now) for each in told]
    for row in rows:
        if same := known[_by_device(row)]:
            before = same.pop(0)
            row.pk, row.state = before.pk, before.state
    if looked is not None:
        lost = [
            row.pk
            for row in chain.from_iterable(known.values())
            if row.state == FoundFootage.State.DISCOVERED
            and is_within(Span(row.span.lower, row.span.upper), looked)
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


def _known_near(channel: DeviceChannel, span: Span) -> dict[datetime, list[FoundFootage]]:
    """What is known about that time, however far the device's clock was off, in order, by
    `_by_device`: after a clock was set back there are two of the same start."""
    known = defaultdict[datetime, list[FoundFootage]](list)
    near = _bounds(Span(span.start - 2 * FARTHEST, span.end + 2 * FARTHEST))
    for row in FoundFootage.objects.filter(channel=channel, span__overlap=near).order_by("span"):
        known[_by_device(row)].append(row)
    return known


def _by_device(row: FoundFootage) -> datetime:
    """When the device says that it began."""
    start: datetime = row.span.lower
    return start + ahead_of(row.clock_offset_seconds)


def _note(channel: DeviceChannel, looked: Span, now: datetime) -> None:
    """That it was searched; what an earlier search says of a part of that time is out of date."""
    bounds = _bounds(looked)
    FootageSearch.objects.filter(channel=channel, span__contained_by=bounds).delete()
    FootageSearch.objects.create(channel=channel, span=bounds, looked_at=now)


def _bounds(span: Span) -> TimestamptzRange:
    return TimestamptzRange(span.start, span.end)
