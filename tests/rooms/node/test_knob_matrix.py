"""Every knob of a profile, seen at work: in a running process, or in what it puts out.

Each row says a knob as people type it, and looks at two cameras of one node that differ in this
knob alone: the one must show it, and the other must not.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from sereno.media import analysis_process
from sereno.media.ffmpeg.program import PATH_VARIABLE, ffmpeg_path
from sereno.policy.knobs import KNOB_NAMES
from sereno.sim import CameraSpec, SimConfig, SimServer

from . import knob_sights as sights
from .conftest import (
    QUICK,
    WAIT_SECONDS,
    HubDouble,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)
from .knob_sights import Knobs, Place, Sight

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST_CPU = min(os.sched_getaffinity(0))
WITH_FFMPEG = {"engine": "ffmpeg"}
SETTLE_SECONDS = 120.0  # some thirty processes start at once
NO_SUCH_DEVICE = "/dev/dri/renderD199"
# An ffmpeg that waits before it tries any hardware, so that its command line can be read.
WAITING_FFMPEG = """#!/bin/sh
case "$*" in *-hwaccel*) kill -STOP $$ ;; esac
exec "{program}" "$@"
"""


@dataclass(frozen=True)
class Row:
    """With `said` for the knob, beside what both cameras have, `sight` shows `shows`."""

    knob: str
    said: str
    sight: Sight
    shows: object
    beside: Knobs = field(default_factory=dict)

    @property
    def knobs(self) -> Knobs:
        return {**self.beside, self.knob: self.said}

    def __str__(self) -> str:
        return " ".join(f"{name}={said}" for name, said in self.knobs.items())


ROWS = (
    Row("engine", "ffmpeg", sights.program, "ffmpeg"),
    Row("rtsp_transport", "udp", sights.transport, "udp"),
    Row("rtsp_transport", "multicast", sights.transport, "multicast"),
    Row("rtsp_transport", "udp", sights.transport, "udp", WITH_FFMPEG),
    Row("streams", "main, sub", sights.streams, ["main", "sub"]),
    Row("streams", "sub", sights.streams, ["sub"]),
    Row("records_sound", "no", sights.sound, False),
    Row("records_sound", "no", sights.sound, False, WITH_FFMPEG),
    Row("segment_seconds", "5", sights.file_seconds, 5),
    Row("fragment_ms", "400", sights.fragment_ms, 400),
    Row("fragment_ms", "400", sights.fragment_ms, 400, WITH_FFMPEG),
    Row("extra_cli", "-max_muxing_queue_size 2048", sights.program, "ffmpeg"),
    Row(
        "extra_cli", "-max_muxing_queue_size 2048",
        sights.argument("-max_muxing_queue_size"), "2048", WITH_FFMPEG,
    ),
    Row("nice", "7", sights.priority, 7),
    Row("nice", "7", sights.priority, 7, WITH_FFMPEG),
    Row("cpu_affinity", str(FIRST_CPU), sights.cpus, [FIRST_CPU]),
    Row("hwaccel", "vaapi", sights.hwaccel, "-hwaccel vaapi"),
    Row(
        "device", NO_SUCH_DEVICE,
        sights.hwaccel, f"-hwaccel vaapi -hwaccel_device {NO_SUCH_DEVICE}", {"hwaccel": "vaapi"},
    ),
    Row("gpu_index", "63", sights.hwaccel, "-hwaccel cuda -hwaccel_device 63"),
    Row("fps", "2", sights.picture_rate, 2),
    Row("det_set", "80x80", sights.picture_size, (80, 44)),
    Row("hb_interval", "1", sights.is_told_each_second, True),
    Row("snapshot_every", "0.3", sights.snapshots, 3),
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(
    sim_config: SimConfig, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """A node that records a camera for each row, and one for each to compare with."""
    wanted: list[Knobs] = []
    for knobs in (each for row in ROWS for each in (row.beside, row.knobs)):
        if knobs not in wanted:
            wanted.append(knobs)
    scenes = [each.scene for each in sim_config.cameras]
    specs = tuple(
        CameraSpec(f"Camera {number}", scenes[number % len(scenes)], sound="aac")
        for number, _ in enumerate(wanted, 1)
    )
    config = replace(sim_config, cameras=specs)
    folder = tmp_path_factory.mktemp("knobs")
    hub, listener = HubDouble(), tcp_listener()
    settings = settings_for(folder / "data", listener.getsockname()[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PATH_VARIABLE, str(_waiting_ffmpeg(folder)))
        patch.setattr(analysis_process, "FEED_SECONDS", 600.0)
        async with SimServer(config) as sim, serving(hub.app(), listener):
            made = Place(hub, folder / "data", sim)
            for knobs in wanted:
                made.add(knobs)
            hub.order(*(each.order for each in made.cameras))
            async with running(settings, pace=replace(QUICK, heartbeat_seconds=5.0)) as made.node:
                await until(lambda: _all_settled(made), "all are recorded", SETTLE_SECONDS)
                made.settled_at = datetime.now(UTC)
                yield made


def _waiting_ffmpeg(folder: Path) -> Path:
    path = folder / "ffmpeg"
    path.write_text(WAITING_FFMPEG.format(program=ffmpeg_path()))
    path.chmod(0o700)
    return path


def _all_settled(place: Place) -> bool:
    told = place.hub.states()
    return all(
        told.get(each.order.camera_id) == "recording"
        and (not each.is_analysed or ((status := place.analysis(each)) and status.pid))
        for each in place.cameras
    )


async def test_every_knob_has_a_row() -> None:
    assert {row.knob for row in ROWS} == set(KNOB_NAMES)


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_a_knob_is_seen_at_work(place: Place, row: Row) -> None:
    if row.knob == "cpu_affinity" and len(os.sched_getaffinity(0)) == 1:
        pytest.skip("with one CPU there is nothing to choose")
    camera, usual = place.camera(row.knobs), place.camera(row.beside)
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        seen, otherwise = await asyncio.gather(row.sight(place, camera), row.sight(place, usual))
        if seen == row.shows:
            break
        assert time.monotonic() < deadline, f"seen: {seen}"
        await asyncio.sleep(0.05)
    assert otherwise != row.shows


@pytest.mark.parametrize(
    ("knobs", "device"),
    [
        ({"gpu_index": "63"}, "cuda 63"),
        ({"hwaccel": "vaapi", "device": NO_SUCH_DEVICE}, f"vaapi {NO_SUCH_DEVICE}"),
    ],
)
async def test_hardware_that_is_not_there_is_said_and_pictures_come(
    place: Place, knobs: Knobs, device: str
) -> None:
    camera = place.camera(knobs)
    status = place.analysis(camera)
    assert status is not None
    assert status.pid is not None
    waiting = psutil.Process(status.pid)
    await until(lambda: waiting.status() == psutil.STATUS_STOPPED, "it is about to try")
    waiting.send_signal(signal.SIGCONT)
    pictures = await asyncio.wait_for(sights.pictures_of(place, camera, 2), WAIT_SECONDS)
    assert len(pictures) == 2
    await until(lambda: (told := place.analysis(camera)) and told.hwaccel_reason, "it is said")
    status = place.analysis(camera)
    assert status is not None
    assert status.hwaccel_reason is not None
    assert status.hwaccel_reason.key == "hwaccel_unavailable"
    assert status.hwaccel_reason.params == {"device": device}
    assert await sights.hwaccel(place, camera) == ""
