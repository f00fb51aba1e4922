"""A program that lives a segment's life again and again, each time in a process of its own.

Its tracer harms one file-system call of each life: the one that a process makes as its
`HARMED_CALL`th of its kind. Harmless calls before the life decide which of its own that is.
Prints what became of each life, a JSON object a line.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from sereno.media.contract import RunStarted, StreamTask
from sereno.media.fmp4.writer import fragment_head
from sereno.media.formats import VideoFormat
from sereno.media.segments import FragmentBytes, SegmentChain
from sereno.wire.reports import ReasonReport

HARMED_CALL = 60
CAMERA_ID = UUID("11111111-2222-4333-8444-555555555555")
START_US = 1_795_000_000_000_000
TICKS = 18_000
VIDEO = VideoFormat(
    "avc1.42c00a", 128, 96, b"avc1",
    bytes.fromhex("0142c00affe100176742c00ada0836c044000003000400000300c83c489a8001000468ce0fc8"),
)  # fmt: skip
FILES, FRAGMENTS = 2, 4


def fragment(number: int) -> FragmentBytes:
    """The run's fragment `number`; each file's first has a key frame."""
    is_key = number % FRAGMENTS == 0
    wall_us, ticks = START_US + number * 200_000, number * TICKS
    sample = bytearray([number + 1]) * (500 + number)
    sequence = number % FRAGMENTS + 1
    head = fragment_head(sequence, ticks, wall_us, [TICKS], [len(sample)], is_key=is_key)
    return FragmentBytes(head, [sample], wall_us, ticks, TICKS, is_key)


def live(root: Path, tell: Callable[[list[str]], None]) -> bool:
    """Write two files. Like the disk thread, go on after an error. Whether there was none."""
    task = StreamTask(
        camera_id=CAMERA_ID, stream="main", address="rtsp://192.0.2.1/", footage_dir=str(root)
    )
    chain, run_id = SegmentChain(task), UUID(int=1)
    started = RunStarted(
        camera_id=CAMERA_ID, stream="main", at_us=START_US, run_id=run_id, codec=VIDEO.codec,
        width=128, height=96, transport="tcp",
    )  # fmt: skip
    acts: list[Callable[[], list[str]]] = [lambda: chain.begin_run(started)]
    for number in range(FILES * FRAGMENTS):
        each = fragment(number)
        if each.is_key:
            acts.append(
                lambda at=each: chain.open(run_id, VIDEO, at.wall_us, at.start_ticks, "arrival")
            )
        acts.append(lambda at=each: chain.append(at))
    acts.append(lambda: chain.end_run(run_id, ReasonReport(key="stopped")))
    is_well = True
    for act in acts:
        try:
            tell(act())
        except OSError:
            is_well = False
    return is_well


def pads() -> dict[str, Callable[[], object]]:
    """A harmless call of each kind, which touches no other kind."""
    null = os.open("/dev/null", os.O_WRONLY)
    return {
        "openat": lambda: os.open("/dev/null", os.O_RDONLY),
        "mkdirat": lambda: os.mkdir("none", dir_fd=null),
        "write": lambda: os.write(null, b"x"),
        "fsync": lambda: os.fsync(null),
        "ftruncate": lambda: os.ftruncate(null, 0),
        "unlinkat": lambda: os.unlink("none", dir_fd=null),
        "close": lambda: os.close(9999),
    }


def live_in_child(folder: Path, pad: Callable[[], object], number: int, output: int) -> int:
    """One life; the exit status of the process that lived it, negative for a signal."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for _ in range(HARMED_CALL - number):
        with suppress(OSError):
            pad()
    is_well = live(folder, lambda lines: os.writev(output, [f"{s}\n".encode() for s in lines]))
    os._exit(0 if is_well else 1)


def main() -> None:
    """Live until no call of a life is left to be harmed."""
    root, names = Path(sys.argv[1]), sys.argv[2:]
    source, output = os.pipe2(os.O_NONBLOCK)
    results, kinds = [], pads()
    print("ready", flush=True)
    sys.stdin.readline()
    for name in names:
        for number in range(1, HARMED_CALL):
            folder = root / f"{name}-{number}"
            status = live_in_child(folder, kinds[name], number, output)
            told: list[str] = []
            with suppress(BlockingIOError):
                told = os.read(source, 1 << 20).decode().splitlines()
            results.append({"folder": str(folder), "status": status, "told": told})
            if status == 0:
                break
    print("\n".join(map(json.dumps, results)), flush=True)


if __name__ == "__main__":
    main()
