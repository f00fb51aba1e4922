"""The newest picture of each camera, as a file that whoever asks is given.

It is made of a key frame that is on the disk already: the camera is not asked for anything, however
many people look. The file's time is that of the picture, so that an old one is not taken for now.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sereno.base.clock import Clock
from sereno.base.errors import NotFound, Words
from sereno.media.stills import Stills
from sereno.node.access import Doorkeeper, token_of
from sereno.node.desired import Aim
from sereno.node.live import Beginning, Live, Piece
from sereno.node.rows import StreamKey
from sereno.node.wishes import Wish

log = logging.getLogger(__name__)

AGE_HEADER = "X-Sereno-Age-Seconds"
LEAST_SECONDS = 10.0  # between two pictures of a camera that comes and goes
_SUFFIX = ".jpg"

_NO_PICTURE = Words(
    "There is no picture of this camera yet. One is made a few seconds after its recording starts, "
    "unless its profile says never.",
    "Todavía no hay foto de esta cámara. Se hace una unos segundos después de empezar a grabar, "
    "salvo que su perfil diga nunca.",
)


@dataclass(slots=True)
class _Made:
    """What the newest picture of a camera was made of, and when (monotonic)."""

    beginning: Beginning
    at: float


class Snapshots:
    """`run` makes pictures for as long as it runs; `aims` are the ordered streams."""

    def __init__(
        self,
        folder: Path,
        live: Live,
        aims: Callable[[], Mapping[StreamKey, Aim]],
        ordered: Callable[[], frozenset[UUID] | None],
        clock: Clock,
        tick_seconds: float = 1.0,
    ) -> None:
        self._folder = folder
        self._live = live
        self._aims = aims
        self._ordered = ordered
        self._clock = clock
        self._tick_seconds = tick_seconds
        self._stills = Stills()
        self._made: dict[UUID, _Made] = {}
        self._kept_for: frozenset[UUID] | None = None

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                await asyncio.to_thread(self._tidy)
                for camera_id, seconds in self._wishes().items():
                    await self._settle(camera_id, seconds)
                await asyncio.sleep(self._tick_seconds)
        finally:
            await self._stills.close()

    def path_of(self, camera_id: UUID) -> Path:
        return self._folder / f"{camera_id}{_SUFFIX}"

    def _wishes(self) -> dict[UUID, float]:
        """The cameras that are recorded now, and how often a picture of each is wanted."""
        return {
            key.camera_id: aim.manner.snapshot_every
            for key, aim in self._aims().items()
            if isinstance(aim, Wish) and aim.is_recorded and aim.manner.snapshot_every > 0
        }

    async def _settle(self, camera_id: UUID, every_seconds: float) -> None:
        """Make a picture if it is time for one. The larger stream shows more."""
        for stream in ("main", "sub"):
            found = self._live.newest_key(StreamKey(camera_id, stream))
            if found is not None:
                if self._is_due(camera_id, found[0], every_seconds):
                    await self._make(camera_id, *found)
                return

    def _is_due(self, camera_id: UUID, beginning: Beginning, every_seconds: float) -> bool:
        made = self._made.get(camera_id)
        if made is None:
            return True
        is_new_run = made.beginning is not beginning
        wait_seconds = min(every_seconds, LEAST_SECONDS) if is_new_run else every_seconds
        return self._clock.monotonic() - made.at >= wait_seconds

    async def _make(self, camera_id: UUID, beginning: Beginning, piece: Piece) -> None:
        self._made[camera_id] = _Made(beginning, self._clock.monotonic())
        try:
            picture = await self._stills.make(await beginning.read() + await piece.read())
            if picture:
                await asyncio.to_thread(self._keep, camera_id, picture, piece.at_us)
        except OSError as error:
            log.warning("no picture of camera %s can be kept: %s", camera_id, error.strerror)

    def _keep(self, camera_id: UUID, picture: bytes, at_us: int) -> None:
        """Whole or not at all; not made to survive a power cut, for the next one comes soon."""
        path = self.path_of(camera_id)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        unfinished = path.with_name(f".{path.name}")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(picture)
            file.flush()
            os.utime(handle, ns=(at_us * 1000, at_us * 1000))
        unfinished.replace(path)

    def _tidy(self) -> None:
        """Pictures of cameras that are no longer ours go with them."""
        ordered = self._ordered()
        if ordered is None or ordered == self._kept_for:
            return
        self._kept_for = ordered
        names = {str(camera_id) for camera_id in ordered}
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if path.name.removeprefix(".").removesuffix(_SUFFIX) not in names:
                path.unlink(missing_ok=True)
        self._made = {each: made for each, made in self._made.items() if each in ordered}


@dataclass(frozen=True, slots=True)
class Showing:
    """The route of `/media/v1/` that gives a camera's newest picture."""

    doorkeeper: Doorkeeper
    snapshots: Snapshots
    clock: Clock

    def router(self) -> APIRouter:
        router = APIRouter()
        router.get("/snapshot.jpg")(self.snapshot)
        return router

    async def snapshot(self, request: Request) -> Response:
        """The picture, when it was taken, and how old it is."""
        camera_id = self.doorkeeper.admit_to_camera(token_of(request), "snapshot")
        path = self.snapshots.path_of(camera_id)
        try:
            picture, taken_at = await asyncio.to_thread(_read, path)
        except FileNotFoundError:
            raise NotFound("no_picture_yet", _NO_PICTURE) from None
        age_seconds = max((self.clock.now() - taken_at).total_seconds(), 0)
        headers = {
            "Last-Modified": format_datetime(taken_at, usegmt=True),
            "Cache-Control": "private, no-store",
            AGE_HEADER: f"{age_seconds:.0f}",
        }
        return Response(picture, media_type="image/jpeg", headers=headers)


def _read(path: Path) -> tuple[bytes, datetime]:
    """A picture and when it was taken, of one and the same file."""
    with path.open("rb") as file:
        seconds = os.fstat(file.fileno()).st_mtime
        return file.read(), datetime.fromtimestamp(seconds, UTC)
