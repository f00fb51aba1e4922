"""Live view by WebRTC in a real browser, through front, node and helper."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from .harness import PATIENCE_MS, PATIENCE_SECONDS, Box, Cameras, eventually
from .leaks import Secret

pytestmark = pytest.mark.browser

UI = Path(__file__).parents[2] / "ui"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--autoplay-policy=no-user-gesture-required",
         # A machine may have no network but its own loopback.
         "--allow-loopback-in-peer-connection")  # fmt: skip
PASSWORD = "las doce/y sereno@2%+"

# Plays one camera by the interface's own session. Of each picture shown: the frame number that is
# burned into it (sereno.sim.marks), and when that was, both in seconds.
WATCH = """async ({module, cameraId}) => {
  const {WhepSession} = (0, eval)(`${module}; whep`);
  const video = document.createElement('video');
  video.muted = true;
  document.body.replaceChildren(video);
  const csrf = /csrftoken=([^;]+)/.exec(document.cookie)[1];
  const takeTicket = async () => {
    const answer = await fetch('/api/v1/tickets', {
      method: 'POST',
      headers: {'Content-Type': 'application/json', 'X-CSRFToken': csrf},
      body: JSON.stringify({camera_id: cameraId, purpose: 'live'}),
    });
    return (await answer.json()).ticket;
  };
  const told = (window.told = {began: Date.now() / 1000, troubles: [], seen: []});
  const context = new OffscreenCanvas(640, 360).getContext('2d', {willReadFrequently: true});
  const look = () => {
    context.drawImage(video, 0, 0, 640, 360);
    const row = context.getImageData(0, 345, 640, 1).data;
    const bits = Array.from({length: 24}, (_, at) => row[(395 + 10 * at) * 4] > 128 ? 1 : 0);
    const index = bits.slice(2, 18).reduce((sum, bit) => sum * 2 + bit, 0);
    told.seen.push([index / 25, Date.now() / 1000]);
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  window.session = new WhepSession(video, takeTicket, {
    onPicture: () => {},
    onTrouble: (trouble) => told.troubles.push(trouble),
  });
}"""


def signed_in(box: Box) -> dict[str, str]:
    """Cookies of a person who chose a password by the link that `up` printed."""
    box.secrets.add(Secret(PASSWORD, "admin"))
    found = re.search(r"/setup#(\S+)", box.output())
    assert found, box.output()
    with httpx.Client(base_url=box.url, timeout=PATIENCE_SECONDS) as client:
        client.get("/api/v1/session").raise_for_status()
        answer = client.post(
            f"/api/v1/setup/{found[1]}",
            json={"password": PASSWORD},
            headers={"X-CSRFToken": client.cookies["csrftoken"]},
        )
        answer.raise_for_status()
        return dict(client.cookies)


def module() -> str:
    """The interface's player as one script."""
    rolldown = UI / "node_modules" / ".bin" / "rolldown"
    done = subprocess.run(
        [UI.parent / "tools" / "node", rolldown, UI / "src/kit/player/whep.ts",
         "--format", "iife", "--name", "whep"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def watched(box: Box, cameras: Cameras) -> Box:
    box.add_camera("Gate", cameras.address(1))
    box.wait_for_state("Gate", "recording")
    return box


@pytest.fixture(scope="module")
def page(watched: Box) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        context = browser.new_context(base_url=watched.url)
        context.add_cookies(
            [{"name": n, "value": v, "url": watched.url} for n, v in signed_in(watched).items()]
        )
        context.set_default_timeout(PATIENCE_MS)
        opened = context.new_page()
        opened.goto("/")
        yield opened
        browser.close()


def watch(page: Page, box: Box) -> None:
    (camera,) = box.get("cameras")
    page.evaluate(WATCH, {"module": module(), "cameraId": camera["id"]})


def told(page: Page) -> dict[str, Any]:
    heard: dict[str, Any] = page.evaluate("window.told")
    assert heard["troubles"] == []
    return heard


def late_by(seen: list[float]) -> float:
    """Seconds between the instant a picture shows and when it was shown."""
    position, now = seen
    return (now - position) % 60


def test_a_camera_is_watched_by_webrtc_and_again(page: Page, watched: Box) -> None:
    for _ in range(2):
        watch(page, watched)
        eventually(lambda: len(told(page)["seen"]) > 50, "fifty pictures were shown")
        eventually(
            lambda: late_by(told(page)["seen"][-1]) < 2,
            "the picture is of less than two seconds ago",
        )
        page.evaluate("window.session.close()")
