"""Files on their way out: deleted, or moved to the quarantine of their volume with a note.

`quarantine/` at the volume's root keeps the file's own path. Nothing is ever deleted from there.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sereno.base.clock import Clock
from sereno.base.errors import Words
from sereno.box.files import sync_folder, write_atomic
from sereno.node.ledger_removal import Departure, departed, departures
from sereno.node.ledger_thread import LedgerThread
from sereno.node.volume_marker import must_be_there

log = logging.getLogger(__name__)

QUARANTINE = "quarantine"
_DAY_FOLDERS = 3  # YYYY/MM/DD above a file
# A runner makes the folders of the day, of its camera's clock, and must find them there.
_STILL_NEEDED = timedelta(days=3)
NOTE = Words(
    "Put aside by sereno fsck on {at:%Y-%m-%d %H:%M:%S} UTC, from {path}: {why}\n"
    "If it is of no use to anybody, delete it together with this note.\n",
    "Apartado por sereno fsck el {at:%Y-%m-%d %H:%M:%S} UTC, desde {path}: {why}\n"
    "Si no le sirve a nadie, bórrelo junto con esta nota.\n",
)


async def finish_departures(ledger: LedgerThread, roots: Mapping[UUID, Path], clock: Clock) -> None:
    """Let every file go that was noted and may still lie there; those of missing volumes wait."""
    done = []
    for each in await ledger.call(departures):
        if each.volume_id in roots:
            try:
                await asyncio.to_thread(depart, roots[each.volume_id], each, clock.now())
            except OSError as error:
                log.error("The file %s cannot go: %s. Sereno tries again.",  # noqa: TRY400
                          each.path, error.strerror)  # fmt: skip
            else:
                done.append(each)
    if done:
        await ledger.call(departed, done)


def depart(root: Path, departure: Departure, now: datetime) -> None:
    """Let one file go; one that is gone already is no error.

    Raises OSError, also where `root` is not its volume now: the same path on a copy of the disk, or
    none on an empty mount point, says nothing of our file.
    """
    must_be_there(root, departure.volume_id)
    path = root / departure.path
    if departure.act == "remove":
        path.unlink(missing_ok=True)
    elif path.exists():
        put_aside(root, departure.path, Words("", ""), now)
    prune(root, path.parent, now)


def put_aside(root: Path, path: str, why: Words, now: datetime) -> Path:
    """Move a file, or a strange thing, to the quarantine, with a note beside it."""
    place = _free_place(root / QUARANTINE / path)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = [
        text.format(at=now, path=path, why=reason) for text, reason in zip(NOTE, why, strict=True)
    ]
    write_atomic(place.with_name(f"{place.name}.txt"), "\n".join(said))
    (root / path).rename(place)
    sync_folder(place.parent)
    return place


def _free_place(place: Path) -> Path:
    number, free = 1, place
    while os.path.lexists(free):
        number += 1
        free = place.with_name(f"{place.name}.{number}")
    return free


def prune(root: Path, folder: Path, now: datetime) -> None:
    """Remove folders of days, months and years that are past and empty."""
    recent = {f"{now + sign * _STILL_NEEDED:%Y/%m/%d}" for sign in (-1, 1)}
    first, last = min(recent), max(recent)
    for _ in range(_DAY_FOLDERS):
        day = _date_part(root, folder)
        if not day or first[: len(day)] <= day <= last[: len(day)]:
            return
        try:
            folder.rmdir()
        except OSError:  # not empty, most often
            return
        folder = folder.parent


def _date_part(root: Path, folder: Path) -> str:
    """`YYYY`, `YYYY/MM` or `YYYY/MM/DD` of a stream's folder; empty for any other."""
    parts = folder.relative_to(root).parts[2:]
    is_date = 0 < len(parts) <= _DAY_FOLDERS and all(part.isdigit() for part in parts)
    return "/".join(parts) if is_date else ""
