"""What a device notifies of: pure, from an answer's body to values.

Sources: ONVIF Core Specification ("Notification", "Topic structure"), Imaging, Analytics and
Device IO services for their topics; WS-BaseNotification.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sereno.drivers.contract import EventState
from sereno.drivers.onvif.times import moment
from sereno.drivers.tree import Part, fact

_KINDS = (
    ("motion", r"MotionAlarm|CellMotionDetector|MotionRegionDetector|/Motion\b|MotionDetect"),
    ("video_loss", r"SignalLoss|VideoLoss|ConnectionFailed"),
    ("line_crossed", r"LineDetector|LineCross|TripWire|/Crossed\b"),
    ("intrusion", r"FieldDetector|ObjectsInside|Intrusion|RegionEntrance|LoiteringDetector"),
    ("tamper", r"Tamper|GlobalSceneChange|ImageTooBlurry|ImageTooDark|ImageTooBright|VideoBlind"),
    ("input", r"DigitalInput|AlarmIn\b|Trigger/Input"),
    ("disk_full", r"StorageFull|DiskFull"),
    ("disk_missing", r"StorageNotExist|DiskMissing|NoDisk"),
    ("disk_error", r"StorageFailure|DiskError|StorageError|HardwareFailure/Storage"),
    ("network_lost", r"NetworkDisconnect|NetworkLost|EthernetBroken"),
    ("address_conflict", r"IPAddressConflict|AddressConflict"),
    ("bad_login", r"IllegalAccess|IllegalLogin|LoginFail|UnauthorizedAccess"),
    ("recording_failed", r"RecordingJob/.*Error|RecordException|RecordingFail"),
    ("clock_changed", r"LastClockSynchronization|TimeChange"),
)
"""By words of the topic; those that come first are the more exact."""

_OF_THE_DEVICE = frozenset(
    {"disk_full", "disk_missing", "disk_error", "network_lost", "address_conflict", "bad_login"}
)
_STATES = ("state", "ismotion", "istamper", "isinside", "logicalstate", "failed", "active", "value")
_SOURCES = (
    "source",
    "videosourcetoken",
    "videosource",
    "videosourceconfigurationtoken",
    "videoanalyticsconfigurationtoken",
    "analyticsconfigurationtoken",
)
_MOMENTARY = frozenset({"line_crossed", "clock_changed"})


@dataclass(frozen=True, slots=True)
class Notice:
    """What a device said once. `code` is its topic without prefixes. `is_on` is the state that it
    tells, None where it tells none; `words` are all by which it may mean an input; `key` tells
    apart what goes on at the same time. `is_initial`: how it stood when somebody began to listen.
    """

    kind: str
    code: str
    words: tuple[str, ...]
    is_on: bool | None
    is_initial: bool
    at: datetime | None
    key: str

    @property
    def is_of_device(self) -> bool:
        return self.kind in _OF_THE_DEVICE

    @property
    def state(self) -> EventState:
        if self.is_on is None or (self.kind in _MOMENTARY and self.is_on):
            return EventState.MOMENT
        return EventState.STARTED if self.is_on else EventState.ENDED


def notices(body: Part) -> list[Notice]:
    """From `PullMessages`, in the order written; those without a topic are left out."""
    found = (_notice(each) for each in body.walk("NotificationMessage"))
    return [each for each in found if each is not None]


def items(told: Part, side: str) -> dict[str, str]:
    """The simple items of `Source`, `Key` or `Data`, by their names in lower case."""
    found: dict[str, str] = {}
    for part in told.walk(side):
        for each in part.walk("SimpleItem"):
            notes = {name.lower(): value for name, value in each.notes.items()}
            found.setdefault(notes.get("name", "").lower(), notes.get("value", "").strip())
    return found


def _notice(told: Part) -> Notice | None:
    code = _topic(told)
    if not code:
        return None
    kind = next((kind for kind, words in _KINDS if re.search(words, code, re.I)), "other")
    source, data = items(told, "Source"), items(told, "Data")
    notes = _message_notes(told)
    return Notice(
        kind,
        code,
        tuple(source[name] for name in _SOURCES if source.get(name)),
        _state(data),
        notes.get("propertyoperation", "").lower() == "initialized",
        moment(notes.get("utctime", "")),
        "|".join([code, *(f"{name}={value}" for name, value in sorted(source.items()))]),
    )


def _topic(told: Part) -> str:
    """`tns1:RuleEngine/tnsmaker:X/Y` as `RuleEngine/X/Y`."""
    text = next((each.text for each in told.walk("Topic")), "")
    return "/".join(part.rpartition(":")[2] for part in text.strip().split("/") if part)


def _message_notes(told: Part) -> dict[str, str]:
    """Of the inner `Message`, which has the time."""
    for each in told.walk("Message"):
        notes = {name.lower(): value for name, value in each.notes.items()}
        if "utctime" in notes:
            return notes
    return {}


def _state(data: dict[str, str]) -> bool | None:
    """By the names that topics have for it; else the only truth that is told."""
    for name in _STATES:
        if (said := fact(data.get(name, ""))) is not None:
            return said
    told = [said for value in data.values() if (said := fact(value)) is not None]
    return told[0] if len(told) == 1 else None
