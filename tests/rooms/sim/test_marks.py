from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from sereno.sim.frames import FramePainter
from sereno.sim.marks import (
    BLOCK_COUNT,
    SEI_DIGITS_OFFSET,
    SeiStamp,
    block_box,
    position_blocks,
    read_position,
    read_sei,
    write_sei,
)


def picture_of(index: int, width: int = 640, height: int = 360) -> Image.Image:
    image = Image.new("L", (width, height), 90)
    for block, is_white in enumerate(position_blocks(index)):
        image.paste(235 if is_white else 16, block_box(block, width, height))
    return image


@given(index=st.integers(0, 0xFFFF), lines=st.sampled_from((90, 180, 360, 720, 1080)))
def test_every_position_reads_back_at_every_size(index: int, lines: int) -> None:
    image = picture_of(index, lines * 16 // 9, lines)
    assert read_position(image.tobytes(), *image.size) == index


@given(index=st.integers(0, 0xFFFF))
def test_blurred_and_scaled_down_pictures_still_read(index: int) -> None:
    image = picture_of(index).filter(ImageFilter.GaussianBlur(2)).resize((320, 180))
    assert read_position(image.tobytes(), 320, 180) == index


@given(index=st.integers(0, 0xFFFF), block=st.integers(0, BLOCK_COUNT - 1))
def test_one_wrong_block_is_never_taken_for_another_position(index: int, block: int) -> None:
    image = picture_of(index)
    is_white = position_blocks(index)[block]
    image.paste(16 if is_white else 235, block_box(block, *image.size))
    assert read_position(image.tobytes(), *image.size) is None


@given(index=st.integers(0, 0xFFFF), block=st.integers(2, BLOCK_COUNT - 3))
def test_a_gray_block_is_not_guessed(index: int, block: int) -> None:
    image = picture_of(index)
    image.paste(126, block_box(block, *image.size))
    assert read_position(image.tobytes(), *image.size) is None


def test_rgb_pictures_read_like_gray_ones() -> None:
    image = picture_of(1234).convert("RGB")
    assert read_position(image.tobytes(), *image.size) == 1234


def test_a_picture_without_blocks_has_no_position() -> None:
    assert read_position(bytes([90]) * (320 * 180), 320, 180) is None


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="neither gray nor RGB"):
        read_position(b"\0" * 100, 320, 180)


def test_the_painted_scene_carries_its_position() -> None:
    painter = FramePainter("corridor", 320, 180, 25, 1500)
    raw = painter.paint(1499)
    assert len(raw) == 320 * 180 * 3 // 2
    assert read_position(raw[: 320 * 180], 320, 180) == 1499


stamps = st.builds(
    SeiStamp, utc_us=st.integers(0, 2**64 - 1), frame_number=st.integers(0, 2**64 - 1)
)


@given(stamp=stamps)
def test_stamps_read_back_and_never_change_size(stamp: SeiStamp) -> None:
    for head_bytes in (1, 2):
        nal = write_sei(stamp, head_bytes)
        assert len(nal) == 51 + head_bytes
        assert read_sei(nal) == stamp
        digits = head_bytes + SEI_DIGITS_OFFSET
        assert nal[digits : digits + 32] == stamp.digits()


@given(stamp=stamps)
def test_stamps_never_need_emulation_prevention(stamp: SeiStamp) -> None:
    assert b"\0\0" not in write_sei(stamp) + write_sei(stamp, 2)


@given(stamp=stamps, other=st.binary(max_size=600))
def test_stamps_are_found_behind_other_messages_with_escaped_bytes(
    stamp: SeiStamp, other: bytes
) -> None:
    size = bytes([255] * (len(other) // 255) + [len(other) % 255])
    message = b"\x04" + size + other
    assert read_sei(b"\x06" + escaped(message + write_sei(stamp)[1:])) == stamp


def escaped(body: bytes) -> bytes:
    """Emulation prevention as an encoder does it (H.264 7.4.1)."""
    out, zeros = bytearray(), 0
    for byte in body:
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


@given(nal=st.binary(max_size=200))
def test_foreign_nal_units_are_no_stamps(nal: bytes) -> None:
    assert read_sei(nal) is None
    assert read_sei(b"\x06" + nal) is None


def test_a_torn_stamp_is_no_stamp() -> None:
    whole = write_sei(SeiStamp(1, 2))
    assert all(read_sei(whole[:size]) is None for size in range(len(whole) - 1))
