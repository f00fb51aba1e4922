"""A stream that is to be recorded, for as long as it is ordered, around one session at a time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock, to_us
from sereno.media.contract import (
    Connecting,
    Event,
    Failed,
    FfmpegStarted,
    Learned,
    Measured,
    StreamTask,
)
from sereno.media.disk import Disk, DiskQueue
from sereno.media.engines import after_failure, after_success, first_choice, memory_of
from sereno.media.faults import Redirected, StreamFault
from sereno.media.ffmpeg.argv import Plan
from sereno.media.ffmpeg.source import FfmpegSource
from sereno.media.leave import Leave, LeaveOver
from sereno.media.pipes import Emit
from sereno.media.recorder import Recorder, disk_fault
from sereno.media.rtsp.receivers import Encode
from sereno.media.rtsp.session import Patience
from sereno.media.segments import LEASE_LOST
from sereno.media.sink import Source
from sereno.media.sources import new_source
from sereno.policy.reason_entry import Retry
from sereno.policy.reasons import Reason
from sereno.wire.reports import ReasonReport

MEASURE_SECONDS = 5.0
BACKOFF_SECONDS = (2.0, 120.0)
BUSY_SECONDS = (15.0, 300.0)

_log = logging.getLogger(__name__)


class Stream:
    """Connects, records until it breaks, waits as the reason asks, and connects again."""

    def __init__(
        self,
        task: StreamTask,
        disk: Disk,
        emit: Emit,
        clock: Clock,
        patience: Patience | None = None,
        encode: Encode | None = None,
    ) -> None:
        self._task = task
        self._clock = clock
        self._patience = patience
        self._encode = encode
        self._choice = first_choice(task)
        self._memory = task.memory
        self._plan: Plan | None = None
        self._queue = DiskQueue(disk, emit, self._on_disk_error)
        self._leave = Leave(task.write_until, clock)
        self._recorder = Recorder(task, self._queue, clock, self._leave)
        self._source: Source | None = None
        self._has_played = False
        self._redirect = ""  # where the server sent the last session
        self._pauses = {
            Retry.BACKOFF: Backoff(*BACKOFF_SECONDS),
            Retry.BUSY: Backoff(*BUSY_SECONDS),
        }
        self._running = asyncio.create_task(self._run())
        self._ending = asyncio.create_task(self._end_with_leave())

    def renew(self, write_until: float | None) -> None:
        """It may be written for longer."""
        self._leave.renew(write_until)

    async def stop(self, reason: Reason) -> None:
        """End the run with this reason and wait until everything is on the disk."""
        self._ending.cancel()
        await asyncio.wait([self._ending])
        await self._end(reason)
        await self._queue.drain()

    async def _end_with_leave(self) -> None:
        await self._leave.ended()
        await self._end(LEASE_LOST.to_reason())
        self._say(Failed(**self._origin(), reason=LEASE_LOST, next_try_us=None))

    async def _end(self, reason: Reason) -> None:
        self._running.cancel()
        await asyncio.wait([self._running])
        self._recorder.end_run(reason)

    async def _run(self) -> None:
        measuring = asyncio.create_task(self._measure())
        try:
            while True:
                pause_seconds = await self._attempt()
                if pause_seconds is None:
                    return
                await asyncio.sleep(pause_seconds)
        finally:
            measuring.cancel()

    async def _attempt(self) -> float | None:
        """One session; the seconds to wait before the next, or None for never."""
        self._say(Connecting(**self._origin()))
        self._has_played = False
        self._recorder.begin_session(self._choice.engine, self._on_run)
        reason = await self._record()
        self._recorder.end_run(reason)
        is_stable = self._recorder.is_stable
        if is_stable:
            for backoff in self._pauses.values():
                backoff.reset()
        verdict = after_failure(
            self._choice, reason, has_played=self._has_played, was_stable=is_stable
        )
        self._choice = verdict.choice
        is_at_once = verdict.is_at_once or bool(self._redirect)
        pause_seconds = 0.0 if is_at_once else self._pause_after(reason)
        pause_us = None if pause_seconds is None else int(pause_seconds * 1_000_000)
        next_try_us = None if pause_us is None else self._now_us() + pause_us
        report = ReasonReport.of(reason)
        self._say(Failed(**self._origin(), reason=report, next_try_us=next_try_us))
        return pause_seconds

    async def _record(self) -> Reason:
        """Play one session to its end, which always has a reason."""
        task = self._task
        redirect, self._redirect = self._redirect, ""
        try:
            async with new_source(
                task, self._choice, self._recorder.now_us, self._patience, self._plan,
                self._encode, self._on_command, redirect,
            ) as source:  # fmt: skip
                self._source = source
                await source.play(self._recorder)
                if isinstance(source, FfmpegSource):
                    self._plan = source.plan
                await source.watch()
        except StreamFault as error:
            if isinstance(error, Redirected) and not redirect:  # two in a row may be a circle
                self._redirect = error.location
            return error.reason
        except Exception as error:  # a fault of ours in one stream must not end the others
            _log.exception("stream %s/%s broke", task.camera_id, task.stream)
            return Reason("unexplained", raw=type(error).__name__)
        finally:
            self._source = None

    def _on_command(self, command: str) -> None:
        self._say(FfmpegStarted(**self._origin(), command=command))

    def _on_run(self) -> str:
        """The transport, which the recorder asks for as it begins a run: this way works."""
        transport = self._source.transport if self._source is not None else ""
        self._has_played = True
        self._choice = after_success(self._choice)
        memory = memory_of(self._choice, transport)
        if memory != self._memory:
            if self._memory is not None and self._memory.engine != memory.engine:
                self._recorder.notice("engine_changed", {})
            self._memory = memory
            self._say(Learned(**self._origin(), memory=memory))
        return transport

    def _pause_after(self, reason: Reason) -> float | None:
        if reason.retry is Retry.NEVER:
            return None
        return self._pauses.get(reason.retry, self._pauses[Retry.BACKOFF]).next_seconds()

    def _on_disk_error(self, error: Exception) -> None:
        if isinstance(error, LeaveOver):
            return  # whoever waits for that ends the stream
        task = self._task
        if not isinstance(error, OSError):
            _log.error("writing %s/%s broke", task.camera_id, task.stream, exc_info=error)
        if self._source is not None:
            self._source.fail(disk_fault(error) if isinstance(error, OSError) else error)

    async def _measure(self) -> None:
        """Say what really comes, every few seconds while something does."""
        recorder = self._recorder
        frames, size_bytes, since = 0, 0, self._clock.monotonic()
        while True:
            await asyncio.sleep(MEASURE_SECONDS)
            now = self._clock.monotonic()
            if recorder.frame_count != frames:
                seconds = now - since
                bitrate = int((recorder.byte_count - size_bytes) * 8 / seconds)
                fps = round((recorder.frame_count - frames) / seconds, 2)
                measured = Measured(
                    **self._origin(), bitrate_bps=bitrate, fps=fps,
                    lost_packets=recorder.lost_packets, drift_us=recorder.drift_us,
                )  # fmt: skip
                self._say(measured)
            frames, size_bytes, since = recorder.frame_count, recorder.byte_count, now

    def _now_us(self) -> int:
        return to_us(self._clock.now())

    def _origin(self) -> dict[str, Any]:
        return {
            "camera_id": self._task.camera_id,
            "stream": self._task.stream,
            "at_us": self._now_us(),
        }

    def _say(self, event: Event) -> None:
        self._queue.say(event.model_dump_json())
