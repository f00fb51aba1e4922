"""Opening a data folder, and holding it so that nobody else does."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sereno.base.errors import Conflict, Words
from sereno.box.paths import DataDir
from sereno.box.secrets import ensure_secrets
from sereno.box.version import Version, check_version, write_version

_RUNNING = Words(
    "Sereno already runs with the data folder {path}. "
    "Stop it first, or choose another folder with --data.",
    "Sereno ya está en marcha con la carpeta de datos {path}. "
    "Deténgalo primero o elija otra carpeta con --data.",
)


def open_folder(data: DataDir) -> Version:
    """Make or check the folder, its VERSION and its secrets. Safe beside a running box.

    Raises what `DataDir.prepare` and `check_version` raise.
    """
    data.prepare()
    found = check_version(data)
    if found is None:
        write_version(data)
    ensure_secrets(data)
    return found or Version()


@contextmanager
def hold(data: DataDir) -> Iterator[None]:
    """Hold the folder's lock; the kernel lets go of it however this process ends.

    Raises Conflict when another process holds it.
    """
    handle = os.open(data.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("already_running", _RUNNING.fill(path=data.root)) from None
        yield
    finally:
        os.close(handle)
