"""`sereno device discover`: what stands around, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sereno.drivers.discovery.discovered import Discovered, Looked, OnLooked
from sereno.drivers.tools import Tools

Run = Callable[..., Any]
RECORDER = Discovered(
    "192.168.1.64", 80, False, "hikvision", "", "DS-7616NI", "Recorder 1", "urn:uuid:1"
)
CAMERA = Discovered("192.168.1.70", 8443, True, "onvif")


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> list[Discovered]:
    """What the network holds."""
    found: list[Discovered] = []

    async def discover(tools: Tools, *, subnet: str, on_looked: OnLooked) -> list[Discovered]:
        on_looked(Looked(0.5, tuple(found)))
        return found

    monkeypatch.setattr("sereno.drivers.discovery.discover.discover", discover)
    return found


def test_programs_get_a_list(sereno: Run, around: list[Discovered]) -> None:
    assert json.loads(sereno("device", "discover", "--json").out) == []
    around.append(RECORDER)
    assert json.loads(sereno("device", "discover", "--json").out) == [
        {
            "host": "192.168.1.64",
            "port": 80,
            "is_tls": False,
            "vendor": "hikvision",
            "maker": "",
            "model": "DS-7616NI",
            "name": "Recorder 1",
            "known_as": "urn:uuid:1",
        }
    ]


def test_people_get_addresses_that_the_other_commands_take(
    sereno: Run, around: list[Discovered]
) -> None:
    around += [RECORDER, CAMERA]
    _, *rows = sereno("device", "discover").out.splitlines()
    assert [row.split()[0] for row in rows] == ["192.168.1.64", "https://192.168.1.70:8443"]
    assert "Recorder 1" in rows[0]


def test_nothing_is_told_with_what_to_do_next(
    sereno: Run, around: list[Discovered], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "--subnet" in sereno("device", "discover").out
    monkeypatch.setenv("LC_ALL", "es_GT.UTF-8")
    assert "Nada respondió" in sereno("device", "discover").out


def test_a_subnet_that_is_not_private_is_refused(sereno: Run) -> None:
    said = sereno("device", "discover", "--subnet", "8.8.8.0/24", "--json")
    told = json.loads(said.out)
    assert (said.status, told["kind"], told["key"]) == (1, "invalid", "subnet_not_private")
    assert "192.168.0.0/16" in sereno("device", "discover", "--subnet", "8.8.8.0/24").err
