"""No password in any message, log, report, page, file or command line, whatever goes wrong.

Every journey's box is searched at its end (`harness.running`); this one does what others do not.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from .harness import PASSWORD, PATIENCE_SECONDS, USER, Box, Cameras, eventually, running
from .leaks import Secret, found_below, found_in

WRONG = Secret("not the keys/of@12%+", USER)
NEW = Secret("another/lantern@34%+", USER)
PASSPHRASE = Secret("passphrase/of@56%+")
ADMIN = Secret("las doce/y sereno@78%+", "admin")
SECRET = Secret(PASSWORD, USER)


@pytest.mark.parametrize(
    "text",
    [
        PASSWORD,
        quote(PASSWORD, safe=""),
        base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
        base64.b64encode(f'{{"x": "{PASSWORD}"}}'.encode()).decode(),
        base64.urlsafe_b64encode(f"1{PASSWORD}".encode()).decode(),
        PASSWORD.encode().hex(),
    ],
)
def test_a_password_is_found_however_it_is_written(text: str, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "empty").touch()
    (tmp_path / "deep" / "log").write_bytes(b"\0\xff before " + text.encode() + b" after")
    assert found_below(tmp_path, [SECRET])
    assert not found_below(tmp_path, [WRONG])
    assert found_in(f"x{text}y".encode(), [WRONG, SECRET])


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, cameras: Cameras) -> Iterator[Box]:
    box = Box(tmp_path_factory.mktemp("searched") / "data")
    box.settings["SERENO_LOG_LEVEL"] = "debug"
    box.secrets |= {WRONG, NEW, PASSPHRASE, ADMIN}
    with running(box) as started:
        yield started


def test_cameras_of_every_kind_are_added(box: Box, cameras: Cameras) -> None:
    good, nobody = cameras.address(1), "rtsp://127.0.0.1:9/cam/1/main"
    box.add_camera("Native", good)
    for name, address, more in (
        ("Ffmpeg", good, {"engine": "ffmpeg"}),
        ("No such path", good.replace("/cam/1", "/cam/99"), {}),
        ("Nobody", nobody, {}),
        ("Nobody for ffmpeg", nobody, {"engine": "ffmpeg"}),
        ("No page", nobody.replace("rtsp", "http"), {}),
        ("Over UDP", good, {"transport": "udp"}),
    ):
        fields = {"name": name, "address": address, "username": USER, "password": PASSWORD}
        assert box.call("POST", "cameras", json={**fields, **more}).status_code == 201
    inside = good.replace("//", f"//{USER}:{quote(PASSWORD, safe='')}@")
    assert box.call("POST", "cameras", json={"name": "Pasted", "address": inside}).is_success
    for engine in ("native", "ffmpeg"):
        wrong = good.replace("//", f"//{USER}:{quote(WRONG.password, safe='')}@")
        fields = {"name": f"Wrong {engine}", "address": wrong, "engine": engine}
        assert box.call("POST", "cameras", json=fields).is_success
    for name in ("Native", "Ffmpeg", "Pasted", "Over UDP"):
        box.wait_for_state(name, "recording")
    for name in ("Wrong native", "Wrong ffmpeg"):
        assert box.wait_for_state(name, "failed")["reason"]["key"] == "unauthorized"
    for name in ("No such path", "Nobody", "Nobody for ffmpeg", "No page"):
        box.wait_for_state(name, "waiting")


def test_what_is_refused_repeats_nothing(box: Box, cameras: Cameras) -> None:
    in_query = f"{cameras.address(1)}?user={USER}&pwd={quote(PASSWORD, safe='')}"
    odd = {"name": "", "address": "nonsense", "username": USER, "password": PASSWORD + "\n"}
    twice = {"name": "Twice", "address": "rtsp://a:b@10.0.0.9/", "password": PASSWORD}
    for fields in ({"name": "In query", "address": in_query}, odd, twice, {"password": [PASSWORD]}):
        assert box.call("POST", "cameras", json=fields).status_code == 422
    assert box.cli("cameras", "add", "In query", "x", SERENO_CAMERA_PASSWORD=PASSWORD).returncode


def test_a_password_is_changed_and_used(box: Box) -> None:
    camera = box.camera("Wrong native")
    answer = box.call("PATCH", f"cameras/{camera['id']}", json={"password": NEW.password})
    assert answer.is_success
    said = {"password": NEW.password, "username": "x" * 300}
    assert box.call("PATCH", f"cameras/{camera['id']}", json=said).status_code == 422
    box.wait_for_state("Wrong native", "failed")


def test_pages_of_the_back_office_show_none(box: Box) -> None:
    found = re.search(r"/setup#(\S+)", box.output())
    assert found
    with httpx.Client(base_url=box.url, follow_redirects=True, timeout=PATIENCE_SECONDS) as person:
        person.get("/api/v1/session")
        person.headers["X-CSRFToken"] = person.cookies["csrftoken"]
        person.headers["Origin"] = box.url
        answer = person.post(f"/api/v1/setup/{found[1]}", json={"password": ADMIN.password})
        assert answer.is_success, answer.text
        person.headers["X-CSRFToken"] = person.cookies["csrftoken"]
        wrong = {"username": "admin", "password": PASSWORD}
        assert person.post("/api/v1/session", json=wrong).status_code == 401
        index = person.get("/admin/").text
        pages = set(re.findall(r'href="(/admin/[^"?#]+/)"', index))
        for page in sorted(pages):
            text = person.get(page).text
            rows = re.findall(r'href="(/admin/[^"?#]+/change/)[?"]', text)
            box.told += [text, *(person.get(row).text for row in rows[:2])]
    assert len(pages) > 5
    assert any("Nobody for ffmpeg" in text for text in box.told)


def test_a_diagnosis_tells_none(box: Box, cameras: Cameras) -> None:
    good = cameras.address(2)
    for target, secret in (
        ("Native", SECRET), ("Ffmpeg", SECRET), ("Nobody for ffmpeg", SECRET),
        (good, SECRET), (good, WRONG), (good.replace("rtsp", "http"), WRONG),
    ):  # fmt: skip
        who = ("--user", secret.user) if "://" in target else ()
        said = box.cli("cameras", "diagnose", target, *who, SERENO_CAMERA_PASSWORD=secret.password)
        assert said.stdout, said.stderr


def test_commands_and_a_backup_tell_none(box: Box, tmp_path: Path) -> None:
    for words in (
        ("cameras", "show", "Ffmpeg"), ("cameras", "list"), ("cameras", "status"), ("runners",),
        ("cameras", "why", "Native"), ("timeline", "Native", "--from", "-1h"), ("health",),
        ("alarms",), ("nodes", "list"), ("settings", "show"),
    ):  # fmt: skip
        box.cli(*words)
    copy = tmp_path / "copy" / "box.backup"
    copy.parent.mkdir()
    done = box.cli("backup", str(copy), "--encrypt", SERENO_BACKUP_PASSPHRASE=PASSPHRASE.password)
    assert done.returncode == 0, done.stderr
    assert not found_below(copy.parent, box.secrets)
    eventually(lambda: box.covered_seconds("Ffmpeg") > 3, "some of it is recorded")
