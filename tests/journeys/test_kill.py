"""Kill -9 of anything, while recording: what was written stays, and the ledger tells the truth."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from .footage import assert_frames_are_complete, recorded, runs_on_disk
from .harness import Box, Cameras, eventually, is_alive, running

PARTS = ("media.runner", "node run", "hub serve", "front serve", "hub work")


@pytest.fixture(scope="module")
def killed_box(tmp_path_factory: pytest.TempPathFactory, cameras: Cameras) -> Iterator[Box]:
    with running(Box(tmp_path_factory.mktemp("killed") / "data")) as box:
        box.add_camera("Gate", cameras.address(1))
        box.wait_for_state("Gate", "recording")
        yield box


def frames_on_disk(box: Box, camera_id: str) -> set[int]:
    return {stamp.frame_number for stamp in recorded(box.data / "footage", camera_id)}


def assert_truth(box: Box, camera_id: str) -> None:
    """Coverage and bytes are the same thing, both ways, and every gap has its cause."""

    def is_told() -> bool:
        claimed = box.covered("Gate")
        *closed, newest = (run.span for run in runs_on_disk(box.data / "footage", camera_id))
        is_within = claimed[-1].start == newest.start and claimed[-1].end <= newest.end
        return claimed[:-1] == closed and is_within

    eventually(is_told, "what is told is what is on disk, to the fragment")
    for run in runs_on_disk(box.data / "footage", camera_id)[:-1]:
        assert_frames_are_complete(run)

    def causes() -> set[str]:
        return {gap["reason"]["key"] for gap in box.timeline("Gate")["gaps"]}

    eventually(lambda: "unexplained" not in causes(), "every gap has its cause")


def wait_for_more(box: Box, seconds: float) -> None:
    """Until so much more is recorded and told than now."""
    before = box.covered_seconds("Gate")
    eventually(lambda: box.covered_seconds("Gate") > before + seconds, f"{seconds} s more are told")


@pytest.mark.parametrize("part", PARTS)
def test_kill_of_one_process(killed_box: Box, part: str) -> None:
    box = killed_box
    camera_id = str(box.camera("Gate")["id"])
    wait_for_more(box, 3)
    victim = box.pid_of(part)
    os.kill(victim, signal.SIGKILL)
    written = frames_on_disk(box, camera_id)
    eventually(lambda: not is_alive(victim), "it is dead")
    assert box.pid_of(part) != victim, "it was started again"
    eventually(box.is_ready, "the box answers again")
    box.wait_for_state("Gate", "recording")
    wait_for_more(box, 3)
    assert written <= frames_on_disk(box, camera_id)
    assert_truth(box, camera_id)
    if part in ("hub serve", "front serve", "hub work"):
        assert written, "the node records on without the rest"


def test_kill_of_up_leaves_no_orphan_and_the_next_up_recovers(killed_box: Box) -> None:
    box = killed_box
    camera_id = str(box.camera("Gate")["id"])
    wait_for_more(box, 3)
    box.kill()
    written = frames_on_disk(box, camera_id)
    eventually(lambda: not box.processes(), "no orphan is left")
    box.start()
    box.wait_for_state("Gate", "recording")
    wait_for_more(box, 3)
    assert written <= frames_on_disk(box, camera_id)
    assert_truth(box, camera_id)


def test_a_second_up_on_the_same_data_is_refused(killed_box: Box) -> None:
    done = killed_box.cli("up", "--data", str(killed_box.data), "--port", "8081")
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_all_and_leaves_no_process(killed_box: Box) -> None:
    assert killed_box.stop() == 0
    assert killed_box.processes() == []
