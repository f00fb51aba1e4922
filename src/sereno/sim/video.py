"""Encoded loops as RTP packets: H.264 (RFC 6184, packetization-mode 1) and H.265 (RFC 7798)."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from sereno.sim.marks import SEI_DIGITS_OFFSET, SeiStamp, write_sei
from sereno.sim.packets import (
    INTERLEAVING_BYTES,
    PAYLOAD_LIMIT,
    RTP_HEADER_BYTES,
    FrameTemplate,
    wired,
)

PAYLOAD_TYPE = 96


class Codec(Protocol):
    """What differs between the two in NAL units, packets and session descriptions."""

    encoding: str
    """The name in ``a=rtpmap``."""
    head_bytes: int
    delimiter: int
    sets: tuple[int, ...]
    """Kinds of parameter sets, in the order in which a stream sends them."""
    filler: bytes
    """The head of a NAL unit that decoders skip."""

    def kind(self, nal: bytes) -> int: ...
    def is_slice(self, kind: int) -> bool: ...
    def fragments(self, nal: bytes) -> list[bytes]: ...
    def aggregate(self, nals: Sequence[bytes]) -> bytes: ...
    def format_parameters(self, sets: Sequence[bytes], *, with_sets: bool) -> str: ...


def _sized(nals: Sequence[bytes]) -> bytes:
    return b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)


def _pieces(body: bytes, head: bytes, kind: int) -> list[bytes]:
    """Fragments of a NAL unit's body, each behind ``head`` and a byte of start, end and kind."""
    step = PAYLOAD_LIMIT - len(head) - 1
    pieces = []
    for at in range(0, len(body), step):
        flags = (0x80 if at == 0 else 0) | (0x40 if at + step >= len(body) else 0)
        pieces.append(head + bytes((flags | kind,)) + body[at : at + step])
    return pieces


class _H264:
    encoding = "H264"
    head_bytes = 1
    delimiter = 9
    sets: tuple[int, ...] = (7, 8)
    filler = b"\x0c"

    def kind(self, nal: bytes) -> int:
        return nal[0] & 0x1F

    def is_slice(self, kind: int) -> bool:
        return kind in (1, 5)

    def fragments(self, nal: bytes) -> list[bytes]:
        """FU-A (RFC 6184, 5.8)."""
        return _pieces(nal[1:], bytes((nal[0] & 0xE0 | 28,)), nal[0] & 0x1F)

    def aggregate(self, nals: Sequence[bytes]) -> bytes:
        """STAP-A (RFC 6184, 5.7.1)."""
        return bytes((max(nal[0] & 0x60 for nal in nals) | 24,)) + _sized(nals)

    def format_parameters(self, sets: Sequence[bytes], *, with_sets: bool) -> str:
        text = f"packetization-mode=1;profile-level-id={sets[0][1:4].hex().upper()}"
        sprop = ",".join(base64.b64encode(nal).decode() for nal in sets)
        return f"{text};sprop-parameter-sets={sprop}" if with_sets else text


class _H265:
    encoding = "H265"
    head_bytes = 2
    delimiter = 35
    sets: tuple[int, ...] = (32, 33, 34)
    filler = b"\x4c\x01"

    def kind(self, nal: bytes) -> int:
        return nal[0] >> 1 & 0x3F

    def is_slice(self, kind: int) -> bool:
        return kind < 32

    def fragments(self, nal: bytes) -> list[bytes]:
        """FU (RFC 7798, 4.4.3)."""
        return _pieces(nal[2:], bytes((nal[0] & 0x81 | 49 << 1, nal[1])), nal[0] >> 1 & 0x3F)

    def aggregate(self, nals: Sequence[bytes]) -> bytes:
        """AP (RFC 7798, 4.4.2); all units are of layer 0 and temporal id 0."""
        return bytes((48 << 1, 1)) + _sized(nals)

    def format_parameters(self, sets: Sequence[bytes], *, with_sets: bool) -> str:
        profile = sets[1].replace(b"\0\0\3", b"\0\0")[3:15]
        text = (
            f"profile-space={profile[0] >> 6};profile-id={profile[0] & 0x1F}"
            f";tier-flag={profile[0] >> 5 & 1};level-id={profile[11]}"
            f";interop-constraints={profile[5:11].hex().upper()}"
        )
        names = ("sprop-vps", "sprop-sps", "sprop-pps")
        sprop = "".join(
            f";{name}={base64.b64encode(nal).decode()}"
            for name, nal in zip(names, sets, strict=True)
        )
        return text + sprop if with_sets else text


CODECS: dict[str, Codec] = {"h264": _H264(), "h265": _H265()}


@dataclass(frozen=True, slots=True)
class Packing:
    """How access units become packets; the defaults are what the standard asks for.

    H.265's parameter sets travel in one aggregation packet in any case, as x265 devices do it.
    """

    sends_sets: bool = True
    aggregates: bool = False
    marker: Literal["last", "every", "never"] = "last"


@dataclass(frozen=True, slots=True)
class PacketLoop:
    """A whole encoded loop, ready to be sent; ``frames[i]`` is place ``i`` in decode order.

    ``delay`` is how many frames a picture waits before it leaves: with B-frames the camera must
    have captured a later one first.
    """

    codec: Codec
    frames: tuple[FrameTemplate, ...]
    parameter_sets: tuple[bytes, ...] = field(repr=False)
    first_key: int
    key_interval: int
    delay: int = 0

    def format_parameters(self, *, with_sets: bool = True) -> str:
        """What ``a=fmtp`` says after the payload type."""
        return self.codec.format_parameters(self.parameter_sets, with_sets=with_sets)


def packet_loop(
    annexb: bytes,
    first_position: int,
    codec: str = "h264",
    order: Sequence[int] | None = None,
    packing: Packing | None = None,
) -> PacketLoop:
    """Packetises an Annex B stream with access unit delimiters.

    Its first frame goes to loop position ``first_position``, the others follow and wrap round.
    ``order[i]`` is the place at which frame ``i`` is shown (None: as they come). Raises ValueError
    when the stream does not begin with a key frame and its parameter sets.
    """
    kind = CODECS[codec]
    units = list(access_units(annexb, kind))
    if not units:
        raise ValueError("the encoded loop holds no frame")
    found = {kind.kind(nal): nal for nal in units[0]}
    if not set(kind.sets) <= found.keys():
        raise ValueError("the encoded loop does not begin with a key frame")
    places = order or range(len(units))
    shifts = [place - number for number, place in enumerate(places)]
    packer = _Packer(kind, packing or Packing())
    frames = [packer.template(unit, shift) for unit, shift in zip(units, shifts, strict=True)]
    keys = [number for number, frame in enumerate(frames) if frame.is_key]
    turn = -first_position % len(frames)
    return PacketLoop(
        codec=kind,
        frames=tuple(frames[turn:] + frames[:turn]),
        parameter_sets=tuple(found[each] for each in kind.sets),
        first_key=first_position,
        key_interval=keys[1] if len(keys) > 1 else len(frames),
        delay=max(shifts),
    )


def access_units(annexb: bytes, codec: Codec) -> Iterator[list[bytes]]:
    """The NAL units of each access unit of an Annex B stream, without the delimiters."""
    unit: list[bytes] = []
    for chunk in annexb.split(b"\0\0\1")[1:]:
        nal = chunk.rstrip(b"\0")  # a NAL unit never ends in zeros: they begin the next start code
        if codec.kind(nal) == codec.delimiter:
            if unit:
                yield unit
            unit = []
        else:
            unit.append(nal)
    if unit:
        yield unit


class _Packer:
    def __init__(self, codec: Codec, packing: Packing) -> None:
        self._codec = codec
        self._packing = packing
        self._blank = write_sei(SeiStamp(0, 0), codec.head_bytes)

    def template(self, unit: list[bytes], shift: int) -> FrameTemplate:
        codec = self._codec
        kinds = [codec.kind(nal) for nal in unit]
        first_slice = next(i for i, kind in enumerate(kinds) if codec.is_slice(kind))
        sets = [nal for nal, kind in zip(unit, kinds, strict=True) if kind in codec.sets]
        rest = [nal for nal in unit[:first_slice] if nal not in sets]
        payloads = self._sets(sets) if self._packing.sends_sets else []
        packets = [[payload] for payload in payloads]
        packets += [self._payloads(nal) for nal in (*rest, self._blank, *unit[first_slice:])]
        wire, starts = wired(self._marked(packets), PAYLOAD_TYPE)
        stamp_at = starts[len(payloads) + sum(len(self._payloads(nal)) for nal in rest)]
        header = INTERLEAVING_BYTES + RTP_HEADER_BYTES + codec.head_bytes
        offset = stamp_at + header + SEI_DIGITS_OFFSET
        # Encoders repeat the sets before every picture that can be started at, IDR or not.
        return FrameTemplate(wire, tuple(starts), offset, bool(sets), shift)

    def _sets(self, sets: list[bytes]) -> list[bytes]:
        if sets and (self._packing.aggregates or self._codec.head_bytes == 2):
            return [self._codec.aggregate(sets)]
        return sets

    def _payloads(self, nal: bytes) -> list[bytes]:
        return [nal] if len(nal) <= PAYLOAD_LIMIT else self._codec.fragments(nal)

    def _marked(self, packets: list[list[bytes]]) -> list[tuple[bytes, bool]]:
        """Each payload with its marker bit; ``packets`` holds the payloads of each NAL unit."""
        marker = self._packing.marker
        marked = []
        for number, payloads in enumerate(packets):
            is_last_nal = number == len(packets) - 1
            has_marker = marker == "every" or (marker == "last" and is_last_nal)
            marked += [(payload, False) for payload in payloads[:-1]]
            marked.append((payloads[-1], has_marker))
        return marked
