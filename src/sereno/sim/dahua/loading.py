"""Downloads: a span cut out by the recorder (loadfile.cgi), and whole files (RPC_Loadfile)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from random import Random

from sereno.base.spans import Span, span_or_none
from sereno.sim.dahua.answers import bad_request, not_implemented
from sereno.sim.dahua.device import Device, Routes
from sereno.sim.dahua.dhav import FILE_HEADER, Dhav
from sereno.sim.dahua.finding import file_of_path
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.footage import RecordedFile
from sereno.sim.recorders.http import HangUp, HttpAnswer, HttpRequest
from sereno.sim.recorders.pictures import Pictures
from sereno.sim.sound import sound_loop
from sereno.sim.timing import frame_runs

CUT_PATH = "/cgi-bin/loadfile.cgi"
FILE_PATH = "/cgi-bin/RPC_Loadfile/"
_MOST_HOURS = 6
_MARK_MINUTES = 5
_PREAMBLE_BYTES = (9 * 1024, 13 * 1024)
_KINDS = {"0": "main", "1": "sub"}
_TYPE = [("Content-Type", "application/octet-stream")]
_BOUNDARY = "myboundary"


def routes(loading: Loading) -> Routes:
    """What answers with spans; whole files are named by their path."""
    return {(CUT_PATH, "startLoad"): loading.cut}


class Loading:
    """Needs the loops to be encoded. ``aborted`` counts downloads that were broken off."""

    def __init__(self, device: Device) -> None:
        self.aborted = 0
        self.running = 0
        self.most_running = 0
        self._device = device
        self._ended = asyncio.Condition()
        self._streams: dict[tuple[int, str], Dhav] = {}

    def forget(self) -> None:
        """Begins anew, as after a restart."""
        self.aborted = 0

    async def cut(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        """What was recorded in a span, from the key frame before it."""
        quirks, times = self._device.quirks, self._device.times
        if "no-loadfile" in quirks:
            raise not_implemented()
        channel = self._device.channel(fields.get("channel"))
        kind = _KINDS.get(fields.get("subtype", "0"))
        start, end = times.read(fields.get("startTime")), times.read(fields.get("endTime"))
        asked = span_or_none(start, end)
        longest = timedelta(hours=quirks.get("loadfile-hours", _MOST_HOURS))
        if kind is None or asked is None or asked.duration > longest or self._is_wedged:
            raise bad_request()
        stream = self._stream(channel, kind)
        runs = self._runs(channel, stream, self._shifted(asked))
        size = stream.size_bytes(runs)
        if "five-minute-mark" in quirks and _is_on_mark(times.label(start)):
            return _answer(size, _nothing())
        return self._sent(size, self._cut_runs(stream, runs, start), start)

    async def whole(self, request: HttpRequest) -> HttpAnswer:
        """A file by its listed name."""
        quirks = self._device.quirks
        file = file_of_path(self._device, request.path.removeprefix(FILE_PATH.rstrip("/")))
        if file is None or self._is_wedged:
            raise bad_request()
        if "empty-file" in quirks:
            return HttpAnswer(200, list(_TYPE), b"", is_closed_after=True)
        stream, runs = self._file_runs(file)
        size = stream.size_bytes(runs)
        if "multipart-file" in quirks:
            return self._in_parts(size, stream.pieces(runs))
        return self._sent(size, stream.pieces(runs), file.start)

    async def wait_until_idle(self) -> None:
        """Returns when no download is running."""
        async with self._ended:
            await self._ended.wait_for(lambda: self.running == 0)

    def file_bytes(self, file: RecordedFile) -> int:
        """How long a file is."""
        stream, runs = self._file_runs(file)
        return stream.size_bytes(runs)

    @property
    def _is_wedged(self) -> bool:
        most = self._device.quirks.get("wedge-after-aborts")
        return most is not None and self.aborted >= most

    def _stream(self, channel: ChannelSpec, kind: str) -> Dhav:
        key = channel.number, kind
        if key not in self._streams:
            config = self._device.config
            sound = None
            if channel.sound != "none":
                sound = sound_loop(config.cache_dir, channel.sound)
            self._streams[key] = Dhav(
                Pictures(config.cache_dir, config.loop_of(channel), kind),
                config.main if kind == "main" else config.sub,
                sound,
                channel.number - 1,
                self._device.times.label,
            )
        return self._streams[key]

    def _file_runs(self, file: RecordedFile) -> tuple[Dhav, list[range]]:
        channel = self._device.channel(str(file.channel))
        stream, span = self._stream(channel, "main"), Span(file.start, file.end)
        return stream, frame_runs(stream.is_key, stream.pictures.clock, span, [span])

    def _runs(self, channel: ChannelSpec, stream: Dhav, span: Span) -> list[range]:
        now = self._device.clock.true_now()
        settled = now - timedelta(seconds=self._device.quirks.get("unsettled-tail", 0))
        found = self._device.files(channel, span.start, span.end)
        whole = (span_or_none(file.start, min(file.end, settled)) for file in found)
        files = [file for file in whole if file is not None]
        return frame_runs(stream.is_key, stream.pictures.clock, span, files)

    def _shifted(self, span: Span) -> Span:
        """Where a recorder that estimates by bytes ends up."""
        quirks = self._device.quirks
        by = timedelta(seconds=quirks.get("starts-late", 0) - quirks.get("starts-early", 0))
        return Span(span.start + by, span.end + by)

    def _cut_runs(self, stream: Dhav, runs: list[range], start: datetime) -> Iterator[bytes]:
        """The frames, of some firmware only those up to the next full hour of the wall clock."""
        if "cut-at-the-hour" in self._device.quirks:
            wall = self._device.times.label(start)
            rest = timedelta(minutes=60 - wall.minute) - timedelta(seconds=wall.second)
            stop = stream.pictures.clock.first_at(start + rest)
            runs = [range(run.start, min(run.stop, stop)) for run in runs]
        return stream.pieces(runs)

    def _sent(self, size: int, pieces: Iterator[bytes], start: datetime) -> HttpAnswer:
        quirks = self._device.quirks
        before = FILE_HEADER if "dahua-header" in quirks else b""
        if "preamble" in quirks and size:
            before = _preamble(start) + before
        return _answer(len(before) + size, self._watched(before, pieces))

    async def _watched(self, before: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        """The body; who leaves before its end is counted."""
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        is_whole = False
        try:
            yield before
            for piece in pieces:
                yield piece
            is_whole = True
        finally:
            self.running -= 1
            self.aborted += not is_whole
            async with self._ended:
                self._ended.notify_all()

    def _in_parts(self, size: int, pieces: Iterator[bytes]) -> HttpAnswer:
        status = json.dumps({"id": 1, "result": True, "params": {"length": size}}).encode()
        before = b"\r\n".join(
            (
                f"--{_BOUNDARY}".encode(),
                b"Content-Type: application/json",
                b"Content-Length: %d" % len(status),
                b"",
                status,
                f"--{_BOUNDARY}".encode(),
                b"Content-Type: application/http",
                b"Content-Length: %d" % size,
                b"",
                b"",
            )
        )
        parts = f"multipart/x-mixed-replace; boundary={_BOUNDARY}"
        after = f"\r\n--{_BOUNDARY}--\r\n".encode()
        body = self._watched(before, _followed(pieces, after))
        return HttpAnswer(200, [("Content-Type", parts)], body, is_closed_after=True)


def _answer(size: int, body: AsyncIterator[bytes]) -> HttpAnswer:
    headers = [*_TYPE, ("Content-Length", str(size))]
    return HttpAnswer(200, headers, body, is_closed_after=True)


async def _nothing() -> AsyncIterator[bytes]:
    """Ends the connection where a body should begin."""
    yield b""
    raise HangUp


def _followed(pieces: Iterator[bytes], after: bytes) -> Iterator[bytes]:
    yield from pieces
    yield after


def _is_on_mark(wall: datetime) -> bool:
    return wall.minute % _MARK_MINUTES == 0 and wall.second == 0


def _preamble(start: datetime) -> bytes:
    """Something else before the footage, of another length for each start."""
    random = Random(start.timestamp())  # noqa: S311
    return random.randbytes(random.randint(*_PREAMBLE_BYTES)).replace(b"DHAV", b"\0\0\0\0")
