"""A sink that keeps what it gets."""

from __future__ import annotations

import asyncio
from typing import Any

from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.rtsp.rtcp import SenderReport


class Collected:
    """Everything that a session played."""

    def __init__(self) -> None:
        self.videos: list[VideoFormat] = []
        self.samples: list[bytes] = []
        self.times: list[int] = []
        self.lost = 0
        self.reports: list[SenderReport] = []
        self.sounds: list[SoundFormat | None] = []
        self.sound_samples: list[bytes] = []
        self.sound_reports: list[SenderReport] = []
        self.raw_sounds: list[bytes] = []
        self.notices: list[tuple[str, dict[str, str]]] = []
        self._news = asyncio.Event()

    async def wait(self, pictures: int, watching: asyncio.Task[Any] | None = None) -> None:
        """Until so many pictures are here, or `watching` has failed."""
        async with asyncio.timeout(90):
            while len(self.samples) < pictures:
                self._news.clear()
                news = asyncio.create_task(self._news.wait())
                tasks = {news} if watching is None else {news, watching}
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                if watching is not None and watching.done():
                    watching.result()

    def now_us(self) -> int:
        return 1

    def video_format(self, video: VideoFormat) -> None:
        self.videos.append(video)

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        self.samples.append(bytes(sample))
        self.times.append(rtp_time)
        self._news.set()

    def packets_lost(self, count: int) -> None:
        self.lost += count

    def video_report(self, report: SenderReport) -> None:
        self.reports.append(report)
        self._news.set()

    def sound_format(self, sound: SoundFormat | None) -> None:
        self.sounds.append(sound)

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None:
        self.sound_samples.append(bytes(sample))

    def raw_sound(self, data: bytes, rtp_time: int, arrival_us: int) -> None:
        self.raw_sounds.append(bytes(data))

    def sound_report(self, report: SenderReport) -> None:
        self.sound_reports.append(report)

    def notice(self, key: str, params: dict[str, str]) -> None:
        self.notices.append((key, params))
