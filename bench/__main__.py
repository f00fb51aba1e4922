"""`make bench`, or `python -m bench NAME ...` for some of them."""

from __future__ import annotations

import platform
import sys
import tempfile
from pathlib import Path

import psutil
from rich.console import Console

from bench import (
    capacity,
    clip,
    device_events,
    devices,
    download,
    kills,
    ledger,
    live,
    playlist,
    preview,
    profile_change,
    reasons,
    rebuild,
    recording,
    rtsp_libraries,
    seek,
    standby,
    startup,
    storm,
    tick,
    timeline,
    together,
    whep,
)

BENCHMARKS = {
    "startup": startup.run,
    "recording": recording.run,
    "together": together.run,
    "capacity": capacity.run,
    "clip": clip.run,
    "ledger": ledger.run,
    "live": live.run,
    "playlist": playlist.run,
    "seek": seek.run,
    "preview": preview.run,
    "whep": whep.run,
    "tick": tick.run,
    "timeline": timeline.run,
    "profile-change": profile_change.run,
    "rebuild": rebuild.run,
    "devices": devices.run,
    "download": download.run,
    "device-events": device_events.run,
    "reasons": reasons.run,
    "storm": storm.run,
    "kills": kills.run,
    "standby": standby.run,
    "rtsp-libraries": rtsp_libraries.run,
}


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all, and print a table each."""
    if unknown := set(names) - set(BENCHMARKS):
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    console = Console(width=110)
    console.print(
        f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}"
    )
    for name in names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix="sereno-bench-") as folder:
            console.print(BENCHMARKS[name](Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
