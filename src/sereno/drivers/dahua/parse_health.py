"""Disks and what is recorded, as a recorder tells it.

A disk is its parts; bytes come as floating-point numbers. All used is how an overwriting recorder
does when it is well.
"""

from __future__ import annotations

from collections.abc import Mapping

from sereno.drivers.contract import Disk, DiskState
from sereno.drivers.dahua.parse import Table, as_bool, as_float, by_index, clean

_WELL = frozenset({"", "success", "running", "ok", "normal", "active"})
_SLEEPING = frozenset({"sleep", "sleeping", "standby", "dormant"})
_UNFORMATTED = frozenset({"unformatted", "notformatted", "initializing", "unknown"})
_ABSENT = frozenset({"notexist", "not exist", "absent", "empty", "offline"})
_READ_ONLY = "readonly"
_STOPPED = 2


def read_disks(table: Table) -> tuple[Disk, ...]:
    """`getDeviceAllInfo`: the disks that are there; bays without one are left out."""
    rows = by_index(table, "list.info") or by_index(table, "list") or by_index(table, "info")
    disks = (_disk(number, row) for number, row in rows.items())
    return tuple(disk for disk in disks if disk is not None)


def _disk(number: int, row: Mapping[str, str]) -> Disk | None:
    parts: list[Mapping[str, str]] = [*by_index(row, "Detail").values()] or [row]
    said = clean(row.get("State")).lower()
    size = sum(int(as_float(part.get("TotalBytes")) or 0) for part in parts)
    used = sum(int(as_float(part.get("UsedBytes")) or 0) for part in parts)
    if said in _ABSENT or (size <= 0 and said in _WELL):
        return None
    name = clean(row.get("Name")) or str(number)
    state = _state(said, parts)
    return Disk(name, name, state, max(size, 0), max(size - used, 0))


def _state(said: str, parts: list[Mapping[str, str]]) -> DiskState:
    if any(as_bool(part.get("IsError")) for part in parts):
        return DiskState.FAILING
    if said in _SLEEPING:
        return DiskState.SLEEPING
    if said in _UNFORMATTED:
        return DiskState.UNFORMATTED
    if said not in _WELL:
        return DiskState.FAILING
    kinds = {clean(part.get("Type")).lower() for part in parts} - {""}
    return DiskState.READ_ONLY if kinds == {_READ_ONLY} else DiskState.OK


def read_record_modes(table: Table) -> dict[int, bool]:
    """`RecordMode`: whether each channel may record: 0 by schedule, 1 always, 2 stopped."""
    found = dict[int, bool]()
    for channel, row in by_index(table, "table.RecordMode").items():
        mode = as_float(row.get("Mode"))
        if mode is not None:
            found[channel] = int(mode) != _STOPPED
    return found
