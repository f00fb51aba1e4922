"""Sound out of RTP: AAC access units (RFC 3640, 3.2) and G.711 samples (RFC 3551, 4.5.14).

Sound that is lost is a hole in the RTP times, and nothing is told of it: it never stops video.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sereno.base.errors import Garbled
from sereno.media.aac import parse_configuration
from sereno.media.bits import Bits
from sereno.media.faults import garbled
from sereno.media.formats import SoundFormat
from sereno.media.rtsp.rtp import HEADER_BYTES, payload_bounds, read_header
from sereno.media.sink import RawSound, SoundSink

LARGEST_UNIT_BYTES = 8192
"""More than 6144 bits a channel for eight channels: the most that AAC may take (ISO 14496-3)."""

_MODES = {"AAC-HBR": (13, 3, 3), "AAC-LBR": (6, 2, 2)}
_OTHER_FIELDS = (
    "ctsdeltalength", "dtsdeltalength", "randomaccessindication", "streamstateindication",
    "auxiliarydatasizelength",
)  # fmt: skip
_TIME_MASK = 0xFFFFFFFF
_MOST_LATE = 100  # packets
_LATE_IN_A_ROW = 16
_NONSENSE_IN_A_ROW = 64  # packets, a few seconds


class SoundDepacketiser(ABC):
    """What all sound has in common. Packets that make no sense are dropped: sound that is wrong
    ends no stream. `on_nonsense` is called, but once, where many in a row do so."""

    def __init__(
        self, payload_type: int, now_us: Callable[[], int], on_nonsense: Callable[[], None]
    ) -> None:
        self._nonsense_count = 0
        self._on_nonsense = on_nonsense
        self._payload_type = payload_type
        self._now_us = now_us
        self._sequence = -1
        self._source = -1
        self._late_count = 0

    def packet(self, data: bytearray, view: memoryview, start: int, end: int) -> None:
        """Take the RTP packet `data[start:end]`; `view` shows the same bytes."""
        try:
            self._packet(data, view, start, end)
        except Garbled:
            self._forget()
            self._nonsense_count += 1
            if self._nonsense_count == _NONSENSE_IN_A_ROW:
                self._on_nonsense()
        else:
            if self._nonsense_count < _NONSENSE_IN_A_ROW:
                self._nonsense_count = 0

    def _packet(self, data: bytearray, view: memoryview, start: int, end: int) -> None:
        if end - start < HEADER_BYTES:
            raise garbled("RTP packet is too short")
        _, kind, sequence, rtp_time, source = read_header(data, start)
        if kind & 0x7F != self._payload_type:
            return
        at, end = payload_bounds(data, start, end)
        if (sequence != self._sequence or source != self._source) and self._sequence >= 0:
            behind = self._sequence - sequence & 0xFFFF
            if source == self._source and 0 < behind <= _MOST_LATE:
                self._late_count += 1
                if self._late_count < _LATE_IN_A_ROW:
                    return
            self._forget()
        self._late_count = 0
        self._sequence, self._source = sequence + 1 & 0xFFFF, source
        if at < end:
            self._payload(bytes(view[at:end]), rtp_time, is_last=kind >= 0x80)

    @abstractmethod
    def _payload(self, payload: bytes, rtp_time: int, *, is_last: bool) -> None:
        """Take a payload that is not empty. Raises Garbled."""

    @abstractmethod
    def _forget(self) -> None:
        """Drop what is not whole: packets were lost."""


@dataclass(frozen=True, slots=True)
class AacMode:
    """How packets of one track are made up: bits of the fields of an access unit's header."""

    size_bits: int
    index_bits: int
    index_delta_bits: int

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> AacMode:
        """From the format parameters of a description, names in lower case (RFC 3640, 4.1).

        Raises Garbled for fields that no camera is known to send.
        """
        known = _MODES.get(parameters.get("mode", "").upper(), (0, 0, 0))
        names = ("sizelength", "indexlength", "indexdeltalength")
        bits = [_number(parameters, name, usual) for name, usual in zip(names, known, strict=True)]
        if any(_number(parameters, name, 0) for name in _OTHER_FIELDS):
            raise garbled("fields of the sound's access units")
        if not 0 < bits[0] <= 16 or max(bits[1:]) > 16:
            raise garbled("sizes of the sound's access units")
        return cls(*bits)


def _number(parameters: Mapping[str, str], name: str, usual: int) -> int:
    text = parameters.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else usual


def aac_format(parameters: Mapping[str, str], clock_rate: int) -> SoundFormat:
    """What the `config` of a description says. Raises Garbled."""
    try:
        configuration = bytes.fromhex(parameters.get("config", ""))
    except ValueError:
        raise garbled("sound configuration") from None
    return parse_configuration(configuration, clock_rate)


class AacDepacketiser(SoundDepacketiser):
    """AAC access units; several in a packet, or one in several packets."""

    def __init__(
        self,
        payload_type: int,
        mode: AacMode,
        sound: SoundFormat,
        sink: SoundSink,
        now_us: Callable[[], int],
        on_nonsense: Callable[[], None],
    ) -> None:
        super().__init__(payload_type, now_us, on_nonsense)
        self._mode = mode
        self._frame_samples = sound.frame_samples
        self._sink = sink
        self._forget()

    def _forget(self) -> None:
        self._parts = b""

    def _payload(self, payload: bytes, rtp_time: int, *, is_last: bool) -> None:
        header_bits = int.from_bytes(payload[:2])
        at = 2 + (header_bits + 7) // 8
        if len(payload) < at:
            raise garbled("headers of the sound's access units")
        units = self._headers(Bits(payload[2:at]), header_bits)
        if len(units) == 1 and (self._parts or units[0][0] > len(payload) - at):
            self._part(units[0][0], payload[at:], rtp_time, is_last=is_last)
            return
        self._forget()
        arrival_us = self._now_us()
        for size, index in units:
            if not 0 < size <= len(payload) - at:
                raise garbled("size of a sound's access unit")
            time = rtp_time + index * self._frame_samples & _TIME_MASK
            self._sink.sound(payload[at : at + size], time, arrival_us)
            at += size

    def _headers(self, bits: Bits, left: int) -> list[tuple[int, int]]:
        """Sizes of the access units, and their places in frames from the packet's first."""
        mode, place = self._mode, 0
        first_bits = mode.size_bits + mode.index_bits
        if left < first_bits:
            raise garbled("headers of the sound's access units")
        units = [(bits.take(mode.size_bits), place)]
        bits.skip(mode.index_bits)
        left -= first_bits
        while left >= mode.size_bits + mode.index_delta_bits:
            size = bits.take(mode.size_bits)
            place += bits.take(mode.index_delta_bits) + 1
            units.append((size, place))
            left -= mode.size_bits + mode.index_delta_bits
        return units

    def _part(self, size: int, part: bytes, rtp_time: int, *, is_last: bool) -> None:
        """One fragment of a unit; each tells the size of the whole."""
        self._parts += part
        if size > LARGEST_UNIT_BYTES or len(self._parts) > size:
            raise garbled("size of a sound's access unit")
        if len(self._parts) == size:
            unit = self._parts
            self._forget()
            self._sink.sound(unit, rtp_time, self._now_us())
        elif is_last:
            raise garbled("an access unit of the sound ends early")


class RawSoundDepacketiser(SoundDepacketiser):
    """G.711: a payload is its samples."""

    def __init__(
        self,
        payload_type: int,
        sink: RawSound,
        now_us: Callable[[], int],
        on_nonsense: Callable[[], None],
    ) -> None:
        super().__init__(payload_type, now_us, on_nonsense)
        self._sink = sink

    def _payload(self, payload: bytes, rtp_time: int, *, is_last: bool) -> None:
        self._sink.raw_sound(payload, rtp_time, self._now_us())

    def _forget(self) -> None:
        """Nothing is ever waited for."""
