"""Streams recorded in this process, and what their files hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.media.contract import (
    Failed,
    SegmentOpened,
    Start,
    StreamTask,
)
from sereno.media.rtsp.session import Patience
from sereno.media.runner import Runner
from sereno.policy import retries
from sereno.policy.reason_entry import Retry
from sereno.policy.retries import Pause

from .camera import (
    Told,
)

# A busy machine holds up cameras and recorders alike; who waits for a failure has less patience.
PATIENCE = Patience(
    connect_seconds=30, reply_seconds=30, silence_seconds=30, least_timeout_seconds=0.2
)


def let_tries_follow_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stream waits before its next try."""
    short = dict.fromkeys(Retry, Pause(0.01, 0.02, "nobody waits in a test"))
    monkeypatch.setattr(retries, "PAUSES", short)


@asynccontextmanager
async def recording(
    task: StreamTask, told: Told, patience: Patience = PATIENCE
) -> AsyncIterator[Runner]:
    runner = Runner(told, SystemClock(), patience)
    runner.obey(Start(task=task))
    try:
        yield runner
    finally:
        await runner.close()


async def first_failure(task: StreamTask, told: Told, patience: Patience = PATIENCE) -> Failed:
    async with recording(task, told, patience):
        return await told.wait(Failed)


def samples_of(path: Path) -> list[bytes]:
    """All samples of a file, found without our reader: what lies in `mdat`, in `trun`'s sizes."""
    data, samples, at, sizes = path.read_bytes(), [], 0, []
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + size]
        if kind == b"moof":
            trun = body[body.index(b"trun") + 4 :]
            count = int.from_bytes(trun[4:8], "big")
            sizes = [int.from_bytes(trun[20 + 8 * n : 24 + 8 * n], "big") for n in range(count)]
        if kind == b"mdat":
            for each in sizes:
                samples.append(body[:each])
                body = body[each:]
            assert body == b""
        at += size
    return samples


def files_of(told: Told, footage: Path) -> list[Path]:
    return [footage / event.path for event in told.all(SegmentOpened)]
