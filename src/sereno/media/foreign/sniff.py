"""What the first bytes of a device's answer are, whatever its headers called them.

Hikvision puts an envelope with the letters `IMKH` before an MPEG program stream: 40 bytes with the
letters in front, or 64 with the letters at 24. Dahua's `DHAV` frames may follow a header of 1,024
bytes that begins with `DAHUA`, or 9 to 13 KB of something that is no video. Instead of footage
devices also answer with XML, JSON, a line of text, or nothing, often with status 200.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sereno.media.foreign.dhav import MAGIC, starts_frame

HEAD_BYTES = 64 * 1024
"""So much is looked at, at most."""

_IMKH_OFFSETS = (24, 0)
_IMKH = b"IMKH"
_PACK = b"\x00\x00\x01\xba"  # ISO/IEC 13818-1, 2.5.3.4
_LONGEST_ENVELOPE = 4096
_DAHUA = b"DAHUA"
_BOXES = (b"ftyp", b"styp", b"moov", b"moof", b"free", b"mdat")
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_TEXT_LOOKED_AT = 512
_TEXT = re.compile(rb"[\t\r\n\x20-\x7e\x80-\xff]+")


class Form(StrEnum):
    """What bytes are."""

    MPEG_PS = "mpeg_ps"
    DHAV = "dhav"
    MP4 = "mp4"
    XML = "xml"
    JSON = "json"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


FOOTAGE = frozenset({Form.MPEG_PS, Form.DHAV, Form.MP4})


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What it is, and after how many bytes that begins."""

    form: Form
    offset: int = 0

    @property
    def is_footage(self) -> bool:
        return self.form in FOOTAGE


def sniff(head: bytes) -> Sniffed:
    """Tell by the first bytes, of which `HEAD_BYTES` are enough.

    Of an `IMKH` envelope the offset is that of its letters, which tell ffmpeg more than the program
    stream behind them.
    """
    head = head[:HEAD_BYTES]
    if not head:
        return Sniffed(Form.EMPTY)
    return _program_stream(head) or _movie(head) or _text(head) or _dahua(head)


def _program_stream(head: bytes) -> Sniffed | None:
    if head.startswith(_PACK):
        return Sniffed(Form.MPEG_PS)
    for offset in _IMKH_OFFSETS:
        if head.startswith(_IMKH, offset) and _PACK in head[:_LONGEST_ENVELOPE]:
            return Sniffed(Form.MPEG_PS, offset)
    return None


def _movie(head: bytes) -> Sniffed | None:
    return Sniffed(Form.MP4) if head[4:8] in _BOXES else None


def _text(head: bytes) -> Sniffed | None:
    """Text is told from the binary that may stand before footage by its first half KiB."""
    start = head.lstrip(_BLANKS)
    offset = len(head) - len(start)
    if not start:
        return Sniffed(Form.EMPTY)
    if _TEXT.fullmatch(start[:_TEXT_LOOKED_AT]) is None or MAGIC in start[:_TEXT_LOOKED_AT]:
        return None
    if start[:1] == b"<":
        return Sniffed(Form.XML, offset)
    return Sniffed(Form.JSON if start[:1] in b"{[" else Form.TEXT, offset)


def _dahua(head: bytes) -> Sniffed:
    at = head.find(MAGIC)
    while at >= 0:
        if starts_frame(head, at):
            return Sniffed(Form.DHAV, 0 if head.startswith(_DAHUA) else at)
        at = head.find(MAGIC, at + 1)
    return Sniffed(Form.UNKNOWN)
