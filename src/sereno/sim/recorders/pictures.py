"""Encoded loops as access units, for containers that a recorder writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sereno.sim.loops import loop_folder
from sereno.sim.marks import SEI_DIGITS_OFFSET, SeiStamp, write_sei
from sereno.sim.spec import LoopSpec
from sereno.sim.timing import FrameClock
from sereno.sim.video import CODECS, Codec, access_units

_START_CODE = b"\0\0\0\1"


@dataclass(frozen=True, slots=True)
class Unit:
    """One access unit in Annex B with a blank stamp (``marks``), whose digits are at an offset."""

    data: bytes = field(repr=False)
    stamp_offset: int
    is_key: bool

    def stamped(self, stamp: SeiStamp) -> bytes:
        """The unit with its stamp; its size stays."""
        digits = stamp.digits()
        end = self.stamp_offset
        return b"".join((self.data[:end], digits, self.data[end + len(digits) :]))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of footage: its frame number and instant (microseconds since 1970), stamped."""

    number: int
    utc_us: int
    is_key: bool
    data: bytes = field(repr=False)


class Pictures:
    """A loop without B-frames that was prepared; frame ``n`` shows UTC ``n / fps`` seconds."""

    def __init__(self, cache_dir: Path, loop: LoopSpec, kind: str = "main") -> None:
        self.codec = loop.codec
        self.fps = loop.fps
        self.clock = FrameClock(loop.fps)
        annexb = (loop_folder(cache_dir, loop) / f"{kind}.{loop.codec}").read_bytes()
        codec = CODECS[loop.codec]
        units = [_unit(nals, codec) for nals in access_units(annexb, codec)]
        turn = -loop.first_key_frame % len(units)
        self.units = tuple(units[turn:] + units[:turn])

    def unit(self, number: int) -> Unit:
        """Frame ``number`` with a blank stamp."""
        return self.units[number % len(self.units)]

    def picture(self, number: int) -> Picture:
        """Frame ``number``."""
        unit, utc_us = self.unit(number), self.clock.utc_us(number)
        return Picture(number, utc_us, unit.is_key, unit.stamped(SeiStamp(utc_us, number)))

    def numbers(self, start_utc: float, end_utc: float) -> range:
        """The frames that show [start, end), from the key frame at or before its start."""
        first = self.clock.number_at(start_utc)
        while not self.unit(first).is_key:
            first -= 1
        newest = self.clock.number_at(end_utc)
        is_shown = self.clock.utc_us(newest) < end_utc * 1_000_000
        return range(first, newest + is_shown)

    def of(self, start_utc: float, end_utc: float) -> Iterator[Picture]:
        """Those pictures."""
        return map(self.picture, self.numbers(start_utc, end_utc))


def _unit(nals: list[bytes], codec: Codec) -> Unit:
    kinds = [codec.kind(nal) for nal in nals]
    first_slice = next(i for i, kind in enumerate(kinds) if codec.is_slice(kind))
    before = b"".join(_START_CODE + nal for nal in nals[:first_slice])
    stamp = _START_CODE + write_sei(SeiStamp(0, 0), codec.head_bytes)
    after = b"".join(_START_CODE + nal for nal in nals[first_slice:])
    offset = len(before) + len(_START_CODE) + codec.head_bytes + SEI_DIGITS_OFFSET
    return Unit(before + stamp + after, offset, any(kind in codec.sets for kind in kinds))
