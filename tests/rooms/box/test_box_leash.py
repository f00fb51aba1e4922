"""Nothing on a leash outlives its parent, however the parent ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from sereno.box import leash

Eventually = Callable[[Callable[[], bool]], None]

PARENT = """
import signal, subprocess, sys, time
from sereno.box import leash
argv = leash.command(["sleep", "60"], at_death=signal.SIGKILL, as_nobody={as_nobody})
print(subprocess.Popen(argv, start_new_session=True).pid, flush=True)
time.sleep(60)
"""


def has_user_namespaces() -> bool:
    argv = leash.command(["true"], at_death=signal.SIGKILL, as_nobody=True)
    return subprocess.run(argv, check=False).returncode == 0


needs_namespaces = pytest.mark.skipif(
    not has_user_namespaces(), reason="this system permits no user namespaces"
)


@pytest.mark.parametrize(
    "as_nobody", [False, pytest.param(True, marks=needs_namespaces)], ids=["plain", "nobody"]
)
def test_a_killed_parent_takes_it_along(as_nobody: bool, eventually: Eventually) -> None:
    argv = [sys.executable, "-c", PARENT.format(as_nobody=as_nobody)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        eventually(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n")
        parent.kill()
    eventually(lambda: not is_alive(pid))


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_it_does_not_start_for_a_parent_that_is_gone(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    argv = leash.command(["touch", str(trace)], at_death=signal.SIGKILL)
    argv[argv.index(str(os.getpid()))] = "1"
    assert subprocess.run(argv, check=False).returncode == 1
    assert not trace.exists()


def test_it_passes_on_output_and_status() -> None:
    argv = leash.command(["sh", "-c", "echo out; exit 7"], at_death=signal.SIGKILL)
    done = subprocess.run(argv, capture_output=True, check=False)
    assert (done.stdout, done.returncode) == (b"out\n", 7)


@needs_namespaces
def test_nobody_still_owns_what_we_own(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    argv = leash.command(
        ["sh", "-c", f"id -u; cat {secret}"], at_death=signal.SIGKILL, as_nobody=True
    )
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout == "65534\nx"
