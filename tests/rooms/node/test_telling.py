"""What the hub refuses holds up nothing else, and is told again when that may help."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from sereno.base.clock import ManualClock, from_us
from sereno.base.errors import Unavailable
from sereno.node.hub_client import HubClient
from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.rows import AbsenceRow, RunRow, StreamKey
from sereno.node.telling import Telling
from sereno.wire.reports import ReasonReport

from .conftest import HubDouble, serving, tcp_listener
from .footage import START_US

SECOND = 1_000_000


@dataclass
class Desk:
    """A ledger with news, and a hub to tell them to."""

    hub: HubDouble
    ledger: LedgerThread
    clock: ManualClock
    telling: Telling

    async def backlog(self) -> int:
        now_us = int(self.clock.now().timestamp()) * SECOND
        return await self.ledger.call(Ledger.backlog, now_us)


@pytest.fixture
async def desk(hub: HubDouble, tmp_path: Path) -> AsyncIterator[Desk]:
    listener = tcp_listener()
    ledger = LedgerThread(tmp_path / "ledger.sqlite3")
    client = HubClient(f"http://127.0.0.1:{listener.getsockname()[1]}", None)
    client.use_token(SecretStr(hub.token))
    clock = ManualClock(from_us(START_US))
    async with serving(hub.app(), listener):
        yield Desk(hub, ledger, clock, Telling(client, ledger, clock, batch_rows=20))
    await client.close()
    await ledger.close()


def runs_of(key: StreamKey, count: int) -> list[RunRow]:
    return [
        RunRow(uuid4(), key, START_US + at * SECOND, START_US + (at + 1) * SECOND, is_open=False,
               end_reason=ReasonReport(key="camera_closed"), revision=1)
        for at in range(0, 2 * count, 2)
    ]  # fmt: skip


def stream() -> StreamKey:
    return StreamKey(uuid4(), "main")


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


async def test_a_camera_that_is_not_ours_holds_up_no_other(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    gone, mine = stream(), stream()
    ours = runs_of(mine, 50)
    await desk.ledger.call(Ledger.save, Changes(runs=[*runs_of(gone, 50), *ours]))
    desk.hub.foreign = {gone.camera_id}
    await desk.telling.tell_all()
    assert set(desk.hub.runs) == {run.run_id for run in ours}
    horizons = [each for batch in desk.hub.batches for each in batch.horizons]
    assert [each.camera_id for each in horizons] == [mine.camera_id]
    assert desk.hub.refusals < 10  # not one by one
    assert await desk.backlog() == 0
    said = warnings_in(caplog)
    assert len(said) == 1
    assert str(gone.camera_id) in said[0]

    await desk.ledger.call(Ledger.save, Changes(runs=runs_of(gone, 1)))
    refusals = desk.hub.refusals
    await desk.telling.tell_all()
    assert desk.hub.refusals == refusals  # nor asked again for each new row


async def test_what_was_refused_is_told_again_when_the_camera_is_ours_again(desk: Desk) -> None:
    moved = stream()
    await desk.ledger.call(Ledger.save, Changes(runs=runs_of(moved, 30)))
    desk.hub.foreign = {moved.camera_id}
    await desk.telling.tell_all()
    assert desk.hub.runs == {}
    desk.hub.foreign = set()
    await desk.telling.tell_all()
    assert desk.hub.runs == {}
    await desk.ledger.call(Ledger.tell_again, [moved.camera_id])
    await desk.telling.tell_all()
    assert len(desk.hub.runs) == 30


async def test_what_was_refused_is_told_again_a_day_later_and_logged_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    moved = stream()
    await desk.ledger.call(Ledger.save, Changes(runs=runs_of(moved, 3)))
    desk.hub.foreign = {moved.camera_id}
    for _ in range(3):
        await desk.telling.tell_all()
        desk.clock.advance(24 * 3600)
    assert len(warnings_in(caplog)) == 1
    desk.hub.foreign = set()
    await desk.telling.tell_all()
    assert len(desk.hub.runs) == 3


async def test_one_item_that_cannot_be_read_holds_up_no_other(desk: Desk) -> None:
    key = stream()
    runs = runs_of(key, 20)
    absence = AbsenceRow(
        uuid4(), key, START_US + SECOND, START_US + 2 * SECOND, ReasonReport(key="refused"),
        is_open=False, revision=1,
    )  # fmt: skip
    await desk.ledger.call(Ledger.save, Changes(runs=runs, absences=[absence]))
    desk.hub.poison = {runs[7].run_id, absence.absence_id}
    await desk.telling.tell_all()
    assert set(desk.hub.runs) == {run.run_id for run in runs} - {runs[7].run_id}
    assert desk.hub.absences == {}
    assert [each.camera_id for batch in desk.hub.batches for each in batch.horizons] == [
        key.camera_id
    ]


@pytest.mark.parametrize("place", [0, 7, 19])
async def test_what_the_hub_fails_over_holds_up_nothing_else(desk: Desk, place: int) -> None:
    runs = runs_of(stream(), 20)
    await desk.ledger.call(Ledger.save, Changes(runs=runs))
    desk.hub.stumbles = {runs[place].run_id}
    await desk.telling.tell_all()
    assert set(desk.hub.runs) == {run.run_id for run in runs} - desk.hub.stumbles
    assert await desk.backlog() == 0


async def test_a_hub_that_fails_over_everything_is_told_all_when_it_is_well(desk: Desk) -> None:
    runs = runs_of(stream(), 50)
    await desk.ledger.call(Ledger.save, Changes(runs=runs))
    desk.hub.is_broken = True
    with pytest.raises(Unavailable):
        await desk.telling.tell_all()
    assert desk.hub.refusals < 20
    assert await desk.backlog() == 50
    desk.hub.is_broken = False
    await desk.telling.tell_all()
    assert len(desk.hub.runs) == 50


async def test_a_stream_told_in_an_earlier_batch_has_its_horizon_too(desk: Desk) -> None:
    early, late = stream(), stream()
    later = [
        RunRow(uuid4(), late, run.start_us + 100 * SECOND, run.end_us + 100 * SECOND,
               is_open=False, revision=1)
        for run in runs_of(late, 5)
    ]  # fmt: skip
    await desk.ledger.call(Ledger.save, Changes(runs=[*runs_of(early, 20), *later]))
    await desk.telling.tell_all()
    told = {each.camera_id for batch in desk.hub.batches for each in batch.horizons}
    assert told == {early.camera_id, late.camera_id}
