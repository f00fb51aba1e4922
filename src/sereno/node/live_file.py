"""A segment file of which live viewers are shown one piece after the other."""

from __future__ import annotations

import errno
import os
import threading
import weakref
from contextlib import suppress
from pathlib import Path

# What a file system answers that has no reads which never wait.
_CANNOT = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)


class LiveFile:
    """Opened by its first read, and closed when nobody refers to it any more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None
        self._opening = threading.Lock()
        self._never_waits = True

    def read_at_once(self, offset: int, size: int) -> bytes | None:
        """The bytes, where that needs no waiting for the disk: it was opened, and they are in the
        kernel's memory, as what was just written is. Else None.
        """
        if self._handle is None or not self._never_waits:
            return None
        into = bytearray(size)
        try:
            count = os.preadv(self._handle, [into], offset, os.RWF_NOWAIT)
        except OSError as error:
            self._never_waits = error.errno not in _CANNOT
            return None
        return bytes(into) if count == size else None

    def read(self, offset: int, size: int) -> bytes:
        """The bytes, however long the disk takes. Raises OSError when the file is gone."""
        with self._opening:
            if self._handle is None:
                self._handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
                weakref.finalize(self, _close, self._handle)
        return os.pread(self._handle, size, offset)


def _close(handle: int) -> None:
    with suppress(OSError):
        os.close(handle)
