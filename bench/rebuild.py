"""`sereno ledger rebuild` and `sereno fsck`: files and bytes a second, from the page cache.

Files of a minute, 300 fragments each, so small that what we do shows and not the disk.
"""

from __future__ import annotations

import time
from pathlib import Path
from uuid import UUID, uuid4

from rich.table import Table

from sereno.base.clock import SystemClock
from sereno.media.contract import StreamTask
from sereno.media.fmp4.writer import fragment_head
from sereno.media.formats import VideoFormat
from sereno.media.segments import FragmentBytes, SegmentChain
from sereno.node.fsck import Fsck
from sereno.node.fsck_kinds import Depth
from sereno.node.ledger import Ledger
from sereno.node.rebuild import rebuild
from sereno.wire.reports import ReasonReport

CAMERAS, FILES, FRAGMENTS = 4, 50, 300
SAMPLE_BYTES = 8_000  # 2.4 MB a file; a real one takes 30
START_US, TICKS = 1_795_000_000_000_000, 18_000
# A baseline H.264 stream of 128 by 96.
AVCC = "0142c00affe100176742c00ada0836c044000003000400000300c83c489a8001000468ce0fc8"
VIDEO = VideoFormat("avc1.42c00a", 128, 96, b"avc1", bytes.fromhex(AVCC))


def run(folder: Path) -> Table:
    """Write files, make the ledger from them, look at it at each depth."""
    footage, path = folder / "footage", folder / "ledger.sqlite3"
    for _ in range(CAMERAS):
        _record(footage, uuid4())
    files = list(footage.rglob("*.mp4"))
    size_bytes = sum(each.stat().st_size for each in files)
    roots = {uuid4(): footage}
    table = Table(title=f"{len(files)} files of {FRAGMENTS} fragments, {size_bytes / 1e6:.0f} MB")
    for head in ("", "files a second", "MB a second", "what is read"):
        table.add_column(head, justify="left" if head in ("", "what is read") else "right")
    began = time.perf_counter()
    done = rebuild(path, roots, SystemClock().now())
    seconds = time.perf_counter() - began
    if done.file_count != len(files):
        raise RuntimeError("not every file came back")
    table.add_row(
        "ledger rebuild", f"{len(files) / seconds:,.0f}", f"{size_bytes / seconds / 1e6:,.0f}",
        "every byte, and every fragment's head",
    )  # fmt: skip
    for depth, what in (
        (Depth.PRESENCE, "ledger, names in folders"),
        (Depth.SIZE, "and one stat a file"),
        (Depth.DIGEST, "and every byte, every fragment's head"),
    ):
        ledger = Ledger.reading(path)
        began = time.perf_counter()
        if list(Fsck(ledger, roots, depth, is_node_running=False).run()):
            raise RuntimeError("there are findings")
        seconds = time.perf_counter() - began
        ledger.close()
        speed = f"{size_bytes / seconds / 1e6:,.0f}" if depth is Depth.DIGEST else "–"
        table.add_row(f"fsck --depth {depth}", f"{len(files) / seconds:,.0f}", speed, what)
    return table


def _record(footage: Path, camera_id: UUID) -> None:
    chain = SegmentChain(
        StreamTask(
            camera_id=camera_id,
            stream="main",
            address="rtsp://192.0.2.1/",
            footage_dir=str(footage),
        )
    )
    run_id, ticks, sample = uuid4(), 0, bytearray(SAMPLE_BYTES)
    for _ in range(FILES):
        chain.open(run_id, VIDEO, START_US + ticks * 100 // 9, ticks, "arrival")
        for place in range(FRAGMENTS):
            is_key, wall_us = place % 10 == 0, START_US + ticks * 100 // 9
            head = fragment_head(1, ticks, wall_us, [TICKS], [len(sample)], is_key=is_key)
            chain.append(FragmentBytes(head, [sample], wall_us, ticks, TICKS, is_key))
            ticks += TICKS
    chain.end_run(run_id, ReasonReport(key="stopped"))
