"""What commands ask of the API, what they show, and how they end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from sereno.cli import main

Sereno = Callable[..., Any]

CAMERA_ID = "4a3e8f7c-0000-4000-8000-000000000001"


def test_names_are_shown_as_they_are(api: Any, sereno: Sereno) -> None:
    said = sereno("cameras", "list")
    assert said.status == 0
    assert "Patio [1]" in said.out
    assert "Wrong password." in said.out
    assert CAMERA_ID in said.out


def test_people_read_their_language(
    api: Any, sereno: Sereno, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    assert "Contraseña incorrecta." in sereno("cameras", "list").out
    assert "No hay ninguna cámara «x»" in sereno("cameras", "show", "x").err


def test_programs_get_what_the_api_said(api: Any, sereno: Sereno) -> None:
    (camera,) = json.loads(sereno("cameras", "list", "--json").out)
    assert camera["id"] == CAMERA_ID
    assert json.loads(sereno("cameras", "show", CAMERA_ID, "--json").out) == camera
    assert json.loads(sereno("version", "--json").out)["formats"]["data"] == 1


def test_a_cameras_facts_are_shown_in_words(api: Any, sereno: Sereno) -> None:
    said = sereno("cameras", "show", CAMERA_ID).out
    facts = dict(re.split(r" {2,}", line.rstrip(), maxsplit=1) for line in said.splitlines())
    assert facts["engine"] == "ffmpeg (automatic)"
    assert facts["why"] == "It sends MJPEG."
    assert facts["transport"] == "tcp (set to tcp)"
    assert facts["room"] == "2.5 GB"
    assert facts["lost packets"] == "31"
    assert facts["to know"] == "Its sound is not kept."
    assert facts["time from"] == "the arrival of the pictures"


def test_a_change_sends_what_was_given(api: Any, sereno: Sereno) -> None:
    api.answers[f"PATCH /api/v1/cameras/{CAMERA_ID}"] = (200, {"name": "Patio [1]"})
    options = ("--transport", "udp", "--no-sound", "--budget-gb", "0.5", "--engine", "native")
    assert sereno("cameras", "change", CAMERA_ID, *options).status == 0
    sent = {
        "engine": "native",
        "transport": "udp",
        "records_sound": False,
        "budget_bytes": 500_000_000,
    }
    assert api.asked[-1] == ("PATCH", f"/api/v1/cameras/{CAMERA_ID}", sent)
    said = sereno("cameras", "change", CAMERA_ID)
    assert said.status == 2
    assert "Nothing to change" in said.err


def test_the_first_choice_is_tried_again(api: Any, sereno: Sereno) -> None:
    path = f"/api/v1/cameras/{CAMERA_ID}/try-again"
    api.answers[f"POST {path}"] = (200, {"name": "Patio [1]"})
    assert sereno("cameras", "try-again", "patio [1]").out == "“Patio [1]” is being tried again.\n"
    assert api.asked[-1][:2] == ("POST", path)


def test_each_disk_is_told_with_what_is_wrong(api: Any, sereno: Sereno) -> None:
    disk = {"path": "/mnt/a", "state": "ok", "free_bytes": 4_000_000_000}
    node = {
        "name": "box", "is_online": True, "last_seen": None, "backlog": 0, "id": "1",
        "volumes": [disk, {"path": "/mnt/b", "state": "missing", "free_bytes": 0}],
    }  # fmt: skip
    api.answers["GET /api/v1/nodes"] = (200, [node])
    said = sereno("nodes", "list").out
    assert "/mnt/a: 4.0 GB free" in said
    assert "/mnt/b: 0.0 GB free (not there)" in said


@pytest.mark.parametrize("source", ["file", "environment", "address"])
def test_a_camera_is_added_with_its_password(
    source: str, api: Any, sereno: Sereno, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.answers["POST /api/v1/cameras"] = (201, {"id": "1", "name": "Puerta"})
    address, options = "rtsp://10.0.0.9/main", ["--user", "ana"]
    if source == "file":
        (tmp_path / "password").write_text("pa55\n")
        options += ["--password-file", str(tmp_path / "password")]
    elif source == "environment":
        monkeypatch.setenv("SERENO_CAMERA_PASSWORD", "pa55")
    else:
        address, options = "rtsp://ana:pa55@10.0.0.9/main", []
    said = sereno("cameras", "add", "Puerta", address, *options)
    assert (said.status, said.out) == (0, "“Puerta” was added (id 1).\n")
    expected = {"name": "Puerta", "address": address}
    if source != "address":
        expected |= {"username": "ana", "password": "pa55"}
    assert api.asked[-1] == ("POST", "/api/v1/cameras", expected)


def test_a_user_without_password_is_refused(
    api: Any, sereno: Sereno, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "nothing").open("w+") as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        said = sereno("cameras", "add", "Puerta", "rtsp://ana@10.0.0.9/main")
    assert said.status == 2
    assert "A user name needs a password" in said.err
    assert api.asked == []


def test_a_camera_is_removed_by_name(api: Any, sereno: Sereno) -> None:
    api.answers[f"DELETE /api/v1/cameras/{CAMERA_ID}"] = (204, b"")
    assert sereno("cameras", "remove", "patio [1]", "--yes").status == 0
    assert api.asked[-1][:2] == ("DELETE", f"/api/v1/cameras/{CAMERA_ID}")


def test_two_of_the_same_name_are_not_guessed_at(api: Any, sereno: Sereno) -> None:
    twin = {**api.answers["GET /api/v1/cameras"][1][0], "id": "other"}
    api.answers["GET /api/v1/cameras"][1].append(twin)
    said = sereno("cameras", "show", "Patio [1]")
    assert said.status == 1
    assert "Several cameras are called" in said.err


def test_the_apis_words_reach_the_person(api: Any, sereno: Sereno) -> None:
    error = {"key": "taken", "field": "name", "en": "Taken.", "es": "Ocupado."}
    api.answers["POST /api/v1/cameras"] = (409, {"error": error})
    said = sereno("cameras", "add", "Patio", "rtsp://10.0.0.9/main")
    assert (said.status, said.err) == (1, "Taken.\n")


def test_an_odd_answer_is_told_without_a_traceback(api: Any, sereno: Sereno) -> None:
    api.answers["GET /api/v1/cameras"] = (500, b"<html>")
    said = sereno("cameras", "list")
    assert said.status == 1
    assert said.err == (
        "Sereno could not do that (answer 500). The reason is in its logs folder.\n"
    )


def test_the_timeline_tells_footage_gaps_and_the_unknown_in_order(api: Any, sereno: Sereno) -> None:
    reason = {"en": "The camera closed the connection.", "es": "…"}
    whole = {"is_open": False, "clock": "rtcp", "damaged_seconds": 0.0}
    covered = {"from": "2026-11-20T12:00:00Z", "to": "2026-11-20T12:09:00Z", **whole}
    damaged = {"from": "2026-11-20T12:09:00Z", "to": "2026-11-20T12:10:00Z", **whole}
    damaged["damaged_seconds"] = 1.5
    gap = {"from": "2026-11-20T12:10:00Z", "to": "2026-11-20T12:11:00Z", "reason": reason}
    unknown = {"from": "2026-11-20T12:11:00Z", "to": "2026-11-20T12:12:00Z"}
    found = {"covered": [covered, damaged], "gaps": [gap], "unreported": [unknown]}
    api.answers[f"GET /api/v1/cameras/{CAMERA_ID}/timeline"] = (200, found)
    span = ("--from", "2026-11-20T06:00", "--to", "2026-11-20T06:12")
    lines = sereno("timeline", "Patio [1]", *span).out.splitlines()
    assert [line.rstrip().split("  ")[-1] for line in lines[1:]] == [
        "recorded",
        "recorded; 1.5 s of it may be damaged: part of the video was lost on the way",
        "The camera closed the connection.",
        "not reported yet",
    ]
    assert lines[1].startswith("2026-11-20 06:00:00")
    assert "from=2026-11-20T12%3A00%3A00%2B00%3A00" in api.asked[-1][1]


CLIP = ("clip", "Patio [1]", "--from", "2026-11-20T06:00", "--to", "2026-11-20T06:01")


def test_a_clip_is_written_whole(api: Any, sereno: Sereno, tmp_path: Path) -> None:
    content = b"mp4" * 500_000
    api.answers["POST /api/v1/tickets"] = (200, {"ticket": "ticket"})
    api.answers["GET /media/v1/clip.mp4"] = (200, content)
    said = sereno(*CLIP, "-o", "a.mp4")
    assert said.status == 0, said.err
    assert (tmp_path / "a.mp4").read_bytes() == content
    assert not (tmp_path / "a.mp4.part").exists()
    assert "ticket" not in api.asked[-1][1]
    again = sereno(*CLIP, "-o", "a.mp4")
    assert again.status == 1
    assert "already" in again.err


def test_a_clip_that_breaks_off_is_not_called_one(api: Any, sereno: Sereno, tmp_path: Path) -> None:
    api.answers["POST /api/v1/tickets"] = (200, {"ticket": "ticket"})
    api.answers["GET /media/v1/clip.mp4"] = (200, b"half")
    api.headers["Content-Length"] = "8"
    assert sereno(*CLIP, "-o", "a.mp4").status == 1
    assert not (tmp_path / "a.mp4").exists()


def test_a_box_that_does_not_run_is_told(
    sereno: Sereno, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERENO_DATA", str(tmp_path / "none"))
    said = sereno("cameras", "list")
    assert said.status == 1
    assert "Start it with `sereno up`" in said.err
    assert not (tmp_path / "none").exists()


def test_a_box_that_died_is_told(api: Any, sereno: Sereno) -> None:
    address = Path("data/run/address.json")
    told = json.loads(address.read_text())
    address.write_text(json.dumps({**told, "url": "http://127.0.0.1:1"}))
    said = sereno("nodes", "list")
    assert said.status == 1
    assert "does not answer at http://127.0.0.1:1" in said.err
    assert said.err.count("\n") == 1


def test_a_backup_of_nothing_is_refused(sereno: Sereno) -> None:
    said = sereno("restore", "nowhere.tar", "--data", "fresh")
    assert said.status == 2
    assert "cannot be read" in said.err


def test_the_newest_picture_is_written_with_its_time(
    api: Any, sereno: Sereno, tmp_path: Path
) -> None:
    api.answers[f"GET /api/v1/cameras/{CAMERA_ID}/snapshot.jpg"] = (200, b"\xff\xd8jpeg")
    api.headers["Last-Modified"] = "Sat, 21 Nov 2026 18:00:00 GMT"
    said = sereno("cameras", "snapshot", "Patio [1]", "-o", "a.jpg")
    assert (said.status, said.out) == (0, "Picture of 2026-11-21 12:00:00 written: a.jpg\n")
    assert (tmp_path / "a.jpg").read_bytes() == b"\xff\xd8jpeg"
    again = sereno("cameras", "snapshot", "Patio [1]", "-o", "a.jpg")
    assert again.status == 1
    error = {"key": "no_picture", "en": "There is none yet.", "es": "Aún no hay."}
    api.answers[f"GET /api/v1/cameras/{CAMERA_ID}/snapshot.jpg"] = (404, {"error": error})
    said = sereno("cameras", "snapshot", "Patio [1]", "-o", "b.jpg")
    assert (said.status, said.err) == (1, "There is none yet.\n")
    assert not (tmp_path / "b.jpg").exists()


def test_coverage_is_never_flattered(api: Any, sereno: Sereno) -> None:
    cause = {"key": "paused", "en": "Ana paused it.", "es": "Ana la pausó.", "seconds": 1.0}
    sums = {
        "promised_seconds": 36_000.0, "covered_seconds": 35_999.0, "unreported_seconds": 0.0,
        "percent": 99.997, "causes": [cause],
    }  # fmt: skip
    api.answers["GET /api/v1/coverage"] = (200, {**sums, "cameras": [{"camera": "Patio", **sums}]})
    lines = sereno("coverage", "--from", "-1d").out.splitlines()
    row = ["10:00:00", "9:59:59", "99.9", "%", "0:00:00"]
    assert [line.split() for line in lines[1:3]] == [["Patio", *row], ["all", *row]]
    assert lines[-1].rstrip() == "0:00:01  Ana paused it."


def test_each_streams_process_is_told(api: Any, sereno: Sereno) -> None:
    runner = {
        "camera": "Patio", "stream": "main", "state": "recording", "node": "box", "pid": 42,
        "shared_by": 3, "started_at": "2026-11-21T18:00:00Z", "restarts": 2, "profile": "Night",
        "is_pending": True, "nice": 5, "cpu_affinity": [0, 1], "bitrate_bps": 2_000_000,
        "fps": 25.0, "heard_at": None,
    }  # fmt: skip
    api.answers["GET /api/v1/runners"] = (200, [runner])
    row = re.split(r" {2,}", sereno("runners").out.splitlines()[1].rstrip())
    assert row == [
        "Patio", "main", "recording", "box", "42", "3", "2026-11-21 12:00:00", "2",
        "Night (a newer one waits)", "5", "0,1", "2.00 Mbit/s", "25.0", "–",
    ]  # fmt: skip


def test_alarms_that_last_are_told_alone(api: Any, sereno: Sereno) -> None:
    alarm = {
        "camera": "Patio", "since": "2026-11-21T18:00:00Z", "noticed_at": "2026-11-21T18:00:31Z",
        "ended_at": None, "reason": {"en": "No route.", "es": "Sin ruta."},
    }  # fmt: skip
    over = alarm | {"camera": "Gate", "ended_at": "2026-11-21T18:05:00Z"}
    api.answers["GET /api/v1/alarms"] = (200, [alarm, over])
    lines = sereno("alarms", "--open").out.splitlines()
    assert len(lines) == 2
    assert lines[1].split()[0] == "Patio"
    assert "it lasts" in lines[1]
    assert "2026-11-21 12:05:00" in sereno("alarms").out


def test_help_tells_what_each_word_is_for() -> None:
    untold, waiting = [], [("sereno", typer.main.get_command(main.app))]
    while waiting:
        path, command = waiting.pop()
        waiting += [
            (f"{path} {name}", one) for name, one in getattr(command, "commands", {}).items()
        ]
        untold += [path] if not command.help else []
        untold += [
            f"{path} {word.name}" for word in command.params if not getattr(word, "help", "")
        ]
    assert untold == []
