"""H.264 as far as copying it needs: NAL unit kinds, parameter sets, picture size.

Source: ITU-T H.264, 7.3 and 7.4; the codecs string is RFC 6381, 3.3.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from struct import pack

from sereno.base.errors import Garbled
from sereno.media.bits import Bits, unescape
from sereno.media.faults import garbled
from sereno.media.formats import VideoFormat

IDR_SLICE = 5
SEI = 6
SPS = 7
PPS = 8
DELIMITER = 9

_LARGEST_SET_BYTES = 4096
_MOST_REORDER_FRAMES = 16
_EXTENDED_ASPECT = 255
_RECOVERY_POINT = 6
_PROFILES_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


@dataclass(slots=True)
class ParameterSets:
    """The newest parameter sets of a stream, by their own ids. `said_fps`: pictures a second as
    others say; what the sets say counts for more."""

    said_fps: float = 0.0
    _sps: dict[int, bytes] = field(default_factory=dict)
    _pps: dict[int, bytes] = field(default_factory=dict)

    def put(self, nal: bytes) -> bool:
        """Take an SPS or PPS; whether it is news. What is neither, or cannot be read, is not."""
        kind = nal[0] & 0x1F if nal else 0
        if kind not in (SPS, PPS) or len(nal) > _LARGEST_SET_BYTES:
            return False
        if nal in self._sps.values() or nal in self._pps.values():
            return False
        try:
            number = parse_sps(nal).number if kind == SPS else Bits(unescape(nal[1:])).ue()
        except Garbled:
            return False
        store = self._sps if kind == SPS else self._pps
        if number > 255:
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
            codec_of(configuration), first.width, first.height, b"avc1", configuration,
            first.reorder_frames, first.fps or self.said_fps,
        )  # fmt: skip


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
    """The part of a sequence parameter set that we use.

    `reorder_frames`: how many pictures may come before one that is shown before them; None where
    the set does not say. `fps`: pictures a second; 0 where the set does not say.
    """

    number: int
    width: int
    height: int
    chroma_format: int
    luma_depth: int
    chroma_depth: int
    reorder_frames: int | None = None
    fps: float = 0.0


def parse_sps(nal: bytes) -> Sps:
    """Read an SPS NAL unit without start code (H.264 7.3.2.1.1). Raises Garbled."""
    if len(nal) < 5 or nal[0] & 0x1F != SPS:
        raise garbled("not a sequence parameter set")
    bits = Bits(unescape(nal[4:]))
    number = bits.ue()
    chroma, luma_depth, chroma_depth, is_split = 1, 8, 8, False
    if nal[1] in _PROFILES_WITH_CHROMA:
        chroma, luma_depth, chroma_depth, is_split = _read_chroma(bits)
    bits.ue()  # log2_max_frame_num_minus4
    order_kind = _skip_picture_order(bits)
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
    usability = _Usability()
    usability.read(bits)
    reorder = 0 if _is_in_order(nal[1], nal[2], order_kind) else usability.reorder_frames
    return Sps(number, width, height, chroma, luma_depth, chroma_depth, reorder, usability.fps)


def _is_in_order(profile: int, constraints: int, order_kind: int) -> bool:
    """Whether pictures are shown in the order sent: baseline, intra-only profiles (A.2), or picture
    order of kind 2 (7.4.2.1.1)."""
    is_intra_only = profile in (86, 100, 110, 122, 244) and bool(constraints & 0x10)
    return profile in (44, 66) or order_kind == 2 or is_intra_only


@dataclass(slots=True)
class _Usability:
    """What the end of an SPS may say of how to show its pictures (E.1.1): as far as it could be
    read, since cameras write nonsense there more often than elsewhere."""

    reorder_frames: int | None = None
    fps: float = 0.0

    def read(self, bits: Bits) -> None:
        with suppress(Garbled):
            if bits.flag():
                self._read(bits)

    def _read(self, bits: Bits) -> None:
        _skip_display(bits)
        if bits.flag():  # timing_info_present_flag
            tick_units, time_scale = bits.take(32), bits.take(32)
            bits.skip(1)  # fixed_frame_rate_flag
            self.fps = round(time_scale / (2 * tick_units), 3) if tick_units else 0.0
        has_nal_rates = _skip_buffer_rates(bits)
        has_rates = _skip_buffer_rates(bits)
        bits.skip(1 if has_nal_rates or has_rates else 0)  # low_delay_hrd_flag
        bits.skip(1)  # pic_struct_present_flag
        if not bits.flag():
            return
        bits.skip(1)  # motion_vectors_over_pic_boundaries_flag
        for _ in range(4):  # sizes of pictures, macroblocks and motion vectors
            bits.ue()
        reorder = bits.ue()
        self.reorder_frames = reorder if reorder <= _MOST_REORDER_FRAMES else None


def _skip_display(bits: Bits) -> None:
    """From aspect_ratio_info_present_flag up to the timing information."""
    if bits.flag() and bits.take(8) == _EXTENDED_ASPECT:
        bits.skip(32)
    if bits.flag():  # overscan_info_present_flag
        bits.skip(1)
    if bits.flag():  # video_signal_type_present_flag
        bits.skip(4)
        bits.skip(24 if bits.flag() else 0)
    if bits.flag():  # chroma_loc_info_present_flag
        bits.ue()
        bits.ue()


def _skip_buffer_rates(bits: Bits) -> bool:
    """Hypothetical decoder parameters (E.1.2), if they are there; whether they were."""
    if not bits.flag():
        return False
    count = bits.ue() + 1
    if count > 32:
        raise garbled("buffer rates in the sequence parameter set")
    bits.skip(8)
    for _ in range(count):
        bits.ue()
        bits.ue()
        bits.skip(1)
    bits.skip(20)
    return True


def is_recovery_point(unit: bytearray, start: int) -> bool:
    """Whether the SEI NAL unit at the end of `unit`, from `start` on, says that decoding may begin
    exactly at its picture (D.1.8, recovery_frame_cnt 0).

    Streams of open GOPs have such points where others have IDR pictures.
    """
    at, end = start + 1, len(unit)
    while at + 2 < end:
        kind, size = unit[at], unit[at + 1]
        at += 2
        if kind == _RECOVERY_POINT:
            return unit[at] & 0x80 > 0  # the number 0 is the one bit 1
        while at < end and unit[at - 1] == 255:  # a size goes on behind each 255 (7.3.2.3.1)
            size, at = size + unit[at], at + 1
        at += size
    return False


def is_intra_slice(second: int) -> bool:
    """Whether the byte behind the header of a picture's first slice tells of an I slice: numbers
    first_mb_in_slice 0 ("1") and slice_type 2 ("011") or 7 ("0001000"), 7.3.3."""
    return second >> 4 == 0b1011 or second == 0b10001000


def _read_chroma(bits: Bits) -> tuple[int, int, int, bool]:
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


def _skip_scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _skip_picture_order(bits: Bits) -> int:
    """Skip what tells the order of pictures; its kind."""
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
    return kind
