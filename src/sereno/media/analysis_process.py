"""One ffmpeg that decodes a recording's pictures while it is written."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sereno.media.analysis import (
    Decoding,
    Size,
    chosen_hwaccel,
    has_given_up_hwaccel,
    picture_ticks,
)
from sereno.media.ffmpeg.diagnosis import telling
from sereno.media.ffmpeg.process import FfmpegProcess
from sereno.media.ffmpeg.program import ffmpeg_path
from sereno.policy.reasons import Reason

FEED_SECONDS = 10.0  # a fragment that is not taken for so long never will be
_NICER = 5  # than the node: analysis must not cost a recording
_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")

OnPicture = Callable[[int, bytes], None]


class Decoder:
    """Made by `start`; takes `feed`, hands out pictures with their ticks; needs `close`."""

    def __init__(self, decoding: Decoding, size: Size, on_picture: OnPicture) -> None:
        self.decoding = decoding
        self.size = size
        self.hwaccel = decoding.hwaccel if decoding.hwaccel != "auto" else "none"
        self.has_given_up_hwaccel = False
        self.picture_count = 0
        self.command = ""
        self._on_picture = on_picture
        self._process: FfmpegProcess | None = None
        self._reading: asyncio.Task[None] | None = None
        self._times: deque[int] = deque()
        self._pending = bytearray()

    @classmethod
    async def start(
        cls, decoding: Decoding, size: Size, head: bytes, on_picture: OnPicture
    ) -> Decoder:
        """Start ffmpeg and hand over `ftyp` and `moov`. Raises StreamFault `ffmpeg_missing`."""
        self = cls(decoding, size, on_picture)
        program, arguments = ffmpeg_path(), decoding.arguments(size)
        self.command = shlex.join((program, *arguments))
        self._process = process = await FfmpegProcess.start(
            program, arguments, head, self._hear, is_fed=True
        )
        with suppress(ProcessLookupError):  # it has ended; whoever feeds it learns that
            nice = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, process.pid, min(nice + _NICER, 19))
        self._reading = asyncio.create_task(self._read(process))
        return self

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def is_over(self) -> bool:
        return self._reading is None or self._reading.done()

    @property
    def said(self) -> str:
        """What tells most of its last words."""
        return telling(self._process.said, ()) if self._process is not None else ""

    async def feed(self, fragment: bytes) -> bool:
        """Hand over a fragment; False when ffmpeg has ended or hangs."""
        if self._process is None or self.is_over:
            return False
        try:
            async with asyncio.timeout(FEED_SECONDS):
                await self._process.feed(fragment)
        except (OSError, TimeoutError):
            return False
        return True

    async def ended(self) -> Reason:
        """Wait for its end, not for long; why it ended."""
        status = "?"
        if self._process is not None and self._reading is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await asyncio.wait([self._reading])
                    status = str(await self._process.wait())
        return Reason("ffmpeg_failed", {"status": status}, self.said)

    def cpu_seconds(self) -> float:
        """What it has used of the processor so far; 0 once it has ended (proc(5), stat)."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) * _TICK_SECONDS

    async def close(self) -> None:
        """End ffmpeg."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._process is not None:
            await self._process.close()
            self._process = None

    def _hear(self, line: str) -> None:
        if (ticks := picture_ticks(line)) is not None:
            self._times.append(ticks)
            self._hand_out()
        elif (name := chosen_hwaccel(line)) is not None:
            self.hwaccel = name
        elif has_given_up_hwaccel(line):
            self.hwaccel, self.has_given_up_hwaccel = "none", True

    async def _read(self, process: FfmpegProcess) -> None:
        while data := await process.read():
            self._pending += data
            self._hand_out()

    def _hand_out(self) -> None:
        """Each picture that is whole and whose time was said; the two come by different pipes."""
        size_bytes = self.size.size_bytes
        while self._times and len(self._pending) >= size_bytes:
            picture = bytes(memoryview(self._pending)[:size_bytes])
            del self._pending[:size_bytes]
            self.picture_count += 1
            self._on_picture(self._times.popleft(), picture)
