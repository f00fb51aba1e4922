"""Tries before a window, with a runner that only pretends."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from sereno.base.clock import ManualClock
from sereno.media.contract import StreamTask
from sereno.node import probing
from sereno.node.probing import Probing
from sereno.node.rows import StreamKey
from sereno.node.stream_book import StreamBook
from sereno.node.tasks import task_of
from sereno.node.unsaved import Unsaved
from sereno.node.wishes import Place, Rest, Wish
from sereno.policy.knobs import Manner
from sereno.wire.reports import ReasonReport, StreamState

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MAIN, SUB = StreamKey(UUID(int=7), "main"), StreamKey(UUID(int=7), "sub")
WISH = Wish("rtsp://camera/main", "", SecretStr(""))
SILENT = "import sys; sys.stdin.read()"
READY = """
import json, sys
for line in sys.stdin:
    task = json.loads(line)["task"]
    said = {"e": "probed", "at_us": 1, "reason": None}
    print(json.dumps(said | {each: task[each] for each in ("camera_id", "stream")}), flush=True)
"""


class Desk:
    """Streams that rest until `window`, and what was told of them."""

    def __init__(self, runner: str, seconds: float, *keys: StreamKey) -> None:
        self.clock = ManualClock(NOW)
        window = NOW + timedelta(seconds=seconds)
        reason = ReasonReport(key="not_scheduled")
        rest = Rest(StreamState.NOT_SCHEDULED, reason, reason, Manner(), window)
        self.aims: dict[StreamKey, Wish | Rest] = dict.fromkeys(keys, rest)
        self.told: list[StreamKey] = []
        self.probing = Probing(
            (sys.executable, "-c", runner), self.clock, lambda: self.aims, self._task_at,
            lambda key, reason: self.told.append(key), 0.1,
        )  # fmt: skip

    def _task_at(self, key: StreamKey, moment: datetime) -> StreamTask:
        book = StreamBook(key, Unsaved(), self.clock)
        return task_of(book, WISH, Place(Path("nowhere")), None)


@pytest.mark.parametrize(("seconds", "is_due"), [(301, False), (120, True), (30, False)])
def test_a_try_must_be_over_before_the_window(seconds: float, is_due: bool) -> None:
    assert bool(Desk(READY, seconds, MAIN).probing.due()) is is_due


async def test_a_round_ends_before_the_window() -> None:
    desk = Desk(SILENT, 120, MAIN)
    due = desk.probing.due()
    desk.clock.advance(120 - probing.LEAVE_BEFORE.total_seconds() - 0.2)
    async with asyncio.timeout(60):  # a runner that says nothing is given two minutes
        await desk.probing._try(due)
    assert desk.told == []


async def test_a_round_ends_when_a_stream_is_to_be_recorded_after_all() -> None:
    desk = Desk(SILENT, 120, MAIN)
    due = desk.probing.due()
    desk.aims[MAIN] = WISH
    async with asyncio.timeout(60):  # a runner that says nothing is given two minutes
        await desk.probing._try(due)
    assert desk.told == []


async def test_what_a_try_met_is_not_told_of_a_stream_that_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probing, "STIR_SECONDS", 60.0)  # the answer is quicker
    desk = Desk(READY, 120, MAIN)
    due = desk.probing.due()
    desk.aims[MAIN] = WISH
    await desk.probing._try(due)
    assert desk.told == []


async def test_the_streams_of_one_camera_are_tried_one_after_the_other() -> None:
    desk = Desk(READY, 120, MAIN, SUB)
    await desk.probing._try(desk.probing.due())
    assert desk.told == [MAIN]
    assert list(desk.probing.due()) == [SUB]
    await desk.probing._try(desk.probing.due())
    assert desk.told == [MAIN, SUB]
