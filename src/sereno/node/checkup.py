"""What the commands `sereno fsck` and `sereno ledger` do with a data folder."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sereno.base.clock import SystemClock
from sereno.base.errors import Conflict, NotFound, SerenoError, Words
from sereno.box.settings import Settings
from sereno.node.fsck import Fsck
from sereno.node.fsck_kinds import Depth, Finding
from sereno.node.fsck_repair import Repair, mend_all
from sereno.node.holding import hold_node, is_node_running
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ledger_volumes import forget_place, known_volumes, usage_of
from sereno.node.rebuild import Rebuilt, rebuild
from sereno.node.repair import streams_on_disk
from sereno.node.rows import NOWHERE
from sereno.node.volume_look import look_at

Advance = Callable[[int, int | None], None]
"""Tell the work done since the last time, and the whole where it is known."""

_NO_LEDGER = Words(
    "There is no recording ledger in {path}. Name the data folder with --data.",
    "No hay registro de grabaciones en {path}. Indique la carpeta de datos con --data.",
)
_NO_VOLUME = Words(
    "No volume is known at {path}. Give the folder as it is written in SERENO_VOLUMES.",
    "No se conoce ningún volumen en {path}. Dé la carpeta como está en SERENO_VOLUMES.",
)
_MISSING = Words(
    "The volume {path} is not there; its footage would be lost from the ledger. Mount it first.",
    "Falta el volumen {path}; su grabación se perdería del registro. Móntelo antes.",
)
_TWICE = Words(
    "{path} is a copy of the volume {other}: both have one name. Unplug the copy.",
    "{path} es una copia del volumen {other}: los dos llevan un nombre. Desconecte la copia.",
)


@dataclass(frozen=True, slots=True)
class Report:
    """What fsck found, and how long it took."""

    depth: Depth
    findings: Sequence[Finding]
    file_count: int
    size_bytes: int
    waiting_count: int
    is_repaired: bool
    seconds: float


def check_up(
    settings: Settings, depth: Depth, advance: Advance, *, repairs: bool = False
) -> Report:
    """Look, and repair if asked. Raises SerenoError, sqlite3.Error and OSError where it cannot."""
    path = settings.data_dir.ledger
    if not path.exists():
        raise NotFound("no_ledger", _NO_LEDGER.fill(path=settings.data))
    if not repairs:
        return _look(settings, depth, advance)
    with hold_node(settings.data_dir):
        return asyncio.run(_repair(settings, depth, advance))


def _look(settings: Settings, depth: Depth, advance: Advance) -> Report:
    began = time.monotonic()
    with closing(Ledger.reading(settings.data_dir.ledger)) as ledger:
        fsck = Fsck(
            ledger,
            volumes_there(settings, known_volumes(ledger)),
            depth,
            is_node_running(settings.data_dir),
            lambda done: advance(done, None),
        )
        advance(0, fsck.total())
        findings = list(fsck.run())
    return Report(
        depth, findings, fsck.file_count, fsck.size_bytes, fsck.waiting_count, False,
        time.monotonic() - began,
    )  # fmt: skip


async def _repair(settings: Settings, depth: Depth, advance: Advance) -> Report:
    began, clock = time.monotonic(), SystemClock()
    ledger = LedgerThread(settings.data_dir.ledger)
    try:
        roots = volumes_there(settings, await ledger.call(known_volumes))
        await mend_all(ledger, roots, clock)
        with closing(Ledger.reading(settings.data_dir.ledger)) as reading:
            fsck = Fsck(reading, roots, depth, False, lambda done: advance(done, None))
            advance(0, fsck.total())
            findings = list(fsck.run())
        await Repair(ledger, roots, clock).apply(findings)
    finally:
        await ledger.close()
    return Report(
        depth, findings, fsck.file_count, fsck.size_bytes, 0, True, time.monotonic() - began
    )


def make_anew(settings: Settings, advance: Advance) -> tuple[float, Rebuilt]:
    """Build the ledger from the files; how long it took, in seconds, and what came of it.

    Raises Conflict while a node runs or where a volume of the settings is not there, and OSError.
    """
    with hold_node(settings.data_dir):
        began = time.monotonic()
        roots = _all_volumes(settings)
        done = rebuild(
            settings.data_dir.ledger, roots, SystemClock().now(), lambda size: advance(size, None)
        )
        return time.monotonic() - began, done


def _all_volumes(settings: Settings) -> dict[UUID, Path]:
    """Each volume that may hold footage: of the settings, and of the old ledger. Raises Conflict.

    An empty folder is never made a volume here, for most likely nothing is mounted there; one with
    cameras' folders and no marker is of a time before markers.
    """
    held = _held_places(settings.data_dir.ledger)
    found: dict[UUID, Path] = {}
    for root in dict.fromkeys([*(each.root for each in settings.footage_volumes), *held]):
        is_old = not held.get(root) and bool(streams_on_disk({NOWHERE: root}))
        look = look_at(root, held.get(root), None, may_mark=is_old)
        if look.volume_id is None:
            raise Conflict("volume_missing", _MISSING.fill(path=root))
        if look.volume_id in found:
            both = _TWICE.fill(path=root, other=found[look.volume_id])
            raise Conflict("volume_twice", both)
        found[look.volume_id] = root
    return found


def _held_places(ledger_file: Path) -> dict[Path, UUID]:
    """Where the ledger knows footage, as far as it can be read."""
    if not ledger_file.exists():
        return {}
    with suppress(sqlite3.Error, SerenoError), closing(Ledger.reading(ledger_file)) as ledger:
        held = {each.volume_id for each in usage_of(ledger) if each.segment_count}
        known = known_volumes(ledger).items()
        return {root: volume_id for volume_id, root in known if root and volume_id in held}
    return {}


def accept(settings: Settings, folder: Path) -> None:
    """Let what stands at `folder` become a new volume. Raises NotFound."""
    with closing(Ledger(settings.data_dir.ledger)) as ledger:
        if not forget_place(ledger, folder.absolute()):
            raise NotFound("no_volume", _NO_VOLUME.fill(path=folder))


def volumes_there(settings: Settings, known: Mapping[UUID, Path | None]) -> dict[UUID, Path]:
    """The volumes that are there now, of the settings and of the ledger."""
    found: dict[UUID, Path] = {}
    places = {root: volume_id for volume_id, root in known.items() if root is not None}
    roots = [each.root for each in settings.footage_volumes]
    # Known places come first: of two disks with one name, the other is a copy.
    for root in dict.fromkeys([*places, *roots]):
        look = look_at(root, places.get(root), None, may_mark=False)
        if look.volume_id is not None:
            found.setdefault(look.volume_id, root)
    return found
