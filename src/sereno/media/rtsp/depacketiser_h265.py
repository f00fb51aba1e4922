"""H.265 out of RTP (RFC 7798, 4): single NAL units, aggregation packets and fragmentation units."""

from __future__ import annotations

from collections.abc import Mapping

from sereno.media.faults import fault
from sereno.media.h265 import DELIMITER, FIRST_IRAP, LAST_IRAP, LAST_SLICE, PARAMETER_SETS
from sereno.media.rtsp.depacketiser import Role, VideoDepacketiser

_AGGREGATION = 48
_FRAGMENT = 49


def _role(kind: int) -> Role:
    if kind in PARAMETER_SETS:
        return Role.PARAMETER_SET
    if FIRST_IRAP <= kind <= LAST_IRAP:
        return Role.KEY_SLICE
    if kind <= LAST_SLICE:
        return Role.SLICE
    return Role.DROPPED if kind == DELIMITER else Role.KEPT


class H265Depacketiser(VideoDepacketiser):
    """H.265 access units. A key picture is an IDR, CRA or BLA picture.

    Packets with decoding order numbers (sprop-max-don-diff above 0) would be read wrongly: who
    makes one calls `refuse_order_numbers` before.
    """

    _HEADER_BYTES = 2
    _ROLES = tuple(_role(first >> 1 & 0x3F) for first in range(256))

    def _payload(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        if end - at < self._header_bytes:
            return
        kind = data[at] >> 1 & 0x3F
        if kind == _FRAGMENT:
            self._fragment(data, view, at, end)
        elif self._nal_start >= 0 or kind > _FRAGMENT:
            # The end of a fragmented NAL unit never came, or a PACI packet carries what we
            # do not read (RFC 7798, 4.4.4).
            self._lose()
        elif kind == _AGGREGATION:
            self._aggregate(data, view, at + self._header_bytes, end)
        else:
            self._whole(data, view, at, end)

    def _open(self, data: bytearray, at: int) -> tuple[bytes, int]:
        first, second, flags = data[at], data[at + 1], data[at + 2] & 0x3F
        return bytes((first & 0x81 | flags << 1, second)), first << 16 | second << 8 | flags


def refuse_order_numbers(parameters: Mapping[str, str]) -> None:
    """Raise StreamFault where a track's format parameters announce decoding order numbers."""
    for name in ("sprop-max-don-diff", "sprop-depack-buf-nalus"):
        if parameters.get(name, "0").strip("0"):
            raise fault("codec_unknown", codec="H.265 (interleaved packets)")
