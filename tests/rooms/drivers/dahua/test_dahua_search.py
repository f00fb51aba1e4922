"""Searches: what a refusal means, what is given back, and the hour that comes twice."""

# ruff: noqa: DTZ001 wall clocks of devices have no zone
from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from tests.rooms.drivers.dahua.conftest import NOW, Bytes, OpenBench

from sereno.base.clock import ManualClock
from sereno.base.spans import Span
from sereno.drivers.contract import Login
from sereno.drivers.dahua.cgi import Cgi
from sereno.drivers.dahua.clock import DeviceClock
from sereno.drivers.dahua.footage import Footage
from sereno.drivers.dahua.judge import DahuaJudge, unable
from sereno.drivers.dahua.parse_footage import Row
from sereno.drivers.errors import Busy, Unsupported
from sereno.drivers.memory import ShortMemory
from sereno.drivers.tools import Tools
from sereno.policy.reasons import Reason

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Cabinet:
    """A finder that holds files of some channels, refuses the others, and counts what is open."""

    files: dict[int, list[Row]]
    is_there: bool = True
    breaks_after: int | None = None
    open_now: int = 0
    made: int = 0
    asked: list[int] = field(default_factory=list)
    making: Callable[[], None] = lambda: None
    _left: dict[str, list[Row]] = field(default_factory=dict)

    async def create(self) -> str:
        if not self.is_there:
            raise unable(b"Error\r\nNot Implemented!")
        self.open_now += 1
        self.made += 1
        self.making()
        await asyncio.sleep(0)
        return str(self.made)

    async def begin(self, handle: str, channel: int, start: datetime, end: datetime) -> bool:
        self.asked.append(channel)
        rows = self.files.get(channel, [])
        self._left[handle] = [row for row in rows if row.start < end and row.end > start]
        return bool(rows)

    async def next_rows(self, handle: str, now: datetime) -> list[Row]:
        if self.breaks_after is not None and not self._left[handle][self.breaks_after :]:
            raise Busy(Reason("device_busy", {"status": "500"}))
        page, self._left[handle] = self._left[handle][:2], self._left[handle][2:]
        return page

    async def close(self, handle: str) -> None:
        self.open_now -= 1


def file(start: datetime, minutes: int = 30) -> Row:
    end = start + timedelta(minutes=minutes)
    return Row(start, end, f"/{start:%H.%M}", 1000, "schedule", False, 0)


def footage(*cabinets: Cabinet) -> Footage:
    """Of a device whose wall clock is UTC."""
    clock = ManualClock(NOW)
    http = Tools(ShortMemory(), clock).http(Login("127.0.0.1", 9), DahuaJudge())

    @dataclass
    class Utc(DeviceClock):
        async def _measure(self):  # type: ignore[no-untyped-def]
            from sereno.drivers.dahua.parse_time import judge_clock

            return judge_clock(NOW.replace(tzinfo=None), NOW, None)

    return Footage(Utc(Cgi(http), clock), http.gate, cabinets)


async def starts(footage: Footage, channel: int, others: frozenset[int] = frozenset()) -> list[str]:
    span = Span(NOW - DAY, NOW)
    found = [item async for item in footage.find(channel, span, others)]
    return [f"{item.span.start:%d %H:%M}" for item in found]


FILES = [file(datetime(2026, 7, 20, 23, 45)), file(datetime(2026, 7, 21, 0, 15))]


async def test_files_over_midnight_are_found_once() -> None:
    cabinet = Cabinet({1: FILES})
    assert await starts(footage(cabinet), 1) == ["20 23:45", "21 00:15"]
    assert cabinet.open_now == 0


async def test_row_26_a_refusal_means_nothing_there_if_another_channel_is_searched() -> None:
    cabinet = Cabinet({2: FILES})
    assert await starts(footage(cabinet), 1, frozenset({1, 2})) == []
    assert 2 in cabinet.asked
    assert cabinet.open_now == 0


async def test_row_26_a_device_that_refuses_all_searches_has_none() -> None:
    cabinet = Cabinet({})
    with pytest.raises(Unsupported):
        await starts(footage(cabinet), 1, frozenset({1, 2, 3}))
    assert cabinet.open_now == 0


async def test_where_cgi_has_no_search_rpc2_is_asked_and_kept() -> None:
    lacking, other = Cabinet({1: FILES}, is_there=False), Cabinet({1: FILES})
    both = footage(lacking, other)
    assert await both.can_find()
    assert both.used == 1
    assert await starts(both, 1) == ["20 23:45", "21 00:15"]


async def test_what_came_before_an_error_counts() -> None:
    cabinet = Cabinet({1: FILES}, breaks_after=0)
    assert await starts(footage(cabinet), 1) == ["20 23:45", "21 00:15"]
    assert cabinet.open_now == 0


async def test_row_27_a_search_cancelled_while_it_is_made_is_given_back() -> None:
    cabinet = Cabinet({1: FILES})
    held = footage(cabinet)
    searching = asyncio.ensure_future(starts(held, 1))
    cabinet.making = lambda: searching.cancel() and None
    with pytest.raises(asyncio.CancelledError):
        await searching
    await held.finish()
    assert (cabinet.made, cabinet.open_now) == (1, 0)


CHANGE = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
"""When the clocks of Madrid go from three back to two."""


async def test_row_13_the_hour_that_comes_twice_is_found_twice(bench: OpenBench) -> None:
    async with bench() as it:
        it.clock.step_wall((CHANGE + 6 * timedelta(hours=1) - NOW).total_seconds())
        found = await it.found("1", CHANGE - timedelta(hours=3), CHANGE + timedelta(hours=3))
        narrow = await it.found("1", CHANGE + 10 * MINUTE, CHANGE + 20 * MINUTE)
        over = next(item for item in found if item.span.contains(CHANGE))
        sink = Bytes()
        await it.driver.fetch(over, sink, lambda _: None)
    assert len(found) >= 36
    assert all(abs(b.span.start - a.span.end) <= timedelta(seconds=2) for a, b in pairwise(found))
    assert found[0].span.start <= CHANGE - timedelta(hours=3)
    assert found[-1].span.end >= CHANGE + timedelta(hours=3)
    assert over.span.duration < timedelta(minutes=11)
    assert sink.data.startswith(b"DHAV")
    assert narrow[0].span.start <= CHANGE + 10 * MINUTE < narrow[-1].span.end
