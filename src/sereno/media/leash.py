"""Children that cannot outlive this process, by the kernel's promise (prctl(2))."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def die_with(parent: int) -> None:
    """Between fork and exec: ask the kernel for SIGKILL when the thread that forked ends.

    `parent` is the pid that must live on.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the promise was made
        os._exit(1)
