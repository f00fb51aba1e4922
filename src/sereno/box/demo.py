"""The demonstration: simulated cameras and recorders in a real box, and the proof that the cameras
are recorded."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from sereno.base.errors import SerenoError, Unavailable, Words
from sereno.base.spans import Span, intersect, total, union
from sereno.box import fleet
from sereno.box.api import Api
from sereno.box.children import Child
from sereno.box.demo_recorders import DemoRecorders, known_recorders
from sereno.box.files import write_atomic
from sereno.box.secrets import read_secret
from sereno.box.up import Box, run_for_ever

CAMERAS = 8
USERNAME = "demo"
# Encoding the loops for the first time takes a small machine a minute or two.
ENCODING_SECONDS = 600.0
RECORDING_SECONDS = 60.0
REPORTING_SECONDS = 30.0
# A stream is cut to key frames, and its first and last fragment may lie outside the span.
TOLERATED_SECONDS = 2.0
_POLL_SECONDS = 0.5

_STARTING = Words("Simulated cameras and recorders", "Cámaras y grabadores simulados")
_CONNECTING = Words("All cameras record", "Todas las cámaras graban")
_WATCHING = Words("Recording for {seconds} s", "Grabando {seconds} s")
_CHECKING = Words("Checking the recordings", "Comprobando las grabaciones")
_NO_CAMERAS = Words(
    "The simulated cameras do not start. The reason is in {path}.",
    "Las cámaras simuladas no arrancan. El motivo está en {path}.",
)
_NOT_RECORDING = Words(
    "Not all cameras record: {names}. `sereno cameras list` says why.",
    "No todas las cámaras graban: {names}. `sereno cameras list` dice el motivo.",
)
_FAILED = Words(
    "The check found a fault with {count} of {all} cameras.",
    "La comprobación encontró un fallo en {count} de {all} cámaras.",
)
_HOLES = Words("{seconds:.1f} s missing", "faltan {seconds:.1f} s")
_NO_PICTURES = Words("cannot be decoded", "no se puede decodificar")


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out for one camera; `fault` is None when all is well."""

    name: str
    covered_seconds: float
    frames: int
    fault: Words | None


class Demo:
    """An errand of `up`: add what is simulated; with `seconds`, check them and end.

    `is_proven` tells afterwards that no check was asked for, or that it ended well.
    Raises Unavailable when the check finds a fault.
    """

    def __init__(self, seconds: int | None, show: Callable[[Sequence[Checked]], None]) -> None:
        self._seconds = seconds
        self._show = show
        self.is_proven = seconds is None

    async def __call__(self, box: Box) -> None:
        api = Api.of(box.settings.data_dir)
        with box.teller.step(_STARTING):
            password = await asyncio.to_thread(_password, box)
            known = await asyncio.to_thread(known_recorders, api)
            recorders = DemoRecorders(box.settings, known, (USERNAME, password))
            addresses = await _start_all(box, password, recorders.child)
            ids = await asyncio.to_thread(_add_all, api, addresses, password)
            await recorders.add_all(api)
        if self._seconds is None:
            await run_for_ever(box)
        else:
            await self._prove(box, api, ids, self._seconds)

    async def _prove(self, box: Box, api: Api, ids: Mapping[str, str], seconds: int) -> None:
        with box.teller.step(_CONNECTING):
            await _until_recording(api, ids)
        start = datetime.now(UTC)
        with box.teller.step(_WATCHING.fill(seconds=seconds)):
            await asyncio.sleep(seconds)
        span = Span(start, start + timedelta(seconds=seconds))
        with box.teller.step(_CHECKING):
            results = [
                await asyncio.to_thread(_check, api, name, camera_id, span)
                for name, camera_id in ids.items()
            ]
        self._show(results)
        if faulty := [each for each in results if each.fault]:
            words = _FAILED.fill(count=len(faulty), all=len(results))
            raise Unavailable("demo_failed", words)
        self.is_proven = True


def _password(box: Box) -> str:
    """The cameras' password: the same at every start, for the hub keeps it with the camera."""
    path = box.settings.data_dir.secrets / "demo.password"
    if not path.exists():
        write_atomic(path, secrets.token_urlsafe(12) + "\n")
    return read_secret(path)


async def _start_all(box: Box, password: str, recorders: Child) -> Mapping[str, str]:
    """Start cameras and recorders; the cameras' addresses by name."""
    told: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()

    def on_line(line: str) -> None:
        if line.startswith('{"cameras"') and not told.done():
            told.set_result({each["name"]: each["main"] for each in json.loads(line)["cameras"]})

    child = fleet.cameras_child(
        box.settings, CAMERAS, _free_port(), (USERNAME, password), on_line, told.done
    )
    await box.keep(child, recorders, seconds=ENCODING_SECONDS)
    return await told


def _free_port() -> int:
    """One for the cameras, the same however often they are restarted."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _add_all(api: Api, addresses: Mapping[str, str], password: str) -> dict[str, str]:
    """See that the hub knows each camera as it is now; their ids by name."""
    known = {camera["name"]: camera for camera in api.get("cameras")}
    ids = {}
    for name, address in addresses.items():
        body = {"name": name, "address": address, "username": USERNAME, "password": password}
        if (camera := known.get(name)) is None:
            camera = api.post("cameras", body)
        elif camera["address"] != address:
            camera = api.patch(f"cameras/{camera['id']}", body)
        ids[name] = str(camera["id"])
    return ids


async def _until_recording(api: Api, ids: Mapping[str, str]) -> None:
    deadline = time.monotonic() + RECORDING_SECONDS
    while True:
        cameras = await asyncio.to_thread(api.get, "cameras")
        states = {camera["id"]: camera["status"]["state"] for camera in cameras}
        idle = [name for name, camera_id in ids.items() if states.get(camera_id) != "recording"]
        if not idle:
            return
        if time.monotonic() > deadline:
            words = _NOT_RECORDING.fill(names=", ".join(idle))
            raise Unavailable("demo_not_recording", words)
        await asyncio.sleep(_POLL_SECONDS)


def _check(api: Api, name: str, camera_id: str, span: Span) -> Checked:
    """Whether the span is on the timeline without a hole, and its pictures can be decoded."""
    try:
        covered_seconds = _covered_seconds(api, camera_id, span)
        frames = _decoded_frames(api, camera_id, span)
    except SerenoError as error:
        return Checked(name, 0.0, 0, error.words)
    missing_seconds = span.duration.total_seconds() - covered_seconds
    if missing_seconds > TOLERATED_SECONDS:
        return Checked(name, covered_seconds, frames, _HOLES.fill(seconds=missing_seconds))
    return Checked(name, covered_seconds, frames, None if frames else _NO_PICTURES)


def _covered_seconds(api: Api, camera_id: str, span: Span) -> float:
    """Recorded seconds of the span, once the node has told about all of it."""
    deadline = time.monotonic() + REPORTING_SECONDS
    query = {"from": span.start.isoformat(), "to": span.end.isoformat()}
    while True:
        found = api.get(f"cameras/{camera_id}/timeline", **query)
        if not found["unreported"] or time.monotonic() > deadline:
            covered = union(_span(each) for each in found["covered"])
            return total(intersect(covered, span)).total_seconds()
        time.sleep(_POLL_SECONDS)


def _span(told: Mapping[str, Any]) -> Span:
    return Span(datetime.fromisoformat(told["from"]), datetime.fromisoformat(told["to"]))


def _decoded_frames(api: Api, camera_id: str, span: Span) -> int:
    """How many pictures ffmpeg finds in the last piece of the span's playlist."""
    order = {
        "camera_id": camera_id,
        "purpose": "playback",
        "from": span.start.isoformat(),
        "to": span.end.isoformat(),
    }
    ticket = api.post("tickets", order)["ticket"]
    playlist = api.media("vod/index.m3u8", ticket).text
    pieces = _pieces(playlist)
    content = b"".join(api.media(path, ticket, headers=ranged).content for path, ranged in pieces)
    return _count_frames(content)


def _pieces(playlist: str) -> list[tuple[str, dict[str, str]]]:
    """Path and range header of the last initialisation section and media segment (RFC 8216)."""
    init = re.findall(r'#EXT-X-MAP:URI="([^"]+)"(?:,BYTERANGE="(\d+)@(\d+)")?', playlist)
    media = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\s+(?:#[^\n]*\s+)*([^#\s]+)", playlist)
    if not init or not media:
        return []
    (path, size, start), (media_size, media_start, media_path) = init[-1], media[-1]
    return [_piece(path, size, start), _piece(media_path, media_size, media_start)]


def _piece(path: str, size: str, start: str) -> tuple[str, dict[str, str]]:
    place = urljoin("vod/", path.partition("?")[0])
    if not size:
        return place, {}
    return place, {"Range": f"bytes={start}-{int(start) + int(size) - 1}"}


def _count_frames(content: bytes) -> int:
    """Pictures that decode without a complaint; none when ffmpeg finds a fault."""
    from imageio_ffmpeg import get_ffmpeg_exe  # type: ignore[import-untyped]

    argv = [get_ffmpeg_exe(), "-v", "error", "-xerror", "-i", "-"]
    done = subprocess.run(
        [*argv, "-map", "0:v", "-f", "framecrc", "-"],
        input=content,
        capture_output=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    return 0 if done.returncode else sum(1 for line in lines if not line.startswith(b"#"))
