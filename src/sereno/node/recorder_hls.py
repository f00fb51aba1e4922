"""A recorder's footage for players of playlists: `hls/index.m3u8` with a ticket for it.

The playlist is that of live view, for the recorder plays at the pace of time; at the end it ends. A
play begins with the index and goes on for as long as somebody asks for what it has.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sereno.base.clock import Clock
from sereno.base.errors import NotFound, Unavailable, Words
from sereno.media.contract import Event, RunStarted, SegmentOpened
from sereno.media.live_playlist import Addresses, multivariant_playlist
from sereno.node.access import Doorkeeper, RecorderVisit
from sereno.node.admission import Admission
from sereno.node.byte_range import parse_range
from sereno.node.growing_file import GrowingFile
from sereno.node.live_playlists import Channel
from sereno.node.playback import NO_SEGMENT, PLAYLIST_TYPE, PRIVATE, VIDEO_TYPE
from sereno.node.recorder_play import PlayState
from sereno.node.recorder_plays import RecorderPlays
from sereno.wire.reports import ReasonReport

IDLE_SECONDS = 30.0
"""A player that asks for nothing for so long has left."""

FIRST_SECONDS = 20.0  # at most, until there is something to play
_MEDIA = "recorder/media.m3u8"

_OVER = Words(
    "This playback has ended. Open the camera again.",
    "Esta reproducción ya terminó. Abra la cámara de nuevo.",
)
_NOT_IN_TIME = Words(
    "The recorder sends no picture at the moment. Try again soon.",
    "El grabador no envía imagen en este momento. Inténtelo de nuevo en breve.",
)


@dataclass(slots=True, eq=False)
class Showing:
    """One play, as a playlist: an audience that keeps what comes for players to fetch."""

    folder: Path
    channel: Channel = field(default_factory=Channel)
    started: RunStarted | None = None
    paths: dict[UUID, Path] = field(default_factory=dict)
    state: PlayState = PlayState.CONNECTING
    reason: ReasonReport | None = None
    asking: int = 0  # calls that wait for the beginning
    used_at: float = 0.0

    def __post_init__(self) -> None:
        self.channel.begin([])

    @property
    def is_over(self) -> bool:
        return self.state in (PlayState.OVER, PlayState.FAILED)

    @property
    def has_first(self) -> bool:
        return bool(self.channel.playlist.whole)

    def apply(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.started = event
            case SegmentOpened():
                self.paths[event.segment_id] = self.folder / event.path
        self.channel.apply(event)

    def show(self, state: PlayState, reason: ReasonReport | None) -> None:
        self.state, self.reason = state, reason

    def end(self, state: PlayState, reason: ReasonReport | None) -> None:
        self.show(state, reason)
        self.channel.playlist.end_run()
        self.channel.playlist.is_over = True
        self.channel.tell()


@dataclass(frozen=True, slots=True)
class RecorderHls:
    """The playlists of plays. `idle_seconds` after the last call a play ends."""

    doorkeeper: Doorkeeper
    plays: RecorderPlays
    clock: Clock
    idle_seconds: float = IDLE_SECONDS
    _showings: dict[str, Showing] = field(default_factory=dict, init=False)

    def router(self) -> APIRouter:
        router = APIRouter()
        folder = "/hls/{given_pass}/recorder"
        router.get(f"{folder}/media.m3u8")(self.media)
        router.get(f"{folder}/segments/{{segment_id}}.mp4")(self.segment)
        return router

    async def index(self, request: Request) -> Response:
        """The multivariant playlist, of one rendition, once there is something to play."""
        admission = Admission.of(request)
        visit = self.doorkeeper.admit_to_recorder(admission.ticket)
        showing = self._showings.get(admission.ticket) or self._begin(admission.ticket, visit)
        await self._beginning(showing)
        run = showing.started
        if not showing.has_first or run is None:
            raise _unavailable(showing)
        span = visit.span.duration
        address = admission.addresses(
            lambda: self.doorkeeper.passes.issue(admission.ticket, span, self.clock.now())
        )
        codecs = ", ".join(filter(None, (run.codec, run.sound)))
        peak_bps = showing.channel.playlist.peak_bps
        text = multivariant_playlist(address(_MEDIA), peak_bps, codecs, (run.width, run.height))
        return Response(text, media_type=PLAYLIST_TYPE, headers=PRIVATE)

    async def media(self, request: Request) -> Response:
        """The media playlist as it is now."""
        showing = self._showing(request)
        addresses = Addresses(lambda file_id: f"segments/{file_id}.mp4", lambda *_: "")
        text = showing.channel.playlist.text(addresses, has_parts=False)
        return Response(text, media_type=PLAYLIST_TYPE, headers=PRIVATE)

    async def segment(self, request: Request, segment_id: str) -> Response:
        """A file, or the range of it that is asked for."""
        showing = self._showing(request)
        path = _path_of(showing, segment_id)
        size_bytes = None if path is None else await asyncio.to_thread(_size_of, path)
        if path is None or size_bytes is None:
            raise NotFound("no_segment", NO_SEGMENT)
        parse_range(request.headers.get("range"), size_bytes)
        return GrowingFile(path, media_type=VIDEO_TYPE, headers=PRIVATE)

    async def _beginning(self, showing: Showing) -> None:
        """Wait for the first segment, or for what keeps it from coming."""
        showing.asking += 1
        try:
            await showing.channel.until(lambda: showing.has_first or showing.is_over, FIRST_SECONDS)
        finally:
            showing.asking -= 1
            showing.used_at = self.clock.monotonic()

    def _showing(self, request: Request) -> Showing:
        admission = Admission.of(request)
        self.doorkeeper.admit_to_recorder(admission.ticket, admission.given_pass)
        showing = self._showings.get(admission.ticket)
        if showing is None:
            raise NotFound("play_over", _OVER)
        showing.used_at = self.clock.monotonic()
        return showing

    def _begin(self, ticket: str, visit: RecorderVisit) -> Showing:
        showing = self._showings[ticket] = Showing(self.plays.new_folder())
        self.plays.spawn(self._keep(ticket, visit, showing))
        return showing

    async def _keep(self, ticket: str, visit: RecorderVisit, showing: Showing) -> None:
        """Until nobody asks any more, also when it is over: players read what is left."""
        showing.used_at = self.clock.monotonic()
        try:
            async with self.plays.playing(visit, showing.folder, showing):
                while True:
                    now = self.clock.monotonic()
                    last = now if showing.asking else showing.used_at
                    left = last + self.idle_seconds - now
                    if left <= 0:
                        return
                    await asyncio.sleep(left)
        finally:
            del self._showings[ticket]


def _unavailable(showing: Showing) -> Unavailable:
    """Why there is nothing to play yet, or at all."""
    if showing.reason is None:
        return Unavailable("not_in_time", _NOT_IN_TIME)
    return Unavailable(showing.reason.key, showing.reason.to_reason().words())


def _path_of(showing: Showing, segment_id: str) -> Path | None:
    try:
        return showing.paths.get(UUID(segment_id))
    except ValueError:
        return None


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
