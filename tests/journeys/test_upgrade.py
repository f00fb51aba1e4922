"""What an earlier version left is opened by this one, with nothing lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.releases import make

from .footage import stamps_of
from .harness import Box, running, spans

RELEASES = sorted(path for path in make.FOLDER.iterdir() if (path / "box.backup").is_file())


def restored(release: Path, data: Path) -> Box:
    """A box as `release` left it: restored by the command, footage and ledger copied back."""
    box = Box(data)
    file = str(release / "box.backup")
    done = box.cli("restore", file, SERENO_BACKUP_PASSPHRASE=make.PASSPHRASE)
    assert done.returncode == 0, done.stderr
    shutil.copytree(release / "footage", data / "footage", dirs_exist_ok=True)
    shutil.copyfile(release / "ledger.sqlite3", data / "node" / "ledger.sqlite3")
    return box


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_a_released_version_is_upgraded_with_all_it_had(release: Path, tmp_path: Path) -> None:
    box = restored(release, tmp_path / "data")
    before = json.loads((release / "timeline.json").read_text())
    with running(box):
        camera = box.camera("Gate")
        assert camera["has_password"]
        window = {"from": before["from"], "to": before["to"]}
        after = box.get(f"cameras/{camera['id']}/timeline", **window)
        (span,) = spans(before["covered"])
        covered = spans(after["covered"])[0]
        assert covered.start == span.start
        assert covered.end >= span.end
        clip = tmp_path / "clip.mp4"
        ends = ("--from", span.start.isoformat(), "--to", span.end.isoformat())
        done = box.cli("clip", "Gate", *ends, "-o", str(clip))
        assert done.returncode == 0, done.stderr
        assert len(stamps_of(clip.read_bytes())) >= 25 * 4


def test_there_is_a_box_of_this_version() -> None:
    assert RELEASES, "run `python -m tests.releases.make` at each release"
