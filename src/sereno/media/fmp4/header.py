"""Sereno's own box: what a segment file says of itself, so that files alone rebuild the ledger."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID

from sereno import __version__
from sereno.media.faults import garbled
from sereno.media.fmp4.boxes import box

HEADER_UUID = UUID("5e7e2024-4653-4547-8d31-6d6564696131")
"""Kind of the `uuid` box (ISO/IEC 14496-12, 11.1). It will never mean anything else."""

HEADER_VERSION = 1
_LARGEST_BYTES = 16 * 1024
_NUMBERS = frozenset({"sequence", "start_us", "start_ticks"})


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """Whose video, from when, after which file.

    `start_us` is the wall-clock time of the first frame in microseconds since 1970; `start_ticks`
    its media time in 1/90000 s from the run's start; `previous_sha256` is hexadecimal, empty for
    the first file of a stream, and where the one before was not sealed by then. `clock` says where
    wall-clock time came from: "arrival" or "rtcp"; `engine` who received the stream.
    """

    camera_id: UUID
    stream: str
    run_id: UUID
    segment_id: UUID
    sequence: int
    start_us: int
    start_ticks: int
    clock: str
    previous_sha256: str
    software: str = f"sereno {__version__}"
    engine: str = "native"

    def to_box(self) -> bytes:
        """The whole `uuid` box."""
        values = {"version": HEADER_VERSION} | {
            name: str(value) if isinstance(value, UUID) else value
            for name, value in asdict(self).items()
        }
        return box(b"uuid", HEADER_UUID.bytes, json.dumps(values, separators=(",", ":")).encode())


def parse_header(body: bytes) -> SegmentHeader | None:
    """The header in the contents of a `uuid` box, or None in another's. Raises Garbled.

    Fields that a newer version added are ignored.
    """
    if not body.startswith(HEADER_UUID.bytes):
        return None
    if len(body) > _LARGEST_BYTES:
        raise garbled("segment header is too large")
    try:
        values = json.loads(body[16:])
        names = {each.name for each in fields(SegmentHeader)}
        if "engine" not in values:
            names.discard("engine")  # 0.1.0 had one engine and did not say
        return SegmentHeader(**{name: _convert(name, values[name]) for name in names})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise garbled("segment header") from None


def _convert(name: str, value: Any) -> Any:
    if name.endswith("_id"):
        return UUID(value)
    if name in _NUMBERS:
        is_sound = type(value) is int and 0 <= value < 1 << 63
    else:
        is_sound = isinstance(value, str)
    if not is_sound:
        raise ValueError(name)
    return value
