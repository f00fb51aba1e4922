"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from sereno.base.errors import Words

_REASONS = {
    errno.EACCES: Words("permission denied", "permiso denegado"),
    errno.EPERM: Words("permission denied", "permiso denegado"),
    errno.EDQUOT: Words("the disk quota is used up", "la cuota de disco está agotada"),
    errno.EISDIR: Words("it is a folder", "es una carpeta"),
    errno.ENOENT: Words("it does not exist", "no existe"),
    errno.ENOSPC: Words("the disk is full", "el disco está lleno"),
    errno.ENOTDIR: Words("a part of the path is no folder", "una parte de la ruta no es carpeta"),
    errno.EROFS: Words("the disk can only be read", "el disco es de solo lectura"),
}


def reason_of(error: OSError) -> Words:
    """Why the system refused a file; in its own words where we have none."""
    own = (error.strerror or type(error).__name__).lower()
    return _REASONS.get(error.errno or 0, Words(own, own))


def write_atomic(path: Path, content: bytes | str, *, mode: int = 0o600) -> None:
    """Replace `path` by `content`, so that a reader or a power cut meets the old or the new."""
    raw = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the content of `path` survive a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make the names in `path` survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
