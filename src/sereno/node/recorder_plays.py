"""Plays of recorders' footage, each in its turn.

Recorders play for one viewer at a time. Who comes second waits, is told how many are before him,
and has his turn as soon as whoever was before has left and the recorder was told.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree
from typing import Protocol
from uuid import UUID, uuid4

from sereno.base.clock import to_us
from sereno.base.errors import NotFound
from sereno.drivers.contract import Driver, Playback
from sereno.drivers.errors import DeviceError
from sereno.drivers.gate import Gate
from sereno.media.contract import Past, StreamTask
from sereno.node.access import RecorderVisit
from sereno.node.devices.standing import NotUsable
from sereno.node.recorder_play import SEGMENT_SECONDS, Audience, PlayState, RecorderPlay
from sereno.policy.device_times import ahead_of, later
from sereno.wire.orders import DeviceOrder
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

MOST_PLAYS = 16
"""Runners of plays, of some 40 MB each; recorders beyond wait too."""


TOLD_AFTER_SECONDS = 1.0
"""Who waits for longer is told so: whoever seeks waits only for his own play to end."""


class Recorders(Protocol):
    """The devices of the orders, as `sereno.node.devices.devices.Devices` has them."""

    def driver_of(self, device_id: UUID) -> Driver: ...
    def offset_of(self, device_id: UUID) -> float | None: ...
    def order_of(self, device_id: UUID) -> DeviceOrder: ...
    def gate_of(self, device_id: UUID) -> Gate: ...


@dataclass(slots=True)
class RecorderPlays:
    """All plays of a node. `folder` holds what is on its way to viewers; `doors` as in
    `StreamTask.doors_dir`."""

    argv: Sequence[str]
    recorders: Recorders
    folder: Path
    doors: Path
    _lines: dict[UUID, list[Audience]] = field(default_factory=dict, init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _clearing: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _room: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(MOST_PLAYS), init=False
    )

    async def prepare(self) -> None:
        """Delete what a kill has left."""
        await asyncio.to_thread(rmtree, self.folder, ignore_errors=True)

    async def close(self) -> None:
        """End all plays, and let the recorders know."""
        for task in self._tasks:
            if not task.cancelling():
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*self._clearing)
        await self.prepare()

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Do it beside; `close` ends it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def new_folder(self) -> Path:
        """Where a play may lie; it is not made yet."""
        return self.folder / str(uuid4())

    @asynccontextmanager
    async def playing(
        self, visit: RecorderVisit, folder: Path, audience: Audience
    ) -> AsyncIterator[None]:
        """Meanwhile the audience gets the footage, and at last that it is over. Leaving ends the
        play and deletes the folder; that the recorder learns it is not waited for."""
        play = self.spawn(self._show(visit, folder, audience))
        try:
            yield
        finally:
            play.cancel()
            clearing = asyncio.create_task(_clear(play, folder))
            self._clearing.add(clearing)
            clearing.add_done_callback(self._clearing.discard)

    async def _show(self, visit: RecorderVisit, folder: Path, audience: Audience) -> None:
        try:
            reason = await self._in_turn(visit, folder, audience)
        except (DeviceError, NotUsable) as error:
            reason = ReasonReport.of(error.reason)
        except NotFound:  # it was removed a moment ago
            reason = ReasonReport(key="recorder_not_connected")
        except Exception:  # one play must not end the node, nor its viewer wait for ever
            log.exception("a play of device %s broke", visit.device_id)
            reason = ReasonReport(key="unexplained")
        audience.end(PlayState.OVER if reason is None else PlayState.FAILED, reason)

    async def _in_turn(
        self, visit: RecorderVisit, folder: Path, audience: Audience
    ) -> ReasonReport | None:
        gate = self.recorders.gate_of(visit.device_id)
        async with self._line(visit.device_id, audience), gate.turn("playback"), self._room:
            audience.show(PlayState.CONNECTING, None)
            task = self._task(visit, await self._playback(visit), folder)
            return await RecorderPlay(self.argv, task, audience).run()

    async def _playback(self, visit: RecorderVisit) -> Playback:
        """Where the device plays it: asked by the device's clock, for a span in true time."""
        ahead = visit.ahead
        if ahead is None:
            ahead = ahead_of(self.recorders.offset_of(visit.device_id))
        driver = self.recorders.driver_of(visit.device_id)
        playback = await driver.playback(visit.channel, later(visit.span, ahead))
        return replace(playback, span=later(playback.span, -ahead))

    @asynccontextmanager
    async def _line(self, device_id: UUID, audience: Audience) -> AsyncIterator[None]:
        """Stand in line before a device; each is told how many are before it."""
        line = self._lines.setdefault(device_id, [])
        line.append(audience)
        loop = asyncio.get_running_loop()
        telling = loop.call_later(
            TOLD_AFTER_SECONDS, lambda: _tell_place(audience, line.index(audience))
        )
        try:
            yield
        finally:
            telling.cancel()
            place = line.index(audience)
            line.remove(audience)
            for ahead, each in enumerate(line):
                if ahead >= place:
                    _tell_place(each, ahead)
            if not line:
                del self._lines[device_id]

    def _task(self, visit: RecorderVisit, playback: Playback, folder: Path) -> StreamTask:
        order = self.recorders.order_of(visit.device_id)
        return StreamTask(
            camera_id=visit.camera_id,
            stream="main",
            address=playback.address,
            username=order.username,
            password=order.password,
            engine="native",
            transport="tcp",
            footage_dir=str(folder),
            segment_seconds=SEGMENT_SECONDS,
            doors_dir=str(self.doors),
            past=Past(
                starts_at_us=to_us(playback.span.start),
                ends_at_us=to_us(playback.span.end),
                headers=dict(playback.headers),
            ),
        )


async def _clear(play: asyncio.Task[None], folder: Path) -> None:
    """Nobody reads it any more."""
    await asyncio.wait([play])
    await asyncio.to_thread(rmtree, folder, ignore_errors=True)


def _tell_place(audience: Audience, ahead: int) -> None:
    """Who is first begins in a moment, and is told so then."""
    if ahead:
        params = {"ahead": str(ahead)}
        audience.show(
            PlayState.WAITING, ReasonReport(key="recorder_plays_for_others", params=params)
        )
