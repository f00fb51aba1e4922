"""Kill -9 of runner, node and all, again and again: what the box tells is what lies on disk."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sereno.base.spans import Span, subtract

from .footage import Run, assert_frames_are_complete, runs_on_disk
from .harness import Box, Cameras, eventually, findings, is_soak, running, spans

KILLS = 100 if is_soak() else 4
CAMERAS = 4
SEED = 20261121
# What the end of a runner may cost: 2 s and one GOP (the cameras' is 2 s). The rest is for a
# machine that is busy with other things; the loop prints what it really was.
LONGEST_GAP_SECONDS = 2.0 + 2.0 + (4.0 if is_soak() else 30.0)
CAUSES = {
    "runner": {"runner_died"},
    "node": {"node_down"},
    "all": {"node_down"},
    # The second kill may come before or after the first one's mending.
    "runner, then node": {"runner_died", "node_down"},
}


@pytest.fixture(scope="module")
def crowd(loops: Path) -> Iterator[Cameras]:
    with Cameras(loops, CAMERAS, 400_000) as serving:
        yield serving


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, crowd: Cameras) -> Iterator[Box]:
    with running(Box(tmp_path_factory.mktemp("looped") / "data")) as box:
        for number in range(1, CAMERAS + 1):
            box.add_camera(name_of(number), crowd.address(number))
        wait_until_recorded(box)
        yield box


def name_of(number: int) -> str:
    return f"Camera {number}"


NAMES = [name_of(number) for number in range(1, CAMERAS + 1)]


def wait_until_recorded(box: Box) -> None:
    for name in NAMES:
        box.wait_for_state(name, "recording")


def runs_of_camera(box: Box, name: str) -> list[Run]:
    return runs_on_disk(box.data / "footage", str(box.camera(name)["id"]))


def kill(box: Box, victim: str) -> None:
    """Kill -9, then whatever a person would do to have the box back."""
    if victim == "all":
        box.kill_all()
        box.start()
        return
    for part in victim.split(", then "):
        os.kill(box.pid_of({"runner": "media.runner", "node": "node run"}[part]), signal.SIGKILL)


def assert_told_as_written(box: Box, name: str, cause: set[str]) -> float:
    """Coverage is what the files hold, to the fragment; the newest gap has its true cause.

    The newest gap's length in seconds.
    """
    on_disk = runs_of_camera(box, name)
    closed = [run.span for run in on_disk[:-1]]

    def told() -> list[Span] | None:
        covered = spans(box.timeline(name)["covered"])
        is_newest = bool(covered) and covered[-1].start == on_disk[-1].span.start
        return covered if is_newest and covered[:-1] == closed else None

    covered = eventually(told, f"all runs of {name} are told as they are on disk")
    newest = Span(covered[-2].end, covered[-1].start)

    def explained() -> list[dict[str, Any]] | None:
        # Times are told to the millisecond: shorter gaps have no length there.
        gaps = [gap for gap in box.timeline(name)["gaps"] if gap["from"] < gap["to"]]
        return None if "unexplained" in {gap["reason"]["key"] for gap in gaps} else gaps

    gaps = eventually(explained, f"each gap of {name} has its cause")
    told_gaps = list(zip(spans(gaps), (gap["reason"]["key"] for gap in gaps), strict=True))
    inside = [(span, key) for span, key in told_gaps if newest.contains(span.start)]
    assert subtract([newest], [span for span, _ in inside]) == []
    first, *later = (key for _, key in inside)
    assert first in cause, inside
    # Once the node runs again it is connecting that takes the rest.
    assert set(later) <= {*cause, "connecting"}, inside
    return newest.duration.total_seconds()


@pytest.mark.timeout(4 * 3600 if is_soak() else 900)
def test_kills_in_any_order_cost_little_and_are_told_as_they_were(box: Box) -> None:
    draw = Random(SEED)
    victims = list(CAUSES)
    gaps: dict[str, list[float]] = defaultdict(list)
    for turn in range(KILLS):
        victim = victims[turn] if turn < len(victims) else draw.choice(victims)
        grown = {name: box.covered_seconds(name) + draw.uniform(0.5, 3.0) for name in NAMES}
        eventually(lambda: all(box.covered_seconds(n) > grown[n] for n in NAMES), "all recorded")  # noqa: B023
        known = {name: len(runs_of_camera(box, name)) for name in NAMES}
        kill(box, victim)
        eventually(
            lambda: all(len(runs_of_camera(box, n)) > known[n] for n in NAMES),  # noqa: B023
            f"all are recorded again after kill {turn} ({victim})",
        )
        eventually(box.is_ready, "the box answers")
        for name in NAMES:
            gaps[victim].append(assert_told_as_written(box, name, CAUSES[victim]))
        assert findings(box) == []
    print({victim: f"{max(seconds):.2f} s" for victim, seconds in gaps.items()})
    for name in NAMES:
        for run in runs_of_camera(box, name)[:-1]:
            assert_frames_are_complete(run)
    assert max(gaps["runner"]) < LONGEST_GAP_SECONDS
