"""What ``sereno sim cameras`` does: serve simulated cameras until told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import uvloop

from sereno.sim.loops import Progress
from sereno.sim.server import SimServer
from sereno.sim.spec import SimConfig


@dataclass(frozen=True, slots=True)
class CameraAddress:
    """Where one camera can be watched; the addresses hold no credentials.

    With TLS they are those of the TLS port, and ``certificate`` is the file to trust.
    """

    name: str
    main: str
    sub: str
    certificate: str = ""


def serve_cameras(
    config: SimConfig,
    on_listening: Callable[[Sequence[CameraAddress]], None],
    progress: Progress | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT; prints nothing.

    ``on_listening`` gets every camera's addresses once the port is open, ``progress`` follows the
    encoding before that (see ``loops.Progress``). Raises EncodingError when ffmpeg fails, and
    OSError when the port is taken.
    """
    uvloop.run(_serve(config, on_listening, progress))


async def _serve(
    config: SimConfig,
    on_listening: Callable[[Sequence[CameraAddress]], None],
    progress: Progress | None,
) -> None:
    serving = asyncio.ensure_future(_serve_for_ever(config, on_listening, progress))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving


async def _serve_for_ever(
    config: SimConfig,
    on_listening: Callable[[Sequence[CameraAddress]], None],
    progress: Progress | None,
) -> None:
    async with SimServer(config, progress=progress) as server:
        on_listening(_addresses(server))
        await asyncio.Event().wait()


def _addresses(server: SimServer) -> list[CameraAddress]:
    has_tls = server.config.has_tls
    scheme = "rtsps" if has_tls else "rtsp"
    certificate = str(server.certificate_path) if has_tls else ""
    return [
        CameraAddress(
            camera.name,
            server.address(camera.number, "main", scheme),
            server.address(camera.number, "sub", scheme),
            certificate,
        )
        for camera in server.cameras
    ]
