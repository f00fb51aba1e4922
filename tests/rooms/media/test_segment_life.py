"""A segment's life under `strace`, harmed at each of its file-system calls in turn."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sereno.base.errors import Garbled
from sereno.media.fmp4.reader import repair_segment

from .segment_life import FILES, FRAGMENTS, HARMED_CALL, fragment

STRACE = shutil.which("strace")
CALLS = ("openat", "mkdirat", "write", "fsync", "ftruncate", "unlinkat", "close")

pytestmark = pytest.mark.skipif(STRACE is None, reason="needs strace")


@dataclass
class Life:
    """What became of one life: exit status, and what it had told by then."""

    folder: Path
    status: int
    told: list[dict[str, Any]]

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.told if each["e"] == kind]


def lives(root: Path, harms: dict[str, str]) -> list[Life]:
    """Lives, one for each call of the kinds in `harms`, which is harmed as the value says."""
    script = Path(__file__).with_name("segment_life.py")
    argv = [sys.executable, str(script), str(root), *harms]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as living:
        assert living.stdin is not None
        assert living.stdout is not None
        assert living.stdout.readline() == "ready\n"
        tracing = _attach(living.pid, harms)
        if tracing is None:
            living.kill()
            pytest.skip("may not trace another process")
        living.stdin.write("\n")
        living.stdin.flush()
        results = [json.loads(line) for line in living.stdout]
    tracing.communicate()
    return [
        Life(Path(each["folder"]), each["status"], list(map(json.loads, each["told"])))
        for each in results
    ]


def _attach(pid: int, harms: dict[str, str]) -> subprocess.Popen[str] | None:
    rules = [f"--inject={name}:{harm}" for name, harm in harms.items()]
    tracing = subprocess.Popen(
        [
            STRACE or "", "-f", "-o", "/dev/null", f"--trace={','.join(harms)}", *rules,
            "-p", str(pid),
        ],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert tracing.stderr is not None
    if "attached" in tracing.stderr.readline():
        return tracing
    tracing.communicate()
    return None


def pieces_of(path: Path) -> list[bytes]:
    """The whole fragments of a file after its repair; none where its head is not whole."""
    try:
        index = repair_segment(path).index
    except Garbled:
        return []
    data = path.read_bytes()
    return [data[each.offset_bytes : each.offset_bytes + each.size_bytes] for each in index]


WANTED = [each.head + bytes(each.samples[0]) for each in map(fragment, range(FILES * FRAGMENTS))]


def check(life: Life) -> None:
    """What was told is there, what is there is whole, and no more than one fragment besides."""
    files = sorted(life.folder.rglob("*.mp4"))
    opened, sealed = life.all("segment_opened"), life.all("segment_sealed")
    told = {each["segment_id"]: [] for each in opened}
    for each in life.all("fragment"):
        told[each["segment_id"]].append(each["start_ticks"])
    assert len(files) - len(opened) in (0, 1)
    for event in sealed:
        path = life.folder / next(
            each["path"] for each in opened if each["segment_id"] == event["segment_id"]
        )
        assert path.stat().st_size == event["size_bytes"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == event["sha256"]
    kept = {path: pieces_of(path) for path in files}
    for event in opened:
        pieces = kept[life.folder / event["path"]]
        first = told[event["segment_id"]]
        assert len(pieces) - len(first) in (0, 1)
    all_pieces = [piece for path in files for piece in kept[path]]
    assert all(piece in WANTED for piece in all_pieces)
    for path, pieces in kept.items():
        if pieces:  # from a file's first fragment on, without a hole
            at = WANTED.index(pieces[0])
            assert at % FRAGMENTS == 0
            assert pieces == WANTED[at : at + len(pieces)], path


def test_killed_at_any_call_whole_fragments_remain(tmp_path: Path) -> None:
    harmed = lives(tmp_path, dict.fromkeys(CALLS, f"signal=KILL:when={HARMED_CALL}"))

    assert sum(life.status == -9 for life in harmed) > 30
    assert {life.status for life in harmed} == {-9, 0}
    for life in harmed:
        check(life)
    whole = [life for life in harmed if life.status == 0]
    assert len(whole) == len(CALLS)
    for life in whole:
        assert [each["size_bytes"] for each in life.all("fragment")] == list(map(len, WANTED))
        assert len(life.all("segment_sealed")) == FILES


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("lasts", ["", "+"])
def test_a_failing_disk_seals_nothing_that_is_not_there(
    tmp_path: Path, error: str, lasts: str
) -> None:
    harm = f"error={error}:when={HARMED_CALL}{lasts}"
    harmed = lives(tmp_path, dict.fromkeys(("openat", "mkdirat", "write", "fsync"), harm))

    assert {life.status for life in harmed} == {0, 1}
    for life in harmed:
        check(life)
        if life.folder.name.startswith("fsync") and life.status:
            assert len(life.all("segment_sealed")) < FILES
    assert len(harmed) > 30
