"""One RTSP session, from the first connection to the last picture (RFC 2326, 10)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import NoReturn, Self

from sereno.base.errors import Garbled
from sereno.media.faults import StreamFault, fault
from sereno.media.rtsp.addresses import Address, base_of, join, parse_address
from sereno.media.rtsp.dialogue import Dialogue, Patience
from sereno.media.rtsp.doorway import Doorway, OpenDoorway
from sereno.media.rtsp.keep_alive import KeepAlive
from sereno.media.rtsp.receivers import (
    Encode,
    Receiver,
    VideoReceiver,
    sound_receiver,
    video_receiver,
)
from sereno.media.rtsp.replay_time import OnTime, telling
from sereno.media.rtsp.rtcp import format_receiver_report
from sereno.media.rtsp.sdp import Description, Track, choose_sound, choose_video, parse_sdp
from sereno.media.rtsp.setup import Carrier, Handlers, TrackSetup, candidates
from sereno.media.rtsp.transports import TCP, Attempt, next_kind
from sereno.media.sink import MediaSink

__all__ = ["Patience", "Session"]

_TEND_SECONDS = 1.0
_REPORT_TENDS = 5
_FIRST_PACKET_POLL_SECONDS = 0.05
_NO_RANGE_STATUSES = range(456, 458)
_RANGE, _REQUIRE = "Range", "Require"
_NAME = "sereno"

NewDialogue = Callable[[Address, str, str, Patience, str], Dialogue]
"""Makes the dialogue of a session, from what `Dialogue` takes."""


@dataclass(frozen=True, slots=True)
class _Offered:
    """What the server describes, and what relative addresses may be relative to."""

    description: Description
    bases: tuple[str, ...]


class Session:
    """Plays a stream's video, and its sound where wanted, into a sink: a `Source`.

    `wanted` is `auto` or one transport, `remembered` what worked the last time, `redirect` where
    the server sent the session before; `doorway` is told what others may want to know;
    `play_headers` go with PLAY, and `Require` among them with SETUP too (ONVIF Streaming
    Specification, 6); `on_time` is told when pictures were recorded, where packets say it. Use as
    an asynchronous context manager around `play` and `watch`. All of them raise StreamFault.
    """

    def __init__(
        self,
        address: str,
        username: str,
        password: str,
        *,
        now_us: Callable[[], int],
        patience: Patience | None = None,
        wanted: str = "auto",
        remembered: str = "",
        records_sound: bool = False,
        encode: Encode | None = None,
        redirect: str = "",
        doorway: Doorway | None = None,
        play_headers: Mapping[str, str] | None = None,
        on_time: OnTime | None = None,
        new_dialogue: NewDialogue = Dialogue,
    ) -> None:
        self._now_us = now_us
        self._patience = patience or Patience()
        self._wanted = wanted
        self._remembered = TCP if remembered == "tls" else remembered
        self._records_sound = records_sound
        self._play_headers = play_headers or {}
        self._on_time = on_time
        self._encode = encode
        self._doorway = doorway or OpenDoorway()
        self._dialogue = new_dialogue(
            parse_address(address), username, password, self._patience, redirect
        )
        self._dialogue.doorway = self._doorway
        self._control = self._dialogue.address.url
        self._kind = TCP
        self._offered: _Offered | None = None
        self._public = ""
        self._is_prompt = False
        self._video: VideoReceiver | None = None
        self._receivers: list[Receiver] = []
        self._source = secrets.randbits(32)
        self._carriers: list[Carrier] = []
        self._track_urls: list[str] = []

    @property
    def transport(self) -> str:
        """How media travel: tcp, udp, multicast or tls."""
        is_tls = self._kind == TCP and self._dialogue.address.is_encrypted
        return "tls" if is_tls else self._kind

    @property
    def packet_count(self) -> int:
        """Packets of video that came."""
        return self._video.packet_count if self._video is not None else 0

    async def __aenter__(self) -> Self:
        await self._dialogue.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()

    async def play(self, sink: MediaSink) -> None:
        """Ask for the stream; media reach `sink` from now on.

        Tries one transport after another, as `next_kind` says.
        """
        tried: list[Attempt] = []
        refusal: StreamFault | None = None
        while (kind := self._next_kind(tried)) is not None:
            is_reused = bool(tried) and not self._must_reconnect()
            try:
                if tried and not is_reused:
                    await self._end()
                    await self._dialogue.connect()
                if await self._attempt(kind, tried, sink):
                    return
            except StreamFault as error:
                if is_reused and error.reason.key == "camera_closed":
                    continue  # some servers hang up behind their refusal
                if error.reason.key not in ("transport_refused", "no_picture"):
                    raise
                refusal = refusal or error
                tried.append(Attempt(kind, error.reason.key == "transport_refused"))
        raise refusal or fault("transport_refused", f"{self._wanted} over an encrypted connection")

    async def _attempt(self, kind: str, tried: list[Attempt], sink: MediaSink) -> bool:
        """Play by this transport; False: it makes no sense any more, for a redirect led into an
        encrypted connection."""
        self._offered = self._offered or await self._describe()
        if self._next_kind(tried) != kind:
            return False
        self._kind = kind
        is_last = self._next_kind([*tried, Attempt(kind, was_refused=False)]) is None
        await self._play_all(self._offered, sink, is_last)
        return True

    def _next_kind(self, tried: list[Attempt]) -> str | None:
        is_encrypted = self._dialogue.address.is_encrypted
        return next_kind(self._wanted, self._remembered, is_encrypted, tried)

    def _must_reconnect(self) -> bool:
        """Whether the server holds something that the next attempt must not meet. A plain refusal
        leaves nothing, and some servers need a while before they take the next connection."""
        has_ended = self._dialogue.connection.ended.done()
        return has_ended or bool(self._carriers or self._dialogue.session_id)

    async def watch(self) -> NoReturn:
        """Keep the session alive until it ends, which is always a StreamFault."""
        if self._video is None:
            raise fault("no_picture", seconds=0)
        ended = self._dialogue.connection.ended
        keep_alive = asyncio.ensure_future(
            KeepAlive(self._dialogue, self._public).run(self._control)
        )
        tending = asyncio.ensure_future(self._tend(self._video))
        tasks: set[asyncio.Future[None]] = {keep_alive, tending, ended}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            raise fault("camera_closed")
        finally:
            for task in (keep_alive, tending):
                task.cancel()
            await asyncio.gather(keep_alive, tending, return_exceptions=True)

    def read_at_once(self, is_wanted: bool) -> None:
        """Hand media on as they come, rather than when that costs least."""
        self._is_prompt = is_wanted
        if is_wanted:
            self._dialogue.connection.read_at_once()

    def fail(self, error: Exception) -> None:
        """End the session from outside; `watch` raises this error."""
        self._dialogue.fail(error)

    async def _end(self) -> None:
        try:
            await self._dialogue.tear_down(self._control)
        finally:
            self._dialogue.close()
            for carrier in self._carriers:
                carrier.close()
            self._carriers.clear()
            self._receivers.clear()
            self._offered = None

    async def _describe(self) -> _Offered:
        # Whatever is wrong, DESCRIBE tells it better; some cameras refuse OPTIONS and play well.
        options = await self._dialogue.send("OPTIONS")
        self._public = options.header("public")
        reply = await self._dialogue.describe()
        try:
            description = parse_sdp(reply.body)
        except Garbled as error:
            raise fault("garbled", str(error), host=self._dialogue.address.host) from None
        said = reply.header("content-base") or reply.header("content-location")
        bases = candidates((base_of(said, self._dialogue.address.url), self._dialogue.address.url))
        return _Offered(description, bases)

    async def _play_all(self, offered: _Offered, sink: MediaSink, is_last: bool) -> None:
        self._track_urls.clear()
        self._video = await self._set_up_video(offered, sink)
        await self._set_up_sound(offered, sink)
        await self._start()
        self._doorway.answered()
        if not is_last:
            await self._first_packet(self._video)

    async def _set_up_video(self, offered: _Offered, sink: MediaSink) -> VideoReceiver:
        track = choose_video(offered.description)
        video = video_receiver(track, sink, self._now_us, self._dialogue.fail)
        handlers = telling(video.handlers, self._on_time) if self._on_time else None
        used = await self._set_up(offered, track, video, handlers)
        # What the server took for a track's address tells where the session's own is.
        bases = offered.bases
        base = next((base for base in bases if used.startswith(base)), bases[0])
        self._control = join(base, offered.description.control)
        return video

    async def _set_up_sound(self, offered: _Offered, sink: MediaSink) -> None:
        """Sound is welcome, and nothing about it stops the video."""
        track = choose_sound(offered.description) if self._records_sound else None
        if track is None:
            sink.sound_format(None)
            return
        sound = sound_receiver(track, sink, self._now_us, self._encode)
        if sound is not None:
            try:
                await self._set_up(offered, track, sound)
            except StreamFault as error:
                if self._dialogue.connection.ended.done() or error.reason.key == "no_answer":
                    raise
            else:
                return
        sink.sound_format(None)
        sink.notice("sound_dropped", {"codec": track.codec_name})

    async def _set_up(
        self,
        offered: _Offered,
        track: Track,
        receiver: Receiver,
        handlers: Handlers | None = None,
    ) -> str:
        control = track.control or offered.description.control
        urls = candidates(join(base, control) for base in offered.bases)
        required = {name: x for name, x in self._play_headers.items() if name == _REQUIRE}
        setup = TrackSetup(track, urls, required)
        carrier, url = await setup.run(self._dialogue, self._kind, handlers or receiver.handlers)
        self._carriers.append(carrier)
        self._receivers.append(receiver)
        self._track_urls.append(url)
        return url

    async def _start(self) -> None:
        """PLAY, of all tracks at once or, where the server wants that, of each."""
        try:
            await self._play_at(self._control)
        except StreamFault as error:
            status = error.reason.params.get("status", "")
            if error.reason.key == "no_answer" and self.packet_count:
                return  # the server forgot to answer, and does what it was asked for
            if error.reason.key != "no_such_stream" and status not in ("400", "405", "455", "459"):
                raise
            for url in self._track_urls:
                await self._play_at(url)

    async def _play_at(self, url: str) -> None:
        headers = {_RANGE: "npt=0.000-", **self._play_headers}
        # Without a time that was asked for, another time would be played.
        may_lack_range = _RANGE not in self._play_headers
        also = _NO_RANGE_STATUSES if may_lack_range else range(0)
        reply = await self._dialogue.ask("PLAY", url, headers, also)
        if reply.status in _NO_RANGE_STATUSES:  # a server that cannot seek, and says so
            await self._dialogue.ask("PLAY", url)

    async def _first_packet(self, video: VideoReceiver) -> None:
        """Wait until something comes, while there is another way that could be tried."""
        seconds = self._patience.silence_seconds
        if self._kind != TCP:
            seconds = min(seconds, self._patience.datagram_seconds)
        ended = self._dialogue.connection.ended
        try:
            async with asyncio.timeout(seconds):
                while not video.packet_count:
                    if ended.done():
                        ended.result()
                    await asyncio.sleep(_FIRST_PACKET_POLL_SECONDS)
        except TimeoutError:
            raise fault("no_picture", seconds=f"{seconds:g}") from None

    async def _tend(self, video: VideoReceiver) -> None:
        """Once a second see whether packets still come.

        After the first second they are read at the beat of all, but where somebody watches: what
        begins the run is then read already, and its time of arrival is true to the millisecond.
        """
        connection, patience = self._dialogue.connection, self._patience.silence_seconds
        pause_seconds = min(_TEND_SECONDS, patience)
        seen, silent_seconds, tends_to_report = -1, 0.0, 0
        while silent_seconds < patience:
            if self._kind == TCP and seen > 0 and not self._is_prompt:
                connection.read_at_beat()
            is_silent = seen == video.packet_count
            silent_seconds = silent_seconds + pause_seconds if is_silent else 0.0
            seen = video.packet_count
            for carrier in self._carriers:
                carrier.expire()
            tends_to_report -= 1
            if tends_to_report <= 0 and self._report():
                tends_to_report = _REPORT_TENDS
            await asyncio.sleep(pause_seconds)
        raise fault("no_picture", seconds=f"{patience:g}")

    def _report(self) -> bool:
        """Tell the server what arrives, if something does: some take that, and nothing else, for a
        sign of life."""
        has_reported = False
        for carrier, receiver in zip(self._carriers, self._receivers, strict=True):
            if (reception := receiver.reception()) is not None:
                carrier.send_report(format_receiver_report(self._source, [reception], _NAME))
                has_reported = True
        return has_reported
