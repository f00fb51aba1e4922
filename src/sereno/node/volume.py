"""Room on the disk that holds the footage."""

from __future__ import annotations

import shutil
from pathlib import Path

from sereno.wire.reports import VolumeStatus


def read_volume(footage: Path) -> VolumeStatus | None:
    """Total and free bytes; None while nobody can tell: not mounted, or the disk fails."""
    try:
        usage = shutil.disk_usage(footage)
    except OSError:
        return None
    return VolumeStatus(total_bytes=usage.total, free_bytes=usage.free)
