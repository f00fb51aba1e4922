"""Seeks anywhere in a month of footage, on the camera's page in a real browser.

The month is a few recorded minutes, again and again: hard links, and a row of the ledger for each.
Before each seek the files are taken out of the page cache. `SEEK_DAYS` makes the month shorter.
Beside it what a user would pick instead: ffmpeg, told the file and the second in it.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import imageio_ffmpeg
from playwright.sync_api import Page
from rich.table import Table

from bench.box import Box, running
from bench.cameras import simulated
from bench.pages import signed_in
from bench.sides import recording_box
from sereno.base.clock import SystemClock, to_us
from sereno.box.paths import DataDir
from sereno.media.segments import relative_path
from sereno.node.ledger import Changes, Ledger
from sereno.node.rows import RunRow, SegmentRow, StreamKey

DAYS = int(os.environ.get("SEEK_DAYS", "30"))
SEEKS, TEMPLATES = 60, 3
MINUTE_US, DAY_US, BATCH = 60_000_000, 86_400_000_000, 1440
_RANDOM = random.Random(5)
_NOW_SHARE = 0.95  # of the timeline's width, where it shows the 31 days before tomorrow

# From the release of the pointer to a picture of another minute on the screen, in milliseconds.
_WATCH = """() => addEventListener('pointerup', () => {
  const began = performance.now();
  const shown = () => {
    const video = document.querySelector('[data-testid="playback-video"]');
    return video && !video.seeking && video.readyState > 1 ? Number(video.dataset.wallMs) : NaN;
  };
  const before = shown();
  window.soughtMs = null;
  const look = () => {
    const far = Number.isNaN(before) ? shown() > 0 : Math.abs(shown() - before) > 60000;
    if (far) window.soughtMs = performance.now() - began;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}, true)"""


def run(folder: Path) -> Table:
    """Record some minutes, make a month of them, seek; needs Debian's `chromium`."""
    data = folder / "box"
    with simulated(folder / "loops", 1) as addresses:
        with recording_box(data, addresses) as box:
            camera_id = UUID(box.camera_ids[0])
            _wait_for_files(data, camera_id)
        files = [*_lay_a_month(DataDir(data), StreamKey(camera_id, "main"))]
        with running(data) as box:
            while box.recorded_seconds(camera_id, DAYS) < 0.9 * DAYS * DAY_US / 1_000_000:
                time.sleep(1)
            ours = _seeks(box, camera_id, files)
    theirs = [_by_ffmpeg(_RANDOM.choice(files)) for _ in range(SEEKS)]
    table = Table("", "median / 95 %", "promised", title=f"Seeks in {DAYS} days of footage")
    table.add_row("click to the exact picture", _told(ours), "- / 600 ms")
    table.add_row("ffmpeg, told file and second: a picture", _told(theirs), "")
    table.add_row("ratio of the medians", f"{_ratio(theirs, ours):.1f}x", "")
    return table


def _told(values: list[float]) -> str:
    late = statistics.quantiles(values, n=20)[-1]
    return f"{statistics.median(values):.0f} / {late:.0f} ms"


def _ratio(these: list[float], those: list[float]) -> float:
    return statistics.median(these) / statistics.median(those)


def _wait_for_files(data: Path, camera_id: UUID) -> None:
    """Until enough whole files lie there; the first and the one being written are none."""
    while len([*(data / "footage" / str(camera_id)).rglob("*.mp4")]) < TEMPLATES + 2:
        time.sleep(1)


def _lay_a_month(paths: DataDir, key: StreamKey) -> Iterator[Path]:
    """The files of a month before what was recorded, one run of them."""
    ledger = Ledger(paths.ledger)
    newest = ledger.newest_segment(key)
    assert newest is not None
    recorded = ledger.segments_overlapping(key, 0, to_us(SystemClock().now()))
    whole = [row for row in recorded if row.end_us - row.start_us >= 0.9 * MINUTE_US][:TEMPLATES]
    first = recorded[0]
    run = ledger.run(first.run_id)
    assert run is not None
    start_us, run_id = first.start_us - DAYS * DAY_US, uuid4()
    for day in range(DAYS):
        rows = [*_rows(whole, run_id, start_us + day * DAY_US, day * BATCH)]
        _link(paths.footage, whole, rows)
        ledger.save(Changes(segments=rows))
        yield from (paths.footage / row.path for row in rows[:: BATCH // 24])
    ledger.save(Changes(runs=[_run(run, run_id, start_us, first.start_us)]))
    ledger.close()


def _rows(
    whole: list[SegmentRow], run_id: UUID, start_us: int, sequence: int
) -> Iterator[SegmentRow]:
    for place in range(BATCH):
        pattern = whole[place % len(whole)]
        begin = start_us + place * MINUTE_US
        number = sequence + place - DAYS * BATCH
        path = relative_path(pattern.key.camera_id, pattern.key.stream, begin, number)
        yield replace(
            pattern,
            segment_id=uuid4(),
            run_id=run_id,
            sequence=number,
            start_us=begin,
            end_us=begin + pattern.end_us - pattern.start_us,
            path=str(path),
        )


def _link(footage: Path, whole: list[SegmentRow], rows: list[SegmentRow]) -> None:
    for place, row in enumerate(rows):
        path = footage / row.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.hardlink_to(footage / whole[place % len(whole)].path)


def _run(pattern: RunRow, run_id: UUID, start_us: int, end_us: int) -> RunRow:
    return replace(
        pattern,
        run_id=run_id,
        start_us=start_us,
        end_us=end_us,
        is_open=False,
        segment_count=DAYS * BATCH,
        revision=1,
    )


def _seeks(box: Box, camera_id: UUID, files: list[Path]) -> list[float]:
    with signed_in(box) as page:
        page.goto(f"/cameras/{camera_id}")
        page.get_by_text("Month", exact=True).click()
        page.evaluate(_WATCH)
        return [_seek(page, files) for _ in range(SEEKS + 1)][1:]


def _seek(page: Page, files: list[Path]) -> float:
    """Milliseconds; the first one also makes the player, and is not counted."""
    for path in files:
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
    slider = page.locator("[role=slider]").first
    place = slider.bounding_box()
    assert place is not None
    share = _RANDOM.uniform(_NOW_SHARE - 0.9 * DAYS / 31, _NOW_SHARE)
    x = place["x"] + place["width"] * share
    page.mouse.click(x, place["y"] + place["height"] / 2)
    page.wait_for_function("() => window.soughtMs > 0", timeout=30_000)
    return float(page.evaluate("() => window.soughtMs"))


def _by_ffmpeg(path: Path) -> float:
    argv = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error",
        "-ss", f"{_RANDOM.uniform(1, 55):.2f}", "-i", str(path), "-frames:v", "1",
        "-f", "null", "-",
    ]  # fmt: skip
    began = time.perf_counter()
    subprocess.run(argv, check=True)
    return (time.perf_counter() - began) * 1000
