"""One node on a folder: it holds `node/lock`, and whoever mends the ledger by hand does too."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sereno.base.errors import Conflict, Words
from sereno.box.paths import DataDir

_RUNNING = Words(
    "A node runs with the data folder {path}. Stop it first (`sereno up`, or its service).",
    "Hay un nodo en marcha con la carpeta de datos {path}. Deténgalo antes (`sereno up`, o su "
    "servicio).",
)


@contextmanager
def hold_node(data: DataDir) -> Iterator[None]:
    """Hold the node's folder; the kernel lets go of it however this process ends (flock(2)).

    Raises Conflict while another process holds it.
    """
    data.node.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(data.node_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("node_running", _RUNNING.fill(path=data.root)) from None
        yield
    finally:
        os.close(handle)


def is_node_running(data: DataDir) -> bool:
    """Whether a node, or somebody who mends its ledger, is at work now."""
    with suppress(Conflict), hold_node(data):
        return False
    return True
