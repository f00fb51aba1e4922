"""A whole Sereno in its own processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil

from bench.usage import family

SERENO = str(Path(sys.executable).with_name("sereno"))
_MAKE_CODE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "sereno.hub.settings"
import django
django.setup()
from sereno.accounts.queries import SYSTEM
from sereno.sites.actions import create_enrolment_code
from sereno.sites.models import Site
print(create_enrolment_code(SYSTEM, Site.objects.get()))
"""


class Box:
    """`sereno up` over one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = _free_port()
        self.camera_ids: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until the API answers and the node was heard."""
        began = time.monotonic()
        self._process = subprocess.Popen(
            [SERENO, "up", "--data", str(self.data), "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            env=self._environment(),
        )
        while not self._is_ready():
            if self._process.poll() is not None:
                raise RuntimeError("sereno up ended by itself")
            time.sleep(0.05)
        return time.monotonic() - began

    def stop(self) -> float:
        """Seconds until Ctrl-C has ended everything."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(60)
        return time.monotonic() - began

    def add_cameras(self, addresses: Iterable[str], username: str, password: str) -> None:
        """Add them by the API, which takes a moment each, where the command takes a second."""
        with self._api() as api:
            for number, address in enumerate(addresses, 1):
                body = {"name": f"Camera {number}", "address": address}
                login = {"username": username, "password": password}
                added = api.post("cameras", json={**body, **login}).raise_for_status()
                self.camera_ids.append(added.json()["id"])

    def add_camera(self, **fields: object) -> str:
        """Add one as the API takes it; its id."""
        with self._api() as api:
            added = api.post("cameras", json=fields).raise_for_status()
        return str(added.json()["id"])

    def remove_camera(self, camera_id: str) -> None:
        """Whatever it recorded stays."""
        with self._api() as api:
            api.delete(f"cameras/{camera_id}").raise_for_status()

    def cameras(self) -> list[dict[str, Any]]:
        """All of them, as the API tells it."""
        with self._api() as api:
            found: list[dict[str, Any]] = api.get("cameras").raise_for_status().json()
        return found

    def nodes(self) -> list[dict[str, Any]]:
        """All of them, as the API tells it."""
        with self._api() as api:
            found: list[dict[str, Any]] = api.get("nodes").raise_for_status().json()
        return found

    def give_back(self, camera_id: str) -> None:
        """From the standby node that took it over."""
        with self._api() as api:
            api.post(f"cameras/{camera_id}/give-back").raise_for_status()

    def enrolment_code(self) -> str:
        """With which one more node may come; made as the back office does it."""
        argv = [sys.executable, "-c", _MAKE_CODE]
        made = subprocess.run(
            argv, env=self._environment(), capture_output=True, text=True, check=True
        )
        return made.stdout.strip()

    def camera_states(self) -> list[str]:
        """What each camera is doing."""
        return [camera["status"]["state"] for camera in self.cameras()]

    def recorded_seconds(self, camera_id: UUID, days: int) -> float:
        """How much of so many days, up to 31, the hub knows to be recorded."""
        now = datetime.now(UTC)
        window = {"from": (now - timedelta(days=days)).isoformat(), "to": now.isoformat()}
        with self._api() as api:
            told = api.get(f"cameras/{camera_id}/timeline", params=window).raise_for_status()
        ends = [(_moment(each["from"]), _moment(each["to"])) for each in told.json()["covered"]]
        return sum((end - start).total_seconds() for start, end in ends)

    def share_profile(self, knobs: dict[str, object]) -> int:
        """Make a profile and give it to all cameras; its id."""
        with self._api() as api:
            made = api.post("profiles", json={"name": "Shared", "knobs": knobs})
            profile_id = int(made.raise_for_status().json()["id"])
            for camera in api.get("cameras").json():
                path = f"cameras/{camera['id']}/profile"
                api.put(path, json={"profile_id": profile_id}).raise_for_status()
        return profile_id

    def change_profile(self, profile_id: int, knobs: dict[str, object]) -> None:
        """Save it anew, for now and not for the next start."""
        with self._api() as api:
            body = {"knobs": knobs, "applies": "now"}
            api.patch(f"profiles/{profile_id}", json=body).raise_for_status()

    def runners(self) -> list[dict[str, Any]]:
        """How each stream is run."""
        with self._api() as api:
            found: list[dict[str, Any]] = api.get("runners").json()
        return found

    def invite(self, username: str) -> str:
        """The page on which a new person, who may look, chooses a password."""
        with self._api() as api:
            made = api.post("users", json={"username": username}).raise_for_status()
        return f"{self.url}{made.json()['setup_link']}"

    def ticket(self, camera_id: str) -> str:
        """Leave to see a camera live, good for a minute."""
        with self._api() as api:
            made = api.post("tickets", json={"camera_id": camera_id, "purpose": "live"})
        return str(made.raise_for_status().json()["ticket"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def process_of(self, command: str) -> psutil.Process:
        """The one that `sereno <command>` is."""
        assert self._process is not None
        for process in family(self._process.pid):
            if command in " ".join(process.cmdline()):
                return process
        raise RuntimeError(f"there is no {command}")

    def node(self) -> list[psutil.Process]:
        """The node and its runners."""
        return family(self.process_of("node run").pid)

    def _is_ready(self) -> bool:
        if not (self.data / "run" / "address.json").exists():
            return False
        try:
            with self._api() as api:
                answer = api.get("nodes")
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and any(node["is_online"] for node in answer.json())

    def _api(self) -> httpx.Client:
        token = (self.data / "secrets" / "cli.token").read_text().strip()
        return httpx.Client(
            base_url=f"{self.url}/api/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "SERENO_DATA": str(self.data)}


@contextmanager
def running(data: Path) -> Iterator[Box]:
    """A box that is up, and stopped at the end."""
    box = Box(data)
    box.start()
    try:
        yield box
    finally:
        box.stop()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
