"""Somebody sets the machine's clock, by an hour and by ten years, while a real node records."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sereno.base.errors import Garbled
from sereno.media.fmp4.header import SegmentHeader
from sereno.media.fmp4.reader import SegmentContents, read_segment
from sereno.sim import SimServer

from .conftest import HubDouble, camera_order, serving, tcp_listener

WAIT_SECONDS = 240.0  # only guards against hanging: a start alone takes minutes on a busy machine
HOUR = 3600
MUCH_US = 600_000_000  # of a machine that has more to do, and much less than an hour
TEN_YEARS = 10 * 365 * 24 * HOUR
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
# `sereno node run` as it is without this library, which refuses `time.sleep` (EINVAL) and makes all
# slow: runners may be silent for long, and take long to seal their files at the node's end.
NODE = """
import threading, time
from sereno.cli.main import run
from sereno.node import runner_watch, supervisor
time.sleep = lambda seconds: threading.Event().wait(seconds)
runner_watch.SILENT_SECONDS = supervisor.FINISH_SECONDS = 60.0
run()
"""
pytestmark = pytest.mark.skipif(LIBRARY is None, reason="needs libfaketime (Debian)")


@asynccontextmanager
async def node_process(data: Path, port: int, clock: Path) -> AsyncIterator[None]:
    """`sereno node run`, whose clock and whose runners' clock are off by what `clock` says."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("SERENO_")},
        "SERENO_DATA": str(data),
        "SERENO_HUB_URL": f"http://127.0.0.1:{port}",
        "SERENO_ENROLMENT_CODE": "code-1",
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        # pthread_cond_timedwait is faked all the same: whoever waits for the interpreter would do
        # so in a busy loop, a thousand times as often as by this, its usual interval.
        "FAKETIME_WAIT_MS": "5",
        "PYTHONFAULTHANDLER": "1",
    }
    argv = (sys.executable, "-P", "-c", NODE, "node", "run")
    process = await asyncio.create_subprocess_exec(*argv, env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), WAIT_SECONDS)
        except TimeoutError:
            process.send_signal(signal.SIGABRT)  # says where each of its threads hangs
            await process.wait()
            raise
        print(f"the node ended with status {process.returncode}")  # seen where it did not end well


def headers(data: Path) -> list[SegmentHeader]:
    """Those of the files that hold a picture, in the order in which they were written."""
    found = [_read(file) for file in (data / "footage").rglob("*.mp4")]
    known = [contents.header for contents in found if contents is not None and len(contents.index)]
    return sorted(known, key=lambda header: header.sequence)


def _read(file: Path) -> SegmentContents | None:
    """Nothing of one that was opened just now and is empty still, or is gone again."""
    try:
        return read_segment(file)
    except (Garbled, FileNotFoundError):
        return None


async def until_files(data: Path, count: int) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while len(headers(data)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def set_clock(clock: Path, seconds: int) -> None:
    """In one step, so that nobody reads half a number."""
    new = clock.with_suffix(".new")
    new.write_text(f"{seconds:+d}")
    new.replace(clock)


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("seconds", [HOUR, -HOUR, TEN_YEARS, -TEN_YEARS])
@pytest.mark.provokes("clock_stepped")
async def test_a_clock_that_is_set_and_set_back_splits_runs_and_nothing_else(
    hub: HubDouble, cameras: SimServer, data: Path, tmp_path: Path, seconds: int
) -> None:
    hub.order(camera_order(cameras, 1))
    clock = tmp_path / "clock"
    set_clock(clock, 0)
    listener = tcp_listener()
    async with (
        serving(hub.app(), listener),
        node_process(data, listener.getsockname()[1], clock),
    ):
        for count, offset in enumerate((0, seconds, 0), start=1):
            set_clock(clock, offset)
            await until_files(data, count)
    first, away, back = headers(data)
    assert [header.sequence for header in (first, away, back)] == [1, 2, 3]
    assert abs(away.start_us - first.start_us - seconds * 1_000_000) < MUCH_US
    assert abs(back.start_us - first.start_us) < MUCH_US

    ledger = sqlite3.connect(data / "node" / "ledger.sqlite3")
    rows = ledger.execute("SELECT run_id, start_us, end_us, is_open, end_reason FROM runs")
    runs = {row[0]: row[1:] for row in rows}
    for header, reason in ((first, "clock_stepped"), (away, "clock_stepped"), (back, "node_down")):
        start_us, end_us, is_open, end_reason = runs.pop(str(header.run_id))
        assert start_us < end_us < start_us + MUCH_US
        assert not is_open
        assert reason in end_reason
    assert runs == {}
    assert ledger.execute("SELECT * FROM absences WHERE end_us < start_us").fetchall() == []
    ledger.close()
