"""One play of a recorder's footage: a runner of its own, and what it says, for one audience.

The runner asks the recorder for it as for a camera's stream, with the footage's own times, and
writes it into a folder that lasts as long as the play; files that nobody reads any more are deleted
meanwhile. The recorder says goodbye in few cases, and goes on beyond the end in others, so that the
end is ours.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from sereno.media.contract import (
    SAYINGS,
    Alive,
    Diagnosed,
    Event,
    Failed,
    FragmentWritten,
    Probed,
    RunStarted,
    SegmentOpened,
    Start,
    StreamTask,
    Watched,
)
from sereno.media.timing import ticks_to_us
from sereno.node.runner_ends import end_reason
from sereno.node.runner_process import RunnerProcess
from sereno.policy.reason_entry import Retry
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

SEGMENT_SECONDS = 10
KEPT_FILES = 8  # of which players that are behind may still be given something
FRAGMENT_MS = 200
MOST_PRE_ROLL_US = 10_000_000
"""So long before what was asked for a device begins at most: with the key frame before."""

HANG_SECONDS = 15.0  # a runner says each second that it lives
END_SECONDS = 5.0  # to take leave of the recorder
_NEAR_END_US = 10_000_000
_NICE = 5  # recording goes first
RUNNER_HUNG = ReasonReport(key="runner_hung")
_TOLD_OTHERWISE = {
    "session_limit": "recorder_busy",
    "device_busy": "recorder_busy",
    "no_such_stream": "recorder_plays_nothing",
}


class PlayState(StrEnum):
    """How a play is, as its viewer is told."""

    WAITING = "waiting"
    CONNECTING = "connecting"
    PLAYING = "playing"
    OVER = "over"
    FAILED = "failed"


class Audience(Protocol):
    """Who gets a play, and is told how it goes."""

    def apply(self, event: Event) -> None:
        """What the runner says, in its order; the first event of a file is that it was opened."""
        ...

    def show(self, state: PlayState, reason: ReasonReport | None) -> None:
        """It is so now."""
        ...

    def end(self, state: PlayState, reason: ReasonReport | None) -> None:
        """It is over, or failed: nothing more comes."""
        ...


class RecorderPlay:
    """Plays what `task` asks for to an audience. `task` has a past, and a folder that is the play's
    own."""

    def __init__(self, argv: Sequence[str], task: StreamTask, audience: Audience) -> None:
        if task.past is None:
            raise ValueError("what is played was recorded once")
        self._argv = argv
        self._task = task
        self._folder = Path(task.footage_dir)
        self._start_us, self._end_us = task.past.starts_at_us, task.past.ends_at_us
        self._audience = audience
        self._files: deque[Path] = deque()
        self._first_key_us = self._pre_roll_us = 0
        self._played_to_us = 0

    async def run(self) -> ReasonReport | None:
        """Play up to the end; why it ended before, or None. The recorder is free again after."""
        try:
            runner = await RunnerProcess.spawn(self._argv)
        except OSError as error:
            log.error("No runner can be started to play: %s.", error.strerror)  # noqa: TRY400
            return ReasonReport(key="unexplained")
        try:
            runner.take_priority(_NICE, ())
            runner.send(Start(task=self._task))
            camera_id, stream = self._task.camera_id, self._task.stream
            runner.send(Watched(camera_id=camera_id, stream=stream, fragment_ms=FRAGMENT_MS))
            return await self._hear(runner)
        finally:
            await _end(runner)

    async def _hear(self, runner: RunnerProcess) -> ReasonReport | None:
        lines = runner.lines()
        while True:
            try:
                async with asyncio.timeout(HANG_SECONDS):
                    line = await anext(lines, None)
            except TimeoutError:
                log.error("Runner %d says nothing any more and is ended.", runner.pid)  # noqa: TRY400
                return RUNNER_HUNG
            if line is None:
                return end_reason(await runner.wait(), 0)
            try:
                said = SAYINGS.validate_json(line)
            except ValidationError:
                log.exception("Runner %d said what is no event.", runner.pid)
                continue
            match said:
                case Failed():
                    if self._is_to_wait(said):
                        continue
                    return self._failure(said.reason)
                case FragmentWritten() if self._is_beyond(said):
                    return None
                case Alive() | Probed() | Diagnosed():
                    continue
                case _:
                    self._apply(said)

    def _apply(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._audience.show(PlayState.PLAYING, None)
            case SegmentOpened():
                self._keep_few(self._folder / event.path)
            case FragmentWritten():
                self._played_to_us = event.at_us + ticks_to_us(event.duration_ticks)
        self._audience.apply(event)

    def _is_beyond(self, fragment: FragmentWritten) -> bool:
        """Whether all that was asked for has been played, also where what was taken for the start
        came before it: devices begin with the key frame before, and few say when that was."""
        at_us = fragment.at_us
        if fragment.is_key and not self._first_key_us:
            self._first_key_us = at_us
        elif fragment.is_key and not self._pre_roll_us:
            self._pre_roll_us = at_us - self._first_key_us
        if self._first_key_us < self._start_us:
            return at_us >= self._end_us  # it said
        pre_roll_us = self._pre_roll_us or at_us - self._first_key_us
        return at_us - min(pre_roll_us, MOST_PRE_ROLL_US) >= self._end_us

    def _is_to_wait(self, failed: Failed) -> bool:
        """Whether the recorder asked to wait, which the runner does by itself."""
        reason = failed.reason
        is_busy = reason.to_reason().retry is Retry.BUSY and failed.next_try_us is not None
        if self._played_to_us or not is_busy:
            return False
        self._audience.show(PlayState.WAITING, _told(reason))
        return True

    def _failure(self, reason: ReasonReport) -> ReasonReport | None:
        """None where the recorder had come to the end: it says so in some way, or hangs up, or
        sends nothing more."""
        is_end = reason.key == "session_ended" or (
            self._played_to_us >= self._end_us - _NEAR_END_US
        )
        return None if self._played_to_us and is_end else _told(reason)

    def _keep_few(self, path: Path) -> None:
        """Whoever reads a file has it open: deleting it takes it from nobody who is in time."""
        self._files.append(path)
        if len(self._files) > KEPT_FILES:
            self._files.popleft().unlink(missing_ok=True)


def _told(reason: ReasonReport) -> ReasonReport:
    """What a refusal means where footage was asked for, not a camera."""
    key = _TOLD_OTHERWISE.get(reason.key)
    return reason if key is None else reason.model_copy(update={"key": key})


async def _end(runner: RunnerProcess) -> None:
    """Let it take leave of the recorder, which is free for the next then."""
    runner.finish()
    try:
        async with asyncio.timeout(END_SECONDS):
            await runner.wait()
    except TimeoutError:
        log.warning("Runner %d does not end by itself and is killed.", runner.pid)
    finally:
        runner.kill()
        await runner.wait()
