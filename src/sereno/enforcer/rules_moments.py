"""Until when people may pause and record, and how often they may urge; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sereno.base.errors import Busy, Invalid, Words
from sereno.policy.local_days import moment_after_wall, wall_time

LONGEST = timedelta(days=366)
MORNING = time(8)
ENFORCE_PAUSE = timedelta(seconds=10)

TOO_SOON = Words(
    "The nodes were asked to act only just now. Try again in {seconds} seconds.",
    "Se pidió a los nodos que actuaran hace un momento. Inténtelo de nuevo en {seconds} segundos.",
)
_ONE_END = Words(
    "Say one end: minutes, a time, or until tomorrow.",
    "Indique un solo final: minutos, una hora o hasta mañana.",
)
_NO_END = Words(
    "Say until when: minutes, a time, or until tomorrow.",
    "Indique hasta cuándo: minutos, una hora o hasta mañana.",
)
_PAST = Words(
    "The end lies in the past. Choose a later time.",
    "El final está en el pasado. Elija una hora posterior.",
)
_TOO_FAR = Words(
    "At most {days} days from now. Choose an earlier time.",
    "{days} días como máximo desde ahora. Elija una hora anterior.",
)


class TooSoon(Busy):
    """The same was asked for a moment ago."""


@dataclass(frozen=True, slots=True)
class EndSaid:
    """Until when, as a person says it: in one of these ways, or for ever in none."""

    minutes: int | None = None
    until: datetime | None = None
    is_until_tomorrow: bool = False

    @property
    def is_said(self) -> bool:
        return self.minutes is not None or self.until is not None or self.is_until_tomorrow


def end_of_pause(said: EndSaid, zone: str, now: datetime) -> datetime:
    """The moment that is meant; tomorrow is 08:00 by the clock of `zone`. Raises Invalid."""
    if not said.is_said:
        raise Invalid("end_missing", _NO_END, field="until")
    end = _end(said, zone, now)
    if end <= now:
        raise Invalid("end_past", _PAST, field=_field(said))
    if end - now > LONGEST:
        raise Invalid("end_too_far", _TOO_FAR.fill(days=LONGEST.days), field=_field(said))
    return end


def end_of_recording(said: EndSaid, zone: str, now: datetime) -> datetime | None:
    """Likewise; None where no end was said. Raises Invalid."""
    return end_of_pause(said, zone, now) if said.is_said else None


def _end(said: EndSaid, zone: str, now: datetime) -> datetime:
    if [said.minutes is not None, said.until is not None, said.is_until_tomorrow].count(True) > 1:
        raise Invalid("end_twice", _ONE_END, field="until")
    if said.minutes is not None:
        longest_minutes = LONGEST // timedelta(minutes=1)
        # Cut to what is refused all the same: a timedelta does not take every number.
        return now + timedelta(minutes=max(min(said.minutes, longest_minutes + 1), 0))
    if said.until is not None:
        return said.until
    return tomorrow_morning(zone, now)


def _field(said: EndSaid) -> str:
    return "until" if said.minutes is None else "minutes"


def tomorrow_morning(zone: str, now: datetime) -> datetime:
    """08:00 of the day after today, by the clock of `zone`."""
    tomorrow = wall_time(now, zone).date() + timedelta(days=1)
    return moment_after_wall(zone, datetime.combine(tomorrow, MORNING))
