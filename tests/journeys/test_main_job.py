"""One camera from RTSP to disk to the person who asks, through all processes."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from .footage import files_of, recorded, runs_of, stamps_of, whole_fragments
from .harness import PATIENCE_SECONDS, USER, Box, Cameras, eventually, spans
from .leaks import Secret

WRONG = Secret("not the lantern/keys@12%+", USER)


@pytest.fixture(scope="module")
def camera_id(box: Box, cameras: Cameras) -> str:
    camera = box.add_camera("Gate", cameras.address(1))
    box.wait_for_state("Gate", "recording")
    return str(camera["id"])


def test_every_frame_is_on_disk_and_the_timeline_says_so(box: Box, camera_id: str) -> None:
    eventually(lambda: box.covered_seconds("Gate") > 5, "five seconds are reported")
    told = box.timeline("Gate")
    (covered,) = spans(told["covered"])
    (run,) = runs_of(recorded(box.data / "footage", camera_id))
    first = datetime.fromisoformat(told["covered"][0]["from"]).timestamp()
    assert abs(first - run[0].utc_us / 1e6) < 0.5, "recorded at the time it happened"
    assert covered.duration.total_seconds() <= len(run) / 25 + 0.2, "nothing is claimed too much"
    reasons = {gap["reason"]["key"] for gap in told["gaps"]}
    assert reasons <= {"order_on_its_way", "connecting"}, (
        "before the first picture Sereno was connecting"
    )


def test_the_command_tells_the_same_timeline(box: Box, camera_id: str) -> None:
    told = box.ask("timeline", "Gate", "--from", "-1h")
    assert told["camera_id"] == camera_id
    assert told["covered"]
    assert box.ask("cameras", "show", "Gate")["status"]["state"] == "recording"


def test_a_clip_shows_the_moment_that_was_asked_for(
    box: Box, camera_id: str, tmp_path: Path
) -> None:
    eventually(lambda: box.covered_seconds("Gate") > 8, "eight seconds are reported")
    covered = box.covered("Gate")[-1]
    start = covered.start + timedelta(seconds=3)
    end = start + timedelta(seconds=3)
    clip = tmp_path / "clip.mp4"
    done = box.cli(
        "clip", "Gate", "--from", start.isoformat(), "--to", end.isoformat(), "-o", str(clip)
    )
    assert done.returncode == 0, done.stderr
    (run,) = runs_of(stamps_of(clip.read_bytes()))
    first, last = run[0].utc_us / 1e6, run[-1].utc_us / 1e6
    assert start.timestamp() - 2.5 < first < start.timestamp() + 0.3, "from a key frame before"
    assert end.timestamp() - 0.5 < last < end.timestamp() + 0.5


def test_a_camera_that_goes_away_is_a_gap_with_its_cause(box: Box, cameras: Cameras) -> None:
    box.add_camera("Yard", cameras.address(2))
    box.wait_for_state("Yard", "recording")
    cameras.tell(2, "offline", 404)

    def says_why() -> bool:
        status = box.state_of("Yard")
        reason = status["reason"] or {}
        return reason.get("key") == "no_such_stream" and bool(status["next_try"])

    eventually(says_why, "the camera is said to have no such stream, and when it is tried again")
    cameras.tell(2, "online")
    box.wait_for_state("Yard", "recording")

    def explained() -> list[str] | None:
        told = box.timeline("Yard")
        keys = [gap["reason"]["key"] for gap in told["gaps"]]
        return keys if len(told["covered"]) > 1 and "no_such_stream" in keys else None

    assert "unexplained" not in eventually(explained, "the gap has its cause")


def test_a_wrong_password_is_tried_once(box: Box, cameras: Cameras) -> None:
    box.secrets.add(WRONG)
    box.ask(
        "cameras",
        "add",
        "Locked",
        cameras.address(1),
        "--user",
        "viewer",
        SERENO_CAMERA_PASSWORD=WRONG.password,
    )
    status = box.wait_for_state("Locked", "failed")
    assert status["reason"]["key"] == "unauthorized"
    assert status["next_try"] is None
    assert box.cli("cameras", "remove", "Locked", "--yes").returncode == 0
    names = [camera["name"] for camera in box.ask("cameras", "list")]
    assert "Locked" not in names


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("10.0.0.9/stream", "rtsp://"),
        ("gopher://10.0.0.9/", "rtsp://"),
        ("rtsp://10.0 0.9/", "space"),
    ],
)
def test_a_bad_address_is_refused_with_a_reason(box: Box, address: str, words: str) -> None:
    done = box.cli("cameras", "add", "Bad", address)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_is_given_once(box: Box, camera_id: str, cameras: Cameras) -> None:
    done = box.cli("cameras", "add", "gate", cameras.address(1))
    assert done.returncode != 0
    assert "name" in done.stderr


def test_the_node_records_on_while_the_hub_is_frozen(box: Box, camera_id: str) -> None:
    hub = box.pid_of("hub serve")
    footage = box.data / "footage"
    before = len(recorded(footage, camera_id))
    os.kill(hub, signal.SIGSTOP)
    try:
        eventually(lambda: len(recorded(footage, camera_id)) > before + 100, "four more seconds")
    finally:
        os.kill(hub, signal.SIGCONT)
    stamps = recorded(footage, camera_id)
    assert len(runs_of(stamps)) == 1, "not a frame is missing"
    until = stamps[-1].utc_us / 1e6

    def is_told() -> bool:
        return box.covered("Gate")[-1].end.timestamp() > until

    eventually(is_told, "the node tells what it recorded meanwhile")
    assert len(box.timeline("Gate")["covered"]) == 1


def test_a_forgotten_password_is_set_by_a_new_link_to_the_running_box(
    box: Box, camera_id: str
) -> None:
    link = box.ask("admin", "link")["link"]
    address, _, token = link.partition("/setup#")
    assert address == box.url
    found = httpx.get(f"{box.url}/api/v1/setup/{token}", timeout=PATIENCE_SECONDS)
    assert found.json() == {"username": "admin"}


def test_only_the_one_port_listens(box: Box, camera_id: str) -> None:
    listening = [
        connection.laddr
        for process in box.processes()
        for connection in connections_of(process)
        if connection.status == psutil.CONN_LISTEN
    ]
    assert {(address.ip, address.port) for address in listening} == {("127.0.0.1", box.port)}


def connections_of(process: psutil.Process) -> list[Any]:
    try:
        return list(process.net_connections("inet"))
    except psutil.NoSuchProcess:
        return []  # it did its work meanwhile


def test_each_file_is_complete_in_itself(box: Box, camera_id: str) -> None:
    files = files_of(box.data / "footage", camera_id)
    # The newest may have been begun just now.
    contents = [content for file in files if (content := whole_fragments(file.read_bytes()))]
    assert len(contents) >= max(1, len(files) - 1)
    for content in contents:
        assert stamps_of(content)
