"""One range of a `Range` header (RFC 9110, 14.2)."""

from __future__ import annotations

import re

from sereno.base.errors import Invalid, Words

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")
_OUTSIDE = Words(
    "The file has no such bytes. Ask for bytes 0 to {last}.",
    "El archivo no tiene esos bytes. Pida los bytes 0 a {last}.",
)


def parse_range(header: str | None, size_bytes: int) -> tuple[int, int] | None:
    """[start, stop) that was asked for; None where the whole is to be sent.

    Several ranges, and units other than bytes, are answered with the whole, as a server may.
    Raises Invalid (`range_outside`) for one that begins after the end.
    """
    match = _ONE_RANGE.match(header or "")
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if first == "":
        start, stop = max(size_bytes - int(last), 0), size_bytes
    else:
        start = int(first)
        stop = min(int(last) + 1, size_bytes) if last else size_bytes
    if start >= size_bytes or stop <= start:
        raise Invalid("range_outside", _OUTSIDE.fill(last=size_bytes - 1))
    return start, stop
