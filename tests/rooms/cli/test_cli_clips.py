"""Clips by command: made with a bar, listed, fetched to the last byte, deleted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sereno.cli import clips

Sereno = Callable[..., Any]
CONTENT = bytes(range(256)) * 40
CLIP = {
    "id": "7d1b1f7e-0000-4000-8000-000000000001",
    "camera_id": "4a3e8f7c-0000-4000-8000-000000000001",
    "camera": "Patio [1]",
    "name": "Robo [7]",
    "from": "2026-11-20T12:00:00Z",
    "to": "2026-11-20T12:10:00Z",
    "state": "ready",
    "done_bytes": len(CONTENT),
    "size_bytes": len(CONTENT),
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "reason": None,
}
PLACE = f"clips/{CLIP['id']}"
SPAN = ("--from", "2026-11-20T06:00", "--to", "2026-11-20T06:10")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "LOOK_SECONDS", 0)
    monkeypatch.setattr(clips, "AGAIN_SECONDS", (0, 0))


@pytest.fixture
def box(api: Any) -> Any:
    api.answers |= {
        "GET /api/v1/clips": (200, [CLIP]),
        f"GET /api/v1/{PLACE}": (200, CLIP),
        f"POST /api/v1/{PLACE}/ticket": (200, {"ticket": "ticket"}),
        f"GET /media/v1/{PLACE}.mp4": (200, CONTENT),
        f"GET /media/v1/{PLACE}.json": (200, {"format": "sereno-clip"}),
        f"DELETE /api/v1/{PLACE}": (204, b""),
        "POST /api/v1/clips": (202, CLIP | {"state": "waiting", "size_bytes": None}),
    }
    return api


def test_clips_are_listed(box: Any, sereno: Sereno) -> None:
    said = sereno("clips", "list")
    assert "Robo [7]" in said.out
    assert "2026-11-20 06:00:00" in said.out
    assert json.loads(sereno("clips", "list", "--json").out) == [CLIP]


def test_a_clip_is_made_and_waited_for(box: Any, sereno: Sereno) -> None:
    said = sereno("clips", "make", "Patio [1]", *SPAN, "--name", "Robo [7]")
    assert (said.status, CLIP["id"] in said.out) == (0, True)
    order = next(body for method, path, body in box.asked if method == "POST")
    assert order["from"] == "2026-11-20T12:00:00+00:00"
    assert (order["name"], order["stream"]) == ("Robo [7]", "main")
    at_once = sereno("clips", "make", "Patio [1]", *SPAN, "--no-wait", "--keep-days", "3", "--json")
    assert json.loads(at_once.out)["state"] == "waiting"
    assert "expires_at" in box.asked[-1][2]


def test_one_that_cannot_be_made_says_why(box: Any, sereno: Sereno) -> None:
    why = {"key": "clip_no_footage", "en": "There is none.", "es": "No hay."}
    box.answers[f"GET /api/v1/{PLACE}"] = (200, CLIP | {"state": "failed", "reason": why})
    said = sereno("clips", "make", "Patio [1]", *SPAN)
    assert said.status == 1
    assert "There is none." in said.err


def test_a_clip_is_fetched_whole_under_its_name(box: Any, sereno: Sereno, tmp_path: Path) -> None:
    said = sereno("clips", "download", "robo [7]", "--sidecar")
    assert said.status == 0, said.err
    assert (tmp_path / "Robo [7].mp4").read_bytes() == CONTENT
    assert json.loads((tmp_path / "Robo [7].json").read_bytes())["format"] == "sereno-clip"
    assert sereno("clips", "download", "Robo [7]").status == 1  # it is there
    assert sereno("clips", "download", "Robo [7]", "--force").status == 0


def test_a_download_goes_on_where_it_broke_off(box: Any, sereno: Sereno, tmp_path: Path) -> None:
    part = tmp_path / "clip.mp4.part"
    part.write_bytes(CONTENT[:1_000])
    box.answers[f"GET /media/v1/{PLACE}.mp4"] = (206, CONTENT[1_000:])
    assert sereno("clips", "download", "Robo [7]", "-o", "clip.mp4").status == 0
    assert (tmp_path / "clip.mp4").read_bytes() == CONTENT
    assert not part.exists()


def test_what_is_not_the_clip_is_not_called_one(box: Any, sereno: Sereno, tmp_path: Path) -> None:
    box.answers[f"GET /media/v1/{PLACE}.mp4"] = (200, CONTENT[::-1])
    said = sereno("clips", "download", "Robo [7]", "-o", "clip.mp4")
    assert said.status == 1
    assert list(tmp_path.glob("clip*")) == []


def test_a_line_that_brings_nothing_is_said(box: Any, sereno: Sereno, tmp_path: Path) -> None:
    box.answers[f"GET /media/v1/{PLACE}.mp4"] = (503, {})
    assert sereno("clips", "download", "Robo [7]", "-o", "clip.mp4").status == 1
    assert not (tmp_path / "clip.mp4").exists()
    assert sum(path.endswith(".mp4") for _, path, _ in box.asked) == 3


def test_a_clip_is_deleted(box: Any, sereno: Sereno) -> None:
    assert sereno("clips", "delete", "Robo [7]", "--yes").status == 0
    assert box.asked[-1][:2] == ("DELETE", f"/api/v1/{PLACE}")
    assert sereno("clips", "delete", "nothing", "--yes").status == 1
