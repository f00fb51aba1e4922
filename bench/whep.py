"""Live view by WebRTC beside the ordinary one: how late it is, and what each viewer costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psutil
from playwright.sync_api import Page
from rich.table import Table

from bench import viewers, whep_viewers
from bench.box import Box
from bench.cameras import FPS, simulated
from bench.pages import LIVE, delay_ms, signed_in
from bench.sides import SETTLE_SECONDS, recording_box
from bench.usage import measure

SAMPLES = 100
LOOP_SECONDS = 60  # of the simulated cameras
VIEWERS = 8
WINDOW_SECONDS = 20.0

# In place of the page's picture: the same camera by WHEP, in a video that `delay_ms` finds.
_PLAY = """async ([ticket, testId]) => {
  const video = document.createElement('video');
  video.muted = true;
  video.dataset.testid = testId;
  document.body.replaceChildren(video);
  const connection = (window.connection = new RTCPeerConnection());
  const {receiver} = connection.addTransceiver('video', {direction: 'recvonly'});
  receiver.jitterBufferTarget = 0;
  connection.ontrack = ({track}) => { video.srcObject = new MediaStream([track]); video.play(); };
  const offer = await connection.createOffer();
  const headers = {Authorization: `Bearer ${ticket}`, 'Content-Type': 'application/sdp'};
  const answer = await fetch('/media/v1/whep', {method: 'POST', headers, body: offer.sdp});
  await connection.setLocalDescription(offer);
  await connection.setRemoteDescription({type: 'answer', sdp: await answer.text()});
  await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
}"""


def run(folder: Path) -> Table:
    """One camera of 1080p and 4 Mbit/s. CPU is of node, runner, helper and front together."""
    table = Table("", "WHEP", "MSE", "ratio", "promised", title="Live view by WebRTC")
    with (
        simulated(folder / "loops", 1) as addresses,
        recording_box(folder / "one", addresses) as box,
    ):
        time.sleep(SETTLE_SECONDS)
        (camera_id,) = box.camera_ids
        unwatched = measure(lambda: _serving(box), WINDOW_SECONDS).cpu_percent
        first_by_mse, others_by_mse = _cost(box, viewers.watching, unwatched)
        first, others = _cost(box, whep_viewers.watching, unwatched)
        with whep_viewers.watching(box.url, [box.ticket(camera_id)]) as delays:
            time.sleep(WINDOW_SECONDS)
            late = delays()
        with signed_in(box) as page:
            page.goto(f"/cameras/{camera_id}")
            page.locator(LIVE).first.wait_for()
            mse = _delays(page)
            page.evaluate(_PLAY, [box.ticket(camera_id), "live-video"])
            whep = _delays(page)
        _row(table, "camera to screen, median", statistics.median, whep, mse, "")
        _row(table, "camera to screen, 95th percentile", _worst, whep, mse, "300 ms")
        table.add_row("camera to a program, 95th percentile", f"{_worst(late):.0f} ms", "", "", "")
        for name, ours, theirs in (
            ("CPU of the first viewer", first, first_by_mse),
            ("CPU of each other viewer", others, others_by_mse),
        ):
            table.add_row(name, f"{ours:.2f} %", f"{theirs:.2f} %", f"{ours / theirs:.1f}", "")
    return table


def _row(
    table: Table,
    name: str,
    of: Callable[[list[float]], float],
    whep: list[float],
    mse: list[float],
    promised: str,
) -> None:
    ours, theirs = of(whep), of(mse)
    told = (f"{ours:.0f} ms", f"{theirs:.0f} ms", f"{ours / theirs:.2f}")
    table.add_row(f"{name} ({len(whep)}, {len(mse)} read)", *told, promised)


def _worst(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _delays(page: Page) -> list[float]:
    time.sleep(SETTLE_SECONDS)
    found = [delay_ms(page, FPS, LOOP_SECONDS) for _ in range(SAMPLES)]
    return [each for each in found if each is not None]


def _serving(box: Box) -> list[psutil.Process]:
    return [*box.node(), box.process_of("front serve")]


def _cost(
    box: Box,
    watching: Callable[[str, list[str]], AbstractContextManager[object]],
    unwatched: float,
) -> tuple[float, float]:
    """What the first viewer of a stream costs, and each further one, in per cent of a core."""
    (camera_id,) = box.camera_ids
    with watching(box.url, [box.ticket(camera_id)]):
        time.sleep(SETTLE_SECONDS)
        alone = measure(lambda: _serving(box), WINDOW_SECONDS).cpu_percent
        with watching(box.url, [box.ticket(camera_id) for _ in range(VIEWERS)]):
            time.sleep(SETTLE_SECONDS)
            together = measure(lambda: _serving(box), WINDOW_SECONDS).cpu_percent
    return alone - unwatched, (together - alone) / VIEWERS
