"""What every answer of a Dahua device is made of: lines of `key=value`, and times without a zone.

Keys nest by dots and brackets (`table.Encode[0].MainFormat[1].Video.FPS`). A line that begins with
no key belongs to the value before it: details of the log and data of events go over several lines.
Errors come with any status, 200 too, as text (`Error: …`) or JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from sereno.drivers.errors import Garbled
from sereno.policy.reasons import Reason

Table = Mapping[str, str]

LARGEST_CHANNEL = 1023
"""No device has an input above this; a larger index is no channel."""

_KEY = re.compile(r"(?P<key>[A-Za-z_][\w:.\-\[\]]*)=(?P<value>.*)", re.DOTALL)
_ERROR = re.compile(rb"\s*error\b", re.IGNORECASE)
_WALL = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{1,2}):(\d{1,2})")
_TRUE = frozenset({"true", "1", "on", "yes"})
_FALSE = frozenset({"false", "0", "off", "no"})
_BLANK = b"\xef\xbb\xbf \t\r\n\0"
_TEXT_SHOWN = 120


def garbled(body: bytes) -> Garbled:
    """An answer that makes no sense; its beginning is kept, which holds no secret: it is not of the
    form in which devices tell one."""
    shown = body[:_TEXT_SHOWN].decode("utf-8", "replace")
    return Garbled(Reason("device_garbled", raw=" ".join(shown.split())))


def is_error(body: bytes) -> bool:
    """Whether it says that something went wrong, whatever its status was."""
    return _ERROR.match(body) is not None


def read_table(body: bytes) -> dict[str, str]:
    """All keys of an answer. Raises Garbled where there is none; of a key told twice the first
    counts."""
    table = dict[str, str]()
    last = ""
    for line in body.strip(_BLANK).decode("utf-8", "replace").splitlines():
        found = _KEY.fullmatch(line.strip())
        if found is None:
            if last and line.strip():
                table[last] += "\n" + line.strip()
            continue
        last = found["key"] if found["key"] not in table else ""
        table.setdefault(found["key"], found["value"])
    if not table and body.strip(_BLANK):
        raise garbled(body)
    return table


def under(table: Table, prefix: str) -> dict[str, str]:
    """What stands below `prefix`, without it."""
    return {key[len(prefix) :]: value for key, value in table.items() if key.startswith(prefix)}


def by_index(table: Table, name: str) -> dict[int, dict[str, str]]:
    """The rows of a list: `name[3].Key=…` as `{3: {"Key": …}}`, in order of their index."""
    rows = dict[int, dict[str, str]]()
    for index, rest, value in _indexed(table, name + "["):
        rows.setdefault(index, {})[rest] = value
    return dict(sorted(rows.items()))


def _indexed(table: Table, opening: str) -> Iterator[tuple[int, str, str]]:
    for key, value in table.items():
        if not key.startswith(opening):
            continue
        index, bracket, rest = key[len(opening) :].partition("]")
        if bracket and len(index) <= len(str(LARGEST_CHANNEL)) and index.isascii():
            number = as_int(index)
            if number is not None and 0 <= number <= LARGEST_CHANNEL:
                yield number, rest.removeprefix("."), value


def as_int(text: str | None) -> int | None:
    """A whole number; None where it is none. Sizes come as `100.000000` as well."""
    number = as_float(text)
    return None if number is None else int(number)


def as_float(text: str | None) -> float | None:
    """A number that is one; None otherwise."""
    if text is None or len(text) > 40:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e18 else None


def as_bool(text: str | None) -> bool | None:
    """True or false in any of their spellings; None otherwise."""
    said = (text or "").strip().lower()
    return True if said in _TRUE else False if said in _FALSE else None


def as_wall(text: str | None) -> datetime | None:
    """A device's time: wall clock, no zone, its parts not always padded."""
    found = _WALL.search(text or "")
    if found is None:
        return None
    try:
        return datetime(*(int(part) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None


def clean(text: str | None) -> str:
    """A name as people gave it, on one line."""
    return " ".join((text or "").replace("\0", "").split())
