"""Disks, recording and what is set to report: pure, from bytes to values.

Sources: ISAPI `ContentMgmt/Storage`, `ContentMgmt/record/tracks`, `Event/triggers`.
"""

from __future__ import annotations

from sereno.drivers.contract import Disk, DiskState
from sereno.drivers.hikvision.tree import read
from sereno.drivers.tree import Part, fact, whole_number

_MEGABYTE = 1_000_000
_ABSENT = {"notexist", "noexist", "not exist"}
_STATES = {
    "sleeping": DiskState.SLEEPING,
    "dormant": DiskState.SLEEPING,
    "unformatted": DiskState.UNFORMATTED,
    "uninitialized": DiskState.UNFORMATTED,
    "formating": DiskState.UNFORMATTED,
    "formatting": DiskState.UNFORMATTED,
    "error": DiskState.FAILING,
    "exception": DiskState.FAILING,
    "abnormal": DiskState.FAILING,
    "bad": DiskState.FAILING,
    "offline": DiskState.FAILING,
    "smartfailed": DiskState.FAILING,
    "mismatch": DiskState.FAILING,
}


def disks(data: bytes) -> tuple[Disk, ...]:
    """The disks that are there, network ones too; none where no disk is in. Raises Garbled.

    A recorder that overwrites has no free space and is well: only its `status` counts.
    """
    root = read(data)
    parts = [*root.walk("hdd"), *root.walk("nas")]
    return tuple(disk for part in parts if (disk := _disk(part)) is not None)


def _disk(part: Part) -> Disk | None:
    status = part.say("status").lower()
    id_ = part.say("id")
    if status in _ABSENT or not (id_ or status):
        return None
    state = _STATES.get(status, DiskState.OK)
    if state is DiskState.OK and part.say("property").upper() == "RO":
        state = DiskState.READ_ONLY
    name = part.say("hddName") or part.say("path") or id_
    return Disk(id_, name, state, _bytes(part, "capacity"), _bytes(part, "freeSpace"))


def _bytes(part: Part, name: str) -> int:
    number = whole_number(part.say(name))
    return max(number or 0, 0) * _MEGABYTE


def recording_tracks(data: bytes) -> dict[int, bool]:
    """Which tracks are set to record. Raises Garbled.

    `enableSchedule` says it; `Enable` reads false on tracks that do record.
    """
    found: dict[int, bool] = {}
    for part in read(data).walk("Track"):
        number = whole_number(part.say("id"))
        told = next(part.walk("enableSchedule"), None)
        is_on = fact(told.text) if told is not None else None
        if number is not None and is_on is not None:
            found[number] = is_on
    return found


def silent_triggers(data: bytes) -> dict[str, list[int]]:
    """Events that a channel detects and tells nobody about: their type, and the channels where
    "Notify Surveillance Center" is not ticked. Raises Garbled."""
    found: dict[str, list[int]] = {}
    for part in read(data).walk("EventTrigger"):
        methods = {told.text.lower() for told in part.walk("notificationMethod")}
        channel = _trigger_channel(part)
        if methods and channel is not None and "center" not in methods:
            found.setdefault(part.say("eventType"), []).append(channel)
    return found


def _trigger_channel(part: Part) -> int | None:
    for name in ("videoInputChannelID", "dynVideoInputChannelID"):
        number = whole_number(part.say(name))
        if number is not None and number > 0:
            return number
    return None
