"""Why a runner ended: by the kernel's own word where memory ran out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sereno.base.oom import oom_kills
from sereno.node.runner_ends import end_reason

V1, V2 = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
LIMIT_BYTES = 64 * 1024 * 1024
EATS = "import sys; sys.stdin.readline(); kept = bytearray(256 << 20); kept[::4096] = kept[::4096]"


@pytest.mark.parametrize(
    ("status", "new_kills", "key", "how"),
    [
        (-signal.SIGKILL, 1, "runner_out_of_memory", None),
        (-signal.SIGKILL, 0, "runner_died", "SIGKILL"),
        (-signal.SIGSEGV, 1, "runner_died", "SIGSEGV"),
        (3, 0, "runner_died", "exit 3"),
    ],
)
def test_an_end_is_told_in_words(status: int, new_kills: int, key: str, how: str | None) -> None:
    reason = end_reason(status, new_kills)
    assert reason.key == key
    assert reason.params.get("how") == how
    assert "?" not in "".join(reason.to_reason().words())


def test_kills_of_our_own_group_count_before_those_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    assert oom_kills(tmp_path) == 0
    (tmp_path / "proc/vmstat").write_text("nr_free_pages 5\noom_kill 7\n")
    assert oom_kills(tmp_path) == 7
    (tmp_path / "proc/self/cgroup").write_text("4:memory:/old\n0::/system.slice/sereno.service\n")
    assert oom_kills(tmp_path) == 7
    group = tmp_path / "sys/fs/cgroup/system.slice/sereno.service"
    group.mkdir(parents=True)
    (group / "memory.events").write_text("low 0\noom 3\noom_kill 2\noom_group_kill 0\n")
    assert oom_kills(tmp_path) == 2


@pytest.fixture
def small_group() -> Iterator[Path]:
    """A control group without room; the file takes the processes that shall be in it."""
    is_old = V1.is_dir()
    group = (V1 if is_old else V2) / f"sereno-test-{os.getpid()}"
    limits = (
        ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
        if is_old
        else ("memory.max", "memory.swap.max")
    )
    try:
        group.mkdir()
    except OSError:
        pytest.skip("control groups can only be made by root")
    try:
        for name, limit in zip(limits, (LIMIT_BYTES, LIMIT_BYTES if is_old else 0), strict=True):
            if (group / name).exists():
                (group / name).write_text(str(limit))
        yield group / "cgroup.procs"
    except OSError:
        pytest.skip("memory cannot be limited here")
    finally:
        group.rmdir()


@pytest.mark.provokes("runner_out_of_memory")
def test_a_process_for_which_there_is_no_memory(small_group: Path) -> None:
    before = oom_kills()
    with subprocess.Popen([sys.executable, "-c", EATS], stdin=subprocess.PIPE, text=True) as eater:
        small_group.write_text(str(eater.pid))
        eater.communicate("now\n")
    assert end_reason(eater.returncode, oom_kills() - before).key == "runner_out_of_memory"
