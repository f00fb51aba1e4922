"""A child that dies comes back, is spoken of once, and never outlives the box."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from sereno.base.backoff import Backoff
from sereno.base.errors import Unavailable, Words
from sereno.box.children import Child, Kept

QUICK = {"base_seconds": 0.02, "cap_seconds": 0.02}


async def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  another process is watched
            await asyncio.sleep(0.01)


class Keeping:
    """One shell script kept running, and what was said of it."""

    def __init__(self, tmp_path: Path, script: str, **more: object) -> None:
        self.told: list[str] = []
        self.log = tmp_path / "child.log"
        child = Child("child", ["sh", "-c", script], dict(os.environ), **more)  # type: ignore[arg-type]
        self.kept = Kept(child, tmp_path, self.hear, Backoff(**QUICK))

    def hear(self, words: Words) -> None:
        self.told.append(words.en)

    async def __aenter__(self) -> Keeping:
        self.kept.start()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.kept.stop()

    def pid(self) -> int:
        assert self.kept.pid is not None
        return self.kept.pid


async def test_a_dead_child_is_restarted_and_both_are_told_once(tmp_path: Path) -> None:
    async with Keeping(tmp_path, "exec sleep 60") as one:
        await one.kept.ready()
        first = one.pid()
        os.kill(first, 9)
        await until(lambda: len(one.told) == 2)
        assert one.pid() != first
    assert "child ended unexpectedly (SIGKILL); it is being restarted" in one.told[0]
    assert "child is back after" in one.told[1]


async def test_dying_again_and_again_is_told_once(tmp_path: Path) -> None:
    may_be_ready, lives = True, tmp_path / "lives"

    async def is_ready() -> bool:
        return may_be_ready

    async with Keeping(tmp_path, f"echo x >> {lives}; sleep 0.05", is_ready=is_ready) as one:
        await one.kept.ready()
        may_be_ready = False
        await until(lambda: lives.exists() and len(lives.read_text().split()) >= 5)
        assert len(one.told) == 1


async def test_one_that_never_gets_ready_is_given_up(tmp_path: Path) -> None:
    async def is_ready() -> bool:
        return False

    async with Keeping(tmp_path, "exit 3", is_ready=is_ready) as one:
        with pytest.raises(Unavailable, match=r"child does not start.*child\.log"):
            await one.kept.ready()
    async with Keeping(tmp_path, "exec sleep 60", is_ready=is_ready) as slow:
        with pytest.raises(Unavailable, match="child does not start"):
            await slow.kept.ready(seconds=0.1)


async def test_a_program_that_is_not_there_is_given_up(tmp_path: Path) -> None:
    kept = Kept(Child("none", ["/nowhere"], {}), tmp_path, print, Backoff(**QUICK))
    kept.start()
    with pytest.raises(Unavailable, match="none does not start"):
        await kept.ready()
    await kept.stop()


async def test_the_stubborn_are_killed(tmp_path: Path) -> None:
    script = "trap '' TERM; echo deaf; while :; do sleep 1; done"
    async with Keeping(tmp_path, script, stop_seconds=0.2) as one:
        await until(lambda: one.log.exists() and "deaf" in one.log.read_text())
        pid, began = one.pid(), time.monotonic()
    assert time.monotonic() - began < 30  # it would never end by itself
    await until(lambda: not psutil.pid_exists(pid))
    assert "did not end in time" in one.log.read_text()


async def test_what_it_leaves_behind_goes_too(tmp_path: Path) -> None:
    async with Keeping(tmp_path, "sleep 60 & echo pid $!; wait") as one:
        await until(lambda: one.log.exists() and "pid" in one.log.read_text())
        left = int(one.log.read_text().split()[1])
        assert psutil.pid_exists(left)
    await until(lambda: not psutil.pid_exists(left))


async def test_nobody_waits_for_a_stranger_who_holds_the_pipe(tmp_path: Path) -> None:
    leave = "import os, time; os.setsid(); print(os.getpid(), flush=True); time.sleep(100)"
    lives = tmp_path / "lives"
    stranger = f"test -e {lives} || {sys.executable} -c '{leave}' & touch {lives}; exec sleep 60"
    async with Keeping(tmp_path, stranger) as one:
        await until(lambda: one.log.exists() and one.log.read_text().strip().isdigit())
        holder, first = psutil.Process(int(one.log.read_text())), one.pid()
        os.kill(first, 9)
        await until(lambda: one.kept.pid not in {None, first})
        assert holder.is_running()
        holder.kill()


async def test_its_last_lines_reach_the_log(tmp_path: Path) -> None:
    async with Keeping(
        tmp_path, "trap 'echo farewell; exit' TERM; echo in; sleep 60 & wait"
    ) as one:
        await until(lambda: one.log.exists() and "in" in one.log.read_text())
    assert "farewell" in one.log.read_text()


async def test_the_log_holds_no_secret(tmp_path: Path) -> None:
    lines = "echo rtsp://ana:pa55@10.0.0.1/x; echo the code is R7KM; echo done; exec sleep 60"
    async with Keeping(tmp_path, lines, secrets=("R7KM",)) as one:
        await until(lambda: one.log.exists() and "done" in one.log.read_text())
    text = one.log.read_text()
    assert "pa55" not in text
    assert "R7KM" not in text
    assert "10.0.0.1" in text


async def test_an_endless_line_is_cut(tmp_path: Path) -> None:
    lines: list[str] = []
    script = "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end; exec sleep 60"
    async with Keeping(tmp_path, script, on_line=lines.append):
        await until(lambda: bool(lines) and lines[-1] == "end")
    assert sum(map(len, lines)) == 1_000_003
    assert max(map(len, lines)) < 100_000


async def test_a_full_disk_does_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "child.log").mkdir()  # nothing can be written there
    lines: list[str] = []
    async with Keeping(tmp_path, "echo on; exec sleep 60", on_line=lines.append):
        await until(lambda: lines == ["on"])
