"""What heartbeats say, however the ledger is."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from sereno.base.clock import ManualClock, from_us
from sereno.node.leases import Leases
from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.recording import Recording
from sereno.node.rows import AbsenceRow, StreamKey
from sereno.node.state import NodeState
from sereno.wire.reports import ReasonReport

from .footage import START_US


async def counted(state: NodeState) -> None:
    assert state._counting is not None
    await state._counting


async def test_heartbeats_do_not_wait_for_the_ledger(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock(from_us(START_US))
    ledger = LedgerThread(tmp_path / "ledger.sqlite3")
    recording = Recording(ledger, dict, clock, lambda book: None)
    supervisor = cast("Any", SimpleNamespace(aims={}))
    state = NodeState(
        recording,
        ledger,
        tuple,
        clock,
        "",
        supervisor,
        Leases(clock),
        clock.now(),
        lambda key: None,
    )
    row = AbsenceRow(
        uuid4(), StreamKey(uuid4(), "main"), START_US, START_US + 1, ReasonReport(key="refused")
    )
    row.revision = 1
    await ledger.call(Ledger.save, Changes(absences=[row]))
    await state.whole()
    await counted(state)
    is_free = threading.Event()
    waiting = asyncio.ensure_future(ledger.call(lambda _: is_free.wait()))
    try:
        assert (await state.whole()).backlog == 1, "as it was known"
        assert not waiting.done()
    finally:
        is_free.set()
    await waiting
    await counted(state)
    await ledger.call(lambda each: each.db.execute("DROP TABLE refused"))
    for _ in range(2):
        assert (await state.whole()).backlog == 1
        await counted(state)
    assert len([each for each in caplog.messages if "cannot be counted" in each]) == 1
    await ledger.close()
