"""Live view: the bytes of the file, handed on while they are written.

A stream without viewers costs nothing but the places of its last GOP's fragments. With viewers,
its fragments get short (`live_attention`), and each is read from the file once, however many watch.
A viewer's queue holds references, not bytes, and has a limit; who falls behind it goes on at the
newest key frame and delays nobody.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from sereno.media.contract import Event, FragmentWritten, RunEnded, RunStarted, SegmentOpened
from sereno.media.fmp4.reader import strip_header
from sereno.node.live_attention import PROMPT_FRAGMENT_MS, Attention
from sereno.node.live_file import LiveFile
from sereno.node.rows import StreamKey
from sereno.wire.reports import ReasonReport

LARGEST_LAG_US = 3_000_000
"""Who is further behind goes on at the newest key frame, where there is one since."""

LARGEST_QUEUE_US = 10_000_000
"""Who is further behind goes on at the next key frame that comes, whenever that is."""


class Piece:
    """A range of a file, read once, when the first viewer needs it.

    `at_us` is the wall-clock time of its first picture, for what has pictures.
    """

    __slots__ = ("_bytes", "_reading", "at_us", "file", "is_key", "offset", "size")

    def __init__(
        self, file: LiveFile, offset: int, size: int, *, is_key: bool, at_us: int = 0
    ) -> None:
        self.at_us = at_us
        self.file = file
        self.offset = offset
        self.size = size
        self.is_key = is_key
        self._bytes: bytes | None = None
        self._reading: asyncio.Task[bytes] | None = None

    async def read(self) -> bytes:
        """The bytes. Raises OSError when the file is gone.

        Most were written a moment ago, and to have a thread read them costs more than to read them.
        """
        if self._bytes is None and self._reading is None:
            self._bytes = self.file.read_at_once(self.offset, self.size)
        if self._bytes is not None:
            return self._bytes
        if self._reading is None:
            reading = asyncio.to_thread(self.file.read, self.offset, self.size)
            self._reading = asyncio.create_task(reading)
        return await asyncio.shield(self._reading)

    def forget(self) -> None:
        """Hold the bytes no longer; who asks again has them read again."""
        self._bytes = self._reading = None


@dataclass(slots=True, eq=False)
class Beginning:
    """How a run begins for a player: what it is told, and the head of the newest file."""

    run: RunStarted
    head: Piece

    def text(self, newest_us: int) -> str:
        """What a player is told where the newest fragment that is there begins at `newest_us`."""
        run = self.run
        codecs = f"{run.codec}, {run.sound}" if run.sound else run.codec
        return json.dumps(
            {
                "type": "init",
                "mime": f'video/mp4; codecs="{codecs}"',
                "run_id": str(run.run_id),
                "epoch_ms": run.at_us / 1000,
                "newest_ms": newest_us / 1000,
            }
        )

    async def read(self) -> bytes:
        """`ftyp` and `moov`."""
        return strip_header(await self.head.read())


@dataclass(slots=True, eq=False)
class Viewer:
    """One viewer's queue; iterate `messages`.

    `head_start_us` is how old the oldest picture was that it got to begin with; `fragment_ms` how
    short fragments it wishes for, None: delay does not matter to it.
    """

    state: str = ""
    is_state_new: bool = True
    skipped: bool = False
    waits_for_key: bool = True
    told: Beginning | None = None
    queue: deque[tuple[Beginning, Piece]] = field(default_factory=deque)
    head_start_us: int = 0
    fragment_ms: int | None = None
    last: str = ""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, last: str) -> None:
        """Say this when all has been sent, and then nothing more."""
        self.last = last
        self.news.set()

    def show(self, state: str) -> None:
        self.state, self.is_state_new = state, True
        self.news.set()

    def offer(self, beginning: Beginning, piece: Piece) -> None:
        """The next fragment; who is too far behind goes on at a key frame."""
        if self.queue:
            self._keep_up(piece.at_us - self.queue[0][1].at_us - self.head_start_us)
        if self.waits_for_key and not piece.is_key:
            return
        self.waits_for_key = False
        self.queue.append((beginning, piece))
        self.news.set()

    def _keep_up(self, behind_us: int) -> None:
        """Drop all before the newest key frame; all, where that is the queue's first."""
        if behind_us <= LARGEST_LAG_US:
            return
        newest = max((at for at, (_, piece) in enumerate(self.queue) if piece.is_key), default=0)
        if not newest and behind_us <= LARGEST_QUEUE_US:
            return
        self.waits_for_key = newest == 0
        for _ in range(newest or len(self.queue)):
            self.queue.popleft()
        self.skipped, self.head_start_us = True, 0

    async def messages(self) -> AsyncIterator[str | bytes]:
        """What to send, in order, as soon as it is there."""
        while True:
            self.news.clear()
            if self.is_state_new:
                self.is_state_new = False
                yield self.state
            elif self.queue:
                async for message in self._next():
                    yield message
            elif self.last:
                yield self.last
                return
            else:
                await self.news.wait()

    async def pieces(self) -> AsyncIterator[tuple[Beginning, Piece]]:
        """What is written, in order, for a viewer that is a program."""
        while True:
            self.news.clear()
            while self.queue:
                yield self.queue.popleft()
            await self.news.wait()

    async def _next(self) -> AsyncIterator[str | bytes]:
        beginning, piece = self.queue.popleft()
        if self.skipped:
            self.skipped = False
            yield '{"type": "skip"}'
        if beginning is not self.told:
            self.told = beginning
            newest_us = self.queue[-1][1].at_us if self.queue else piece.at_us
            yield beginning.text(newest_us)
            yield await beginning.read()
        yield await piece.read()


@dataclass(slots=True)
class _Channel:
    """One stream's viewers, and what a new one gets at once."""

    viewers: set[Viewer] = field(default_factory=set)
    run: RunStarted | None = None
    file: LiveFile = field(default_factory=lambda: LiveFile(Path()))
    beginning: Beginning | None = None
    gop: list[Piece] = field(default_factory=list)
    forgotten_count: int = 0  # of `gop`, from its beginning

    def begin_gop(self) -> None:
        self.gop.clear()
        self.forgotten_count = 0

    def add(self, piece: Piece) -> None:
        """The GOP's next. Some cameras send a key frame in minutes: old bytes are not held."""
        self.gop.append(piece)
        while self.gop[self.forgotten_count].at_us < piece.at_us - LARGEST_QUEUE_US:
            self.gop[self.forgotten_count].forget()
            self.forgotten_count += 1


class Live:
    """Every stream's live view. `apply` takes each event of the runners.

    `root_of` tells the root of the volume that a stream is written to; `attention`, if anybody
    pays it, is told which streams are watched.
    """

    def __init__(
        self, root_of: Callable[[StreamKey], Path], attention: Attention | None = None
    ) -> None:
        self._root_of = root_of
        self._attention = attention
        self._channels: dict[StreamKey, _Channel] = {}

    def viewer_count(self) -> int:
        return sum(len(channel.viewers) for channel in self._channels.values())

    def join(
        self, key: StreamKey, state: str, fragment_ms: int | None = PROMPT_FRAGMENT_MS
    ) -> Viewer:
        """A viewer that gets `state`, the newest GOP, and then everything as it comes.

        The stream counts as watched, unless `fragment_ms` is None: then delay does not matter.
        """
        channel = self._channel(key)
        age_us = channel.gop[-1].at_us - channel.gop[0].at_us if channel.gop else 0
        viewer = Viewer(state, head_start_us=age_us, fragment_ms=fragment_ms)
        if fragment_ms is not None and self._attention is not None:
            self._attention.begin(key, fragment_ms)
        if channel.beginning is not None:
            for piece in channel.gop:
                viewer.offer(channel.beginning, piece)
        channel.viewers.add(viewer)
        return viewer

    def leave(self, key: StreamKey, viewer: Viewer) -> None:
        viewers = self._channel(key).viewers
        if viewer in viewers:
            viewers.remove(viewer)
            if viewer.fragment_ms is not None and self._attention is not None:
                self._attention.end(key, viewer.fragment_ms)

    def show(self, key: StreamKey, state: str) -> None:
        """Tell the stream's viewers its state."""
        for viewer in self._channel(key).viewers:
            viewer.show(state)

    def newest_key(self, key: StreamKey) -> tuple[Beginning, Piece] | None:
        """How the stream's run begins and its newest key frame; None: none is being written."""
        channel = self._channels.get(key)
        if channel is None or channel.beginning is None:
            return None
        if not channel.gop or not channel.gop[0].is_key:
            return None
        return channel.beginning, channel.gop[0]

    def apply(self, event: Event) -> None:
        channel = self._channel(StreamKey(event.camera_id, event.stream))
        match event:
            case FragmentWritten():
                self._fragment(channel, event)
            case RunStarted():
                channel.run, channel.beginning = event, None
                channel.begin_gop()
            case SegmentOpened():
                self._segment(channel, event)
            case RunEnded():
                channel.begin_gop()  # who joins now sees no picture rather than an old one

    def _channel(self, key: StreamKey) -> _Channel:
        return self._channels.setdefault(key, _Channel())

    def _segment(self, channel: _Channel, event: SegmentOpened) -> None:
        if channel.run is None:
            return
        root = self._root_of(StreamKey(event.camera_id, event.stream))
        channel.file = LiveFile(root / event.path)
        head = Piece(channel.file, 0, event.init_size_bytes, is_key=False)
        if channel.beginning is None:
            channel.beginning = Beginning(channel.run, head)
        else:  # the same run goes on: older files may be deleted one day
            channel.beginning.head = head

    def _fragment(self, channel: _Channel, event: FragmentWritten) -> None:
        if channel.beginning is None:
            return
        piece = Piece(
            channel.file, event.offset_bytes, event.size_bytes,
            is_key=event.is_key, at_us=event.at_us,
        )  # fmt: skip
        if event.is_key:
            channel.begin_gop()
        channel.add(piece)
        for viewer in channel.viewers:
            viewer.offer(channel.beginning, piece)


def state_text(state: str, reason: ReasonReport | None) -> str:
    """The message that tells viewers a state: of a stream, a `StreamState`."""
    words = None
    if reason is not None:
        en, es = reason.to_reason().words()
        words = {"key": reason.key, "params": reason.params, "en": en, "es": es}
    return json.dumps({"type": "state", "state": state, "reason": words})
