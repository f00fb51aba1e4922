"""A download of a recorder's footage: bytes a second, and the memory that it takes.

Beside it curl with the same bytes, over a link shaped to 1 Gbit/s (needs root and Debian's
`iproute2`; left out without) and over one that is not. `DOWNLOAD_MIB` is how much.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

MIB = int(os.environ.get("DOWNLOAD_MIB", "1024"))
ROUNDS = 3
HOST = "127.0.0.1"
RATE = "1gbit"
NAMESPACE = "sereno-bench"
ETHERNET_BYTES = 1500


@dataclass(frozen=True, slots=True)
class Download:
    """One that is done."""

    seconds: float
    peak_kib: int

    @property
    def mb_a_second(self) -> float:
        return MIB * 1.048576 / self.seconds


Side = Callable[[str, int, Path], Download]


def run(folder: Path) -> Table:
    """Fetch by turns, print one table."""
    source = folder / "footage"
    with source.open("wb") as file:
        file.truncate(MIB << 20)
    table = Table(title=f"{MIB:,} MiB, median of {ROUNDS}, by turns")
    for head in ("link", "MB/s: Sereno", "curl", "ratio", "promised", "memory: Sereno", "promised"):
        table.add_column(head, justify="right" if head != "link" else "left")
    with shaped() as prefix:
        if prefix is not None:
            table.add_row(f"{RATE}, shaped", *_compared(folder, source, prefix, "0.95"))
    table.add_row("loopback", *_compared(folder, source, (), ""))
    return table


def _compared(
    folder: Path, source: Path, prefix: tuple[str, ...], promised: str
) -> tuple[str, ...]:
    with _served(source, prefix) as port:
        done = [
            (_sereno(port, folder / "ours", prefix), _curl(port, folder / "theirs", prefix))
            for _ in range(ROUNDS)
        ]
    ours = statistics.median(each.mb_a_second for each, _ in done)
    theirs = statistics.median(each.mb_a_second for _, each in done)
    peak_mib = max(each.peak_kib for each, _ in done) / 1024
    return (
        f"{ours:.0f}", f"{theirs:.0f}", f"{ours / theirs:.2f}", promised,
        f"{peak_mib:.0f} MiB", "64 MiB",
    )  # fmt: skip


def _sereno(port: int, target: Path, prefix: tuple[str, ...]) -> Download:
    command = (*prefix, sys.executable, "-m", "bench.fetcher", HOST, str(port), str(target))
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert told["size_bytes"] == MIB << 20
    target.unlink()
    return Download(told["seconds"], told["peak_kib"])


def _curl(port: int, target: Path, prefix: tuple[str, ...]) -> Download:
    wanted = ("-w", "%{time_total}", "-o", str(target), f"http://{HOST}:{port}/")
    command = (*prefix, "curl", "--silent", "--show-error", "--fail", *wanted)
    seconds = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert target.stat().st_size == MIB << 20
    target.unlink()
    return Download(seconds, 0)


@contextmanager
def _served(source: Path, prefix: tuple[str, ...]) -> Iterator[int]:
    command = (*prefix, sys.executable, "-m", "bench.file_server", HOST, str(source))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


@contextmanager
def shaped() -> Iterator[tuple[str, ...] | None]:
    """A network of its own whose loopback carries no more than `RATE`, in packets as Ethernet has
    them: what lets a command run there. None where it cannot be made."""
    try:
        _lay()
    except (OSError, subprocess.CalledProcessError):
        _remove()
        yield None
        return
    try:
        yield ("ip", "netns", "exec", NAMESPACE)
    finally:
        _remove()


def _lay() -> None:
    _run("ip", "netns", "add", NAMESPACE)
    _run(*f"ip -n {NAMESPACE} link set lo mtu {ETHERNET_BYTES} up".split())
    shape = f"tc -n {NAMESPACE} qdisc add dev lo root tbf rate {RATE} burst 256kb latency 50ms"
    _run(*shape.split())


def _remove() -> None:
    with suppress(OSError, subprocess.CalledProcessError):
        _run("ip", "netns", "del", NAMESPACE)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
