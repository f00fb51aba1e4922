"""What every simulated picture says about its own instant, for people and for machines.

Position blocks (in the picture). Divide the picture into 64 columns and 36 rows. The blocks are the
24 cells of row 34 from column 39 on, so block ``i`` spans

    x: (39 + i) / 64 … (40 + i) / 64 of the width      y: 34 / 36 … 35 / 36 of the height

White is 1, black is 0, read from left to right:

    block  0–1   white, black          they give the threshold
    block  2–17  frame index in the loop, 16 bits, most significant first
    block 18–21  check: the four nibbles of the index and 0xA, all XORed
    block 22–23  black, white

To read them, average the middle of each block; a block whose mean lies within a quarter of the
contrast around the threshold is unreadable. Position in the loop is index / frames per second, and
the loop is aligned to UTC: it equals UTC modulo the loop's length.

Stamp (in the access unit). An SEI message ``user_data_unregistered`` (ITU-T H.264 D.1.6, H.265
D.2.7, payload type 5) of 48 bytes before the first slice: ``SEI_UUID``, then 16 hexadecimal digits
of UTC in microseconds since 1970, then 16 hexadecimal digits of a frame number that grows by one
per frame shown. Digits instead of binary numbers, because no run of them can need an
emulation-prevention byte: the size never changes, and the server may overwrite them in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

GRID_COLUMNS = 64
GRID_ROWS = 36
FIRST_COLUMN = 39
BLOCK_ROW = 34
BLOCK_COUNT = 24
_CHECK_SALT = 0xA
_LEAST_CONTRAST = 64

SEI_UUID = UUID("5e7e2024-7369-6d2d-9c61-6d6572612d31").bytes
SEI_DIGITS_OFFSET = 2 + len(SEI_UUID)
"""Where the 32 digits begin behind the head of the NAL unit that ``write_sei`` makes."""
_SEI_STAMP_BYTES = 32
_SEI_HEADS = {1: b"\x06", 2: b"\x4e\x01"}
"""By their length: H.264 (NAL unit type 6) and H.265 (prefix SEI, type 39, layer 0)."""
_USER_DATA_UNREGISTERED = 5


def position_blocks(index: int) -> tuple[bool, ...]:
    """The 24 blocks for a frame index of 0…65535, True for white."""
    if not 0 <= index <= 0xFFFF:
        raise ValueError("a frame index must fit 16 bits")
    bits = f"10{index:016b}{_check_of(index):04b}01"
    return tuple(bit == "1" for bit in bits)


def _check_of(index: int) -> int:
    return (index >> 12 ^ index >> 8 ^ index >> 4 ^ index ^ _CHECK_SALT) & 0xF


def block_box(block: int, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of one block in pixels (right and bottom excluded)."""
    column = FIRST_COLUMN + block
    return (
        round(column * width / GRID_COLUMNS),
        round(BLOCK_ROW * height / GRID_ROWS),
        round((column + 1) * width / GRID_COLUMNS),
        round((BLOCK_ROW + 1) * height / GRID_ROWS),
    )


def read_position(frame: bytes, width: int, height: int) -> int | None:
    """The frame index burned into a picture, or None when it cannot be read with certainty.

    ``frame`` is 8-bit gray or interleaved RGB, rows from the top without padding; which one follows
    from its size. Raises ValueError when the size fits neither.
    """
    channels, rest = divmod(len(frame), width * height)
    if rest or channels not in (1, 3):
        raise ValueError(f"{len(frame)} bytes are neither gray nor RGB of {width}x{height}")
    means = [_middle_mean(frame, width, height, channels, block) for block in range(BLOCK_COUNT)]
    white, black = min(means[0], means[23]), max(means[1], means[22])
    contrast = white - black
    if contrast < _LEAST_CONTRAST:
        return None
    middle = (white + black) / 2
    if any(abs(mean - middle) < contrast / 4 for mean in means):
        return None
    value = int("".join("1" if mean > middle else "0" for mean in means[2:22]), 2)
    index, check = value >> 4, value & 0xF
    return index if check == _check_of(index) else None


def _middle_mean(frame: bytes, width: int, height: int, channels: int, block: int) -> float:
    left, top, right, bottom = block_box(block, width, height)
    # The outer quarter on each side is where scaling and compression smear the neighbours in.
    inset_x, inset_y = (right - left) // 4, (bottom - top) // 4
    total = count = 0
    for row in range(top + inset_y, max(bottom - inset_y, top + inset_y + 1)):
        start = (row * width + left + inset_x) * channels
        stop = (row * width + max(right - inset_x, left + inset_x + 1)) * channels
        total += sum(frame[start:stop])
        count += stop - start
    return total / count


@dataclass(frozen=True, slots=True)
class SeiStamp:
    """When a frame was "captured": UTC in microseconds since 1970, and its running number."""

    utc_us: int
    frame_number: int

    def digits(self) -> bytes:
        """The 32 bytes that stand in the access unit."""
        return b"%016x%016x" % (self.utc_us, self.frame_number)


def write_sei(stamp: SeiStamp, head_bytes: int = 1) -> bytes:
    """A whole SEI NAL unit (no start code); ``head_bytes`` is 1 for H.264 and 2 for H.265."""
    payload = SEI_UUID + stamp.digits()
    head = _SEI_HEADS[head_bytes]
    return head + bytes((_USER_DATA_UNREGISTERED, len(payload))) + payload + b"\x80"


def read_sei(nal: bytes) -> SeiStamp | None:
    """The stamp in a NAL unit (no start code) of either codec, or None when it carries none."""
    head = next((head for head in _SEI_HEADS.values() if nal.startswith(head)), None)
    if head is None:
        return None
    body = nal[len(head) :].replace(b"\x00\x00\x03", b"\x00\x00")
    at = 0
    while at + 2 <= len(body) - 1:  # the last byte holds the trailing bits
        kind, at = _sei_number(body, at)
        size, at = _sei_number(body, at)
        payload = body[at : at + size]
        at += size
        if kind == _USER_DATA_UNREGISTERED and payload.startswith(SEI_UUID):
            return _parse_digits(payload[len(SEI_UUID) :])
    return None


def _sei_number(body: bytes, at: int) -> tuple[int, int]:
    """A payload type or size (H.264 7.3.2.3.1: every 0xFF adds 255), and where it ends."""
    value = 0
    while at < len(body) and body[at] == 0xFF:
        value += 255
        at += 1
    return (value + body[at], at + 1) if at < len(body) else (value, at)


def _parse_digits(digits: bytes) -> SeiStamp | None:
    if len(digits) != _SEI_STAMP_BYTES:
        return None
    try:
        return SeiStamp(int(digits[:16], 16), int(digits[16:], 16))
    except ValueError:
        return None
