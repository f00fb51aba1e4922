"""What the times of a device mean: its wall clock read as UTC, and the other way.

Recorders write the local wall clock and call it `Z`; cameras with a card mean UTC. The labels of
footage are times without a zone here, as the device writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sereno.base.spans import Span, span_or_none
from sereno.drivers.contract import Convention
from sereno.drivers.device_time import DeviceZone

_OPEN_WITHIN = timedelta(seconds=60)
_SECOND = timedelta(seconds=1)
_SEAM = timedelta(seconds=5)
"""Files that follow each other may overlap by so much."""


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """How one device keeps time. `offset_seconds` is its time minus ours; footage keeps its own."""

    zone: DeviceZone
    convention: Convention
    offset_seconds: float

    def label(self, moment: datetime) -> datetime:
        """What the device writes for a moment of its time."""
        if self.convention is Convention.UTC:
            return moment.astimezone(UTC).replace(tzinfo=None)
        return self.zone.to_wall(moment)

    def moments(self, label: datetime) -> tuple[datetime, ...]:
        """What a label may mean: two moments in the hour that is repeated when summer ends."""
        if self.convention is Convention.UTC:
            return (label.replace(tzinfo=UTC),)
        return tuple(sorted(self.zone.to_utc(label)))

    def labels(self, span: Span) -> tuple[datetime, datetime]:
        """The labels to search for `span`, whole seconds. About a change of the clock some more
        than it, so that nothing of the repeated hour is left out, however the device reads it."""
        start, end = self.label(span.start), self.label(span.end)
        change = abs((end - start) - span.duration)
        for moments in (self.moments(start), self.moments(end)):
            change = max(change, moments[-1] - moments[0])
        start, end = start - change, end + change
        whole = end.replace(microsecond=0)
        return start.replace(microsecond=0), whole + _SECOND if end > whole else whole

    def is_open(self, end: datetime, now: datetime) -> bool:
        """Whether footage that ends at `end`, of the device's time, is still being written."""
        return end > now + timedelta(seconds=self.offset_seconds) - _OPEN_WITHIN


@dataclass(slots=True)
class Reading:
    """Gives the labels of footage their moments, file by file, oldest label first.

    In the repeated hour the shortest reading is taken, the earlier of two, that other footage does
    not take already: each moment is recorded once.
    """

    keeping: Timekeeping
    _taken: list[Span] = field(default_factory=list)

    def span(self, start: datetime, end: datetime) -> Span | None:
        """The span of a file with these labels, or None where it would end before it starts."""
        spans = sorted(self._readings(start, end), key=lambda span: (span.duration, span.start))
        if not spans:
            return None
        if len(spans) == 1:
            return spans[0]
        chosen = next((span for span in spans if self._is_free(span)), spans[-1])
        self._taken.append(chosen)
        return chosen

    def _is_free(self, span: Span) -> bool:
        common = (span.overlap(taken) for taken in self._taken)
        return not any(part is not None and part.duration > _SEAM for part in common)

    def _readings(self, start: datetime, end: datetime) -> Iterator[Span]:
        ends = self.keeping.moments(end)
        for first in self.keeping.moments(start):
            last = min((moment for moment in ends if moment > first), default=first)
            if (span := span_or_none(first, last)) is not None:
                yield span


def windows(start: datetime, end: datetime, hours: int) -> Iterator[tuple[datetime, datetime]]:
    """`start` to `end` in pieces of at most so many hours, cut at whole ones since midnight."""
    step = timedelta(hours=hours)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    here = start
    while here < end:
        cut = min(midnight + ((here - midnight) // step + 1) * step, end)
        yield here, cut
        here = cut


def nearest(moments: Iterable[datetime], moment: datetime) -> datetime:
    """The one of `moments` that is nearest. Raises ValueError where there is none."""
    return min(moments, key=lambda each: abs(each - moment))
