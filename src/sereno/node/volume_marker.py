"""The file that says which volume a folder is, so that an empty mount point is never taken for one.

`.sereno-volume` at the root: JSON `{"version": 1, "volume_id": "<uuid>"}`, mode 0600, written
durably once and never changed.
"""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from uuid import UUID

from sereno.base.errors import Garbled, Words
from sereno.box.files import write_atomic

MARKER_NAME = ".sereno-volume"
MARKER_VERSION = 1
_LARGEST_BYTES = 4096

_UNREADABLE = Words(
    "The marker {path} cannot be understood. Restore it from a backup of the disk.",
    "No se entiende el marcador {path}. Restáurelo desde una copia del disco.",
)


def read_marker(root: Path) -> UUID | None:
    """The volume that `root` says it is; None without a marker. Raises Garbled and OSError."""
    path = root / MARKER_NAME
    try:
        with path.open("rb") as file:
            said = file.read(_LARGEST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        found = json.loads(said)
        is_known, volume_id = found["version"] <= MARKER_VERSION, UUID(found["volume_id"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        is_known = False
    if not is_known:
        raise Garbled("marker_unreadable", _UNREADABLE.fill(path=path))
    return volume_id


def must_be_there(root: Path, volume_id: UUID) -> None:
    """Before files go, or are said to be gone: what stands at `root` now is that volume.

    Raises OSError.
    """
    try:
        found = read_marker(root)
    except Garbled:
        found = None
    if found != volume_id:
        raise OSError(errno.ENODEV, "its volume is not there", str(root))


def write_marker(root: Path, volume_id: UUID) -> None:
    """Make `root` this volume. Raises OSError."""
    said = {"version": MARKER_VERSION, "volume_id": str(volume_id)}
    write_atomic(root / MARKER_NAME, json.dumps(said) + "\n")


def looks_unused(root: Path) -> bool:
    """Whether nothing lies in `root` but what may become, or was, footage. Raises OSError."""
    with os.scandir(root) as entries:
        return all(_is_harmless(entry.name) for entry in entries)


def _is_harmless(name: str) -> bool:
    if name.startswith(f".{MARKER_NAME}"):  # a marker that a kill kept from being put in place
        return True
    if name in ("lost+found", "quarantine"):
        return True
    try:
        return str(UUID(name)) == name  # a camera's folder of a time before markers
    except ValueError:
        return False
