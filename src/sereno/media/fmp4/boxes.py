"""ISO base media boxes: making them, and walking them in bytes nobody vouches for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import Struct

from sereno.media.faults import garbled

HEAD_BYTES = 8
_HEAD = Struct(">I4s")
_LARGE_SIZE = Struct(">Q")


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of `kind` around `parts` (ISO/IEC 14496-12, 4.2)."""
    size = HEAD_BYTES + sum(map(len, parts))
    return b"".join((_HEAD.pack(size, kind), *parts))


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with a version and 24 bits of flags."""
    return box(kind, bytes((version,)) + flags.to_bytes(3, "big"), *parts)


@dataclass(frozen=True, slots=True)
class Box:
    """A box found at `offset`; `body` is where its contents begin, `end` where it ends."""

    kind: bytes
    offset: int
    body: int
    end: int


ReadAt = Callable[[int, int], bytes]
"""`read_at(offset, size)`: up to `size` bytes there; fewer only at the end of the data."""


def walk(read_at: ReadAt, start: int, end: int) -> Iterator[Box]:
    """The boxes one after the other from `start`. Raises Garbled at one that does not fit."""
    at = start
    while at < end:
        found = box_at(read_at, at, end)
        yield found
        at = found.end


def box_at(read_at: ReadAt, at: int, end: int) -> Box:
    """The box at `at`, which must end by `end`. Raises Garbled."""
    head = read_at(at, HEAD_BYTES)
    if len(head) < HEAD_BYTES:
        raise garbled("box header is cut off")
    size, kind = _HEAD.unpack(head)
    body = at + HEAD_BYTES
    if size == 1:
        large = read_at(body, 8)
        if len(large) < 8:
            raise garbled("box header is cut off")
        (size,) = _LARGE_SIZE.unpack(large)
        body += 8
    if size < body - at or size > end - at:
        raise garbled(f"size of box {kind!r}")
    return Box(kind, at, body, at + size)


def reader_of(data: bytes | bytearray | memoryview) -> ReadAt:
    """Reads from bytes in memory."""
    return lambda offset, size: bytes(data[offset : offset + size])


def children(data: bytes, *path: bytes) -> Iterator[Box]:
    """The boxes at the end of `path` inside `data`, all of them; plain containers only."""
    spans = [(0, len(data))]
    read_at = reader_of(data)
    for depth, kind in enumerate(path):
        found = [box for start, end in spans for box in walk(read_at, start, end)]
        matching = [box for box in found if box.kind == kind]
        if depth == len(path) - 1:
            yield from matching
        spans = [(box.body, box.end) for box in matching]


def child(data: bytes, *path: bytes) -> bytes:
    """The contents of the first box at the end of `path`. Raises Garbled where there is none."""
    for found in children(data, *path):
        return data[found.body : found.end]
    raise garbled(f"box {path[-1]!r} is missing")
