"""The packed fragment index of a segment: where each fragment lies, and when.

Layout, version 2: `>BIQI` with version, number of fragments, ticks of the first fragment (1/90000 s
from the run's start), offset of the first fragment in the file; then, zlib-compressed, three
columns of little-endian 32-bit numbers: all durations in ticks; all sizes in bytes, with bit 31 set
where the fragment begins with a key frame and bit 30 where losses may have damaged it; all numbers
of pictures, with bit 31 set where they have composition offsets and bit 30 where there is sound.
Fragments follow one another without holes, in the file and in time, so offsets and times are sums.

Behind that stand the GOPs, for playlists: zlib-compressed, two columns of little-endian 64-bit
numbers, ticks and bytes from each key frame up to the next, both led by those before the first key
frame; then `>I4s` with the size of this table and `GOPS`. Where there is none, as in indexes of
earlier times, fragments are added up.

Version 1 has two columns, and sizes of 31 bits: nothing was damaged, reordered or had sound then.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, compress, pairwise
from operator import sub
from struct import Struct
from typing import NamedTuple

from sereno.media.faults import garbled

INDEX_VERSION = 2
LARGEST_COUNT = 1_000_000
_HEAD = Struct(">BIQI")
_TAIL = Struct(">I4s")
_TAIL_MARK = b"GOPS"
_FIRST_BIT = 1 << 31
_SECOND_BIT = 1 << 30
# Of a number's four bytes, the one with its first bits; and which of its values has which bit.
_TOP_BYTE = 3 if sys.byteorder == "little" else 0
_HAS_FIRST_BIT = bytes(top >> 7 for top in range(256))
_LESS_FIRST_BIT = bytes(top & 0x7F for top in range(256))
_LESS_BITS = bytes(top & 0x3F for top in range(256))
_LARGEST_DURATION = _FIRST_BIT - 1
_LARGEST_NUMBER = _SECOND_BIT - 1


class Fragment(NamedTuple):
    """One fragment of a file: ticks from the run's start, bytes from the file's start.

    `picture_count` is 0 where an index of version 1 did not say.
    """

    start_ticks: int
    duration_ticks: int
    offset_bytes: int
    size_bytes: int
    is_key: bool
    is_damaged: bool = False
    picture_count: int = 0
    has_composition: bool = False
    has_sound: bool = False

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


gop_of = partial(tuple.__new__, Gop)
"""A `Gop` from a tuple of its four numbers, at a third of the cost of naming them."""


def picture_count_in(contents: int) -> int:
    """How many pictures a number of `FragmentIndex.contents` stands for; 0: it does not say."""
    return contents & _LARGEST_NUMBER


def composition_in(contents: int) -> bool:
    """Whether it says that they have composition offsets."""
    return bool(contents & _FIRST_BIT)


def sound_in(contents: int) -> bool:
    """Whether it says that there is sound."""
    return bool(contents & _SECOND_BIT)


@dataclass(frozen=True, slots=True)
class FragmentIndex:
    """All fragments of one file. `ticks` and `offsets` have one more entry: where the last ends.

    `contents` are numbers of pictures, with bits as in the packed index.
    """

    ticks: tuple[int, ...]
    offsets: tuple[int, ...]
    keys: tuple[bool, ...]
    damages: tuple[bool, ...]
    contents: tuple[int, ...]

    @classmethod
    def of(cls, fragments: Iterable[Fragment]) -> FragmentIndex:
        """Raises ValueError where fragments do not follow one another."""
        listed = list(fragments)
        for one, other in pairwise(listed):
            if one.end_ticks != other.start_ticks or one.end_bytes != other.offset_bytes:
                raise ValueError("fragments must follow one another")
        if not listed:
            return cls((0,), (0,), (), (), ())
        return cls(
            (*(each.start_ticks for each in listed), listed[-1].end_ticks),
            (*(each.offset_bytes for each in listed), listed[-1].end_bytes),
            tuple(each.is_key for each in listed),
            tuple(each.is_damaged for each in listed),
            tuple(
                each.picture_count | _FIRST_BIT * each.has_composition
                | _SECOND_BIT * each.has_sound
                for each in listed
            ),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Fragment]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, place: int) -> Fragment:
        place = range(len(self))[place]  # counts from the end too; IndexError outside
        start, offset, contents = self.ticks[place], self.offsets[place], self.contents[place]
        return Fragment(
            start, self.ticks[place + 1] - start, offset, self.offsets[place + 1] - offset,
            self.keys[place], self.damages[place], picture_count_in(contents),
            composition_in(contents), sound_in(contents),
        )  # fmt: skip

    @property
    def damaged_ticks(self) -> int:
        """How much of the file losses may have damaged."""
        return sum(
            self.ticks[place + 1] - self.ticks[place]
            for place, is_damaged in enumerate(self.damages)
            if is_damaged
        )

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


@dataclass(frozen=True, slots=True)
class GopIndex:
    """What a playlist needs of an index, read at less than half the cost."""

    start_ticks: int
    end_ticks: int
    listed: tuple[Gop, ...]

    def gops(self) -> Sequence[Gop]:
        """As `FragmentIndex.gops`."""
        return self.listed


def pack_index(index: FragmentIndex) -> bytes:
    """The index as bytes, some 3 a fragment. Raises ValueError for a fragment of 1 GiB or more."""
    durations = [end - start for start, end in pairwise(index.ticks)]
    sizes = [end - start for start, end in pairwise(index.offsets)]
    if max(durations, default=0) > _LARGEST_DURATION or max(sizes, default=0) > _LARGEST_NUMBER:
        raise ValueError("fragment is too long or too large")
    marked = [
        size | _FIRST_BIT * is_key | _SECOND_BIT * is_damaged
        for size, is_key, is_damaged in zip(sizes, index.keys, index.damages, strict=True)
    ]
    columns = array("I", [*durations, *marked, *index.contents])
    if sys.byteorder == "big":
        columns.byteswap()
    head = _HEAD.pack(INDEX_VERSION, len(index), index.ticks[0], index.offsets[0])
    return head + zlib.compress(columns.tobytes()) + _packed_gops(index)


def _packed_gops(index: FragmentIndex) -> bytes:
    places = [0, *compress(range(len(index)), index.keys), len(index)]
    numbers = [
        column[other] - column[one]
        for column in (index.ticks, index.offsets)
        for one, other in pairwise(places)
    ]
    table = zlib.compress(struct.pack(f"<{len(numbers)}Q", *numbers))
    return table + _TAIL.pack(len(table), _TAIL_MARK)


def unpack_index(data: bytes) -> FragmentIndex:
    """The reverse of `pack_index`, also of version 1. Raises Garbled; memory is bounded by
    `LARGEST_COUNT`."""
    width, count, start_ticks, start_offset = _head(data)
    columns = _columns(data, count * width)
    durations, marked = columns[:count], columns[count : 2 * count]
    contents = columns[2 * count :] if width > 2 else (0,) * count
    largest = _LARGEST_NUMBER if width > 2 else _LARGEST_DURATION
    return FragmentIndex(
        tuple(accumulate(durations, initial=start_ticks)),
        tuple(accumulate((size & largest for size in marked), initial=start_offset)),
        tuple(size >= _FIRST_BIT for size in marked),
        tuple(width > 2 and bool(size & _SECOND_BIT) for size in marked),
        tuple(contents),
    )


def unpack_gops(data: bytes) -> GopIndex:
    """Only the GOPs of a packed index, of which they are a table by themselves. Raises Garbled."""
    width, count, start_ticks, start_offset = _head(data)
    table = _table_in(data)
    if table is None:
        return _summed_gops(data, width, count, start_ticks, start_offset)
    numbers = _unpacked_table(table, count)
    half = len(numbers) // 2
    _, *starts = accumulate(numbers[:half], initial=start_ticks)
    _, *begins = accumulate(numbers[half:], initial=start_offset)
    lengths, sizes = numbers[1:half], numbers[half + 1 :]
    listed = map(gop_of, zip(starts, lengths, begins, sizes, strict=False))
    return GopIndex(start_ticks, starts[-1], tuple(listed))


def _table_in(data: bytes) -> bytes | None:
    """The table of GOPs, packed; None: there is none."""
    if not data.endswith(_TAIL_MARK) or len(data) < _HEAD.size + _TAIL.size:
        return None
    size, _ = _TAIL.unpack_from(data, len(data) - _TAIL.size)
    table = data[-_TAIL.size - size : -_TAIL.size]
    return table if len(table) == size else None


def _unpacked_table(table: bytes, count: int) -> tuple[int, ...]:
    """Its numbers, for so many fragments. Raises Garbled."""
    plain, left = _decompress(table, (count + 1) * 16)
    if left or not plain or len(plain) % 16:
        raise garbled("GOPs of the index")
    return struct.unpack(f"<{len(plain) // 8}Q", plain)


def _summed_gops(
    data: bytes, width: int, count: int, start_ticks: int, start_offset: int
) -> GopIndex:
    """The GOPs of an index that has no table of them: sums over columns, not an object each."""
    columns = _columns(data, count * width)
    sizes = bytearray(columns[count : 2 * count].tobytes())
    tops = sizes[_TOP_BYTE::4]
    sizes[_TOP_BYTE::4] = tops.translate(_LESS_BITS if width > 2 else _LESS_FIRST_BIT)
    ticks = [*accumulate(columns[:count], initial=start_ticks)]
    offsets = [*accumulate(array("I", sizes), initial=start_offset)]
    keys = tops.translate(_HAS_FIRST_BIT)
    starts, begins = [*compress(ticks, keys), ticks[-1]], [*compress(offsets, keys), offsets[-1]]
    lengths = map(sub, starts[1:], starts)
    listed = map(gop_of, zip(starts, lengths, begins, map(sub, begins[1:], begins), strict=False))
    return GopIndex(start_ticks, ticks[-1], tuple(listed))


def _head(data: bytes) -> tuple[int, int, int, int]:
    """Columns, fragments, ticks of the first, its offset. Raises Garbled."""
    if len(data) < _HEAD.size:
        raise garbled("index is cut off")
    version, count, start_ticks, start_offset = _HEAD.unpack_from(data)
    if not 1 <= version <= INDEX_VERSION or count > LARGEST_COUNT:
        raise garbled("version or length of the index")
    return version + 1, count, start_ticks, start_offset


def _columns(data: bytes, count: int) -> array[int]:
    """So many numbers of the index. Raises Garbled, also for what stands behind and makes no
    sense."""
    plain, left = _decompress(data[_HEAD.size :], count * 4)
    table = _table_in(data)
    if len(plain) != count * 4 or len(left) != (0 if table is None else len(table) + _TAIL.size):
        raise garbled("index")
    columns = array("I", plain)
    if sys.byteorder == "big":
        columns.byteswap()
    return columns


def _decompress(data: bytes, most_bytes: int) -> tuple[bytes, bytes]:
    """What is packed, and what stands behind it. Raises Garbled."""
    decompressor = zlib.decompressobj()
    try:
        plain = decompressor.decompress(data, most_bytes + 1)
    except zlib.error:
        raise garbled("index") from None
    if len(plain) > most_bytes or not decompressor.eof:
        raise garbled("index")
    return plain, decompressor.unused_data
