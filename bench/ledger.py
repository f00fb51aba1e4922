"""The ledger over 100 cameras and 30 days of 60-second files, beside a plain table of segments.

`LEDGER_DAYS` makes it smaller. What a user would pick instead is one table of segments with an
index by camera and time, in SQLite, from which coverage is computed as islands when it is asked.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

from rich.table import Table

from sereno.media.index import Fragment, FragmentIndex, pack_index
from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_volumes import usage_of
from sereno.node.rows import RunRow, SegmentRow, StreamKey
from sereno.wire.reports import ReasonReport

CAMERAS, DAYS = 100, int(os.environ.get("LEDGER_DAYS", "30"))
SEGMENT_US, DAY_US, BATCH = 60_000_000, 86_400_000_000, 1000
RUN_SEGMENTS = 480  # a run of eight hours: what a restart now and then leaves
START_US = 1_795_000_000_000_000
REPEATS = 50
_RANDOM = random.Random(7)
ENDED = ReasonReport(key="camera_closed")

PLAIN = """
CREATE TABLE segments (id INTEGER PRIMARY KEY, camera_id TEXT, start_us INTEGER, end_us INTEGER,
                       path TEXT, size_bytes INTEGER, sha256 TEXT);
CREATE INDEX by_start ON segments (camera_id, start_us);
"""
# Gaps and islands: a segment that begins where none before it ended begins an island.
ISLANDS = """
WITH marked AS (
    SELECT start_us, end_us, start_us > coalesce(max(end_us) OVER (
        ORDER BY start_us ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS is_first
    FROM segments WHERE camera_id = ? AND start_us >= ? AND start_us < ?
), numbered AS (SELECT *, sum(is_first) OVER (ORDER BY start_us) AS island FROM marked)
SELECT min(start_us), max(end_us) FROM numbered GROUP BY island
"""


def run(folder: Path) -> Table:
    """Build both, ask both, print one table."""
    keys = [StreamKey(UUID(int=_RANDOM.getrandbits(128)), "main") for _ in range(CAMERAS)]
    packed = [_index() for _ in range(50)]
    ours, plain = Ledger(folder / "ledger.sqlite3"), _plain(folder / "plain.sqlite3")
    rows = DAYS * 1440 * CAMERAS
    our_rate = _fill_ours(ours, keys, packed)
    plain_rate = _fill_plain(plain, keys)
    table = Table(
        title=f"{CAMERAS} cameras, {DAYS} days of 60-s files: {rows:,} segments, "
        f"index of {statistics.mean(map(len, packed)):.0f} bytes each"
    )
    for head in ("", "ledger", "a row each, coverage computed", "promised"):
        table.add_column(head, justify="right" if head else "left")
    for name, promise, our_act, plain_act in _questions(ours, plain, keys):
        theirs = _milliseconds(plain_act) if plain_act else "–"
        table.add_row(name, _milliseconds(our_act), theirs, promise)
    table.add_row("append, 1,000 a transaction", our_rate, plain_rate, "over 5,000/s")
    sizes = [(folder / name).stat().st_size for name in ("ledger.sqlite3", "plain.sqlite3")]
    table.add_row("size", *(f"{size / 1e9:.2f} GB" for size in sizes), "")
    return table


def _questions(
    ours: Ledger, plain: sqlite3.Connection, keys: list[StreamKey]
) -> Iterator[tuple[str, str, Callable[[], object], Callable[[], object] | None]]:
    def day() -> tuple[int, int]:
        start = START_US + _RANDOM.randrange(DAYS) * DAY_US
        return start, start + DAY_US

    def islands(key: StreamKey, start: int, end: int) -> object:
        return plain.execute(ISLANDS, (str(key.camera_id), start, end)).fetchall()

    def coverage_of_all() -> object:
        span = day()
        return [ours.coverage(key, *span) for key in keys]

    def islands_of_all() -> object:
        span = day()
        return [islands(key, *span) for key in keys]

    def seek() -> object:
        at = START_US + _RANDOM.randrange(DAYS * DAY_US)
        return ours.segments_overlapping(_RANDOM.choice(keys), at, at + 1)

    def plain_seek() -> object:
        at = START_US + _RANDOM.randrange(DAYS * DAY_US)
        query = "SELECT * FROM segments WHERE camera_id = ? AND start_us <= ? AND end_us > ?"
        order = " ORDER BY start_us DESC LIMIT 1"
        values = (str(_RANDOM.choice(keys).camera_id), at, at)
        return plain.execute(query + order, values).fetchall()

    def one(ask: Callable[..., object]) -> Callable[[], object]:
        return lambda: ask(_RANDOM.choice(keys), *day())

    whole = (START_US, START_US + DAYS * DAY_US)
    yield "coverage of a camera-day", "1 ms", one(ours.coverage), one(islands)
    yield "coverage of a day, all cameras", "5 ms", coverage_of_all, islands_of_all
    yield (
        "coverage of a camera, all days", "", lambda: ours.coverage(keys[0], *whole),
        lambda: islands(keys[0], *whole),
    )  # fmt: skip
    yield "seek: the file at a moment, with its index", "1 ms", seek, plain_seek
    yield "files of a camera-hour, with indexes", "", lambda: ours.segments_overlapping(
        keys[1], START_US, START_US + DAY_US // 24
    ), None  # fmt: skip
    yield "bytes of each camera on each volume", "", lambda: usage_of(ours), lambda: (
        plain.execute("SELECT camera_id, sum(size_bytes) FROM segments GROUP BY 1").fetchall()
    )  # fmt: skip


def _milliseconds(act: Callable[[], object]) -> str:
    """The median and the worst of many; fewer where each takes long."""
    times: list[float] = []
    while len(times) < REPEATS and sum(times) < 5:
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return f"{statistics.median(times) * 1000:.2f} ms (worst {max(times) * 1000:.1f})"


def _index() -> bytes:
    """A minute in 300 fragments, a key frame every two seconds, sizes as cameras have them."""
    fragments, ticks, offset = [], 0, 900
    for place in range(300):
        is_key = place % 10 == 0
        size = int(_RANDOM.gauss(220_000 if is_key else 85_000, 6_000))
        fragments.append(Fragment(ticks, 18_000, offset, size, is_key))
        ticks, offset = ticks + 18_000, offset + size
    return pack_index(FragmentIndex.of(fragments))


def _segments(key: StreamKey, packed: list[bytes], runs: list[RunRow]) -> Iterator[SegmentRow]:
    volume = UUID(int=1)
    for number in range(DAYS * 1440):
        start = START_US + number * SEGMENT_US
        if number % RUN_SEGMENTS == 0:
            run_id = UUID(int=_RANDOM.getrandbits(128))
            end = start + min(RUN_SEGMENTS, DAYS * 1440 - number) * SEGMENT_US - 4_000_000
            runs.append(
                RunRow(run_id, key, start, end, "avc1.64001f", 1920, 1080, False, ENDED,
                       RUN_SEGMENTS, RUN_SEGMENTS * 30_000_000, 1)
            )  # fmt: skip
        is_last = number % RUN_SEGMENTS == RUN_SEGMENTS - 1
        path = f"{key.camera_id}/main/2026/11/{number // 1440:02}/{start % DAY_US:06}-{number}.mp4"
        yield SegmentRow(
            UUID(int=_RANDOM.getrandbits(128)), run_id, key, volume, number, start,
            start + SEGMENT_US - 4_000_000 * is_last, path, 900, 30_000_000,
            f"{_RANDOM.getrandbits(256):064x}", "0badcafe", True, packed[number % len(packed)],
        )  # fmt: skip


def _fill_ours(ledger: Ledger, keys: list[StreamKey], packed: list[bytes]) -> str:
    """As time goes: all cameras' files of an hour, then those of the next."""
    runs: list[RunRow] = []
    streams = [_segments(key, packed, runs) for key in keys]
    watch, count = _Watch(), 0
    for _ in range(DAYS * 24):
        hour = [row for stream in streams for row in islice(stream, 60)]
        for start in range(0, len(hour), BATCH):
            batch = Changes(segments=hour[start : start + BATCH], runs=runs)
            with watch:
                ledger.save(batch)
            runs.clear()
        count += len(hour)
    ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return watch.rate(count)


class _Watch:
    """Time spent in it: on the clock, and of the CPU, which a busy machine does not lengthen."""

    def __init__(self) -> None:
        self._seconds = self._cpu_seconds = 0.0

    def __enter__(self) -> None:
        self._began, self._cpu_began = time.perf_counter(), time.thread_time()

    def __exit__(self, *_: object) -> None:
        self._seconds += time.perf_counter() - self._began
        self._cpu_seconds += time.thread_time() - self._cpu_began

    def rate(self, count: int) -> str:
        return f"{count / self._seconds:,.0f}/s ({count / self._cpu_seconds:,.0f} by CPU time)"


def _plain(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.executescript(PLAIN)
    return db


def _fill_plain(db: sqlite3.Connection, keys: list[StreamKey]) -> str:
    watch, count = _Watch(), 0
    ignored: list[RunRow] = []
    streams = [_segments(key, [b""], ignored) for key in keys]
    insert = "INSERT INTO segments VALUES (NULL, ?, ?, ?, ?, ?, ?)"
    for _ in range(DAYS * 24):
        hour = [row for stream in streams for row in islice(stream, 60)]
        for start in range(0, len(hour), BATCH):
            batch = [
                (str(row.key.camera_id), row.start_us, row.end_us, row.path, row.size_bytes,
                 row.sha256)
                for row in hour[start : start + BATCH]
            ]  # fmt: skip
            with watch:
                db.execute("BEGIN")
                db.executemany(insert, batch)
                db.execute("COMMIT")
        count += len(hour)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return watch.rate(count)
