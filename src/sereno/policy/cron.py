"""When a cron expression starts something.

`cronsim` reads the five fields as Debian's cron does and tells the times of day that match; what
the clocks of a zone make of them is decided here, as Debian's cron does too (its cron(8)): of an
expression whose minutes or hours begin with `*`, every moment counts whose wall time matches. Of
any other, a time that the clock skips starts at once after the leap, and one that it shows twice
starts once.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from cronsim import CronSim, CronSimError

from sereno.base.clock import EPOCH
from sereno.base.errors import Invalid, Words
from sereno.policy.local_days import moment_after_wall, moments_of_wall

_SOME_DAY = EPOCH.replace(tzinfo=None)
_FIELDS = 5
_LONGEST = 200
_REFUSED = Words(
    "This is not a cron expression: {why}. Write minute, hour, day of the month, month and day of "
    "the week, such as 0 8 * * MON-FRI.",
    "Esto no es una expresión cron: {why}. Escriba minuto, hora, día del mes, mes y día de la "
    "semana, como 0 8 * * MON-FRI.",
)
_NEVER = Words(
    "This cron expression never starts anything. Check day and month.",
    "Esta expresión cron nunca inicia nada. Revise el día y el mes.",
)


def check_cron(expression: str) -> None:
    """Raises Invalid (`cron`) for what is no cron expression, or one that never matches."""
    if len(expression.split()) != _FIELDS or len(expression) > _LONGEST:
        raise Invalid("cron_refused", _REFUSED.fill(why="five fields are needed"), field="cron")
    try:
        is_never = next(CronSim(expression, _SOME_DAY), None) is None
    except CronSimError as error:
        raise Invalid("cron_refused", _REFUSED.fill(why=error), field="cron") from None
    if is_never:
        raise Invalid("cron_never", _NEVER, field="cron")


def cron_starts(expression: str, zone: str, day: date) -> list[datetime]:
    """The moments at which it starts on `day` of the wall's calendar, in UTC and in order."""
    minutes, hours = expression.split()[:2]
    times = _times_on(expression, day)
    if minutes.startswith("*") or hours.startswith("*"):
        return sorted(moment for shown in times for moment in moments_of_wall(zone, shown))
    return [moment_after_wall(zone, shown) for shown in times]


@lru_cache(maxsize=4096)
def _times_on(expression: str, day: date) -> tuple[datetime, ...]:
    """The times of `day`, without a zone, that match."""
    midnight = datetime.combine(day, time())
    found = []
    for shown in CronSim(expression, midnight - timedelta(seconds=1)):
        if shown.date() != day:
            break
        found.append(shown)
    return tuple(found)
