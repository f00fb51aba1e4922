"""Makes the box of the present version: `python -m tests.releases.make`, at each release.

A camera is recorded for a few seconds; then everything that a version writes is kept: database and
secrets (as an encrypted backup), the node's ledger, footage, and what the timeline said.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from tests.journeys.harness import Box, Cameras, eventually, running

from sereno import __version__

PASSPHRASE = "a box for the tests of upgrades"
FOLDER = Path(__file__).parent


def make(target: Path) -> None:
    """Write the present version's box to `target`, replacing what is there."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        box = Box(Path(scratch) / "data")
        with Cameras(Path(scratch) / "loops", bitrate_bps=60_000) as cameras, running(box):
            box.add_camera("Gate", cameras.address(1))
            eventually(lambda: box.covered_seconds("Gate") > 5, "five seconds are told")
            timeline = box.timeline("Gate")
        file = str(target / "box.backup")
        done = box.cli("backup", file, "--encrypt", SERENO_BACKUP_PASSPHRASE=PASSPHRASE)
        assert done.returncode == 0, done.stderr
        shutil.copyfile(box.data / "node" / "ledger.sqlite3", target / "ledger.sqlite3")
        shutil.copytree(box.data / "footage", target / "footage")
    (target / "timeline.json").write_text(json.dumps(timeline, indent=1) + "\n")


if __name__ == "__main__":
    make(FOLDER / __version__)
