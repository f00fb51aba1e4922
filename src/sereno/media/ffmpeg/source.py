"""A camera's stream by way of ffmpeg."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import inf
from types import TracebackType
from typing import NoReturn, Self
from urllib.parse import urlsplit

from sereno.base.errors import Garbled, Invalid
from sereno.base.oom import oom_kills
from sereno.media.contract import StreamTask
from sereno.media.faults import StreamFault, fault, secrets_of
from sereno.media.ffmpeg.argv import (
    NO_EXTRA,
    RTSP_SCHEMES,
    SHOWN_LATER_SECONDS,
    Plan,
    invocation,
    shown,
    transport_name,
)
from sereno.media.ffmpeg.beginning import Beginning, Fragment
from sereno.media.ffmpeg.challenge import refuse_clear_text, second_opinion
from sereno.media.ffmpeg.diagnosis import (
    End,
    diagnose,
    is_unknown_sound,
    lost_packets,
    undecodable,
    unstorable,
)
from sereno.media.ffmpeg.movie import Part, Track, parse_fragment, parse_movie
from sereno.media.ffmpeg.pictures import Pictures
from sereno.media.ffmpeg.process import FfmpegProcess
from sereno.media.ffmpeg.program import ca_file, ffmpeg_path
from sereno.media.ffmpeg.splitter import BoxSplitter
from sereno.media.rtsp.session import Patience
from sereno.media.sink import MediaSink
from sereno.policy.extra_cli import Extra, parse_extra_cli

_MOST_PLANS = 4
_STEP_US = 1_000_000  # by more, a clock was set
_DRIFT_US = 100  # a fragment; no clock of a camera is slower
_MOST_DELAY_SECONDS = 1.0  # of a picture that ffmpeg has: a fragment, and waiting for sound
_TIME_MASK = 0xFFFFFFFF
_KNOWN_VIDEO = (b"avc1", b"avc3", b"hvc1", b"hev1")
_CODEC_NAME = re.compile(r"[^A-Za-z0-9]")


class _Replan(Exception):
    """ffmpeg must be asked in another way."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan


class FfmpegSource:
    """Plays a stream into a sink: a `Source`. `plan` is how ffmpeg is asked, and after `play` how
    it worked; give it to the next source of the same stream. `on_command` gets each command that
    is started, for people."""

    def __init__(
        self,
        task: StreamTask,
        *,
        now_us: Callable[[], int],
        transport: str = "auto",
        patience: Patience | None = None,
        plan: Plan | None = None,
        on_command: Callable[[str], None] | None = None,
    ) -> None:
        self.plan = plan or Plan()
        self._extra = NO_EXTRA
        if not task.records_sound:
            self.plan = replace(self.plan, sound="none")
        self.transport = transport_name(task.address, transport)
        self._task = task
        self._wish = transport
        self._now_us = now_us
        self._patience = patience or Patience()
        self._on_command = on_command
        self._process: FfmpegProcess | None = None
        self._reading: asyncio.Task[NoReturn] | None = None
        self._failed: asyncio.Future[NoReturn] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()
        self._failed.cancel()

    async def play(self, sink: MediaSink) -> None:
        """Start ffmpeg; returns as soon as it tells the stream's format.

        An input that MP4 cannot keep is asked for again, to be encoded.
        """
        self._extra = _extra_of(self._task)
        for notice in self._extra.notices:
            sink.notice(notice.key, dict(notice.params))
        self._patience = _patience_with(self._extra, self._patience)
        await refuse_clear_text(self._task, self._patience)
        for _ in range(_MOST_PLANS):
            try:
                await self._open(sink)
            except _Replan as another:
                await self._end()
                self.plan = another.plan
            else:
                return
        raise fault("ffmpeg_failed", "no way to keep this stream was found")

    async def watch(self) -> NoReturn:
        """Pass media on until the end, which is always a StreamFault."""
        if self._reading is None:
            raise RuntimeError("a stream is watched that does not play")
        await asyncio.wait({self._reading, self._failed}, return_when=asyncio.FIRST_COMPLETED)
        ended = self._failed if self._failed.done() else self._reading
        raise ended.exception() or fault("camera_closed")

    def fail(self, error: Exception) -> None:
        """End the stream from outside; `watch` raises this error."""
        if not self._failed.done():
            self._failed.set_exception(error)

    async def _open(self, sink: MediaSink) -> None:
        patience = self._patience
        made = invocation(
            self._task, self._wish, self.plan, patience.reply_seconds, ca_file(), self._extra
        )
        program = ffmpeg_path()
        if self._on_command is not None:
            self._on_command(shown(program, made, self._task.password.get_secret_value()))
        reader = _Reader(self._task, self.plan, sink, self._now_us, patience, self._extra)
        self._process = await FfmpegProcess.start(program, made.arguments, made.script, reader.hear)
        self._reading = asyncio.create_task(reader.run(self._process))
        opened = asyncio.create_task(reader.opened.wait())
        try:
            await asyncio.wait({self._reading, opened}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            opened.cancel()
        if not reader.opened.is_set():
            self._reading.result()

    async def _end(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
            self._reading = None
        if self._process is not None:
            await self._process.close()
            self._process = None


def _extra_of(task: StreamTask) -> Extra:
    try:
        return parse_extra_cli(task.extra_cli, "ffmpeg")
    except Invalid as error:  # the hub checks as well; its version may be another
        raise fault("setting_at_fault", str(error), setting="extra_cli") from None


def _patience_with(extra: Extra, patience: Patience) -> Patience:
    """Who has ffmpeg wait longer for the camera wants us to wait as well."""
    wished = dict(extra.source).get("timeout")
    if wished is None:
        return patience
    seconds = int(wished) / 1_000_000
    silence_seconds = max(seconds, patience.silence_seconds)
    return replace(patience, reply_seconds=seconds, silence_seconds=silence_seconds)


class _Reader:
    """Reads one ffmpeg to its end. `opened` is set when its tracks are known."""

    def __init__(
        self,
        task: StreamTask,
        plan: Plan,
        sink: MediaSink,
        now_us: Callable[[], int],
        patience: Patience,
        extra: Extra,
    ) -> None:
        self.opened = asyncio.Event()
        self._settings = extra.names
        self._task = task
        self._plan = plan
        self._sink = sink
        self._now_us = now_us
        self._patience = patience
        self._video: Track | None = None
        self._sound: Track | None = None
        self._pictures: Pictures | None = None
        self._beginning: Beginning | None = None
        self._parts: list[Part] = []
        self._offset_us: int | None = None
        self._has_pictures = False
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()
        self._lost_at = -inf
        self._oom_kills = oom_kills()

    def hear(self, line: str) -> None:
        """Take a line of what ffmpeg says."""
        if self._plan.sound != "none" and is_unknown_sound(line):
            self._sink.notice("sound_dropped", {"codec": "?"})
        if count := lost_packets(line):
            self._lost_at = self._loop.time()
            self._sink.packets_lost(count)

    async def run(self, process: FfmpegProcess) -> NoReturn:
        """Pass on what comes. Raises StreamFault, or _Replan."""
        splitter = BoxSplitter()
        while True:
            try:
                async with asyncio.timeout_at(self._deadline()):
                    data = await process.read()
            except TimeoutError:
                seconds = f"{self._loop.time() - self._since:.1f}".removesuffix(".0")
                raise fault("no_picture", process.said, seconds=seconds) from None
            if not data:
                raise await self._end_of(process)
            try:
                for kind, contents in splitter.feed(data):
                    self._take(kind, contents)
            except Garbled as error:
                raise fault("ffmpeg_failed", str(error)) from None

    def _deadline(self) -> float:
        patience = self._patience
        seconds = patience.silence_seconds
        if not self._has_pictures:
            seconds += patience.connect_seconds + patience.reply_seconds
        return self._since + seconds

    async def _end_of(self, process: FfmpegProcess) -> Exception:
        elapsed_seconds = self._loop.time() - self._since
        status = await process.wait()
        if not self._has_pictures and (plan := self._plan_after(process.said)) is not None:
            return _Replan(plan)
        end = End(
            process.said, status, elapsed_seconds, self._patience.reply_seconds,
            self._has_pictures, oom_kills() - self._oom_kills,
        )  # fmt: skip
        task = self._task
        secrets = secrets_of(task.username, task.password.get_secret_value())
        reason = diagnose(end, task.address, secrets, self._settings)
        if not self._has_pictures:
            reason = await second_opinion(task, self._patience, reason)
        return StreamFault(reason)

    def _plan_after(self, said: str) -> Plan | None:
        """How to ask anew, where ffmpeg gave up for what the tracks are."""
        plan, found = self._plan, unstorable(said)
        if found is None:
            if plan.sound == "encode" and undecodable(said):
                self._sink.notice("sound_dropped", {"codec": "?"})
                return replace(plan, sound="none")
            return None
        kind, codec = found
        if kind == "video" and not plan.encodes_video:
            return self._encoding_video(codec)
        if plan.sound == "copy":
            return replace(plan, sound="encode")
        if plan.sound == "encode":
            self._sink.notice("sound_dropped", {"codec": codec})
            return replace(plan, sound="none")
        return None

    def _encoding_video(self, codec: str) -> Plan:
        self._sink.notice("video_converted", {"codec": codec})
        return replace(self._plan, encodes_video=True)

    def _take(self, kind: bytes, contents: bytes) -> None:
        if kind == b"moov":
            self._meet_tracks(parse_movie(contents))
        elif kind == b"moof":
            self._parts = parse_fragment(contents)
        elif kind == b"mdat":
            self._meet_fragment(contents)

    def _meet_tracks(self, tracks: list[Track]) -> None:
        for track in tracks:
            if track.kind == b"vide":
                self._video = self._video or track
            elif track.kind == b"soun":
                self._sound = self._sound or track
        video, sound = self._video, self._sound
        if video is None:
            raise fault("no_video")
        if video.entry not in _KNOWN_VIDEO:
            codec = _CODEC_NAME.sub("", video.entry.decode("ascii", "replace"))
            raise _Replan(self._encoding_video(codec))
        if sound is not None and sound.sound is None:
            raise _Replan(replace(self._plan, sound="encode"))
        self._pictures = Pictures.of(video.entry, video.configuration)
        is_rtsp = urlsplit(self._task.address).scheme in RTSP_SCHEMES
        self._beginning = Beginning(
            video.number, sound.number if sound else None, self._pictures,
            is_first_timeless=is_rtsp and not self._plan.encodes_video,
        )  # fmt: skip
        self._tell_format()
        self._sink.sound_format(sound.sound if sound else None)
        self.opened.set()

    def _tell_format(self) -> None:
        if self._pictures and (video := self._pictures.sets.video_format()) is not None:
            self._sink.video_format(video)

    def _meet_fragment(self, data: bytes) -> None:
        video, reader, beginning = self._video, self._pictures, self._beginning
        if video is None or reader is None or beginning is None:
            raise fault("ffmpeg_failed", "a fragment before its tracks")
        parts = {part.track: part for part in self._parts}
        if (pictures := parts.get(video.number)) is not None:
            self._learn_offset(self._newest_time(pictures) * 1_000_000 // video.timescale)
        for each in beginning.take(Fragment(parts, data)):
            self._pass_on(video, reader, each)

    def _newest_time(self, pictures: Part) -> int:
        """The decode time of the picture that came last. A fragment ends as the next picture comes;
        of copied ones ffmpeg holds back another, for its filter of times wants to see the next. The
        first decode times of all are too wild to tell what a step is."""
        end = pictures.end_time
        if self._plan.encodes_video or not self._has_pictures:
            return end
        times = [*(each.decode_time for each in pictures.samples), end]
        return end + min(later - earlier for earlier, later in pairwise(times))

    def _learn_offset(self, newest_us: int) -> None:
        """The least late picture tells how media time and wall time belong together, for both
        tracks."""
        offset_us, known_us = self._now_us() - newest_us, self._offset_us
        if known_us is None or abs(offset_us - known_us) > _STEP_US:
            self._offset_us = offset_us
        else:
            self._offset_us = min(offset_us, known_us + _DRIFT_US)

    def _pass_on(self, video: Track, reader: Pictures, fragment: Fragment) -> None:
        parts, data = fragment
        sound, offset_us = self._sound, self._offset_us or 0
        if (pictures := parts.get(video.number)) is not None:
            self._meet_pictures(reader, data, pictures, video.timescale)
        if sound is not None and self._has_pictures and (units := parts.get(sound.number)):
            for unit in units.samples:
                arrival_us = offset_us + unit.decode_time * 1_000_000 // sound.timescale
                time = unit.shown_time & _TIME_MASK
                self._sink.sound(data[unit.start : unit.end], time, arrival_us)

    def _meet_pictures(self, pictures: Pictures, data: bytes, part: Part, timescale: int) -> None:
        lead = 0 if self._plan.encodes_video else SHOWN_LATER_SECONDS * timescale
        for sample in part.samples:
            try:
                kept, is_key = pictures.read(data[sample.start : sample.end])
            except Garbled:
                self._sink.packets_lost(1)
                continue
            if pictures.format_changed:
                self._tell_format()
            if kept:
                arrival_us = (self._offset_us or 0) + sample.decode_time * 1_000_000 // timescale
                time = sample.shown_time - lead & _TIME_MASK
                self._sink.picture(kept, time, is_key, arrival_us)
                self._has_pictures = True
                self._since = self._loop.time()
                if is_key and self._since - self._lost_at < _MOST_DELAY_SECONDS:
                    self._sink.packets_lost(0)  # the damage may still be to come
