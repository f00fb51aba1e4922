"""What is known to lie on recorders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sereno.base.spans import Span
from sereno.devices.models import DeviceChannel
from sereno.footage.models_found import FootageSearch, FoundFootage
from sereno.policy.device_times import ahead_of


@dataclass(frozen=True, slots=True)
class Looked:
    """A time that was searched, and when it was."""

    span: Span
    at: datetime


def found_of(channel: DeviceChannel, window: Span) -> list[FoundFootage]:
    """What was found last of a channel in `window`, the earliest first."""
    rows = FoundFootage.objects.filter(channel=channel, span__overlap=(window.start, window.end))
    return list(rows.order_by("span"))


def ahead_in(channel: DeviceChannel, window: Span) -> int | None:
    """How many seconds the device's times are ahead of those of the first footage that was found in
    `window`; None where none was."""
    rows = FoundFootage.objects.filter(channel=channel, span__overlap=(window.start, window.end))
    row = rows.order_by("span").first()
    return None if row is None else int(ahead_of(row.clock_offset_seconds).total_seconds())


def looked_of(channel: DeviceChannel, window: Span) -> list[Looked]:
    """The searches of `window`, the latest last: it counts where they overlap."""
    rows = FootageSearch.objects.filter(channel=channel, span__overlap=(window.start, window.end))
    return [
        Looked(Span(row.span.lower, row.span.upper), row.looked_at)
        for row in rows.order_by("looked_at")
    ]
