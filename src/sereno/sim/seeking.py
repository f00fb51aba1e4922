"""Footage that is played from any moment on, as PLAY asks for it.

Sources: ONVIF Streaming Specification, chapter 6 (Require, Rate-Control, Frames, the header
extension with absolute times), RFC 2326, 3.7 (absolute times).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sereno.base.spans import Span, span_or_none
from sereno.sim.packets import INTERLEAVING_BYTES, RTP_HEADER_BYTES

REQUIRED = "onvif-replay"
_CLOCK = re.compile(r"clock\s*=\s*(\d{8}T\d{6}(?:\.\d+)?)Z\s*-\s*(?:(\d{8}T\d{6}(?:\.\d+)?)Z)?")
_EXTENSION, _EXTENSION_WORDS = 0xABAC, 3
_EXTENSION_BIT = 0x10
_NTP_EPOCH_SECONDS = 2_208_988_800
_CLEAN_POINT, _END_OF_SECTION, _DISCONTINUITY = 0x80, 0x40, 0x20


class BadRange(Exception):
    """A Range header that cannot be followed."""


@dataclass(frozen=True, slots=True)
class PlayOrder:
    """What a PLAY asks for. ``span`` None: go on, or from the beginning. ``cseq`` is its own."""

    span: Span | None
    is_paced: bool = True
    keys_only: bool = False
    cseq: int = 0


@dataclass(frozen=True, slots=True)
class Seeking:
    """How a device follows PLAY. ``to_true`` reads its UTC (naive), ``to_shown`` writes it.

    Where it ``needs_require``, a Range counts only with Require: onvif-replay.
    """

    to_true: Callable[[datetime], datetime]
    to_shown: Callable[[datetime], datetime]
    needs_require: bool = False
    heeds_rate: bool = True
    tells_times: bool = True
    runs_on: bool = False

    def order(self, headers: Mapping[str, str], newest: datetime) -> PlayOrder:
        """What headers ask for, up to ``newest`` where they name no end. Raises BadRange."""
        is_onvif = REQUIRED in headers.get("require", "").lower()
        asked = headers.get("range", "")
        span = None
        if asked.lower().startswith("clock") and (is_onvif or not self.needs_require):
            span = self._span(asked, newest)
        rate = headers.get("rate-control", "yes").lower()
        cseq = headers.get("cseq", "0")
        return PlayOrder(
            span,
            is_paced=not (is_onvif and self.heeds_rate and rate == "no"),
            keys_only=is_onvif and headers.get("frames", "").lower().startswith("intra"),
            cseq=int(cseq) & 0xFF if cseq.isdecimal() else 0,
        )

    def reach(self, span: Span) -> str:
        """A span as a Range header says it."""
        start, end = self.to_shown(span.start), self.to_shown(span.end)
        return f"clock={_clock_text(start)}-{_clock_text(end)}"

    def _span(self, asked: str, newest: datetime) -> Span:
        found = _CLOCK.fullmatch(asked.strip())
        if found is None:
            raise BadRange
        try:
            start = self.to_true(_read(found[1]))
            end = self.to_true(_read(found[2])) if found[2] and not self.runs_on else newest
        except ValueError:
            raise BadRange from None
        span = span_or_none(start, end)
        if span is None:
            raise BadRange
        return span


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text.split(".")[0]).replace(
        microsecond=int(text.partition(".")[2].ljust(6, "0")[:6])
    )


def _clock_text(shown: datetime) -> str:
    return f"{shown:%Y%m%dT%H%M%S}.{shown.microsecond // 1000:03d}Z"


def with_time(
    wire: bytes | bytearray, shown_us: int, cseq: int, *,
    is_clean: bool, is_last: bool, is_first: bool,
) -> bytes:  # fmt: skip
    """Interleaved packets whose first tells when they were recorded (microseconds since 1970).

    ``is_clean``: one can begin here; ``is_last`` before a break; ``is_first`` after one.
    """
    seconds, rest = divmod(shown_us, 1_000_000)
    flags = is_clean * _CLEAN_POINT | is_last * _END_OF_SECTION | is_first * _DISCONTINUITY
    extension = struct.pack(
        ">HHIIBBH", _EXTENSION, _EXTENSION_WORDS, seconds + _NTP_EPOCH_SECONDS & 0xFFFFFFFF,
        (rest << 32) // 1_000_000, flags, cseq, 0,
    )  # fmt: skip
    head = INTERLEAVING_BYTES + RTP_HEADER_BYTES
    marked = bytearray(wire[:head])
    marked[2:4] = struct.pack(">H", int.from_bytes(wire[2:4], "big") + len(extension))
    marked[INTERLEAVING_BYTES] |= _EXTENSION_BIT
    return bytes(marked) + extension + bytes(wire[head:])
