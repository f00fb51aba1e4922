"""Room on the disk that holds the footage."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from sereno.wire.reports import VolumeStatus


def read_volume(footage: Path) -> VolumeStatus | None:
    """Total and free bytes; None while nobody can tell: not mounted, or the disk fails."""
    try:
        usage = shutil.disk_usage(footage)
    except OSError:
        return None
    return VolumeStatus(
        volume_id=uuid5(NAMESPACE_URL, str(footage)),
        path=str(footage),
        total_bytes=usage.total,
        free_bytes=usage.free,
    )
