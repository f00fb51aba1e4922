"""Volumes for footage as people name them: folders in order of preference, each with its limit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ByteSize, TypeAdapter

_SIZES: TypeAdapter[ByteSize] = TypeAdapter(ByteSize)


@dataclass(frozen=True, slots=True)
class VolumeSetting:
    """A folder to record to; `limit_bytes` is what footage may take there, None: all."""

    root: Path
    limit_bytes: int | None = None


def parse_volumes(value: object) -> object:
    """`/mnt/a=2TB, /mnt/b` as settings. Raises ValueError."""
    if not isinstance(value, str):
        return value
    found = tuple(_parse(part) for part in value.split(",") if part.strip())
    if len({each.root for each in found}) < len(found):
        raise ValueError("a folder is named twice")
    return found


def _parse(text: str) -> VolumeSetting:
    folder, sign, limit = text.strip().rpartition("=")
    if not sign:
        folder, limit = limit, ""
    root = Path(folder.strip()).expanduser()
    if not root.is_absolute():
        raise ValueError("not an absolute path")
    return VolumeSetting(root, int(_SIZES.validate_python(limit.strip())) if sign else None)
