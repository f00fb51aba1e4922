"""Footage as files: their names, their sizes, and the download."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from sereno.sim.hikvision import requests as read
from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.program_stream import ProgramStream, envelope
from sereno.sim.hikvision.times import FootageTimes
from sereno.sim.hikvision.xml import Refusal, bad_content, busy, document, not_supported, tag
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.footage import RecordedFile
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_TRACK = re.compile(r"/streaming/tracks/(\d+)01/?", re.IGNORECASE)
_NAME = re.compile(r"ch\d+_(\d+)")
_PATH = "/ISAPI/ContentMgmt/download"


class Footage:
    """The files of a device as they are named and read."""

    def __init__(self, device: Device, streams: dict[int, ProgramStream]) -> None:
        self.times = FootageTimes(device)
        self._device = device
        self._streams = streams

    def name(self, file: RecordedFile) -> str:
        """The file's name on the device."""
        return f"ch{file.channel:02d}_{file.number:017d}"

    def size(self, file: RecordedFile) -> int:
        """How many bytes of stream it holds now."""
        numbers = self.frames(file.channel, file.start, file.end)
        return self._streams[file.channel].size(numbers)

    def frames(self, channel: int, start: datetime, end: datetime) -> range:
        """The pictures of an unbroken stretch."""
        return self._device.pictures[channel].numbers(start.timestamp(), end.timestamp())

    def stream(self, channel: int) -> ProgramStream:
        """What makes a channel's bytes."""
        return self._streams[channel]

    def asked(self, uri: str) -> tuple[ChannelSpec, list[range]]:
        """The pictures that an address of footage names: a whole file, or a time.

        Raises Refusal where it makes no sense; no pictures where nothing was recorded.
        """
        parts = urlsplit(uri)
        track = _TRACK.fullmatch(parts.path)
        channel = self._device.config.channel(int(track[1])) if track else None
        if channel is None:
            raise Refusal(400, 6, "badParameters")
        query = {name.lower(): values[-1] for name, values in parse_qs(parts.query).items()}
        if "name" in query:
            return channel, self._of_file(channel, query["name"])
        if "no-download-by-time" in self._device.quirks:
            raise not_supported()
        if not {"starttime", "endtime"} <= query.keys():
            raise bad_content("starttime and endtime are needed")
        start = self.times.true(read.time_of(query["starttime"]))
        end = self.times.true(read.time_of(query["endtime"]), is_end=True)
        files = self._device.files(channel, start, end)
        return channel, self._runs([self._within(file, start, end) for file in files], channel)

    def _of_file(self, channel: ChannelSpec, name: str) -> list[range]:
        match = _NAME.fullmatch(name)
        now = self._device.clock.true_now()
        file = self._device.plan.file(channel, int(match[1]), now) if match else None
        return [] if file is None else self._runs([(file.start, file.end)], channel)

    def _within(
        self, file: RecordedFile, start: datetime, end: datetime
    ) -> tuple[datetime, datetime]:
        return max(file.start, start), min(file.end, end)

    def _runs(
        self, spans: Sequence[tuple[datetime, datetime]], channel: ChannelSpec
    ) -> list[range]:
        newest = self._device.clock.true_now()
        newest -= timedelta(seconds=self._device.quirks.get("unsettled-tail", 0))
        written = [(start, min(end, newest)) for start, end in spans if start < newest]
        runs: list[range] = []
        for start, end in written:
            numbers = self.frames(channel.number, start, end)
            first = max(numbers.start, runs[-1].stop) if runs else numbers.start
            if first < numbers.stop:
                runs.append(range(first, numbers.stop))
        return runs


class Downloads:
    """Answers downloads, one at a time."""

    def __init__(self, device: Device, footage: Footage) -> None:
        self.most_open = 0
        self.open = 0
        self._device = device
        self._footage = footage
        self._cut: set[str] = set()

    def routes(self) -> Routes:
        """What answers with footage."""
        return [
            ("GET", _PATH, self.download),
            ("POST", _PATH, self.download),
            ("GET", f"{_PATH}/capabilities", self.capabilities),
        ]

    async def capabilities(self, _: HttpRequest) -> HttpAnswer:
        by_time = "no-download-by-time" not in self._device.quirks
        return document(
            "DownloadAbility",
            tag("isSupportDownloadbyTime", by_time),
            tag("isSupportDownloadbyFileName", True),
        )

    async def download(self, request: HttpRequest) -> HttpAnswer:
        quirks = self._device.quirks
        if request.method == "GET" and "no-get-download" in quirks:
            raise Refusal(405, 4, "methodNotAllowed")
        if request.method == "GET" and "post-download-only" in quirks:
            return _empty()
        return self._answer(read.text(read.parse(request.body), "playbackURI"))

    def _answer(self, uri: str) -> HttpAnswer:
        channel, runs = self._footage.asked(uri)
        if not runs:
            return _empty()
        if self.open:
            raise busy()
        quirks = self._device.quirks
        stream = self._footage.stream(channel.number)
        head = envelope(begins_at_0="imkh-at-0" in quirks)
        size = len(head) + sum(stream.size(run) for run in runs)
        most = size
        if "cut-download" in quirks and "name=" in uri and uri not in self._cut:
            self._cut.add(uri)
            most = size // 2
        body = _Body(head, stream.pieces(runs), most, self._leave)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        lengths = [] if "no-length" in quirks else [("Content-Length", str(size))]
        return HttpAnswer(200, [("Content-Type", "Opaque/data"), *lengths], body)

    def _leave(self) -> None:
        self.open -= 1


class _Body:
    """A download's bytes, ``most_bytes`` of them; ``on_end`` is told once that it is over."""

    def __init__(
        self, head: bytes, pieces: Iterator[bytes], most_bytes: int, on_end: Callable[[], None]
    ) -> None:
        self._head = head
        self._pieces = pieces
        self._left = most_bytes
        self._on_end: Callable[[], None] | None = on_end

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = self._head or next(self._pieces, b"")
        self._head = b""
        piece = piece[: self._left]
        if not piece:
            raise StopAsyncIteration
        self._left -= len(piece)
        return piece

    async def aclose(self) -> None:
        if self._on_end is not None:
            self._on_end()
        self._on_end = None


def _empty() -> HttpAnswer:
    return HttpAnswer(200, [("Content-Type", "Opaque/data")])
