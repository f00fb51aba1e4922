"""What footage a recorder holds: a pure function of its configuration and the time.

Each channel's day (of UTC) is planned by itself from the seed: files one after the other with seams
under two seconds, cut at ``file_seconds``; outages; on motion channels short clips. What is older
than the recorder's days has been overwritten, file by file; the newest file is still open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

_DAY_SECONDS = 86_400
_MOST_FILES_A_DAY = 100_000
_LONGEST_SEAM_SECONDS = 1
_GAP_SECONDS = (300, 2400)
_MOTION_SECONDS = (12, 90)
_STILL_SECONDS = (120, 1500)


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """One file of footage, in true UTC; ``number`` is its place in all that was ever recorded."""

    channel: int
    start: datetime
    end: datetime
    is_motion: bool
    number: int
    is_open: bool = False

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


class FootagePlan:
    """The footage of one recorder."""

    def __init__(self, config: RecorderConfig) -> None:
        self._config = config

    def files(
        self, channel: ChannelSpec, start: datetime, end: datetime, now: datetime
    ) -> Iterator[RecordedFile]:
        """The files of a channel that touch [start, end), oldest first; all aware UTC."""
        oldest = now - timedelta(days=self._config.days)
        first, last = max(start, oldest), min(end, now)
        day = _day_of(first)
        while day <= _day_of(last) and first < last:
            for number, (begin, stop) in enumerate(self._plan(channel, day)):
                if stop > first and begin < last and begin < now and stop > oldest:
                    yield RecordedFile(
                        channel.number,
                        begin,
                        min(stop, now),
                        channel.recording == "motion",
                        day.toordinal() * _MOST_FILES_A_DAY + number,
                        is_open=stop > now,
                    )
            day += timedelta(days=1)

    def file(self, channel: ChannelSpec, number: int, now: datetime) -> RecordedFile | None:
        """The file with that number, if it is still there."""
        ordinal = number // _MOST_FILES_A_DAY
        if not 0 <= now.toordinal() - ordinal <= self._config.days + 1:
            return None
        day = _midnight(ordinal)
        found = self.files(channel, day, day + timedelta(days=1), now)
        return next((each for each in found if each.number == number), None)

    def _plan(self, channel: ChannelSpec, day: datetime) -> tuple[tuple[datetime, datetime], ...]:
        return _planned(channel, day.toordinal(), self._config.file_seconds, self._config.seed)


def _midnight(ordinal: int) -> datetime:
    return datetime.fromordinal(ordinal).replace(tzinfo=UTC)


def _day_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@lru_cache(maxsize=4096)
def _planned(
    channel: ChannelSpec, ordinal: int, file_seconds: int, seed: int
) -> tuple[tuple[datetime, datetime], ...]:
    """Start and end of each file of one day."""
    random = Random(f"{seed}:{channel.number}:{ordinal}")  # noqa: S311
    spells = _clips(random) if channel.recording == "motion" else _spells(random, channel)
    midnight = _midnight(ordinal)
    return tuple(
        (midnight + timedelta(seconds=start), midnight + timedelta(seconds=end))
        for spell in spells
        for start, end in _cut(random, spell, file_seconds)
    )


def _spells(random: Random, channel: ChannelSpec) -> list[tuple[int, int]]:
    """When a channel that records all day does record: one spell more than it has gaps."""
    count = channel.gaps_per_day
    part = _DAY_SECONDS // (count + 1)
    spells, at = [], 0
    for number in range(1, count + 1):
        length = random.randint(*_GAP_SECONDS)
        begin = number * part - length // 2
        spells.append((at, begin))
        at = begin + length
    return [*spells, (at, _DAY_SECONDS)]


def _clips(random: Random) -> list[tuple[int, int]]:
    clips, at = [], random.randint(*_STILL_SECONDS)
    while at + _MOTION_SECONDS[1] < _DAY_SECONDS:
        end = at + random.randint(*_MOTION_SECONDS)
        clips.append((at, end))
        at = end + random.randint(*_STILL_SECONDS)
    return clips


def _cut(random: Random, spell: tuple[int, int], file_seconds: int) -> Iterator[tuple[int, int]]:
    """The files of a spell; between two lies a seam of up to a second, or none."""
    at, end = spell
    while at < end:
        stop = min(at + file_seconds, end)
        yield at, stop
        at = stop + random.randint(0, _LONGEST_SEAM_SECONDS)
