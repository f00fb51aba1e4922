"""The hub's own processes, started as `sereno up` starts them."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from sereno.hub.prepare import NEWER_STATUS
from sereno.hub.tasks import forget_old

SECONDS = 90


def database_url() -> str:
    """The test's own database, for another process."""
    kept = connection.settings_dict
    where = urlencode({"host": kept["HOST"], "port": kept["PORT"] or 5432})
    who = f"{quote(kept['USER'], safe='')}:{quote(kept['PASSWORD'], safe='')}"
    return f"postgresql://{who}@/{kept['NAME']}?{where}"


@pytest.fixture
def run(committed: None, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `sereno hub …` on the test's database; ends what still runs."""
    started: list[subprocess.Popen[str]] = []
    environment = {
        **os.environ,
        "SERENO_DATA": str(settings.BOX.data),
        "SERENO_DATABASE_URL": database_url(),
    }
    settings.BOX.data_dir.run.mkdir(exist_ok=True)

    def start(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "sereno.cli", "hub", *words],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(what: Callable[[], Any], process: subprocess.Popen[str]) -> Any:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := what():
            return found
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.05)
    raise AssertionError("it did not come")


def test_prepare_prints_one_line_and_says_nothing_secret_elsewhere(
    run: Callable[..., subprocess.Popen[str]],
) -> None:
    process = run("prepare")
    out, told = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, told
    prepared = json.loads(out)
    assert set(prepared) == {"setup_token", "enrolment_code", "username"}
    assert prepared["setup_token"] not in told
    assert prepared["enrolment_code"] not in told


def test_a_newer_database_ends_with_status_3_and_words(
    run: Callable[..., subprocess.Popen[str]],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('sites', '9_x', now())"
        )
    try:
        process = run("prepare")
        out, told = process.communicate(timeout=SECONDS)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9_x'")
    assert (process.returncode, out) == (NEWER_STATUS, "")
    assert "newer Sereno" in told
    assert "Sereno más nuevo" in told


def test_the_hub_answers_on_a_private_socket_and_ends_well(
    run: Callable[..., subprocess.Popen[str]],
) -> None:
    path = settings.BOX.data_dir.hub_socket
    process = run("serve")

    def answers() -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(path)) == 0

    wait_for(answers, process)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), timeout=SECONDS) as client:
        alive = client.get("http://localhost/api/v1/alive")
        assert alive.json() == {"version": "0.1.0"}
        session = client.get("http://localhost/api/v1/session")
        assert session.json()["user"] is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0


def test_the_worker_does_chores(run: Callable[..., subprocess.Popen[str]]) -> None:
    job = forget_old.defer(timestamp=0)
    process = run("work")
    wait_for(lambda: not ProcrastinateJob.objects.filter(pk=job).exists(), process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
