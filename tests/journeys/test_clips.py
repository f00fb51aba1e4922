"""A clip from wish to file: made while the node is killed, played by Chromium, fetched, deleted."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .harness import PATIENCE_MS, Box, Cameras, eventually, is_alive, running

pytestmark = pytest.mark.timeout(600)
CHROMIUM = shutil.which("chromium")
PLAY = """async (address) => {
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  const until = (event) => new Promise((resolve, reject) => {
    video.addEventListener(event, resolve, { once: true });
    video.addEventListener("error", () => reject(video.error.message), { once: true });
  });
  video.src = address;
  await until("loadeddata");
  video.currentTime = video.duration / 2;
  await until("seeked");
  return { seconds: video.duration, at: video.currentTime };
}"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, cameras: Cameras) -> Iterator[Box]:
    with running(Box(tmp_path_factory.mktemp("clips") / "data")) as box:
        box.add_camera("Gate", cameras.address(1))
        eventually(lambda: box.covered_seconds("Gate") > 5, "some footage")
        yield box


def clip_of(box: Box, clip_id: str) -> dict[str, Any]:
    return dict(box.get(f"clips/{clip_id}"))


def test_a_clip_outlives_a_kill_and_is_fetched_whole(recorded: Box, tmp_path: Path) -> None:
    box = recorded
    made = box.ask("clips", "make", "Gate", "--from", "-2m", "--to", "now", "--no-wait",
                   "--name", "Portón: 7/8")  # fmt: skip
    node = box.pid_of("node run")
    os.kill(node, signal.SIGKILL)
    eventually(lambda: not is_alive(node), "the node is dead")
    clip = eventually(
        lambda: (found := clip_of(box, made["id"]))["state"] == "ready" and found, "it is made"
    )
    assert clip["duration_seconds"] > 4
    names = {path.name for path in (box.data / "clips").iterdir()}
    assert names == {f"{clip['id']}.mp4", f"{clip['id']}.json"}

    path = tmp_path / "clip.mp4"
    box.ask("clips", "download", clip["id"], "--output", str(path), "--sidecar")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == clip["sha256"]
    about = json.loads(path.with_suffix(".json").read_bytes())
    assert (about["camera"], about["size_bytes"]) == ("Gate", path.stat().st_size)
    if CHROMIUM is not None:
        played = play(box, clip)
        assert played["seconds"] == pytest.approx(clip["duration_seconds"], abs=0.1)
        assert played["at"] == pytest.approx(played["seconds"] / 2, abs=0.1)

    assert box.cli("clips", "delete", clip["id"], "--yes").returncode == 0
    eventually(lambda: not any((box.data / "clips").iterdir()), "its file is gone")


def play(box: Box, clip: dict[str, Any]) -> dict[str, Any]:
    """By the address that the API gives, through front, with the page's own rules."""
    from playwright.sync_api import sync_playwright

    leave = box.call("POST", f"clips/{clip['id']}/ticket").json()
    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(box.url)
        said: dict[str, Any] = page.evaluate(PLAY, leave["play_url"])
        browser.close()
    return said
