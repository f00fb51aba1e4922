"""Promise: where a node is killed its standby node records its cameras after 35 s and a heartbeat
(docs/design/leases.md), and what it takes to connect: 2 s and one GOP.

Two nodes of one hub on this machine; what each kill cost a camera is counted from the numbers of
the frames that neither has. Nothing stands beside it: who runs ffmpeg on two machines records with
both, or has nobody who takes over.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from bench.box import SERENO, Box, running
from bench.cameras import FPS, KEY_SECONDS, PASSWORD, USER, simulated
from bench.readback import frames_in, missing_in, stretches_of
from sereno.sim import Picture

CAMERAS = 4
KILLS = int(os.environ.get("STANDBY_KILLS", "3"))
SMALL = Picture(640, 360, 500_000)
GOAL_SECONDS = 35 + 5 + 2 + KEY_SECONDS
LONGEST_SECONDS = 240.0
SETTLE_SECONDS = 5.0


@dataclass
class SecondNode:
    """Another node of the box's hub, with a folder of its own."""

    box: Box
    data: Path
    code: str = ""
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Enrolled with its code at the first time."""
        environment = {
            **os.environ,
            "SERENO_DATA": str(self.data),
            "SERENO_HUB_URL": self.box.url,
            "SERENO_ENROLMENT_CODE": self.code,
        }
        argv = [SERENO, "node", "run"]
        self._process = subprocess.Popen(argv, env=environment, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """Kill -9; its runners end with it."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


@contextmanager
def _second_node(box: Box, data: Path) -> Iterator[SecondNode]:
    node = SecondNode(box, data, box.enrolment_code())
    node.start()
    try:
        yield node
    finally:
        node.kill()


def run(folder: Path) -> Table:
    """How long nobody recorded."""
    with simulated(folder / "loops", CAMERAS, SMALL) as addresses, running(folder / "box") as box:
        (own_id,) = (node["id"] for node in box.nodes())
        with _second_node(box, folder / "second") as second:
            _until(lambda: len(box.nodes()) == 2)
            (second_id,) = (node["id"] for node in box.nodes() if node["id"] != own_id)
            login = {"username": USER, "password": PASSWORD}
            nodes = {"node_id": second_id, "standby_node_id": own_id}
            for number, address in enumerate(addresses, 1):
                box.add_camera(name=f"Camera {number}", address=address, **login, **nodes)
            for _ in range(KILLS):
                _wait_for(box, second_id)
                _take_over(box, second, own_id)
            _wait_for(box, second_id)
        camera_ids = [camera["id"] for camera in box.cameras()]
    return _table(folder, camera_ids)


def _take_over(box: Box, second: SecondNode, own_id: str) -> None:
    """Kill the node, wait for the other one, and give all back."""
    second.kill()
    _wait_for(box, own_id)
    second.start()
    _until(lambda: all(node["is_online"] for node in box.nodes()))
    for camera in box.cameras():
        box.give_back(camera["id"])


def _wait_for(box: Box, node_id: str) -> None:
    """Until that node has recorded all of them for a while."""
    _until(
        lambda: all(
            camera["status"]["state"] == "recording"
            and (camera["lease"] or {}).get("node_id") == node_id
            for camera in box.cameras()
        )
    )
    time.sleep(SETTLE_SECONDS)


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so after {LONGEST_SECONDS:.0f} s")
        time.sleep(0.5)


def _table(folder: Path, camera_ids: list[str]) -> Table:
    table = Table(
        *("what happened", "gaps", "median", "longest"),
        title=f"{KILLS} kills of a node with {CAMERAS} cameras (goal: at most {GOAL_SECONDS:g} s)",
    )
    gaps = [gap for camera_id in camera_ids for gap in _gaps(folder, camera_id)]
    for what, was_taken in (("killed, and taken over", True), ("given back", False)):
        found = [seconds for seconds, each in gaps if each is was_taken]
        shown = (f"{each:.1f} s" for each in (statistics.median(found), max(found)))
        table.add_row(what, str(len(found)), *shown)
    return table


def _gaps(folder: Path, camera_id: str) -> list[tuple[float, bool]]:
    """Seconds of each stretch that neither node has, and whether the box's own has what follows."""
    own, second = (
        frames_in((folder / node / "footage" / camera_id).rglob("*.mp4"))
        for node in ("box", "second")
    )
    stretches = stretches_of(missing_in(own | second))
    between = [each for each in stretches if (each.start - 1 in own) is not (each.stop in own)]
    return [(len(each) / FPS, each.stop in own) for each in between]
