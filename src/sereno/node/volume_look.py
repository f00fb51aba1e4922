"""One look at a volume. All of it may block for as long as the disk does."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from sereno.base.errors import Garbled
from sereno.node.volume_marker import looks_unused, read_marker, write_marker

log = logging.getLogger(__name__)

_PROBE_NAME = ".sereno-probe"
_PROBE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found: nothing, an error, or a volume with its sizes."""

    is_there: bool = False
    has_failed: bool = False
    volume_id: UUID | None = None
    total_bytes: int = 0
    free_bytes: int = 0


def look_at(root: Path, expected: UUID | None, to_mark: UUID | None, *, may_mark: bool) -> Look:
    """See whether `root` is the volume that is `expected` there.

    A folder that nobody expects anything of becomes a volume, `to_mark` or a new one, when it is
    there, holds nothing of others, and we may.
    """
    try:
        found = read_marker(root)
        if found is None and expected is None and may_mark and root.is_dir():
            found = _mark(root, to_mark)
        if found is None or expected not in (None, found):
            return Look()
        usage = shutil.disk_usage(root)
    except Garbled as error:
        log.warning("%s", error)
        return Look()
    except OSError as error:
        log.debug("The volume %s does not answer: %s.", root, error.strerror)
        return Look(has_failed=True)
    return Look(True, False, found, usage.total, usage.free)


def _mark(root: Path, to_mark: UUID | None) -> UUID | None:
    if not looks_unused(root):
        log.warning(
            "The folder %s holds files of others and is not made a volume. Choose an empty one.",
            root,
        )
        return None
    volume_id = to_mark or uuid4()
    write_marker(root, volume_id)
    return volume_id


def probe(root: Path) -> bool:
    """Whether the volume can be written and made durable again."""
    path = root / _PROBE_NAME
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        handle = os.open(path, flags, 0o600)
        try:
            os.write(handle, bytes(_PROBE_BYTES))
            os.fsync(handle)
        finally:
            os.close(handle)
        path.unlink()
    except OSError:
        return False
    return True
