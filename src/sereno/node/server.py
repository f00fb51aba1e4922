"""uvicorn inside a program that has its own loop and its own way to stop."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

STOP_SECONDS = 1
BACKLOG = 512


class Server(uvicorn.Server):
    """Serves `app` on one socket until `stop`; signals stay with the program."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="warning",  # a line for each socket says too much
                access_log=False,
                lifespan="off",
                server_header=False,
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                # A viewer that reads slowly does not answer pings in time; a unix socket tells
                # by itself that the other side is gone.
                ws_ping_interval=None,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        self._listener = listener

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def run_until_stopped(self) -> None:
        await self.serve(sockets=[self._listener])

    def stop(self) -> None:
        """Close the sockets, give running answers a second, and end."""
        self.should_exit = True


def unix_listener(path: Path) -> socket.socket:
    """A socket at `path` that only this user may open; a dead process's is replaced."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
