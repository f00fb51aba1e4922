from __future__ import annotations

import struct
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.index import Fragment, FragmentIndex, pack_index, unpack_gops, unpack_index

contents = st.lists(
    st.builds(
        Fragment,
        start_ticks=st.just(0),
        duration_ticks=st.integers(1, (1 << 31) - 1),
        offset_bytes=st.just(0),
        size_bytes=st.integers(1, (1 << 30) - 1),
        is_key=st.booleans(),
        is_damaged=st.booleans(),
        picture_count=st.integers(0, 512),
        has_composition=st.booleans(),
        has_sound=st.booleans(),
    ),
    max_size=20,
)
pieces = st.lists(st.tuples(st.integers(1, 90_000), st.integers(1, 1 << 20), st.booleans()))


def index_of(
    parts: list[tuple[int, int, bool]], ticks: int = 500_000, offset: int = 1000
) -> FragmentIndex:
    fragments = []
    for duration, size, is_key in parts:
        fragments.append(Fragment(ticks, duration, offset, size, is_key))
        ticks += duration
        offset += size
    return FragmentIndex.of(fragments)


@given(pieces)
def test_packed_and_unpacked_is_the_same(parts: list[tuple[int, int, bool]]) -> None:
    index = index_of(parts)
    assert unpack_index(pack_index(index)) == index


@given(contents)
def test_gops_alone_are_those_of_the_whole_index(parts: list[Fragment]) -> None:
    ticks, offset, fragments = 7, 1000, []
    for part in parts:
        fragments.append(part._replace(start_ticks=ticks, offset_bytes=offset))
        ticks, offset = fragments[-1].end_ticks, fragments[-1].end_bytes
    index = FragmentIndex.of(fragments)
    found = unpack_gops(pack_index(index))
    assert list(found.gops()) == index.gops()
    if fragments:
        assert (found.start_ticks, found.end_ticks) == (index.start_ticks, index.end_ticks)
    with pytest.raises(Garbled):
        unpack_gops(pack_index(index)[:-1])


@given(pieces)
def test_an_index_without_a_table_of_gops_is_read(parts: list[tuple[int, int, bool]]) -> None:
    index = index_of(parts)
    older = without_table(pack_index(index))
    assert unpack_index(older) == index
    assert list(unpack_gops(older).gops()) == index.gops()


def test_a_table_of_gops_that_makes_no_sense_is_refused() -> None:
    packed = pack_index(index_of([(10, 5, True), (20, 6, False), (30, 7, True)]))
    older = without_table(packed)
    for plain in (b"", bytes(8), bytes(80), bytes(100_000_000)):
        table = zlib.compress(plain)
        with pytest.raises(Garbled):
            unpack_gops(older + table + struct.pack(">I4s", len(table), b"GOPS"))
    with pytest.raises(Garbled):
        unpack_index(older + b"more")


def without_table(packed: bytes) -> bytes:
    size, mark = struct.unpack(">I4s", packed[-8:])
    assert mark == b"GOPS"
    return packed[: -8 - size]


@given(contents)
def test_what_is_in_each_fragment_is_kept(parts: list[Fragment]) -> None:
    ticks, offset, fragments = 7, 1000, []
    for part in parts:
        fragments.append(part._replace(start_ticks=ticks, offset_bytes=offset))
        ticks, offset = fragments[-1].end_ticks, fragments[-1].end_bytes
    index = unpack_index(pack_index(FragmentIndex.of(fragments)))
    assert list(index) == fragments
    assert index.damaged_ticks == sum(each.duration_ticks for each in parts if each.is_damaged)


def test_an_index_of_version_1_is_read() -> None:
    columns = struct.pack("<6I", 18_000, 18_000, 18_001, 5000 | 1 << 31, 1 << 30, 70)
    old = struct.pack(">BIQI", 1, 3, 900, 800) + zlib.compress(columns)
    index = unpack_index(old)
    assert list(index) == [
        Fragment(900, 18_000, 800, 5000, True),
        Fragment(18_900, 18_000, 5800, 1 << 30, False),
        Fragment(36_900, 18_001, 5800 + (1 << 30), 70, False),
    ]
    assert index.damaged_ticks == 0


def test_fragments_too_large_for_the_index_are_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        pack_index(index_of([(1, 1 << 30, True)]))


def test_a_minute_takes_little_room() -> None:
    parts = [(18_000, 70_000 + number * 7919 % 60_000, number % 10 == 0) for number in range(300)]
    fragments = [each._replace(picture_count=5) for each in index_of(parts)]
    assert len(pack_index(FragmentIndex.of(fragments))) < 1200


@given(st.binary(max_size=300))
def test_any_bytes_are_an_index_or_garbled(data: bytes) -> None:
    for sample in (data, b"\1" + data, b"\2" + data):
        try:
            assert len(unpack_index(sample)) >= 0
        except Garbled:
            continue


def test_a_bomb_is_refused() -> None:
    head = pack_index(index_of([(1, 1, True)]))[:17]
    with pytest.raises(Garbled):
        unpack_index(head + zlib.compress(bytes(100_000_000)))


def test_fragments_are_counted_from_both_ends() -> None:
    index = index_of([(10, 5, True), (20, 6, False)])
    assert index[-1] == index[1] == list(index)[1]
    with pytest.raises(IndexError):
        index[2]


def test_holes_are_refused() -> None:
    with pytest.raises(ValueError, match="follow"):
        FragmentIndex.of([Fragment(0, 10, 0, 5, True), Fragment(11, 10, 5, 5, False)])


@given(pieces, st.integers(0, 1_500_000), st.integers(1, 500_000))
def test_covering_begins_with_a_key_frame_and_shows_all(
    parts: list[tuple[int, int, bool]], start: int, length: int
) -> None:
    index = index_of(parts)
    places = index.covering(start, start + length)
    shown = [index[place] for place in places]
    if shown:
        assert shown[0].is_key
    first_key = next((each for each in index if each.is_key), None)
    for each in index:
        if first_key is None or each.start_ticks < first_key.start_ticks:
            continue
        if each.end_ticks > start and each.start_ticks < start + length:
            assert each in shown
    assert all(each.start_ticks < start + length for each in shown)


@given(pieces)
def test_gops_are_whole_and_leave_nothing_out_after_the_first_key(
    parts: list[tuple[int, int, bool]],
) -> None:
    index = index_of(parts)
    gops = index.gops()
    assert len(gops) == sum(index.keys)
    for one, other in pairwise(gops):
        assert one.offset_bytes + one.size_bytes == other.offset_bytes
        assert one.start_ticks + one.duration_ticks == other.start_ticks
    if gops:
        assert gops[-1].offset_bytes + gops[-1].size_bytes == index.offsets[-1]
