"""Live playlists of the streams that somebody plays by them, fed with what runners write.

A stream's playlist is begun when it is first asked for, from what was written in the last minute,
and forgotten a while after nobody asks any more: a stream without such players costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from sereno.base.clock import Clock, to_us
from sereno.base.errors import NotFound, Words
from sereno.media.contract import Event, FragmentWritten, RunEnded, SegmentOpened
from sereno.media.index import Fragment, unpack_index
from sereno.media.live_playlist import LiveFile, LivePlaylist
from sereno.node.recording import Recording
from sereno.node.rows import SegmentRow, StreamKey

IDLE_SECONDS = 90.0
HISTORY_US = 60_000_000
_CLOCK_US = 3_600_000_000  # cameras' times may lie so far in the future

_NOT_LIVE = Words(
    "There is no live picture of this camera now. Its page says why.",
    "Ahora no hay imagen en directo de esta cámara. Su página dice por qué.",
)


@dataclass(slots=True, eq=False)
class Channel:
    """One stream's playlist; `waiting` holds what happens while its history is read."""

    playlist: LivePlaylist = field(default_factory=LivePlaylist)
    file: LiveFile | None = None
    sequence: int = 0  # of the newest file
    waiting: list[Event] | None = field(default_factory=list)
    beginning: asyncio.Task[None] | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)
    used_at: float = 0.0

    def begin(self, rows: list[SegmentRow]) -> None:
        """Take what was written before, and then what happened meanwhile."""
        parts = [(row, list(unpack_index(row.fragments))) for row in rows]
        durations = [each.duration_ticks for _, fragments in parts for each in fragments]
        if durations:
            self.playlist.plan_parts(durations)
        for row, fragments in parts:
            self._open(LiveFile(row.segment_id, row.run_id, row.init_size), row.sequence)
            for each in fragments:
                at_us = row.start_us + (each.start_ticks - fragments[0].start_ticks) * 100 // 9
                self.playlist.add(each, at_us)
        waiting, self.waiting = self.waiting or [], None
        for event in waiting:
            self.apply(event)

    def apply(self, event: Event) -> None:
        """Take what happens, also what was read in the history."""
        if self.waiting is not None:
            self.waiting.append(event)
            return
        match event:
            case FragmentWritten():
                if self.file is not None and event.segment_id == self.file.segment_id:
                    self.playlist.add(_fragment_of(event), event.at_us)
            case SegmentOpened():
                if event.sequence > self.sequence:
                    file = LiveFile(event.segment_id, event.run_id, event.init_size_bytes)
                    self._open(file, event.sequence)
            case RunEnded():
                if self.file is not None and event.run_id == self.file.run_id:
                    self.file = None
                    self.playlist.end_run()
            case _:
                return
        self.tell()

    def tell(self) -> None:
        """Let those go on who wait for news."""
        news, self.news = self.news, asyncio.Event()
        news.set()

    def _open(self, file: LiveFile, sequence: int) -> None:
        self.file, self.sequence = file, sequence
        self.playlist.open_file(file)

    async def until(self, is_there: Callable[[], bool], seconds: float) -> bool:
        """Wait for it while things are written; whether it came."""
        try:
            async with asyncio.timeout(seconds):
                while not is_there():
                    await self.news.wait()
        except TimeoutError:
            return False
        return True


class LivePlaylists:
    """`apply` takes each event of the runners, after `Recording` did."""

    def __init__(self, recording: Recording, clock: Clock) -> None:
        self._recording = recording
        self._clock = clock
        self._channels: dict[StreamKey, Channel] = {}

    def apply(self, event: Event) -> None:
        key = StreamKey(event.camera_id, event.stream)
        channel = self._channels.get(key)
        if channel is None:
            return
        if self._clock.monotonic() - channel.used_at > IDLE_SECONDS:
            del self._channels[key]
            return
        channel.apply(event)

    async def channel(self, key: StreamKey) -> Channel:
        """The stream's, with what it had in the last minute.

        Raises NotFound where nobody plays it yet and nothing is being recorded.
        """
        channel = self._channels.get(key)
        if channel is None:
            if self._recording.book(key).run is None:
                raise NotFound("not_live", _NOT_LIVE)
            channel = self._channels[key] = Channel()
            channel.beginning = asyncio.create_task(self._begin(key, channel))
        channel.used_at = self._clock.monotonic()
        if channel.beginning is not None:
            await asyncio.shield(channel.beginning)
        return channel

    async def _begin(self, key: StreamKey, channel: Channel) -> None:
        now_us = to_us(self._clock.now())
        try:
            rows = await self._recording.segments(key, now_us - HISTORY_US, now_us + _CLOCK_US)
            channel.begin(rows)
        except BaseException:
            del self._channels[key]
            raise


def _fragment_of(event: FragmentWritten) -> Fragment:
    return Fragment(
        event.start_ticks, event.duration_ticks, event.offset_bytes, event.size_bytes, event.is_key
    )
