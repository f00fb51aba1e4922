"""H.265 as far as copying it needs: NAL unit kinds, parameter sets, picture size.

Source: ITU-T H.265, 7.3 and 7.4; the configuration is ISO/IEC 14496-15, 8.3.3, and the codecs
string its annex E.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import pack

from sereno.base.errors import Garbled
from sereno.media.bits import Bits, unescape
from sereno.media.faults import garbled
from sereno.media.formats import VideoFormat

LAST_SLICE = 15
FIRST_IRAP = 16
LAST_IRAP = 21
"""Of the pictures at which decoding can begin: BLA, IDR and CRA (table 7-1)."""
VPS = 32
SPS = 33
PPS = 34
PARAMETER_SETS = (VPS, SPS, PPS)
DELIMITER = 35

_HEADER_BYTES = 2
_LARGEST_SET_BYTES = 4096
_LARGEST_NUMBERS = {VPS: 15, SPS: 15, PPS: 63}
_LARGEST_SIDE = 16384
_PROFILE_BYTES = 12
_LEAST_CONFIGURATION_BYTES = 23


@dataclass(slots=True)
class ParameterSets:
    """The newest parameter sets of a stream, by kind and their own ids. `said_fps`: pictures a
    second as others say; what the sets say counts for more."""

    said_fps: float = 0.0
    _sets: dict[int, dict[int, bytes]] = field(
        default_factory=lambda: {kind: {} for kind in PARAMETER_SETS}
    )

    def put(self, nal: bytes) -> bool:
        """Take a VPS, SPS or PPS; whether it is news. What is none, or cannot be read, is not."""
        kind = nal[0] >> 1 & 0x3F if nal else 0
        if kind not in PARAMETER_SETS or len(nal) > _LARGEST_SET_BYTES:
            return False
        store = self._sets[kind]
        if nal in store.values():
            return False
        try:
            number = _number_of(kind, nal)
        except Garbled:
            return False
        if number > _LARGEST_NUMBERS[kind]:
            return False
        store[number] = nal
        return True

    def video_format(self) -> VideoFormat | None:
        """What all sets together say, or None while one kind is missing."""
        if not all(self._sets.values()):
            return None
        sps = parse_sps(next(iter(self._sets[SPS].values())))
        configuration = _configuration(self._sets, sps)
        return VideoFormat(
            codec_of(configuration), sps.width, sps.height, b"hvc1", configuration,
            sps.reorder_frames,
            advertised_fps(next(iter(self._sets[VPS].values()))) or self.said_fps,
        )  # fmt: skip


def _number_of(kind: int, nal: bytes) -> int:
    if kind == SPS:
        return parse_sps(nal).number
    bits = Bits(unescape(nal[_HEADER_BYTES:]))
    return bits.take(4) if kind == VPS else bits.ue()


def codec_of(configuration: bytes) -> str:
    """The RFC 6381 codecs string of an `hvcC` box. Raises Garbled."""
    if len(configuration) < _LEAST_CONFIGURATION_BYTES:
        raise garbled("decoder configuration")
    first = configuration[1]
    space = ("", "A", "B", "C")[first >> 6]
    compatibility = int(f"{int.from_bytes(configuration[2:6], 'big'):032b}"[::-1], 2)
    tier = "H" if first & 0x20 else "L"
    constraints = "".join(f".{each:X}" for each in configuration[6:12].rstrip(b"\0"))
    level = configuration[12]
    return f"hvc1.{space}{first & 0x1F}.{compatibility:X}.{tier}{level}{constraints}"


def _configuration(sets: dict[int, dict[int, bytes]], sps: Sps) -> bytes:
    """The HEVCDecoderConfigurationRecord, 4-byte NAL unit sizes, all sets in it.

    What it may leave open is left open: spatial segmentation, parallelism, frame rate.
    """
    has_all_sets = 0x80
    layers = sps.layers << 3 | sps.is_nested << 2 | 3
    parts = [
        b"\x01", sps.profile,
        pack(">HBBBBHB", 0xF000, 0xFC, 0xFC | sps.chroma_format, 0xF8 | sps.luma_depth - 8,
             0xF8 | sps.chroma_depth - 8, 0, layers),
        bytes((len(PARAMETER_SETS),)),
    ]  # fmt: skip
    for kind in PARAMETER_SETS:
        nals = sets[kind].values()
        parts.append(pack(">BH", has_all_sets | kind, len(nals)))
        parts += [pack(">H", len(nal)) + nal for nal in nals]
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Sps:
    """The part of a sequence parameter set that we use.

    `profile` are the 12 bytes of the general profile, tier and level; `layers` counts temporal
    sub-layers. `reorder_frames`: how many pictures may come before one that is shown before them.
    """

    number: int
    width: int
    height: int
    profile: bytes
    layers: int
    is_nested: bool
    chroma_format: int
    luma_depth: int
    chroma_depth: int
    reorder_frames: int


def parse_sps(nal: bytes) -> Sps:
    """Read an SPS NAL unit without start code (H.265 7.3.2.2.1). Raises Garbled."""
    if len(nal) < _HEADER_BYTES + 1 + _PROFILE_BYTES or nal[0] >> 1 & 0x3F != SPS:
        raise garbled("not a sequence parameter set")
    data = unescape(nal[_HEADER_BYTES:])
    bits = Bits(data)
    bits.skip(4)
    sub_layers, is_nested = bits.take(3), bits.flag()
    bits.skip(8 * _PROFILE_BYTES)
    _skip_sub_layers(bits, sub_layers)
    number, chroma = bits.ue(), bits.ue()
    is_split = chroma == 3 and bits.flag()
    width, height = bits.ue(), bits.ue()
    if bits.flag():
        # Table 6-1: the conformance window counts in samples of colour.
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
        width -= (left + right) * (2 if chroma in (1, 2) and not is_split else 1)
        height -= (top + bottom) * (2 if chroma == 1 and not is_split else 1)
    luma_depth, chroma_depth = bits.ue() + 8, bits.ue() + 8
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise garbled("picture size in the sequence parameter set")
    if chroma > 3 or max(luma_depth, chroma_depth) > 15:
        raise garbled("colour format in the sequence parameter set")
    return Sps(
        number, width, height, data[1 : 1 + _PROFILE_BYTES], sub_layers + 1, is_nested, chroma,
        luma_depth, chroma_depth, _reorder_frames(bits, sub_layers),
    )  # fmt: skip


def advertised_fps(vps: bytes) -> float:
    """Pictures a second as a VPS NAL unit says (7.3.2.1); 0 where it does not, or cannot be read.

    An SPS may say it too, behind much that nobody else needs.
    """
    try:
        bits = Bits(unescape(vps[_HEADER_BYTES:]))
        bits.skip(12)  # ids, flags and the number of layers
        sub_layers = bits.take(3)
        bits.skip(17 + 8 * _PROFILE_BYTES)
        _skip_sub_layers(bits, sub_layers)
        for _ in range(sub_layers + 1 if bits.flag() else 1):  # buffering of each sub-layer
            for _ in range(3):
                bits.ue()
        layers = bits.take(6) + 1
        bits.skip(bits.ue() * layers)  # layer_id_included_flag
        if not bits.flag():  # vps_timing_info_present_flag
            return 0.0
        tick_units, time_scale = bits.take(32), bits.take(32)
    except Garbled:
        return 0.0
    return round(time_scale / tick_units, 3) if tick_units else 0.0


def _skip_sub_layers(bits: Bits, count: int) -> None:
    """Profiles and levels of temporal sub-layers (7.3.3)."""
    if not count:
        return
    present = [(bits.flag(), bits.flag()) for _ in range(count)]
    bits.skip(2 * (8 - count))
    for has_profile, has_level in present:
        bits.skip(88 * has_profile + 8 * has_level)


def _reorder_frames(bits: Bits, sub_layers: int) -> int:
    """`sps_max_num_reorder_pics` of the highest sub-layer, which comes last."""
    bits.ue()  # log2_max_pic_order_cnt_lsb_minus4
    for _ in range(sub_layers + 1 if bits.flag() else 1):
        bits.ue()  # sps_max_dec_pic_buffering_minus1
        reorder = bits.ue()
        bits.ue()  # sps_max_latency_increase_plus1
    if reorder > 15:
        raise garbled("picture order in the sequence parameter set")
    return reorder
