"""Small pictures of any recorded moment, for whoever looks for one.

Each is of the key frame at or before the moment, read from the file and decoded alone: the video is
never decoded a second time. One is made after the other by a helper at low priority, the one asked
for last first: people have moved on from the others. What was made is kept (`PictureCache`).
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import format_datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sereno.base.clock import from_us
from sereno.base.errors import Invalid, NotFound, Unavailable, Words
from sereno.media.index import unpack_index
from sereno.media.stills import Stills
from sereno.node.access import Doorkeeper, token_of
from sereno.node.admission import PASS_PARAMETER
from sereno.node.picture_cache import PictureCache, PictureKey
from sereno.node.playback import PRIVATE
from sereno.node.recording import Recording
from sereno.node.rows import SegmentRow, StreamKey

log = logging.getLogger(__name__)

AT_HEADER = "X-Sereno-At"  # the picture's time: microseconds since 1970
WIDTHS = (160, 320, 640)
DEFAULT_WIDTH = WIDTHS[0]
LIMIT_BYTES = 256 * 1024 * 1024
MOST_WAITING = 64
LONGEST_SECONDS = 60.0  # that somebody waits: a browser asks for six things at a time
IDLE_SECONDS = 60.0  # without a question, before the helper's memory is given back
_LONGEST_NUMBER = 17  # digits of microseconds since 1970, for the next thousand years

P = ParamSpec("P")
T = TypeVar("T")

_NO_FOOTAGE = Words(
    "Nothing was recorded at that moment. Look for another on the timeline.",
    "No se grabó nada en ese momento. Busque otro en la línea de tiempo.",
)
_NO_PICTURE = Words(
    "No picture can be made of this moment. The footage may still play.",
    "No se puede hacer una foto de este momento. Puede que la grabación se reproduzca.",
)
_NO_MOMENT = Words(
    "A picture is asked for by its moment in microseconds since 1970, as in 1767225600000000.jpg, "
    "and by its width in pixels.",
    "Una foto se pide por su momento en microsegundos desde 1970, como 1767225600000000.jpg, y "
    "por su anchura en píxeles.",
)
_TOO_MANY = Words(
    "Too many pictures are being asked for. Ask for this one again in a moment.",
    "Se piden demasiadas fotos a la vez. Pida esta de nuevo en un momento.",
)


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A key frame in a file: the bytes that decode it, and its time."""

    row: SegmentRow
    path: Path
    offset_bytes: int
    size_bytes: int
    at_us: int

    def read(self) -> bytes:
        """An MP4 that begins with it. Raises OSError."""
        with self.path.open("rb") as file:
            head = file.read(self.row.init_size)
            file.seek(self.offset_bytes)
            return head + file.read(self.size_bytes)


@dataclass(slots=True)
class _Job:
    frame: KeyFrame
    done: asyncio.Future[bytes] = field(default_factory=asyncio.Future)


class Pictures:
    """`run` makes pictures for as long as it runs; without it nobody gets one that is not kept."""

    def __init__(
        self,
        folder: Path,
        recording: Recording,
        path_of: Callable[[UUID, str], Path | None],
        limit_bytes: int = LIMIT_BYTES,
    ) -> None:
        self._recording = recording
        self._path_of = path_of
        self._folder, self._limit_bytes = folder, limit_bytes
        self._cache: PictureCache | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
        self._stills = Stills()
        self._jobs: dict[PictureKey, _Job] = {}  # the one asked for last comes last
        self._has_jobs = asyncio.Event()
        self._is_running = False
        self.made_count = 0

    @property
    def is_at_rest(self) -> bool:
        """Nobody waits for a picture."""
        return not self._jobs

    async def run(self) -> None:
        """Until cancelled."""
        self._is_running = True
        try:
            while True:
                await self._wait_for_jobs()
                wanted, job = self._jobs.popitem()
                await self._do(wanted, job)
        finally:
            self._is_running = False
            while self._jobs:
                self._give_up_oldest()
            await self._stills.close()
            self._thread.submit(self._close_cache)
            self._thread.shutdown()

    async def at(self, key: StreamKey, at_us: int, width: int) -> tuple[int, bytes]:
        """The picture of a moment: its own time, and a JPEG. Raises NotFound and Unavailable."""
        frame = await self._key_frame(key, at_us)
        if frame is None:
            raise NotFound("no_footage_then", _NO_FOOTAGE)
        wanted = PictureKey(key, frame.at_us, width)
        kept = await self.kept(PictureCache.get, wanted)
        return frame.at_us, kept or await self._made(wanted, frame)

    async def _key_frame(self, key: StreamKey, at_us: int) -> KeyFrame | None:
        """The one that shows a moment; None where nothing was recorded then."""
        for row in reversed(await self._recording.segments(key, at_us, at_us + 1)):
            path = self._path_of(row.volume_id, row.path)
            index = unpack_index(row.fragments)
            ticks = index.start_ticks + (at_us - row.start_us) * 9 // 100
            # Wall time is corrected by a hair between files, so the last may be missed by one.
            ticks = min(ticks, index.end_ticks - 1)
            if path is not None and (places := index.covering(ticks, ticks + 1)):
                found = index[places.start]
                shown_us = row.start_us + (found.start_ticks - index.start_ticks) * 100 // 9
                return KeyFrame(row, path, found.offset_bytes, found.size_bytes, shown_us)
        return None

    async def kept(
        self, act: Callable[Concatenate[PictureCache, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """The cache's answer; None where its disk is full or fails: pictures are made anew then."""
        if not self._is_running:
            return None
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self._ask_cache(lambda cache: act(cache, *args, **kwargs))
        )

    def _ask_cache(self, act: Callable[[PictureCache], T]) -> T | None:
        try:
            if self._cache is None:
                self._cache = PictureCache(self._folder, self._limit_bytes)
            return act(self._cache)
        except (sqlite3.Error, OSError) as error:
            log.warning("the cache of pictures cannot be used: %s", error)
            return None

    def _close_cache(self) -> None:
        if self._cache is not None:
            self._cache.close()
            self._cache = None

    async def _made(self, wanted: PictureKey, frame: KeyFrame) -> bytes:
        if not self._is_running:
            raise Unavailable("pictures_busy", _TOO_MANY)
        job = self._jobs.pop(wanted, None) or _Job(frame)
        self._jobs[wanted] = job
        if len(self._jobs) > MOST_WAITING:
            self._give_up_oldest()
        self._has_jobs.set()
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await asyncio.shield(job.done)
        except TimeoutError:
            raise Unavailable("pictures_busy", _TOO_MANY) from None

    def _give_up_oldest(self) -> None:
        job = self._jobs.pop(next(iter(self._jobs)))
        job.done.set_exception(Unavailable("pictures_busy", _TOO_MANY))
        job.done.exception()  # whoever asked may have left

    async def _wait_for_jobs(self) -> None:
        while not self._jobs:
            self._has_jobs.clear()
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._has_jobs.wait()
            except TimeoutError:
                await self._stills.rest()

    async def _do(self, wanted: PictureKey, job: _Job) -> None:
        try:
            # It may have been made while this one waited.
            picture = await self.kept(PictureCache.get, wanted) or await self._make(wanted, job)
        except OSError:  # the file went meanwhile, for space or with its disk
            picture = b""
        except Exception:  # a fault of ours must not end it for good
            log.exception("the picture of %s at %d broke", wanted.key, wanted.at_us)
            picture = b""
        except BaseException:
            job.done.cancel()
            raise
        if picture:
            job.done.set_result(picture)
        else:
            job.done.set_exception(NotFound("no_picture_of_this", _NO_PICTURE))
        job.done.exception()  # whoever asked may have left

    async def _make(self, wanted: PictureKey, job: _Job) -> bytes:
        movie = await asyncio.to_thread(job.frame.read)
        picture = await self._stills.make(movie, wanted.width)
        if picture:
            self.made_count += 1
            await self.kept(PictureCache.put, wanted, picture)
        return picture


@dataclass(frozen=True, slots=True)
class PicturesOfFootage:
    """The route of `/media/v1/` that gives them."""

    doorkeeper: Doorkeeper
    pictures: Pictures

    def router(self) -> APIRouter:
        router = APIRouter()
        router.get("/pictures/{moment}.jpg")(self.picture)
        return router

    async def picture(self, request: Request, moment: str) -> Response:
        """The picture of a moment within the ticket's time, and the time that is its own."""
        query = request.query_params
        visit = self.doorkeeper.admit(token_of(request), "playback", query.get(PASS_PARAMETER, ""))
        at_us, width = _number(moment), _width(query.get("width", ""))
        start_us, end_us = visit.span_us()
        if not start_us <= at_us < end_us:
            raise NotFound("no_footage_then", _NO_FOOTAGE)
        shown_us, picture = await self.pictures.at(visit.key, at_us, width)
        headers = PRIVATE | {
            AT_HEADER: str(shown_us),
            "Last-Modified": format_datetime(from_us(shown_us), usegmt=True),
        }
        return Response(picture, media_type="image/jpeg", headers=headers)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise Invalid("no_moment", _NO_MOMENT)
    return int(text)


def _width(text: str) -> int:
    """The next larger one of those that are made: few, so that what is kept serves many."""
    wanted = _number(text) if text else DEFAULT_WIDTH
    return next((width for width in WIDTHS if width >= wanted), WIDTHS[-1])
