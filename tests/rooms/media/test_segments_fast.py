"""The fast reader of fragments says what the careful one says, or nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.fmp4.boxes import reader_of
from sereno.media.fmp4.fast_reader import read_fast
from sereno.media.fmp4.reader import read_carefully
from sereno.media.fmp4.writer import SoundTable, fragment_head

SIZES = st.lists(st.integers(0, 300), min_size=1, max_size=40)


@st.composite
def fragments(draw: st.DrawFn) -> bytes:
    sizes, sounds = draw(SIZES), draw(st.none() | SIZES)
    offsets = [-3] * len(sizes) if draw(st.booleans()) else []
    head = fragment_head(
        7, draw(st.integers(0, 2**63)), draw(st.integers(0, 2**51)), [3_600] * len(sizes), sizes,
        is_key=draw(st.booleans()), is_damaged=draw(st.booleans()), offsets=offsets,
        sound=SoundTable(5, [1024] * len(sounds), sounds) if sounds else None,
    )  # fmt: skip
    return head + bytes(sum(sizes) + sum(sounds or ()))


@given(fragments(), st.integers(0, 20))
def test_what_we_write_is_read_fast_and_as_the_careful_reader_does(data: bytes, at: int) -> None:
    read_at, end = reader_of(bytes(at) + data + bytes(3)), at + len(data)
    assert read_fast(read_at, at, end) == read_carefully(read_at, at, end)
    assert read_fast(read_at, at, end - 1) is None


@given(fragments(), st.data())
def test_whatever_differs_is_left_to_the_careful_reader(data: bytes, draw: st.DataObject) -> None:
    harmed = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 3))):
        harmed[draw.draw(st.integers(0, min(260, len(data) - 1)))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.integers(0, 40))
    del harmed[len(harmed) - cut :]
    read_at = reader_of(harmed)
    found = read_fast(read_at, 0, len(harmed))
    try:
        careful = read_carefully(read_at, 0, len(harmed))
    except Garbled:
        careful = None
    assert found in (None, careful)
