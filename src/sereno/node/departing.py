"""Files on their way out: deleted, or moved to the quarantine of their volume with a note.

`quarantine/` at the volume's root keeps the file's own path. Nothing is ever deleted from there.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path, PurePosixPath
from uuid import UUID

from sereno.base.clock import Clock
from sereno.base.errors import Words
from sereno.box.files import sync_folder, write_atomic
from sereno.media.volume import Volume
from sereno.node.ledger_removal import Departure, departed, departures
from sereno.node.ledger_thread import LedgerThread

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
    done: list[Departure] = []
    waiting = [each for each in await ledger.call(departures) if each.volume_id in roots]
    waiting.sort(key=_folder_of)
    for (volume_id, folder), of_folder in groupby(waiting, _folder_of):
        listed = list(of_folder)
        try:
            done += await asyncio.to_thread(
                depart, roots[volume_id], volume_id, folder, listed, clock.now()
            )
        except OSError as error:
            _say_that_it_stays(folder, error)
    if done:
        await ledger.call(departed, done)


def depart(
    root: Path, volume_id: UUID, folder: str, departing: Iterable[Departure], now: datetime
) -> list[Departure]:
    """Let files of one folder of the volume go, durably; which of them did, or were gone already.

    Raises OSError, also where `root` is not that volume now: the same path on a copy of the disk,
    or none on an empty mount point, says nothing of our files.
    """
    done = []
    with _volume_at(root, volume_id) as top, _folder_at(top, folder) as place:
        for each in departing:
            try:
                if place is not None:
                    _let_go(root, each, place, now)
            except OSError as error:
                _say_that_it_stays(each.path, error)
            else:
                done.append(each)
        if place is not None:
            os.fsync(place)  # a file that came back after a power cut would be unknown
    prune(root, root / folder, now)
    return done


def _folder_of(departure: Departure) -> tuple[UUID, str]:
    return departure.volume_id, str(PurePosixPath(departure.path).parent)


def _let_go(root: Path, departure: Departure, folder: int, now: datetime) -> None:
    if departure.act == "remove":
        with suppress(FileNotFoundError):
            os.unlink(PurePosixPath(departure.path).name, dir_fd=folder)
    elif (root / departure.path).exists():
        put_aside(root, departure.path, Words("", ""), now)


@contextmanager
def _volume_at(root: Path, volume_id: UUID) -> Iterator[int]:
    """A descriptor of the volume itself: what is mounted there a moment later is out of reach."""
    descriptor = Volume(root).open_root(volume_id)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _folder_at(top: int, folder: str) -> Iterator[int | None]:
    """A descriptor of a folder below; None: there is none, nor any file in it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=top)
    except FileNotFoundError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _say_that_it_stays(path: str, error: OSError) -> None:
    log.error("The file %s cannot go: %s. Sereno tries again.", path, error.strerror)


def put_aside(root: Path, path: str, why: Words, now: datetime) -> Path:
    """Move a file, or a strange thing, to the quarantine, with a note beside it."""
    place = _free_place(root / QUARANTINE / path)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = [
        text.format(at=now, path=path, why=reason) for text, reason in zip(NOTE, why, strict=True)
    ]
    write_atomic(place.with_name(f"{place.name}.txt"), "\n".join(said))
    source = root / path
    source.rename(place)
    sync_folder(place.parent)
    sync_folder(source.parent)
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
