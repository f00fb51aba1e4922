from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from sereno.media.rtsp.rtcp import (
    Reception,
    SenderReport,
    find_sender_report,
    format_receiver_report,
    says_goodbye,
)

SENT = struct.pack(">BBHIQIII", 0x80, 200, 6, 9, (2_208_988_800 + 5) << 32 | 1 << 31, 77, 1, 2)
GOODBYE = struct.pack(">BBHI", 0x81, 203, 1, 9)


def test_a_report_and_a_goodbye_are_found_in_either_order() -> None:
    report = SenderReport(5_500_000, 77)
    for packet in (SENT + GOODBYE, GOODBYE + SENT):
        assert find_sender_report(packet) == report
        assert says_goodbye(packet)
    assert not says_goodbye(SENT)
    assert find_sender_report(GOODBYE) is None


@given(st.binary(max_size=120) | st.binary(max_size=60).map(SENT.__add__))
def test_any_bytes_say_something_or_nothing(packet: bytes) -> None:
    assert isinstance(says_goodbye(packet), bool)
    assert find_sender_report(packet) is not None or not packet.startswith(SENT)


@given(
    st.integers(0, 0xFFFFFFFF), st.integers(0, 1 << 40), st.integers(0, 1 << 40),
    st.integers(0, 255), st.text(max_size=300),
)  # fmt: skip
def test_our_report_is_what_the_standard_says(
    source: int, highest: int, lost: int, fraction: int, name: str
) -> None:
    packet = format_receiver_report(3, [Reception(source, highest, lost, fraction)], name)
    assert len(packet) % 4 == 0
    first, kind, words, own, of, told, top = struct.unpack_from(">BBHIIII", packet)
    assert (first, kind, words, own, of) == (0x81, 201, 7, 3, source)
    assert (told >> 24, told & 0xFFFFFF) == (fraction, min(lost, 0x7FFFFF))
    assert top == highest & 0xFFFFFFFF
    first, kind, words, own = struct.unpack_from(">BBHI", packet, 32)
    assert (first, kind, own) == (0x81, 202, 3)
    assert 32 + 4 + words * 4 == len(packet)
