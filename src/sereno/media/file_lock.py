"""Nobody repairs a file that is still written to."""

from __future__ import annotations

import fcntl


def lock_file(descriptor: int) -> None:
    """Hold the file until `descriptor` is closed or the process ends (flock(2)).

    Raises BlockingIOError while somebody else holds it. A file system that knows no locks holds
    nothing: footage is worth more than the protection.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return
