"""Samples of ffmpeg's MP4 as the recorder takes pictures: without parameter sets and delimiters,
key frames told as the native engine tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sereno.media import h264, h265
from sereno.media.faults import garbled
from sereno.media.formats import VideoFormat

_SIZE_BYTES = 4
_HEVC_IDR = (19, 20)


class ParameterSets(Protocol):
    """The newest parameter sets of a stream."""

    def put(self, nal: bytes) -> bool: ...

    def video_format(self) -> VideoFormat | None: ...


@dataclass(slots=True)
class Pictures:
    """Reads the samples of one track of video. `format_changed` tells whether the sample read last
    brought parameter sets that are news."""

    sets: ParameterSets
    is_hevc: bool
    format_changed: bool = False

    @classmethod
    def of(cls, entry: bytes, configuration: bytes) -> Pictures:
        """From a decoder configuration (`avcC`, `hvcC`). Raises Garbled."""
        is_hevc = entry in (b"hvc1", b"hev1")
        pictures = cls(h265.ParameterSets() if is_hevc else h264.ParameterSets(), is_hevc)
        for nal in _hevc_sets(configuration) if is_hevc else _avc_sets(configuration):
            pictures.sets.put(nal)
        return pictures

    def read(self, sample: bytes) -> tuple[bytearray, bool]:
        """What is to be kept of a sample, and whether decoding can begin here. Raises Garbled."""
        kept, at, is_key = bytearray(), 0, False
        has_recovery_point = False
        self.format_changed = False
        while at < len(sample):
            start = at + _SIZE_BYTES
            end = start + int.from_bytes(sample[at:start], "big")
            if end > len(sample) or end < start + 1 + self.is_hevc:
                raise garbled("size of a NAL unit")
            kind = sample[start] >> 1 & 0x3F if self.is_hevc else sample[start] & 0x1F
            if self._is_set(kind):
                self.format_changed |= self.sets.put(sample[start:end])
            elif kind != (h265.DELIMITER if self.is_hevc else h264.DELIMITER):
                kept += sample[at:end]
                if self.is_hevc:
                    is_key |= h265.FIRST_IRAP <= kind <= h265.LAST_IRAP
                elif kind == h264.SEI:
                    has_recovery_point |= h264.is_recovery_point(kept, len(kept) - (end - start))
                elif kind == h264.IDR_SLICE:
                    is_key = True
                elif has_recovery_point and kind < h264.IDR_SLICE and end > start + 1:
                    is_key |= h264.is_intra_slice(sample[start + 1])
            at = end
        return kept, is_key

    def is_closed(self, sample: bytes) -> bool:
        """Whether this is a key frame before which nothing is shown that comes after it (IDR)."""
        at = 0
        while at + _SIZE_BYTES < len(sample):
            head = sample[at + _SIZE_BYTES]
            if head >> 1 & 0x3F in _HEVC_IDR if self.is_hevc else head & 0x1F == h264.IDR_SLICE:
                return True
            at += _SIZE_BYTES + int.from_bytes(sample[at : at + _SIZE_BYTES], "big")
        return False

    def _is_set(self, kind: int) -> bool:
        return kind in (h265.PARAMETER_SETS if self.is_hevc else (h264.SPS, h264.PPS))


def _avc_sets(configuration: bytes) -> list[bytes]:
    """SPS and PPS of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)."""
    found: list[bytes] = []
    at = 5
    for mask in (0x1F, 0xFF):
        count = configuration[at] & mask if at < len(configuration) else 0
        at = _take(configuration, at + 1, count, found)
    return found


def _hevc_sets(configuration: bytes) -> list[bytes]:
    """All arrays of an HEVCDecoderConfigurationRecord (8.3.3.1)."""
    found: list[bytes] = []
    at = 23
    for _ in range(configuration[22] if len(configuration) > 22 else 0):
        count = int.from_bytes(configuration[at + 1 : at + 3], "big")
        at = _take(configuration, at + 3, count, found)
    return found


def _take(data: bytes, at: int, count: int, found: list[bytes]) -> int:
    """Read `count` NAL units, each behind its size; where the next field begins."""
    for _ in range(count):
        size = int.from_bytes(data[at : at + 2], "big")
        if not 0 < size <= len(data) - at - 2:
            raise garbled("decoder configuration")
        found.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return at
