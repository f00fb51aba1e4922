"""H.264 out of RTP (RFC 6184, 5): single NAL units, STAP-A and FU-A."""

from __future__ import annotations

from sereno.media.faults import fault
from sereno.media.h264 import (
    DELIMITER,
    IDR_SLICE,
    PPS,
    SEI,
    SPS,
)
from sereno.media.rtsp.depacketiser import Role, VideoDepacketiser

_STAP_A = 24
_FU_A = 28
_INTERLEAVED = (25, 26, 27, 29)
_HEADERS = tuple(bytes((each,)) for each in range(256))


def _role(kind: int) -> Role:
    if kind in (SPS, PPS):
        return Role.PARAMETER_SET
    if kind == IDR_SLICE:
        return Role.KEY_SLICE
    if 0 < kind < IDR_SLICE:
        return Role.SLICE
    return {SEI: Role.SEI, DELIMITER: Role.DROPPED}.get(kind, Role.KEPT)


class H264Depacketiser(VideoDepacketiser):
    """H.264 access units. A key picture is an IDR picture, or an I picture behind the SEI of an
    exact recovery point: streams of open GOPs may send nothing else after their first picture."""

    _HEADER_BYTES = 1
    _ROLES = tuple(_role(first & 0x1F) for first in range(256))

    def _payload(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        kind = data[at] & 0x1F
        if kind == _FU_A:
            self._fragment(data, view, at, end)
        elif self._nal_start >= 0:
            self._lose()  # the end of a fragmented NAL unit never came
        elif kind == _STAP_A:
            self._aggregate(data, view, at + 1, end)
        elif 0 < kind < _STAP_A:
            self._whole(data, view, at, end)
        elif kind in _INTERLEAVED:
            raise fault("codec_unknown", codec="H.264 (interleaved packets)")

    def _open(self, data: bytearray, at: int) -> tuple[bytes, int]:
        first, flags = data[at], data[at + 1]
        return _HEADERS[first & 0xE0 | flags & 0x1F], first << 8 | flags & 0x3F
