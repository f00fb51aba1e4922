"""A whole box in its own processes, and simulated cameras beside it, for the journeys."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

from sereno.base.spans import Span, total
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer, pump

from .leaks import CommandLines, Secret, found_below, found_in

SERENO = str(Path(sys.executable).with_name("sereno"))
# Long, met nowhere else, and written otherwise in an address.
USER, PASSWORD = "viewer", "lantern/keys@12%+"
# Neither the machine's zone nor the browser's, as a day is a day at the site; and one where it is
# around noon, so that no journey runs over midnight.
TIME_ZONE = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
# Only guards against hanging: how long things take is measured in bench/.
PATIENCE_SECONDS = 240.0
PATIENCE_MS = 120_000  # of a browser, likewise

T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """The first answer of `look` that is true; fails when there is none for `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def is_soak() -> bool:
    """Whether this is `make soak`: the loops at full length."""
    return os.environ.get("SERENO_SOAK") == "1"


def soak_seconds() -> float:
    """How long each of its loops of an hour takes; SERENO_SOAK_SECONDS for a look at less."""
    return float(os.environ.get("SERENO_SOAK_SECONDS", "3600"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cameras:
    """Simulated cameras in a thread of their own, so that a test can make one misbehave.

    `manners` are further fields of each CameraSpec.
    """

    def __init__(
        self, cache_dir: Path, count: int = 2, bitrate_bps: int = 500_000, **manners: Any
    ) -> None:
        # On a busy machine they send late, and leave nothing out: pictures are counted here.
        pump._LATEST_SECONDS = 60.0
        scenes = ("entrance", "yard", "corridor", "plaza")
        self.config = SimConfig(
            cache_dir=cache_dir,
            cameras=tuple(
                CameraSpec(f"Camera {n + 1}", scenes[n % 4], **manners) for n in range(count)
            ),
            user=USER,
            password=PASSWORD,
            main=Picture(640, 360, bitrate_bps),
            sub=Picture(320, 180, bitrate_bps // 4),
            port=free_port(),
        )
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.server: SimServer | None = None

    def __enter__(self) -> Cameras:
        self._thread.start()
        assert self._is_up.wait(PATIENCE_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_SECONDS)
        self._loop.close()

    def address(self, number: int) -> str:
        return f"rtsp://127.0.0.1:{self.config.port}/cam/{number}/main"

    def tell(self, number: int, order: str, *args: object) -> None:
        """`stall`, `resume`, `offline` or `online` one camera."""
        assert self.server is not None
        camera = self.server.camera(number)
        self._loop.call_soon_threadsafe(getattr(camera, order), *args)

    def _serve(self) -> None:
        self._loop.run_until_complete(self._serve_until_stopped())

    async def _serve_until_stopped(self) -> None:
        async with SimServer(self.config) as self.server:
            self._is_up.set()
            await self._stop.wait()


class Box:
    """`sereno up` over one data folder; can be stopped, killed and started again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.log = data.with_name(data.name + ".log")
        self.temporary = data.with_name(data.name + ".tmp")
        # Passwords that were used, and what people and programs were told meanwhile.
        self.secrets = {Secret(PASSWORD, USER)}
        self.told: list[str] = []
        self.command_lines = CommandLines()
        self.settings: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._pids: set[int] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the box was not started"
        return self._process

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [SERENO, "up", "--data", str(self.data), "--port", str(self.port)],
                stdout=log,
                stderr=log,
                env=self.environment(),
            )
        eventually(self.is_ready, f"sereno up answers\n{self.output()}")

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"sereno up ended by itself\n{self.output()}")
        with httpx.Client(timeout=10) as client:
            try:
                is_up = client.get(f"{self.url}/api/v1/session").status_code == 200
            except httpx.TransportError:
                return False
        return is_up and (self.data / "run" / "address.json").exists()

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def environment(self) -> dict[str, str]:
        mine = {key: value for key, value in os.environ.items() if not key.startswith("SERENO_")}
        self.temporary.mkdir(exist_ok=True)
        return {
            **mine,
            "SERENO_DATA": str(self.data),
            "SERENO_TIME_ZONE": TIME_ZONE,
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.temporary),
            **self.settings,
        }

    def stop(self) -> int:
        """Ctrl-C, as a person would; the exit status."""
        if self.process.poll() is None:
            self.processes()
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """Kill -9 of `up` itself, and of nothing else."""
        self.processes()
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def kill_all(self) -> None:
        """Kill -9 of everything at once, as when the power goes."""
        for process in [*self.processes(), self.process]:
            with suppress(psutil.NoSuchProcess):  # its parent's death took it along
                process.kill()
        self.process.wait(PATIENCE_SECONDS)
        eventually(lambda: not self.processes(), "nothing of the box is left")

    def processes(self) -> list[psutil.Process]:
        """All processes below `up`, and the ones seen earlier that still live."""
        if self.process.poll() is None:
            tree = psutil.Process(self.process.pid).children(recursive=True)
            self._pids.update(each.pid for each in tree)
        return [process for pid in self._pids if (process := alive(pid)) is not None]

    def pid_of(self, part: str) -> int:
        """The process with `part` in its command: `hub serve`, `media.runner` and so on."""
        return eventually(lambda: self._find(part), f"a process of {part}")

    def _find(self, part: str) -> int | None:
        for process in self.processes():
            try:
                line = " ".join(process.cmdline())
            except psutil.Error:
                continue
            if part in line and "leash" not in line:
                return process.pid
        return None

    def cli(self, *args: str, **secrets: str) -> subprocess.CompletedProcess[str]:
        """The `sereno` command on this box, secrets in its environment by variable."""
        done = subprocess.run(
            [SERENO, *args],
            env={**self.environment(), **secrets},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        self.told += [done.stdout, done.stderr]
        return done

    def ask(self, *args: str, **secrets: str) -> Any:
        """A command's `--json` answer; the command must succeed."""
        done = self.cli(*args, "--json", **secrets)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def add_camera(self, name: str, address: str) -> dict[str, Any]:
        camera: dict[str, Any] = self.ask(
            "cameras", "add", name, address, "--user", USER, SERENO_CAMERA_PASSWORD=PASSWORD
        )
        return camera

    def get(self, path: str, **query: str) -> Any:
        """An answer of the API, asked with the command's token."""
        answer = self.call("GET", path, params=query)
        answer.raise_for_status()
        return answer.json()

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One call of the API, whatever comes of it."""
        token = (self.data / "secrets" / "cli.token").read_text().strip()
        answer = httpx.request(
            method,
            f"{self.url}/api/v1/{path}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE_SECONDS,
            **more,
        )
        self.told.append(answer.text)
        return answer

    def camera(self, name: str) -> dict[str, Any]:
        (found,) = (camera for camera in self.get("cameras") if camera["name"] == name)
        return dict(found)

    def state_of(self, name: str) -> dict[str, Any]:
        return dict(self.camera(name)["status"])

    def tell_everything(self) -> None:
        """Ask the API for all that it tells without being told what of."""
        contract = self.get("openapi.json")
        cameras = [camera["id"] for camera in self.get("cameras")]
        for path, calls in contract["paths"].items():
            places = path.count("{")
            if "get" not in calls or places > 1 or (places and "{camera_id}" not in path):
                continue
            for camera_id in cameras if places else [""]:
                self.call("GET", path.removeprefix("/api/v1/").format(camera_id=camera_id))

    def said_leaks(self) -> list[str]:
        """Where a password is to be read in what was said, in command lines and environments."""
        self.command_lines.look()
        said = {"the log of up": self.output(), "what was told": "\n".join(self.told)}
        said["command lines"] = b"\n".join(self.command_lines.seen).decode(errors="replace")
        for process in self.processes():
            with suppress(psutil.Error):
                said[f"environment of {process.name()}"] = str(process.environ())
        return [
            f"{where}: {form}"
            for where, text in said.items()
            for form in found_in(text.encode(), self.secrets)
        ]

    def leaks(self) -> list[str]:
        """Likewise, and in every file that the box wrote."""
        folders = (self.data, self.temporary)
        files = [found for folder in folders for found in found_below(folder, self.secrets)]
        return self.said_leaks() + files

    def wait_for_state(self, name: str, state: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            status = self.state_of(name)
            return status if status["state"] == state else None

        return eventually(look, f"{name} is {state}")

    def covered(self, name: str) -> list[Span]:
        """The recordings of the last hour."""
        return spans(self.timeline(name)["covered"])

    def covered_seconds(self, name: str) -> float:
        return total(self.covered(name)).total_seconds()

    def timeline(self, name: str) -> dict[str, Any]:
        """What the last hour became."""
        now = datetime.now(UTC)
        span = {"from": (now - timedelta(hours=1)).isoformat(), "to": now.isoformat()}
        return dict(self.get(f"cameras/{self.camera(name)['id']}/timeline", **span))


def findings(box: Box) -> list[Any]:
    """What `sereno fsck` finds wrong when it reads every byte."""
    done = box.cli("fsck", "--depth", "digest", "--json")
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout, done.stderr
    return list(json.loads(done.stdout)["findings"])


def spans(parts: list[dict[str, str]]) -> list[Span]:
    """The `from` and `to` of a timeline's parts."""
    moments = [(part["from"], part["to"]) for part in parts]
    return [Span(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in moments]


def is_alive(pid: int) -> bool:
    return alive(pid) is not None


def alive(pid: int) -> psutil.Process | None:
    """None for one that ended, also where nobody asked how yet."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except psutil.NoSuchProcess:
        return None


@contextmanager
def running(box: Box) -> Iterator[Box]:
    """Start a box and leave nothing of it behind, nor a password anywhere."""
    box.start()
    try:
        with box.command_lines.watched():
            yield box
        if box.process.poll() is None:
            box.tell_everything()
            found = box.said_leaks()
            assert not found, "\n".join(found)
    finally:
        box.stop()
        for process in box.processes():
            process.kill()
    found = box.leaks()
    assert not found, "\n".join(found)
