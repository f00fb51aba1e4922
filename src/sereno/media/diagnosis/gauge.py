"""A sink that keeps nothing and measures what comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from sereno.base.clock import Clock, to_us
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.rtsp.rtcp import SenderReport
from sereno.policy.reasons import Reason

_CLOCK_HZ = 90_000
_HALF = 1 << 31
_MOST_OFFSETS = 20


@dataclass(slots=True)
class Gauge:
    """Counts pictures, key frames, bytes and losses; `news` is set whenever something comes.

    Times are seconds of `time`. `key_intervals` are by the pictures' own times.
    """

    clock: Clock
    time: Callable[[], float]
    news: asyncio.Event = field(default_factory=asyncio.Event)
    video: VideoFormat | None = None
    sound_kept: SoundFormat | None = None
    sound_converted: str = ""
    notices: list[Reason] = field(default_factory=list)
    picture_count: int = 0
    key_count: int = 0
    size_bytes: int = 0
    lost_count: int = 0
    first_at: float | None = None
    first_key_at: float | None = None
    newest_at: float = 0.0
    key_intervals: list[float] = field(default_factory=list)
    has_b_frames: bool = False
    clock_offsets: list[float] = field(default_factory=list)
    _pictures_at_key: int = 0
    _key_pictures: int = 0
    _key_ticks: int = 0
    _newest_ticks: int | None = None

    def now_us(self) -> int:
        return to_us(self.clock.now())

    @property
    def fps(self) -> float:
        """Between the first and the last key frame; 0 while nobody can tell."""
        seconds = sum(self.key_intervals)
        return self._key_pictures / seconds if seconds > 0 else 0.0

    @property
    def bitrate_bps(self) -> float:
        seconds = self.newest_at - (self.first_at or 0.0)
        return self.size_bytes * 8 / seconds if self.first_at is not None and seconds > 0.5 else 0.0

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        now = self.newest_at = self.time()
        if self.first_at is None:
            self.first_at = now
        self.picture_count += 1
        self.size_bytes += len(sample)
        if self._newest_ticks is not None and _ticks(rtp_time, self._newest_ticks) < 0:
            self.has_b_frames = True
        else:
            self._newest_ticks = rtp_time
        if is_key:
            self._key(rtp_time, now)
        self.news.set()

    def _key(self, rtp_time: int, now: float) -> None:
        self.key_count += 1
        if self.first_key_at is None:
            self.first_key_at = now
        else:
            seconds = _ticks(rtp_time, self._key_ticks) / _CLOCK_HZ
            if seconds > 0:
                self.key_intervals.append(seconds)
                self._key_pictures += self.picture_count - self._pictures_at_key
        self._key_ticks, self._pictures_at_key = rtp_time, self.picture_count

    def video_format(self, video: VideoFormat) -> None:
        self.video = video

    def packets_lost(self, count: int) -> None:
        self.lost_count += count

    def video_report(self, report: SenderReport) -> None:
        if len(self.clock_offsets) < _MOST_OFFSETS:
            self.clock_offsets.append((report.wall_us - self.now_us()) / 1_000_000)
        self.news.set()

    def sound_format(self, sound: SoundFormat | None) -> None:
        self.sound_kept = sound

    def notice(self, key: str, params: dict[str, str]) -> None:
        reason = Reason(key, params)
        if reason not in self.notices:
            self.notices.append(reason)

    def encode(self, codec: str, rate: int, sink: object) -> Gauge:
        """In place of an encoder: sound that would be converted is only noted."""
        name = {"PCMU": "G.711 µ-law", "PCMA": "G.711 A-law"}.get(codec, codec)
        self.sound_converted = f"{name} {rate / 1000:g} kHz"
        return self

    # What else comes of sound tells nothing here.

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None: ...

    def sound_report(self, report: SenderReport) -> None: ...

    def raw_sound(self, data: bytes, rtp_time: int, arrival_us: int) -> None: ...


def _ticks(later: int, earlier: int) -> int:
    """From one RTP time to another, over the wrap of 32 bits."""
    return (later - earlier + _HALF) % (1 << 32) - _HALF
