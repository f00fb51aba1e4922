"""H.264 as far as copying it needs: NAL unit kinds, parameter sets, picture size.

Source: ITU-T H.264, 7.3 and 7.4; the codecs string is RFC 6381, 3.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import pack

from sereno.base.errors import Garbled
from sereno.media.faults import garbled
from sereno.media.formats import VideoFormat

IDR_SLICE = 5
SEI = 6
SPS = 7
PPS = 8
DELIMITER = 9

_LARGEST_SET_BYTES = 4096
_PROFILES_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


@dataclass(slots=True)
class ParameterSets:
    """The newest parameter sets of a stream, by their own ids."""

    _sps: dict[int, bytes] = field(default_factory=dict)
    _pps: dict[int, bytes] = field(default_factory=dict)

    def put(self, nal: bytes) -> bool:
        """Take an SPS or PPS; whether it is news. What is neither, or cannot be read, is not."""
        kind = nal[0] & 0x1F if nal else 0
        if kind not in (SPS, PPS) or len(nal) > _LARGEST_SET_BYTES:
            return False
        try:
            number = parse_sps(nal).number if kind == SPS else _Bits(_unescape(nal[1:])).ue()
        except Garbled:
            return False
        store = self._sps if kind == SPS else self._pps
        if store.get(number) == nal or number > 255:
            return False
        store[number] = nal
        return True

    def video_format(self) -> VideoFormat | None:
        """What all sets together say, or None while one kind is missing."""
        if not self._sps or not self._pps:
            return None
        sps, pps = tuple(self._sps.values()), tuple(self._pps.values())
        first = parse_sps(sps[0])
        configuration = _configuration(sps, pps, first)
        return VideoFormat(
            codec_of(configuration), first.width, first.height, b"avc1", configuration
        )


def codec_of(configuration: bytes) -> str:
    """The RFC 6381 codecs string of an `avcC` box: profile, constraints, level in hexadecimal."""
    return f"avc1.{configuration[1:4].hex()}"


def _configuration(sps: tuple[bytes, ...], pps: tuple[bytes, ...], first: Sps) -> bytes:
    """The AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1), 4-byte NAL unit sizes."""
    parts = [b"\x01", sps[0][1:4], b"\xff", bytes((0xE0 | len(sps),))]
    parts += [pack(">H", len(nal)) + nal for nal in sps]
    parts.append(bytes((len(pps),)))
    parts += [pack(">H", len(nal)) + nal for nal in pps]
    if sps[0][1] in (100, 110, 122, 144):
        depths = (0xF8 | first.luma_depth - 8, 0xF8 | first.chroma_depth - 8)
        parts.append(bytes((0xFC | first.chroma_format, *depths, 0)))
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Sps:
    """The part of a sequence parameter set that we use."""

    number: int
    width: int
    height: int
    chroma_format: int
    luma_depth: int
    chroma_depth: int


def parse_sps(nal: bytes) -> Sps:
    """Read an SPS NAL unit without start code (H.264 7.3.2.1.1). Raises Garbled."""
    if len(nal) < 5 or nal[0] & 0x1F != SPS:
        raise garbled("not a sequence parameter set")
    bits = _Bits(_unescape(nal[4:]))
    number = bits.ue()
    chroma, luma_depth, chroma_depth, is_split = 1, 8, 8, False
    if nal[1] in _PROFILES_WITH_CHROMA:
        chroma, luma_depth, chroma_depth, is_split = _read_chroma(bits)
    bits.ue()  # log2_max_frame_num_minus4
    _skip_picture_order(bits)
    bits.ue()  # max_num_ref_frames
    bits.take(1)
    width_units, height_units = bits.ue() + 1, bits.ue() + 1
    is_progressive = bits.take(1)
    if not is_progressive:
        bits.take(1)
    bits.take(1)
    left = right = top = bottom = 0
    if bits.take(1):
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
    # Table 6-1: crop units depend on how colour is sampled, and double for interlaced pictures.
    unit_x = 2 if chroma in (1, 2) and not is_split else 1
    unit_y = (2 if chroma == 1 and not is_split else 1) * (2 - is_progressive)
    width = width_units * 16 - (left + right) * unit_x
    height = height_units * 16 * (2 - is_progressive) - (top + bottom) * unit_y
    if not (0 < width <= 16384 and 0 < height <= 16384):
        raise garbled("picture size in the sequence parameter set")
    return Sps(number, width, height, chroma, luma_depth, chroma_depth)


def _read_chroma(bits: _Bits) -> tuple[int, int, int, bool]:
    chroma = bits.ue()
    is_split = bool(bits.take(1)) if chroma == 3 else False
    luma_depth, chroma_depth = bits.ue() + 8, bits.ue() + 8
    if chroma > 3 or max(luma_depth, chroma_depth) > 14:
        raise garbled("colour format in the sequence parameter set")
    bits.take(1)
    if bits.take(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.take(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma, luma_depth, chroma_depth, is_split


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _skip_picture_order(bits: _Bits) -> None:
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.take(1)
        bits.se()
        bits.se()
        count = bits.ue()
        if count > 255:
            raise garbled("picture order in the sequence parameter set")
        for _ in range(count):
            bits.se()


def _unescape(data: bytes) -> bytes:
    """Without emulation-prevention bytes (H.264 7.4.1)."""
    return data.replace(b"\x00\x00\x03", b"\x00\x00")


class _Bits:
    """Reads bits and Exp-Golomb codes (H.264 9.1). Raises Garbled at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        if count > self._left:
            raise garbled("parameter set ends early")
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)

    def ue(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise garbled("number in a parameter set")
        return (1 << zeros) - 1 + self.take(zeros)

    def se(self) -> int:
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)
