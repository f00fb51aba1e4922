"""The packed fragment index of a segment: where each fragment lies, and when.

Layout, version 1: `>BIQI` with version, number of fragments, ticks of the first fragment (1/90000 s
from the run's start), offset of the first fragment in the file; then, zlib-compressed, two columns
of little-endian 32-bit numbers: all durations in ticks, and all sizes in bytes with bit 31 set
where the fragment begins with a key frame. Fragments follow one another without holes, in the file
and in time, so offsets and times are sums.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from struct import Struct
from typing import NamedTuple

from sereno.media.faults import garbled

INDEX_VERSION = 1
LARGEST_COUNT = 1_000_000
_HEAD = Struct(">BIQI")
_KEY_BIT = 1 << 31
_LARGEST_NUMBER = _KEY_BIT - 1


class Fragment(NamedTuple):
    """One fragment of a file: ticks from the run's start, bytes from the file's start."""

    start_ticks: int
    duration_ticks: int
    offset_bytes: int
    size_bytes: int
    is_key: bool

    @property
    def end_ticks(self) -> int:
        return self.start_ticks + self.duration_ticks

    @property
    def end_bytes(self) -> int:
        return self.offset_bytes + self.size_bytes


class Gop(NamedTuple):
    """Whole fragments from one key frame up to the next: the least that can be decoded alone."""

    start_ticks: int
    duration_ticks: int
    offset_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class FragmentIndex:
    """All fragments of one file. `ticks` and `offsets` have one more entry: where the last ends."""

    ticks: tuple[int, ...]
    offsets: tuple[int, ...]
    keys: tuple[bool, ...]

    @classmethod
    def of(cls, fragments: Iterable[Fragment]) -> FragmentIndex:
        """Raises ValueError where fragments do not follow one another."""
        listed = list(fragments)
        for one, other in pairwise(listed):
            if one.end_ticks != other.start_ticks or one.end_bytes != other.offset_bytes:
                raise ValueError("fragments must follow one another")
        if not listed:
            return cls((0,), (0,), ())
        return cls(
            (*(each.start_ticks for each in listed), listed[-1].end_ticks),
            (*(each.offset_bytes for each in listed), listed[-1].end_bytes),
            tuple(each.is_key for each in listed),
        )

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Fragment]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, place: int) -> Fragment:
        place = range(len(self))[place]  # counts from the end too; IndexError outside
        start, offset = self.ticks[place], self.offsets[place]
        return Fragment(
            start, self.ticks[place + 1] - start, offset, self.offsets[place + 1] - offset,
            self.keys[place],
        )  # fmt: skip

    @property
    def start_ticks(self) -> int:
        return self.ticks[0]

    @property
    def end_ticks(self) -> int:
        return self.ticks[-1]

    def covering(self, start_ticks: int, end_ticks: int) -> range:
        """Places of the fragments that show [start, end): from the key frame at or before `start`.

        Empty where the file holds nothing of that time, or no key frame before its end.
        """
        if end_ticks <= self.start_ticks or start_ticks >= self.end_ticks or not self.keys:
            return range(0)
        first = max(bisect_right(self.ticks, start_ticks) - 1, 0)
        last = min(bisect_left(self.ticks, end_ticks), len(self))
        while first > 0 and not self.keys[first]:
            first -= 1
        while first < last and not self.keys[first]:
            first += 1
        return range(first, last)

    def gops(self) -> list[Gop]:
        """The file cut before each key frame; what comes before the first one is left out."""
        starts = [place for place, is_key in enumerate(self.keys) if is_key]
        ticks, offsets = self.ticks, self.offsets
        return [
            Gop(ticks[one], ticks[end] - ticks[one], offsets[one], offsets[end] - offsets[one])
            for one, end in zip(starts, [*starts[1:], len(self)], strict=False)
        ]


def pack_index(index: FragmentIndex) -> bytes:
    """The index as bytes, some 3 a fragment. Raises ValueError for a fragment of 2 GiB or more."""
    durations = [end - start for start, end in pairwise(index.ticks)]
    sizes = [end - start for start, end in pairwise(index.offsets)]
    if max(durations, default=0) > _LARGEST_NUMBER or max(sizes, default=0) > _LARGEST_NUMBER:
        raise ValueError("fragment is too long or too large")
    marked = [size | _KEY_BIT * key for size, key in zip(sizes, index.keys, strict=True)]
    columns = array("I", durations + marked)
    if sys.byteorder == "big":
        columns.byteswap()
    head = _HEAD.pack(INDEX_VERSION, len(index), index.ticks[0], index.offsets[0])
    return head + zlib.compress(columns.tobytes())


def unpack_index(data: bytes) -> FragmentIndex:
    """The reverse of `pack_index`. Raises Garbled; memory is bounded by `LARGEST_COUNT`."""
    if len(data) < _HEAD.size:
        raise garbled("index is cut off")
    version, count, start_ticks, start_offset = _HEAD.unpack_from(data)
    if version != INDEX_VERSION or count > LARGEST_COUNT:
        raise garbled("version or length of the index")
    columns = _decompress(data[_HEAD.size :], count * 8)
    durations, marked = columns[:count], columns[count:]
    sizes = (size & _LARGEST_NUMBER for size in marked)
    return FragmentIndex(
        tuple(accumulate(durations, initial=start_ticks)),
        tuple(accumulate(sizes, initial=start_offset)),
        tuple(size >= _KEY_BIT for size in marked),
    )


def _decompress(data: bytes, size: int) -> array[int]:
    decompressor = zlib.decompressobj()
    try:
        plain = decompressor.decompress(data, size + 1)
    except zlib.error:
        raise garbled("index") from None
    if len(plain) != size or not decompressor.eof:
        raise garbled("index")
    columns = array("I", plain)
    if sys.byteorder == "big":
        columns.byteswap()
    return columns
