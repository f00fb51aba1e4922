"""`sereno hub serve`: the hub behind its unix socket, which only front opens."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

import waitress

from sereno.hub.setup import set_up

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

THREADS = 8
# More than front opens: a call beyond the limit would not even be refused, but stay unanswered.
MOST_CONNECTIONS = 600
# Who holds what a call needs for longer is stuck: the call is answered, and its thread free again.
LONGEST_LOCK_SECONDS = 20


def serve() -> None:
    """Answer calls until a signal to end; those being answered are answered first."""
    box = set_up()
    limit_locks()
    from sereno.hub.wsgi import application  # once Django is set up

    signal.signal(signal.SIGTERM, _end)
    box.data_dir.hub_socket.unlink(missing_ok=True)
    waitress.serve(
        application,
        unix_socket=str(box.data_dir.hub_socket),
        unix_socket_perms="600",
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS,
        asyncore_use_poll=True,
        # Only front opens the socket: the headers in which it tells of the asker are believed.
        clear_untrusted_proxy_headers=False,
    )


def limit_locks() -> None:
    """From now on no statement of this process waits for others without end."""
    from django.db.backends.signals import connection_created

    connection_created.connect(_limit_locks)


def _limit_locks(connection: BaseDatabaseWrapper, **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LONGEST_LOCK_SECONDS}s"])


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
