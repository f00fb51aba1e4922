"""Footage by time, cut by the recorder, and what it takes to get all of it.

Limits of the field, from many recorders: no more than an hour at once and never over a full hour of
the clock; from a second earlier, for a start on a mark of five minutes gives nothing; the start is
off by seconds or minutes, which the frames' own clock tells, so it is asked again as much earlier;
what breaks off is asked again from where it broke off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from sereno.drivers.contract import Fetched, Progress, Sink
from sereno.drivers.dahua.addresses import cgi, wall_text, whole_file
from sereno.drivers.dahua.stretch import NoFootage, Stretch
from sereno.drivers.dahua.tap import Taps
from sereno.drivers.errors import Busy, DeviceError, Unreachable, Unsupported
from sereno.policy.reasons import Reason

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_LATE = timedelta(seconds=2)
_SHORT = timedelta(seconds=2)
_LARGEST_DRIFT = timedelta(minutes=15)
_BEFORE = timedelta(seconds=30)
"""Footage a little before what was asked for is kept: pictures need their key frame."""
_SEAM = timedelta(seconds=5)
_OFFSETS = tuple(timedelta(seconds=seconds) for seconds in (-1, 0, 1, -8))
"""Where to begin, by how often nothing came. A second earlier is a second over a full hour."""
_MOST_ATTEMPTS = 8
_WORTH_A_FILE = timedelta(seconds=10)
"""If more than this is missing, all of the file is asked for instead."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Footage between two wall times of one channel, which counts from 1; the file it lies in, if
    that is known."""

    channel: int
    start: datetime
    end: datetime
    path: str = ""


class _BrokeOff(Exception):
    """An answer ended before anything in it could be kept."""

    def __init__(self, fault: Unreachable) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(slots=True)
class Loading:
    """Fetches pieces into one sink, in their order. `size_bytes` is what the sink got."""

    taps: Taps
    sink: Sink
    progress: Progress
    size_bytes: int = 0
    _last: tuple[datetime, int] | None = None
    _seconds: float = 0.0
    _drift: timedelta = timedelta(0)
    _late_start: datetime | None = None
    _stretched: Stretch | None = None

    async def piece(self, piece: Piece) -> None:
        """Fetch one. What the device does not give is left out: whoever checks the duration sees
        it. Raises DeviceError where the device gives none of it, OSError of the sink."""
        before = self.size_bytes
        fault: DeviceError | None = None
        for start, end in hours(piece.start, piece.end):
            try:
                await self._hour(piece.channel, start, end)
            except (Unreachable, Unsupported) as error:
                fault = error
            if piece.path and end - self._reached(start) > _WORTH_A_FILE:
                fault = await self._whole_file(piece, start, end) or fault
        if self.size_bytes == before and fault is not None:
            raise fault

    def _reached(self, start: datetime) -> datetime:
        return start if self._last is None else max(start, self._last[0])

    async def _hour(self, channel: int, start: datetime, end: datetime) -> None:
        """Ask until it is all there, or nothing more comes of it. Raises Unreachable where the
        last answer broke off, Unsupported where the device refuses."""
        in_vain = 0
        fault: Unreachable | None = None
        for _ in range(_MOST_ATTEMPTS):
            reached = self._reached(start)
            if end - reached <= _SHORT:
                return
            if in_vain >= len(_OFFSETS):
                break
            asked = reached - self._drift + _OFFSETS[in_vain]
            target = _by_time(channel, asked, max(end, end - self._drift))
            try:
                kept = await self._stretch(
                    target, self._stretch_from(reached), reached, may_be_late=in_vain > 0
                )
                fault = None
            except _BrokeOff as broken:
                kept, fault = 0, broken.fault
            self._learn_early(asked, end)
            in_vain = 0 if kept else in_vain + 1
        if fault is not None:
            raise fault

    async def _whole_file(self, piece: Piece, start: datetime, end: datetime) -> DeviceError | None:
        """The file that it lies in, of which only this is kept; what went wrong."""
        reached = self._reached(start)
        stretch = self._stretch_from(reached, end + _SHORT)
        try:
            await self._stretch(whole_file(piece.path), stretch, reached, may_be_late=True)
        except _BrokeOff as broken:
            return broken.fault
        except Unsupported as refused:
            return Busy(Reason("downloads_refused", raw=refused.reason.raw))
        return None

    async def _stretch(
        self, target: str, stretch: Stretch, start: datetime, *, may_be_late: bool
    ) -> int:
        """One answer; how many bytes were kept. One that begins late is read and thrown away, for
        it cannot be put in front afterwards; the next is asked for earlier. Raises _BrokeOff where
        it broke off before anything could be kept."""
        self._stretched = stretch
        try:
            async with self.taps.open(target) as tap, aclosing(tap.chunks()) as chunks:
                try:
                    async for data in chunks:
                        kept = stretch.feed(data)
                        if self._is_too_late(stretch, start, may_be_late=may_be_late):
                            return await _drain(chunks)
                        await self._keep(stretch, kept)
                except Unreachable as fault:
                    await asyncio.sleep(self.taps.pace.pause_seconds)
                    if not stretch.kept_bytes:
                        raise _BrokeOff(fault) from None
            stretch.finish()
        except NoFootage:
            return 0
        if stretch.last_at is not None:
            self._last = (stretch.last_at, stretch.last_number)
            self._seconds += _covered(stretch)
        return stretch.kept_bytes

    def _stretch_from(self, start: datetime, keep_until: datetime | None = None) -> Stretch:
        if self._last is None:
            return Stretch(start - _BEFORE, None, keep_until)
        last, _ = self._last
        if start - last <= _SEAM:
            return Stretch(start, self._last, keep_until)
        return Stretch(max(start - _BEFORE, last + _SECOND), None, keep_until)

    def _is_too_late(self, stretch: Stretch, start: datetime, *, may_be_late: bool) -> bool:
        """Whether this answer begins later than it was asked to, which shows how much earlier to
        ask. If it then begins at the same time all the same, nothing is there before."""
        begins = stretch.starts_at
        if begins is None:
            return False
        if may_be_late:
            if begins == self._late_start:
                self._drift = timedelta(0)
            return False
        late = begins - start
        if not _LATE < late <= _LARGEST_DRIFT:
            return False
        self._drift += late + _LATE  # rather too early than too late once more
        self._late_start = begins
        return True

    def _learn_early(self, asked: datetime, end: datetime) -> None:
        """Where an answer begins too early it ends too early as well: the next is asked for as much
        later."""
        stretch = self._stretched
        if stretch is None or stretch.starts_at is None:
            return
        early = asked - stretch.starts_at
        is_short = stretch.last_at is None or end - stretch.last_at > _SHORT
        if is_short and _LATE < early <= _LARGEST_DRIFT:
            self._drift -= early

    async def _keep(self, stretch: Stretch, data: bytes) -> None:
        if not data:
            return
        await self.sink.write(data)
        self.size_bytes += len(data)
        self.progress(Fetched(self.size_bytes, None, self._seconds + _covered(stretch)))


def _by_time(channel: int, start: datetime, end: datetime) -> str:
    times = {"startTime": wall_text(start), "endTime": wall_text(end)}
    return cgi("loadfile", "startLoad", channel=channel, **times, subtype=0)


def _covered(stretch: Stretch) -> float:
    if stretch.kept_at is None or stretch.last_at is None:
        return 0.0
    return max(0.0, (stretch.last_at - stretch.kept_at).total_seconds())


async def _drain(chunks: AsyncIterator[bytes]) -> int:
    """Read what nobody wants to its end: breaking off is worse."""
    async for _ in chunks:
        pass
    return 0


def hours(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The time between two wall times, cut at each full hour of the clock."""
    cuts = list[tuple[datetime, datetime]]()
    while start < end:
        stop = min(start.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        cuts.append((start, stop))
        start = stop
    return cuts
