"""Pictures that are made ahead, and those that go with their footage."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sereno.base.clock import ManualClock, from_us
from sereno.base.errors import NotFound, Words
from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.picture_cache import PictureCache, PictureKey
from sereno.node.rows import RunRow, StreamKey
from sereno.node.strips import BACK_US, STEP_US, Strips, moments_in, outside

from .conftest import until

KEY = StreamKey(uuid4(), "main")
NOW_US = 3_000_000 * STEP_US + 5


@dataclass
class Asked:
    """In place of `Pictures`: what was asked of it, and a real cache."""

    cache: PictureCache
    moments: list[int] = field(default_factory=list)
    is_at_rest: bool = True
    broken: set[int] = field(default_factory=set)

    async def at(self, key: StreamKey, at_us: int, width: int) -> tuple[int, bytes]:
        self.moments.append(at_us)
        if at_us in self.broken:
            raise NotFound("no_picture_of_this", Words("-", "–"))
        return at_us, b""

    async def kept(self, act: Any, *args: Any) -> Any:
        return act(self.cache, *args)


async def strips_over(tmp_path: Path, *spans: tuple[int, int], **more: Any) -> Strips:
    ledger = LedgerThread(tmp_path / "ledger.sqlite3")
    runs = [RunRow(uuid4(), KEY, start, end, is_open=False) for start, end in spans]
    await ledger.call(Ledger.save, Changes(runs=runs))
    asked: Any = Asked(PictureCache(tmp_path / "pictures", 10_000))
    values: dict[str, Any] = {"is_idle": lambda: True, "round_seconds": 0, "rest_seconds": 0}
    clock = ManualClock(from_us(NOW_US))
    keys = (KEY, StreamKey(KEY.camera_id, "sub"))
    return Strips(asked, ledger, lambda: keys, clock, **(values | more))


async def end(strips: Strips, *tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await strips.ledger.close()
    strips.pictures.cache.close()  # type: ignore[attr-defined]


async def test_one_of_each_step_with_footage_of_the_last_day(tmp_path: Path) -> None:
    start = NOW_US - 2 * BACK_US
    gap = NOW_US - BACK_US // 2
    strips = await strips_over(tmp_path, (start, gap), (gap + 2 * STEP_US, NOW_US))
    asked: Any = strips.pictures
    asked.broken = {NOW_US - 5 - STEP_US}
    task = asyncio.create_task(strips.run())
    day_steps = BACK_US // STEP_US
    await until(lambda: len(asked.moments) >= day_steps - 2, "a day's pictures")
    assert sorted(asked.moments) == asked.moments
    assert len(set(asked.moments)) == day_steps - 2
    assert all(moment % STEP_US == 0 for moment in asked.moments)
    assert not any(gap <= moment < gap + 2 * STEP_US for moment in asked.moments)
    clock: Any = strips.clock
    clock.advance(STEP_US / 1_000_000)
    await strips.ledger.call(
        Ledger.save, Changes(runs=[RunRow(uuid4(), KEY, NOW_US, NOW_US + 2 * STEP_US)])
    )
    await until(lambda: len(asked.moments) == day_steps - 1, "the next one alone")
    await end(strips, task)


@pytest.mark.parametrize("busy", ["machine", "people"])
async def test_nothing_is_made_ahead_while_others_need_the_machine(
    tmp_path: Path, busy: str
) -> None:
    strips = await strips_over(tmp_path, (NOW_US - BACK_US, NOW_US))
    asked: Any = strips.pictures
    looked = 0

    def is_idle() -> bool:
        nonlocal looked
        looked += 1
        return busy != "machine"

    strips.is_idle = is_idle
    asked.is_at_rest = busy != "people"
    task = asyncio.create_task(strips.run())
    await until(lambda: looked > 5, "it has looked a few times")
    assert asked.moments == []
    await end(strips, task)


async def test_pictures_go_with_their_footage(tmp_path: Path) -> None:
    strips = await strips_over(tmp_path, (100, 200), (300, 400))
    asked: Any = strips.pictures
    gone = StreamKey(uuid4(), "main")
    for us in (50, 100, 199, 200, 350):
        asked.cache.put(PictureKey(KEY, us, 160), b"jpeg")
    asked.cache.put(PictureKey(gone, 150, 160), b"jpeg")
    await strips.forget_what_went()
    assert asked.cache.times(KEY) == [100, 199, 350]
    assert asked.cache.streams() == [KEY]
    await end(strips)


def test_spans_may_overlap_where_a_clock_stepped_back() -> None:
    covered = [(0, 10 * STEP_US), (2 * STEP_US, 3 * STEP_US)]
    assert list(moments_in(covered, 1, 12 * STEP_US)) == [n * STEP_US for n in range(1, 10)]
    assert list(outside([STEP_US, 5 * STEP_US, 10 * STEP_US], covered)) == [10 * STEP_US]
