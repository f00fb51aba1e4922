"""A stream that is to be recorded, for as long as it is ordered, around one session at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from random import random
from typing import Any, NoReturn

from sereno.base.clock import Clock, to_us
from sereno.media.contract import Connecting, Event, Failed, FfmpegStarted, Learned, StreamTask
from sereno.media.disk import Disk, DiskQueue, disk_fault
from sereno.media.doors import Door, Doors
from sereno.media.engines import after_failure, after_success, first_choice, memory_of
from sereno.media.faults import Redirected, StreamFault, without_secrets
from sereno.media.ffmpeg.argv import Plan
from sereno.media.ffmpeg.source import FfmpegSource
from sereno.media.hosts import host_and_port
from sereno.media.leave import Leave, LeaveOver
from sereno.media.measuring import tell_measures
from sereno.media.past import PastTimes
from sereno.media.pipes import Emit
from sereno.media.recorder import Recorder
from sereno.media.rtsp.receivers import Encode
from sereno.media.rtsp.session import Patience, Session
from sereno.media.segments import LEASE_LOST
from sereno.media.sink import MediaSink, Source
from sereno.media.sources import new_source
from sereno.policy.reason_entry import Retry
from sereno.policy.reasons import Reason
from sereno.policy.retries import OF_THE_HOST, OF_THE_LOGIN, Pauses
from sereno.wire.reports import ReasonReport

SOON_SECONDS = 1.0
"""Over so long the streams of a device spread that comes back."""

_log = logging.getLogger(__name__)


class Stream:
    """Connects, records until it breaks, waits as the reason asks, and connects again."""

    def __init__(
        self,
        task: StreamTask,
        disk: Disk,
        emit: Emit,
        clock: Clock,
        doors: Doors,
        patience: Patience | None = None,
        encode: Encode | None = None,
        hurry: Callable[[], None] = lambda: None,
    ) -> None:
        self._task = task
        self._clock = clock
        self._doors = doors
        self._patience = patience
        self._encode = encode
        self._choice = first_choice(task)
        self._memory = task.memory
        self._plan: Plan | None = None
        self._queue = DiskQueue(disk, emit, self._on_disk_error, hurry)
        self._leave = Leave(task.write_until, clock)
        self._recorder = Recorder(task, self._queue, clock, self._leave)
        self._source: Source | None = None
        self._has_played = self._has_waited = False
        self._redirect = ""  # where the server sent the last session
        self._pauses = Pauses()
        self._may_be_over = False  # whether what it waits for is over once another stream plays
        self._news = asyncio.Event()
        self._running = asyncio.create_task(self._run())
        self._ending = asyncio.create_task(self._end_with_leave())

    def renew(self, write_until: float | None) -> None:
        """It may be written for longer."""
        self._leave.renew(write_until)

    def watched(self, fragment_ms: int | None) -> None:
        """Somebody watches: hand on at once, in fragments no longer than this. None: nobody."""
        self._queue.is_prompt = fragment_ms is not None
        self._recorder.shorten(fragment_ms)
        self._hasten(self._source)

    def try_soon(self) -> None:
        """Another stream of its device plays again: wait no longer, if it waits for that."""
        if self._may_be_over:
            self._news.set()

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
        measuring = asyncio.create_task(
            tell_measures(self._recorder, self._clock, self._origin, self._say)
        )
        try:
            while True:
                await self._rest(await self._attempt())
        finally:
            measuring.cancel()

    async def _rest(self, seconds: float | None) -> None:
        """Wait for so long, None for ever, or until there is news."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
                await asyncio.sleep(random() * SOON_SECONDS)  # noqa: S311  nothing to guess
        self._may_be_over = False

    async def _attempt(self) -> float | None:
        """One session; the seconds to wait before the next, or None for never."""
        self._say(Connecting(**self._origin()))
        self._has_played = self._has_waited = False
        self._recorder.begin_session(self._choice.engine, self._on_run)
        reason = await self._record()
        self._recorder.end_run(reason)
        is_stable = self._recorder.is_stable
        if is_stable:
            self._pauses.reset()
        verdict = after_failure(
            self._choice, reason, has_played=self._has_played, was_stable=is_stable
        )
        self._choice = verdict.choice
        self._may_be_over = reason.retry in OF_THE_HOST or reason.key in OF_THE_LOGIN
        pause_seconds = self._pause_after(reason, is_at_once=verdict.is_at_once)
        pause_us = None if pause_seconds is None else int(pause_seconds * 1_000_000)
        next_try_us = None if pause_us is None else self._now_us() + pause_us
        report = ReasonReport.of(reason)
        self._say(Failed(**self._origin(), reason=report, next_try_us=next_try_us))
        return pause_seconds

    def _pause_after(self, reason: Reason, *, is_at_once: bool) -> float | None:
        """Footage is not begun anew by itself, for it would begin at its start."""
        is_footage = self._task.past is not None
        if is_footage and (self._has_played or reason.retry is not Retry.BUSY):
            return None
        return 0.0 if is_at_once or self._redirect else self._pauses.after(reason)

    async def _record(self) -> Reason:
        """Play one session to its end, which always has a reason."""
        task = self._task
        password = task.password.get_secret_value()
        redirect, self._redirect = self._redirect, ""
        try:
            async with self._doors.door(
                task.address, task.username, password, self._on_wait
            ) as door:
                if self._has_waited:
                    self._say(Connecting(**self._origin()))
                await self._play(door, redirect)
        except StreamFault as error:
            if isinstance(error, Redirected) and not redirect:  # two in a row may be a circle
                self._redirect = error.location
            return without_secrets(error.reason, task.username, password)
        except Exception as error:  # a fault of ours in one stream must not end the others
            _log.exception("stream %s/%s broke", task.camera_id, task.stream)
            return Reason("unexplained", raw=type(error).__name__)
        finally:
            self._source = None

    async def _play(self, door: Door, redirect: str) -> NoReturn:
        past = self._task.past
        times = PastTimes(self._recorder, past, self._now_us) if past is not None else None
        sink: MediaSink = times or self._recorder
        async with new_source(
            self._task, self._choice, sink.now_us, self._patience, self._plan,
            self._encode, self._on_command, redirect, door, times.said if times else None,
        ) as source:  # fmt: skip
            self._source = source
            self._hasten(source)
            await source.play(sink)
            door.answered()
            if isinstance(source, FfmpegSource):
                self._plan = source.plan
            await source.watch()

    def _hasten(self, source: Source | None) -> None:
        if isinstance(source, Session):  # ffmpeg's pipe is always read at once
            source.read_at_once(self._queue.is_prompt)

    def _on_wait(self) -> None:
        self._has_waited = True
        host, _ = host_and_port(self._task.address)
        reason = ReasonReport(key="waits_its_turn", params={"host": host})
        self._say(Connecting(**self._origin(), reason=reason))

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

    def _on_disk_error(self, error: Exception) -> None:
        if isinstance(error, LeaveOver):
            return  # whoever waits for that ends the stream
        task = self._task
        if not isinstance(error, OSError):
            _log.error("writing %s/%s broke", task.camera_id, task.stream, exc_info=error)
        if self._source is not None:
            self._source.fail(disk_fault(error) if isinstance(error, OSError) else error)

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
