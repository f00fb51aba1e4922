"""The names that lie in a volume: files of streams, and what is strange."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sereno.node.repair import Place
from sereno.node.rows import StreamKey
from sereno.node.volume_marker import MARKER_NAME

_OURS = {MARKER_NAME, ".sereno-probe", "lost+found"}
_STREAMS = ("main", "sub")
_FOLDERS = (re.compile(r"\d{4}"), re.compile(r"\d\d"), re.compile(r"\d\d"))
_FILE = re.compile(r"\d{6}\.\d{6}Z-\d+\.mp4")


@dataclass(slots=True)
class Listing:
    """The places of one stream on all volumes."""

    files: set[Place] = field(default_factory=set)
    strange: list[Place] = field(default_factory=list)


def list_stream(roots: Mapping[UUID, Path], key: StreamKey) -> Listing:
    """Everything below the stream's folders. One call for each folder, none for each file."""
    listing = Listing()
    for volume_id, root in roots.items():
        folder = root / str(key.camera_id) / key.stream
        for path, is_file in _walk(folder, str(folder.relative_to(root)), 0):
            if is_file:
                listing.files.add((volume_id, path))
            else:
                listing.strange.append((volume_id, path))
    return listing


def _walk(folder: Path, name: str, depth: int) -> Iterator[tuple[str, bool]]:
    """Paths below, each with whether it is a file of ours by its name."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in listed:
        path = f"{name}/{entry.name}"
        if depth == len(_FOLDERS):
            is_file = bool(_FILE.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False)
            yield path, is_file
        elif _FOLDERS[depth].fullmatch(entry.name) and entry.is_dir():
            yield from _walk(folder / entry.name, path, depth + 1)
        else:
            yield path, False


def strangers_of(root: Path, quarantine: str) -> Iterator[str]:
    """What lies above the streams' folders and is not ours."""
    for name in _names(root):
        if name in _OURS or name == quarantine or name.startswith(f".{MARKER_NAME}"):
            continue
        if not _is_camera(name) or not (root / name).is_dir():
            yield name
            continue
        yield from (
            f"{name}/{stream}"
            for stream in _names(root / name)
            if stream not in _STREAMS or not (root / name / stream).is_dir()
        )


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _is_camera(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
