"""A window of an hour out of a month of footage: what a player waits for before it can begin.

`PLAYLIST_DAYS` makes the month shorter. Beside it what a user would pick instead: index each file
by reading all its fragments' places anew, as a server without a packed index of GOPs does.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from uuid import UUID

from rich.table import Table

from sereno.base.clock import from_us
from sereno.base.spans import Span
from sereno.media.index import Fragment, FragmentIndex, pack_index, unpack_gops, unpack_index
from sereno.media.playlists import PlaylistSegment, vod_facts, vod_playlist
from sereno.node.ledger import Changes, Ledger
from sereno.node.rows import SegmentRow, StreamKey

DAYS = int(os.environ.get("PLAYLIST_DAYS", "30"))
MINUTE_US, HOUR_US, BATCH = 60_000_000, 3_600_000_000, 1440
START_US = 1_795_000_000_000_000
REPEATS = 60
_RANDOM = random.Random(11)


def run(folder: Path) -> Table:
    """Lay a month down, ask for windows of it, print one table."""
    ledger, key = Ledger(folder / "ledger.sqlite3"), StreamKey(UUID(int=7), "main")
    _fill(ledger, key)
    table = Table(title=f"one camera, {DAYS} days of 60-s files, key frame every 2 s")
    for head in ("window of an hour", "median", "95 %", "CPU", "promised"):
        table.add_column(head, justify="right" if head != "window of an hour" else "left")
    for name, promise, act in (
        ("playlist: ledger, indexes, text", "5 ms", _playlist),
        ("facts for our own player", "", _facts),
        ("playlist from every fragment's place", "", _plainly),
    ):
        table.add_row(name, *_measured(partial(act, ledger, key)), promise)
    ledger.close()
    return table


def _fill(ledger: Ledger, key: StreamKey) -> None:
    packed, run_id = [_index() for _ in range(50)], UUID(int=8)
    for day in range(DAYS):
        ledger.save(Changes(segments=[*_rows(key, run_id, packed, day)]))


def _rows(key: StreamKey, run_id: UUID, packed: list[bytes], day: int) -> Iterable[SegmentRow]:
    for number in range(day * BATCH, (day + 1) * BATCH):
        start = START_US + number * MINUTE_US
        yield SegmentRow(
            UUID(int=_RANDOM.getrandbits(128)), run_id, key, UUID(int=1), number, start,
            start + MINUTE_US, f"{key}/{number}.mp4", 900, 30_000_000,
            f"{_RANDOM.getrandbits(256):064x}", "0badcafe", True, packed[number % len(packed)],
        )  # fmt: skip


def _index() -> bytes:
    """A minute in 300 fragments, sizes as cameras have them."""
    fragments, ticks, offset = [], 0, 900
    for place in range(300):
        is_key = place % 10 == 0
        size = int(_RANDOM.gauss(220_000 if is_key else 85_000, 6_000))
        fragments.append(Fragment(ticks, 18_000, offset, size, is_key))
        ticks, offset = ticks + 18_000, offset + size
    return pack_index(FragmentIndex.of(fragments))


def _window(ledger: Ledger, key: StreamKey) -> tuple[list[SegmentRow], Span]:
    start = START_US + _RANDOM.randrange(DAYS * 24 * HOUR_US - HOUR_US)
    rows = ledger.segments_overlapping(key, start, start + HOUR_US)
    return rows, Span(from_us(start), from_us(start + HOUR_US))


def _segment(row: SegmentRow, unpack: Callable[[bytes], object]) -> PlaylistSegment:
    index = unpack(row.fragments)
    return PlaylistSegment(
        row.segment_id,
        row.run_id,
        row.init_size,
        row.start_us,
        index,  # type: ignore[arg-type]
    )


def _address(segment_id: UUID) -> str:
    return f"segments/{segment_id}.mp4"


def _playlist(ledger: Ledger, key: StreamKey) -> object:
    rows, span = _window(ledger, key)
    return vod_playlist([_segment(row, unpack_gops) for row in rows], span, _address)


def _facts(ledger: Ledger, key: StreamKey) -> object:
    rows, span = _window(ledger, key)
    return vod_facts([_segment(row, unpack_gops) for row in rows], span, _address, str)


def _plainly(ledger: Ledger, key: StreamKey) -> object:
    rows, span = _window(ledger, key)
    return vod_playlist([_segment(row, unpack_index) for row in rows], span, _address)


def _measured(act: Callable[[], object]) -> tuple[str, str, str]:
    """Median and 95th percentile on the clock, and the median of CPU time, in milliseconds."""
    clock, cpu = [], []
    for _ in range(REPEATS):
        began, cpu_began = time.perf_counter(), time.thread_time()
        act()
        clock.append((time.perf_counter() - began) * 1000)
        cpu.append((time.thread_time() - cpu_began) * 1000)
    late = statistics.quantiles(clock, n=20)[-1]
    return (
        f"{statistics.median(clock):.2f} ms",
        f"{late:.2f} ms",
        f"{statistics.median(cpu):.2f} ms",
    )
