"""A device's wall clock and UTC: zones as devices write them, and what their times mean. Pure."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sereno.drivers.contract import Convention

_POSIX = re.compile(
    r"(?P<name>[A-Za-z]{3,10}|<[A-Za-z0-9+-]{1,10}>)(?P<offset>[+-]?[\d:]{1,8})"
    r"(?:(?P<summer>[A-Za-z]{3,10}|<[A-Za-z0-9+-]{1,10}>)(?P<saved>[+-]?[\d:]{1,8})?"
    r"(?P<rules>,[^,]{3,20},[^,]{3,20})?)?",
    re.ASCII,
)
_RULE = re.compile(r"M(\d{1,2})\.([1-5])\.([0-6])(?:/([\d:]{1,9}))?", re.ASCII)
_CLOCK = re.compile(r"([+-]?)(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?", re.ASCII)
_FIXED = re.compile(r"[+-]\d{2}:?\d{2}", re.ASCII)
_LONGEST_SAVED = timedelta(hours=2)
_FARTHEST = timedelta(hours=15)
_NEWEST_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DeviceZone:
    """How a device's wall clock stands to UTC. `text` is as it was written. Wall times are
    naive."""

    text: str
    tz: tzinfo = field(compare=False, repr=False)

    def to_wall(self, moment: datetime) -> datetime:
        """What the wall clock shows at a moment."""
        return moment.astimezone(self.tz).replace(tzinfo=None)

    def to_utc(self, wall: datetime) -> tuple[datetime, ...]:
        """The moments at which it shows `wall`, the earlier first: two in the hour that comes
        twice. In the hour that is left out, the one at which a clock that was not set showed it."""
        try:
            early, late = sorted(
                wall.replace(tzinfo=self.tz, fold=fold).astimezone(UTC) for fold in (0, 1)
            )
        except OverflowError:  # the first or last day of the calendar: no clock shows that
            return (wall.replace(tzinfo=UTC),)
        shown = [moment for moment in (early, late) if self.to_wall(moment) == wall]
        return tuple(dict.fromkeys(shown)) or (late,)


UTC_ZONE = DeviceZone("UTC", UTC)


def parse_zone(text: str) -> DeviceZone | None:
    """A zone that a device or a person wrote, or None if it is none.

    `CST-2:00:00DST01:00:00,M3.5.5/02:00:00,M10.5.0/02:00:00` (as POSIX, with the sign inverted:
    two hours east; the number behind `DST` is what is saved), POSIX itself (IEEE 1003.1, 8.3),
    `+02:00`, or a name of the IANA database.
    """
    text = text.strip()
    if text.upper() in ("UTC", "Z", "GMT"):
        return DeviceZone(text, UTC)
    if _FIXED.fullmatch(text):
        return _fixed(text)
    if (found := _POSIX.fullmatch(text)) is not None:
        return _posix(text, found)
    try:
        return DeviceZone(text, ZoneInfo(text))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def convention_of(newest_end: datetime, zone: DeviceZone, now: datetime) -> Convention | None:
    """What a device means by the label of its newest footage's end, which was made just now.

    `now` is the device's time, `newest_end` the label, naive. None where it does not tell: the zone
    is that of UTC, or the footage is too old. A reading that lies ahead of now is impossible.
    """
    as_utc = newest_end.replace(tzinfo=UTC)
    as_local = min(zone.to_utc(newest_end), key=lambda moment: abs(moment - now))
    if as_utc == as_local:
        return None
    read = {Convention.UTC: as_utc, Convention.LOCAL: as_local}
    possible = [each for each, moment in read.items() if moment <= now + _NEWEST_WITHIN]
    if not possible:
        return None
    if len(possible) == 1:
        return possible[0]
    newest = max(possible, key=lambda each: read[each])
    return newest if now - read[newest] <= _NEWEST_WITHIN else None


def _fixed(text: str) -> DeviceZone | None:
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    offset = timedelta(minutes=-minutes if text[0] == "-" else minutes)
    return DeviceZone(text, timezone(offset)) if abs(offset) <= _FARTHEST else None


def _posix(text: str, found: re.Match[str]) -> DeviceZone | None:
    west = _clock(found["offset"])
    if west is None or abs(west) > _FARTHEST:
        return None
    if not found["summer"] or not found["rules"]:
        # Summer time without a rule for it is none: nobody knows when.
        return DeviceZone(text, timezone(-west))
    summer_west = _summer_west(west, found["summer"], found["saved"])
    rules = [_RULE.fullmatch(rule) for rule in found["rules"][1:].split(",")]
    if summer_west is None or not all(rules):
        return None
    changes = ",".join(_rule(rule) for rule in rules if rule is not None)
    rule_text = f"<-00>{_hours(west)}<-01>{_hours(summer_west)},{changes}"
    try:
        return DeviceZone(text, ZoneInfo.from_file(io.BytesIO(_tzif(rule_text, -west))))
    except ValueError:  # a rule of no calendar
        return None


def _summer_west(west: timedelta, name: str, said: str | None) -> timedelta | None:
    """How far west of UTC the clock is in summer; None where that makes no sense."""
    if said is None:
        return west - timedelta(hours=1)
    clock = _clock(said)
    if clock is None:
        return None
    # Hikvision writes how much is saved, POSIX how far west it is then.
    if name != "DST" and timedelta(0) < west - clock <= _LONGEST_SAVED:
        return clock
    return west - clock if timedelta(0) < clock <= _LONGEST_SAVED else None


def _rule(found: re.Match[str]) -> str:
    time = _clock(found[4] or "2")
    return f"M{int(found[1])}.{found[2]}.{found[3]}/{_hours(time or timedelta(0))}"


def _clock(text: str) -> timedelta | None:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(found[place] or 0) for place in (2, 3, 4))
    size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -size if found[1] == "-" else size


def _hours(size: timedelta) -> str:
    seconds = abs(size) // timedelta(seconds=1)
    sign = "-" if size < timedelta(0) else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _tzif(rule: str, offset: timedelta) -> bytes:
    """A file of zone information that holds nothing but a rule for ever (RFC 9636, 3): so the
    standard library keeps the calendar."""
    head = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    block = struct.pack(">lBB", offset // timedelta(seconds=1), 0, 0) + b"-00\0"
    return head + block + head + block + f"\n{rule}\n".encode("ascii")
