"""Live view for players of playlists: `live/index.m3u8`, and below `hls/` for any ticket."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sereno.base.errors import Invalid, NotFound, Unavailable, Words
from sereno.media.live_playlist import Addresses, multivariant_playlist
from sereno.node.access import Doorkeeper, Visit
from sereno.node.admission import Admission
from sereno.node.live_playlists import Channel, LivePlaylists
from sereno.node.playback import (
    FILE_PURPOSES,
    NO_SEGMENT,
    PLAYLIST_TYPE,
    PRIVATE,
    VIDEO_TYPE,
    Playback,
)
from sereno.node.recorder_hls import RecorderHls

FIRST_SEGMENT_SECONDS = 15.0  # at most, until a stream that just begins has its first whole GOP
FURTHEST_AHEAD = 2  # segments that may be asked for before they begin (6.2.5.2)
_NUMBER_DIGITS = 12

_NOT_IN_TIME = Words(
    "The camera sends no picture at the moment. Try again soon.",
    "La cámara no envía imagen en este momento. Inténtelo de nuevo en breve.",
)
_TOO_FAR = Words(
    "This part of the live playlist is too far ahead. Load the playlist again without it.",
    "Esta parte de la lista en directo está demasiado adelante. Cargue la lista de nuevo sin ella.",
)
_NO_NUMBER = Words(
    "_HLS_msn and _HLS_part are whole numbers, and _HLS_part needs _HLS_msn.",
    "_HLS_msn y _HLS_part son números enteros, y _HLS_part necesita _HLS_msn.",
)


@dataclass(frozen=True, slots=True)
class LiveHls:
    """Playlists and parts of what is being written."""

    doorkeeper: Doorkeeper
    playback: Playback
    playlists: LivePlaylists
    recorder: RecorderHls

    def router(self) -> APIRouter:
        router = self.recorder.router()
        router.get("/hls/index.m3u8")(self.any_index)
        router.get("/live/index.m3u8")(self.index)
        for folder in ("live", "hls/{given_pass}"):
            router.get(f"/{folder}/media.m3u8")(self.media)
            router.get(f"/{folder}/parts/{{segment_id}}/{{offset}}.mp4")(self.part)
        return router

    async def any_index(self, request: Request) -> Response:
        """What a ticket opens: the playlist of its time, of what is live, or of what a recorder
        plays."""
        ticket = Admission.of(request).ticket
        purpose = self.doorkeeper.purpose_of(ticket, FILE_PURPOSES | {"recorder"})
        if purpose == "recorder":
            return await self.recorder.index(request)
        if purpose == "playback":
            return await self.playback.playlist(request)
        return await self.index(request)

    async def index(self, request: Request) -> Response:
        """The multivariant playlist, of one rendition."""
        admission = Admission.of(request)
        visit = self.doorkeeper.admit(admission.ticket, "live")
        channel = await self._channel(visit)
        run_id = channel.playlist.whole[-1].file.run_id
        found = (await self.playback.formats.of(visit.key, {run_id}))[run_id]
        text = multivariant_playlist(
            self._address(admission)("media.m3u8"),
            channel.playlist.peak_bps,
            found.codecs,
            (found.width, found.height),
        )
        return Response(text, media_type=PLAYLIST_TYPE, headers=PRIVATE)

    async def media(self, request: Request) -> Response:
        """The media playlist; one that holds what `_HLS_msn` and `_HLS_part` name, once it does."""
        visit, admission = self._admitted(request)
        number = _number(request, "_HLS_msn")
        part = _number(request, "_HLS_part")
        if number is None and part is not None:
            raise Invalid("number_unclear", _NO_NUMBER, field="_HLS_msn")
        channel = await self._channel(visit)
        playlist = channel.playlist
        if number is not None:
            if number > playlist.newest_number + FURTHEST_AHEAD:
                raise Invalid("too_far_ahead", _TOO_FAR, field="_HLS_msn")
            await _wait(channel, lambda: playlist.has(number, part), 3 * playlist.target_seconds)
        address = self._address(admission)
        addresses = Addresses(
            lambda segment_id: address(f"segments/{segment_id}.mp4"),
            lambda segment_id, offset: address(f"parts/{segment_id}/{offset}.mp4"),
        )
        return Response(playlist.text(addresses), media_type=PLAYLIST_TYPE, headers=PRIVATE)

    async def part(self, request: Request, segment_id: str, offset: str) -> Response:
        """A part, also the next one, once it is written."""
        visit, _ = self._admitted(request)
        channel = await self.playlists.channel(visit.key)
        playlist = channel.playlist
        try:
            file_id, start = UUID(segment_id), int(offset[:_NUMBER_DIGITS])
        except ValueError:
            raise NotFound("no_segment", NO_SEGMENT) from None

        def is_settled() -> bool:
            return bool(playlist.part_at(file_id, start)) or not playlist.will_have(file_id, start)

        await _wait(channel, is_settled, 3 * playlist.target_seconds)
        part = playlist.part_at(file_id, start)
        row = await self.playback.recording.segment(file_id)
        path = None if row is None else self.playback.path_of(row.volume_id, row.path)
        if part is None or path is None:
            raise NotFound("no_segment", NO_SEGMENT)
        data = await asyncio.to_thread(_read, path, part.offset_bytes, part.size_bytes)
        return Response(data, media_type=VIDEO_TYPE, headers=PRIVATE)

    def _admitted(self, request: Request) -> tuple[Visit, Admission]:
        admission = Admission.of(request)
        visit = self.doorkeeper.admit(admission.ticket, "live", admission.given_pass)
        return visit, admission

    def _address(self, admission: Admission) -> Callable[[str], str]:
        now = self.doorkeeper.clock.now()
        return admission.addresses(
            lambda: self.doorkeeper.passes.issue_sliding(admission.ticket, now)
        )

    async def _channel(self, visit: Visit) -> Channel:
        """The stream's, once it has a whole segment."""
        channel = await self.playlists.channel(visit.key)
        await _wait(channel, lambda: bool(channel.playlist.whole), FIRST_SEGMENT_SECONDS)
        return channel


async def _wait(channel: Channel, is_there: Callable[[], bool], seconds: float) -> None:
    if not await channel.until(is_there, seconds):
        raise Unavailable("not_in_time", _NOT_IN_TIME)


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS):
        raise Invalid("number_unclear", _NO_NUMBER, field=name)
    return int(text)


def _read(path: Path, offset: int, size: int) -> bytes:
    """A piece of a file. Raises NotFound where it is gone."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound("no_segment", NO_SEGMENT) from None
    try:
        return os.pread(file, size, offset)
    finally:
        os.close(file)
