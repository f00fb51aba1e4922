"""`sereno hub serve`: the hub behind its unix socket, which only front opens."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import waitress

from sereno.hub.setup import set_up

THREADS = 8


def serve() -> None:
    """Answer calls until a signal to end; those being answered are answered first."""
    box = set_up()
    from sereno.hub.wsgi import application  # once Django is set up

    signal.signal(signal.SIGTERM, _end)
    box.data_dir.hub_socket.unlink(missing_ok=True)
    waitress.serve(
        application,
        unix_socket=str(box.data_dir.hub_socket),
        unix_socket_perms="600",
        threads=THREADS,
        # Only front opens the socket: the headers in which it tells of the asker are believed.
        clear_untrusted_proxy_headers=False,
    )


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
