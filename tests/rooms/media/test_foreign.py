"""Footage of recorders: recognised by its first bytes, and its own clock read as it comes."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.media.foreign.dhav import DhavClock, DhavReader, Kind, pack_time, unpack_time
from sereno.media.foreign.sniff import HEAD_BYTES, Form, Sniffed, sniff

from .foreign_footage import (
    BEGINS_AT,
    DAHUA_HEADER,
    IMKH_40,
    IMKH_64,
    PREAMBLE,
    dhav,
    frame,
    program_stream,
)

PACK = b"\x00\x00\x01\xba" + bytes(10)
FIRST_AT = BEGINS_AT.replace(year=2000)
ONE_FRAME = frame(0xFD, b"x" * 100, BEGINS_AT, 0)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"", Sniffed(Form.EMPTY)),
        (b"\r\n\r\n", Sniffed(Form.EMPTY)),
        (PACK, Sniffed(Form.MPEG_PS)),
        (IMKH_40 + PACK, Sniffed(Form.MPEG_PS)),
        (IMKH_64 + PACK, Sniffed(Form.MPEG_PS, 24)),
        (IMKH_40, Sniffed(Form.UNKNOWN)),
        (ONE_FRAME, Sniffed(Form.DHAV)),
        (DAHUA_HEADER + ONE_FRAME, Sniffed(Form.DHAV)),
        (PREAMBLE + ONE_FRAME, Sniffed(Form.DHAV, len(PREAMBLE))),
        (PREAMBLE, Sniffed(Form.UNKNOWN)),
        (PREAMBLE + b"DHAVnonsense" + ONE_FRAME, Sniffed(Form.DHAV, len(PREAMBLE) + 12)),
        (b"\x00\x00\x00\x20ftypisom", Sniffed(Form.MP4)),
        (b"\xef\xbb\xbf<?xml version='1.0'?><ResponseStatus/>", Sniffed(Form.XML, 3)),
        (b'{"ErrorCode":268632081}', Sniffed(Form.JSON)),
        (b"Error\r\nBad Request!\r\n", Sniffed(Form.TEXT)),
    ],
)
def test_footage_is_known_by_its_first_bytes(head: bytes, expected: Sniffed) -> None:
    found = sniff(head)
    assert found == expected
    assert found.is_footage == (expected.form in {Form.MPEG_PS, Form.DHAV, Form.MP4})


@given(st.binary(max_size=2000))
def test_any_bytes_are_something(head: bytes) -> None:
    assert 0 <= sniff(head).offset <= min(len(head), HEAD_BYTES)


@given(st.integers(0, 63 * 365 * 86400).map(lambda seconds: FIRST_AT + timedelta(seconds=seconds)))
def test_a_packed_time_is_what_it_was(at: datetime) -> None:
    assert unpack_time(pack_time(at)) == at


def test_no_time_is_none() -> None:
    assert unpack_time(0) is None


@pytest.mark.parametrize("head", [b"", DAHUA_HEADER, PREAMBLE])
@pytest.mark.parametrize("piece_bytes", [1, 23, 4096, 1 << 20])
def test_rows_22_23_the_clock_is_read_whatever_the_pieces(head: bytes, piece_bytes: int) -> None:
    data, clock = head + dhav(has_sound=True), DhavClock()
    for at in range(0, len(data), piece_bytes):
        clock.feed(data[at : at + piece_bytes])
    assert (clock.first_at, clock.last_at) == (BEGINS_AT, BEGINS_AT + timedelta(seconds=1))
    assert (clock.picture_count, clock.video_codec, clock.sound_codec) == (50, "h264", "g711a")
    assert clock.seconds == 1


def test_a_frame_tells_its_picture() -> None:
    first = next(DhavReader().feed(dhav(is_hevc=True)))
    assert (first.kind, first.codec, first.width, first.height) == (Kind.KEY, "h265", 128, 96)
    assert first.is_picture


def test_after_nonsense_it_finds_the_next_frame() -> None:
    reader = DhavReader()
    nonsense = b"DHAV" + b"\xfd" * 40
    found = [*reader.feed(ONE_FRAME + nonsense + ONE_FRAME)]
    assert [each.size_bytes for each in found] == [132, 132]
    assert reader.passed_over_bytes == len(nonsense)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_the_reader_holds_little_whatever_comes(pieces: list[bytes]) -> None:
    reader = DhavReader()
    for piece in pieces:
        for found in reader.feed(piece):
            assert found.size_bytes >= 24
        assert len(reader._held) < 24 + 256


def test_much_nonsense_costs_little() -> None:
    """Bytes that look like the beginning of a frame over and over are read once each."""
    reader, noise = DhavReader(), random.Random(1).randbytes(1 << 16)
    assert [*reader.feed((b"DHAV" * 1000 + noise) * 8)] == []
    assert len(reader._held) < 24 + 256


def test_a_program_stream_is_recognised_as_it_is() -> None:
    assert sniff(program_stream()) == Sniffed(Form.MPEG_PS)
