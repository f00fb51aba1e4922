"""500 cameras: the picture of the next 14 days, and what each should be doing now.

What a user would pick instead is `dateutil.rrule`: a rule for each interval, in the site's time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule
from rich.table import Table

from sereno.base.spans import Span
from sereno.policy import decisions, schedules, timetables
from sereno.policy.decisions import decide, pieces
from sereno.policy.plans import DateException, Interval, Pause, Plan, Schedule

CAMERAS, SCHEDULES, PAUSED_EVERY = 500, 20, 25
NOW = datetime(2026, 3, 25, 10, tzinfo=UTC)
WINDOW = Span(NOW, NOW + timedelta(days=14))
ZONES = ("Europe/Madrid", "America/Santiago", "America/New_York", "America/Guayaquil")
ROUNDS = 5


def run(_folder: Path) -> Table:
    """CPU of both, first without and then with what is remembered."""
    plans = [plan_of(number) for number in range(CAMERAS)]
    table = Table(
        title=f"{CAMERAS} cameras in {len(ZONES)} zones with {SCHEDULES} weekly schedules, "
        f"holidays, every {PAUSED_EVERY}th paused: CPU"
    )
    for head in ("", "first time", "again", "dateutil.rrule", "promised"):
        table.add_column(head, justify="right" if head else "left")
    acts: Sequence[tuple[str, str, Callable[[Plan], object], Callable[[Plan], object]]] = (
        ("14 days, recording and analysis", "500 ms", _preview, _preview_by_rules),
        ("what runs now, until when, why", "50 ms", _decide, _decide_by_rules),
    )
    for name, promise, ours, theirs in acts:
        _forget()
        first = _milliseconds(ours, plans)
        again = min(_milliseconds(ours, plans) for _ in range(ROUNDS))
        by_rules = _milliseconds(theirs, plans)
        table.add_row(name, f"{first:.0f} ms", f"{again:.1f} ms", f"{by_rules:.0f} ms", promise)
    return table


def plan_of(number: int) -> Plan:
    """What people have ordered for a camera, by its number."""
    usual = _schedule(number % SCHEDULES)
    pause = Pause(NOW, NOW + timedelta(hours=2), "Ana", "works")
    return Plan(
        ZONES[number % len(ZONES)],
        (usual,),
        pauses=(pause,) if number % PAUSED_EVERY == 0 else (),
        profile="usual",
    )


def _schedule(number: int) -> Schedule:
    """School hours and nights, as people have them, and a dozen holidays."""
    holidays = tuple(
        DateException((NOW + timedelta(days=30 * month + 3)).date(), "Fiesta")
        for month in range(12)
    )
    hours = Interval(7 * 60 + number, 17 * 60, (1, 2, 3, 4, 5), "day")
    nights = Interval(20 * 60, 6 * 60, profile="night")
    return Schedule(str(number), f"School {number}", "weekly", intervals=(hours, nights),
                    exceptions=holidays)  # fmt: skip


def _preview(plan: Plan) -> object:
    return pieces(plan, "recording", WINDOW), pieces(plan, "analysis", WINDOW)


def _decide(plan: Plan) -> object:
    return decide(plan, "recording", NOW)


def _preview_by_rules(plan: Plan) -> object:
    return [
        [(start, start + length) for start in rule.between(WINDOW.start, WINDOW.end)]
        for rule, length in _rules(plan)
    ]


def _decide_by_rules(plan: Plan) -> object:
    return any(
        (start := rule.before(NOW, inc=True)) is not None and start + length > NOW
        for rule, length in _rules(plan)
    )


def _rules(plan: Plan) -> list[tuple[rrule, timedelta]]:
    zone = ZoneInfo(plan.time_zone)
    midnight = (NOW - timedelta(days=7)).astimezone(zone).replace(hour=0, minute=0)
    return [
        (
            rrule(
                WEEKLY,
                dtstart=midnight + timedelta(minutes=each.start),
                byweekday=[day - 1 for day in each.days],
            ),
            timedelta(minutes=(each.end - each.start) % 1440),
        )
        for schedule in plan.schedules
        for each in schedule.intervals
    ]


def _forget() -> None:
    for module in (decisions, schedules, timetables):
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def _milliseconds(act: Callable[[Plan], object], plans: list[Plan]) -> float:
    began = time.process_time()
    for plan in plans:
        act(plan)
    return (time.process_time() - began) * 1000
