"""Times as ONVIF writes them: xs:dateTime, xs:duration, and the clock's date and time.

The clock may be wrong in the ways of the field: by an hour, local time told as UTC, or judged an
hour off where the age of a token counts.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH

from sereno.sim.onvif.soap import Markup, bad_argument, tag

_STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)


def stamp(shown: datetime) -> str:
    """A device's UTC (naive) as xs:dateTime."""
    milliseconds = shown.microsecond // 1000
    fraction = f".{milliseconds:03d}" if milliseconds else ""
    return f"{shown:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def read_stamp(text: str) -> datetime:
    """An xs:dateTime as UTC, naive. Raises Fault."""
    found = _STAMP.fullmatch(text.strip())
    if found is None:
        raise bad_argument(f"{text} is no time")
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise bad_argument(f"{text} does not exist") from None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def read_duration(text: str) -> float:
    """An xs:duration in seconds. Raises Fault."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or text.strip() in ("P", ""):
        raise bad_argument(f"{text} is no duration")
    days, hours, minutes, seconds = (float(each or 0) for each in found.groups())
    whole = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return whole.total_seconds()


def date_and_time(name: str, shown: datetime) -> Markup:
    """A tt:DateTime."""
    return tag(
        name,
        tag(
            "tt:Time",
            tag("tt:Hour", shown.hour),
            tag("tt:Minute", shown.minute),
            tag("tt:Second", shown.second),
        ),
        tag(
            "tt:Date",
            tag("tt:Year", shown.year),
            tag("tt:Month", shown.month),
            tag("tt:Day", shown.day),
        ),
    )


def posix_zone(name: str) -> str:
    """A zone of the IANA database in the words of POSIX, such as CET-1CEST,M3.5.0,M10.5.0/3.

    They are the last line of its file (RFC 8536, 3.3).
    """
    for folder in TZPATH:
        path = Path(folder, name)
        if path.is_file():
            return _footer(path.read_bytes())
    return _footer(resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes())


def _footer(file: bytes) -> str:
    return file.rstrip(b"\n").rpartition(b"\n")[2].decode()
