"""The whole box, as people start and end it: `sereno up` as a process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sereno.box.folder import open_folder
from sereno.box.paths import DataDir

UP = [sys.executable, "-m", "sereno.cli", "up"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Refused:
    """An `up` that must not start."""

    def __init__(self, *options: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [*UP, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"LC_ALL": "C"} | environment,
        )

    def says(self) -> str:
        """One sentence, and no traceback."""
        told, sentence = self.process.communicate(timeout=110)
        assert self.process.returncode in {1, 2}
        assert told == ""
        assert sentence.count("\n") == 1
        return sentence


def test_refusals_are_one_sentence(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "newer")
    open_folder(data)
    version = json.loads(data.version_file.read_text())
    version["formats"]["data"] = 999
    data.version_file.write_text(json.dumps(version))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        in_use = Refused("--data", str(tmp_path / "data"), "--port", port)
        newer = Refused("--data", str(data.root))
        wrong = Refused(SERENO_PORT="x", LC_ALL="es_GT.UTF-8")
        assert f"Port {port} is in use" in in_use.says()
        assert "newer Sereno" in newer.says()
        assert "SERENO_PORT es «x»" in wrong.says()


class Up:
    """A running `sereno up`."""

    def __init__(self, data: DataDir, port: int) -> None:
        self.data = data
        options = ["--data", str(data.root), "--port", str(port)]
        self.process = subprocess.Popen(
            [*UP, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"LC_ALL": "C"},
        )
        self.family: list[psutil.Process] = []

    def wait_ready(self) -> list[str]:
        """Wait until it says so; what it said."""
        assert self.process.stdout is not None
        lines = [self.process.stdout.readline() for _ in range(3)]
        self.family = psutil.Process(self.process.pid).children(recursive=True)
        return lines

    def end(self, number: signal.Signals) -> None:
        """Until it and all that it started are gone, or for a minute."""
        self.process.send_signal(number)
        self.process.wait(60)
        psutil.wait_procs(self.family, timeout=60)

    def left(self) -> list[psutil.Process]:
        return [each for each in self.family if each.is_running()]


@pytest.fixture
def start_up(tmp_path: Path) -> Iterator[Callable[[], Up]]:
    data, port, started = DataDir(tmp_path / "data"), free_port(), list[Up]()

    def start() -> Up:
        started.append(Up(data, port))
        return started[-1]

    yield start
    for up in started:
        up.process.kill()
        up.process.wait(60)
        assert up.process.stdout is not None
        up.process.stdout.close()


@pytest.mark.journey
@pytest.mark.timeout(400)
def test_up_is_killed_and_recovers_and_ends_in_good_order(start_up: Callable[[], Up]) -> None:
    first = start_up()
    ready, _, link = first.wait_ready()
    assert ready.startswith("Sereno is ready: http://127.0.0.1:")
    assert "/setup#" in link
    assert "already runs" in Refused("--data", str(first.data.root)).says()
    assert len(first.family) > 5
    first.end(signal.SIGKILL)
    assert first.left() == []

    second = start_up()
    second.wait_ready()
    address = json.loads(second.data.address_file.read_text())
    assert address["pid"] == second.process.pid
    for each in second.family:
        assert not any("setup_" in part or "://" in part for part in each.cmdline()), each
    listed = subprocess.run(
        [*UP[:-1], "cameras", "list", "--json", "--data", str(second.data.root)],
        capture_output=True,
        check=True,
    )
    assert json.loads(listed.stdout) == []
    second.end(signal.SIGTERM)
    assert second.left() == []
    assert second.process.returncode == 0
    assert not second.data.address_file.exists()
