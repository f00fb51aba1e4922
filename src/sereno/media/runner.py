"""The runner: a process that records many streams.

Commands come on standard input, events leave on standard output (`sereno.media.contract`), logs on
standard error. It ends when its input closes, at SIGTERM or SIGINT, or when its parent dies, and
seals its files first.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import assert_never
from uuid import UUID

import uvloop

from sereno.base.clock import Clock, SystemClock, to_us
from sereno.base.redact import RedactingFormatter
from sereno.media.contract import (
    Command,
    Diagnose,
    Diagnosed,
    Probe,
    Probed,
    Renew,
    Start,
    Stop,
    Stopped,
    StreamTask,
    TrySoon,
    Watched,
)
from sereno.media.diagnosis.diagnose import PATIENCE as DIAGNOSIS_PATIENCE
from sereno.media.diagnosis.diagnose import Diagnosis, Scene
from sereno.media.disk import Disk
from sereno.media.doors import Doors
from sereno.media.pipes import Emit, EventPipe, read_commands
from sereno.media.probe import probe
from sereno.media.rtsp.session import Patience
from sereno.media.sound.encoding import SoundEncoding
from sereno.media.stream import Stream
from sereno.media.vitals import tell_vitals
from sereno.policy.reasons import Reason
from sereno.wire.errands import DiagnosisReport
from sereno.wire.reports import ReasonReport

MOST_PROBES = 4
"""Streams that are tried at a time."""

_PR_SET_PDEATHSIG = 1
_log = logging.getLogger(__name__)

_Key = tuple[UUID, str]


class Runner:
    """Holds streams and does what commands say, those of one stream in their order.

    `hurry` is called where what was emitted should not wait for more.
    """

    def __init__(
        self,
        emit: Emit,
        clock: Clock,
        patience: Patience | None = None,
        hurry: Callable[[], None] = lambda: None,
    ) -> None:
        self._emit = emit
        self._hurry = hurry
        self._clock = clock
        self._patience = patience
        self._sound = SoundEncoding()
        self._streams: dict[_Key, Stream] = {}
        self._disks: dict[str, Disk] = {}
        self._doors: dict[str, Doors] = {}
        self._locks: dict[_Key, asyncio.Lock] = {}
        self._acts: set[asyncio.Task[None]] = set()
        self._probes: set[asyncio.Task[None]] = set()
        self._may_probe = asyncio.Semaphore(MOST_PROBES)

    def obey(self, command: Command) -> None:
        """Begin to do what the command says; a slow stream delays only its own commands."""
        act = asyncio.create_task(self._obey(command))
        acts = self._probes if isinstance(command, Probe | Diagnose) else self._acts
        acts.add(act)
        act.add_done_callback(acts.discard)

    def disks(self) -> Mapping[str, Disk]:
        """The disks that are written to, by folder."""
        return self._disks

    async def close(self) -> None:
        """Stop all streams, seal their files and let go of the disks."""
        for each in self._probes:
            each.cancel()
        await asyncio.gather(*self._probes, return_exceptions=True)
        if self._acts:
            await asyncio.wait(self._acts)
        stopped = Reason("stopped")
        await asyncio.gather(*(stream.stop(stopped) for stream in self._streams.values()))
        self._streams.clear()
        await self._sound.close()
        await asyncio.gather(*(disk.close() for disk in self._disks.values()))
        self._disks.clear()
        for doors in self._doors.values():
            doors.close()

    async def _obey(self, command: Command) -> None:
        match command:
            case Start(task=task):
                key = (task.camera_id, task.stream)
                async with self._lock_of(key):
                    await self._stop(key, Reason("order_changed"))
                    self._streams[key] = self._start(task)
            case Stop():
                key = (command.camera_id, command.stream)
                async with self._lock_of(key):
                    await self._stop(key, command.reason.to_reason())
                    self._say_stopped(command)
            case Renew():
                key = (command.camera_id, command.stream)
                async with self._lock_of(key):
                    if (stream := self._streams.get(key)) is not None:
                        stream.renew(command.write_until)
            case TrySoon():
                if (stream := self._streams.get((command.camera_id, command.stream))) is not None:
                    stream.try_soon()
            case Watched():
                key = (command.camera_id, command.stream)
                async with self._lock_of(key):
                    if (stream := self._streams.get(key)) is not None:
                        stream.watched(command.fragment_ms)
            case Probe(task=task):
                async with self._may_probe:
                    doors = self._doors_of(task)
                    self._say_probed(task, await probe(task, self._clock, doors, self._patience))
            case Diagnose():
                await self._diagnose(command)
            case _:
                assert_never(command)

    async def _diagnose(self, command: Diagnose) -> None:
        def tell(report: DiagnosisReport) -> None:
            said = Diagnosed(errand_id=command.errand_id, report=report)
            self._emit(said.model_dump_json())

        doors, patience = self._doors_of(command.task), self._patience or DIAGNOSIS_PATIENCE
        scene = Scene(command.is_recorded, command.sibling)
        await Diagnosis(command.task, self._clock, doors, tell, scene, patience).run()

    def _start(self, task: StreamTask) -> Stream:
        disk = self._disks.get(task.footage_dir)
        if disk is None:
            disk = self._disks[task.footage_dir] = Disk(Path(task.footage_dir))
        return Stream(
            task, disk, self._emit, self._clock, self._doors_of(task), self._patience,
            self._sound.encode, self._hurry,
        )  # fmt: skip

    def _doors_of(self, task: StreamTask) -> Doors:
        folder = task.doors_dir
        if folder not in self._doors:
            self._doors[folder] = Doors(Path(folder) if folder else None, self._clock)
        return self._doors[folder]

    async def _stop(self, key: _Key, reason: Reason) -> None:
        stream = self._streams.pop(key, None)
        if stream is not None:
            await stream.stop(reason)

    def _say_stopped(self, command: Stop) -> None:
        at_us = to_us(self._clock.now())
        stopped = Stopped(camera_id=command.camera_id, stream=command.stream, at_us=at_us)
        self._emit(stopped.model_dump_json())

    def _say_probed(self, task: StreamTask, reason: Reason | None) -> None:
        probed = Probed(
            camera_id=task.camera_id, stream=task.stream, at_us=to_us(self._clock.now()),
            reason=None if reason is None else ReasonReport.of(reason),
        )  # fmt: skip
        self._emit(probed.model_dump_json())

    def _lock_of(self, key: _Key) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())


async def run_streams(clock: Clock | None = None) -> None:
    """Do what standard input says until it closes or a signal comes."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    pipe = await EventPipe.open(on_overflow=ended.set)
    clock = clock or SystemClock()
    runner = Runner(pipe.emit, clock, hurry=pipe.hurry)
    reading = asyncio.create_task(_read_into(runner))
    reading.add_done_callback(lambda _: ended.set())
    # Until the end: also a runner that seals its files says that it lives.
    living = asyncio.create_task(tell_vitals(pipe.emit, clock, runner.disks))
    await ended.wait()
    reading.cancel()
    await asyncio.wait([reading])
    await runner.close()
    living.cancel()
    await asyncio.wait([living])
    await pipe.close()


async def record_one(
    task: StreamTask, seconds: float | None, emit: Emit, clock: Clock | None = None
) -> None:
    """Record one stream as the runner does, for so long or until cancelled.

    Each event line goes to `emit`. Files are sealed in any case.
    """
    runner = Runner(emit, clock or SystemClock())
    runner.obey(Start(task=task))
    try:
        await (asyncio.sleep(seconds) if seconds is not None else asyncio.Event().wait())
    finally:
        await runner.close()


async def _read_into(runner: Runner) -> None:
    async for command in read_commands():
        runner.obey(command)


def die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent ends (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> None:
    """What `sereno stream run` does."""
    die_with_parent()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    uvloop.run(run_streams())
