"""The volume that a footage folder lies on: that it is the right one, and keeps its word."""

from __future__ import annotations

import ctypes
import errno
import json
import logging
import os
from pathlib import Path
from uuid import UUID

MARKER_NAME = ".sereno-volume"
"""At the root of a volume: JSON, `{"version": 1, "volume_id": "…"}`."""

_LARGEST_MARKER_BYTES = 4096
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

_log = logging.getLogger(__name__)
_libc = ctypes.CDLL(None, use_errno=True)


class Volume:
    """One footage folder, shared by all streams that are written to it.

    `failed_sync_count` grows when the kernel says that it could not write back what it had taken.
    It says so once, and not of which file: whatever was open then can be trusted no more until it
    is read back.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.failed_sync_count = 0
        self._known: tuple[int, int, UUID] | None = None

    def open_root(self, volume_id: UUID | None) -> int:
        """A descriptor of the root, which the caller closes.

        With a `volume_id`, the marker there must say the same; the marker is read when the folder
        is another than at the last call. Raises OSError: ENODEV where the volume is not there.
        """
        if volume_id is None:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.root, _FOLDER_FLAGS)
        try:
            descriptor = os.open(self.root, _FOLDER_FLAGS)
        except (FileNotFoundError, NotADirectoryError):
            raise self._missing() from None
        try:
            self._check(descriptor, volume_id)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _check(self, descriptor: int, volume_id: UUID) -> None:
        status = os.fstat(descriptor)
        found = (status.st_dev, status.st_ino, volume_id)
        if found == self._known:
            return
        if _read_marker(descriptor) != volume_id:
            raise self._missing()
        self._known = found

    def _missing(self) -> OSError:
        return OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(self.root))

    def sync(self) -> None:
        """Make everything durable that was written to the volume (syncfs(2))."""
        try:
            descriptor = os.open(self.root, _FOLDER_FLAGS)
        except FileNotFoundError:
            return  # nothing was written yet, or nothing can be any more
        except OSError:
            _log.exception("cannot open the footage folder")
            return
        try:
            if _libc.syncfs(descriptor) != 0:
                self.failed_sync_count += 1
                _log.error("syncfs failed: %s", os.strerror(ctypes.get_errno()))
        finally:
            os.close(descriptor)


def _read_marker(root: int) -> UUID | None:
    """What the volume says it is; None where it says nothing or nothing sane."""
    try:
        descriptor = os.open(MARKER_NAME, os.O_RDONLY | os.O_CLOEXEC, dir_fd=root)
    except FileNotFoundError:
        return None
    try:
        content = os.read(descriptor, _LARGEST_MARKER_BYTES)
    finally:
        os.close(descriptor)
    try:
        return UUID(json.loads(content)["volume_id"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
