"""`sereno fsck` and `sereno ledger` as people run them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.node.world import World

from sereno.node.holding import hold_node

Sereno = Callable[..., Any]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(tmp_path / "box")
    monkeypatch.setenv("SERENO_DATA", str(world.folder))
    return world


def test_a_clean_folder_ends_with_0_and_says_so(sereno: Sereno, world: World) -> None:
    world.write()
    done = sereno("fsck", "--depth", "digest")
    assert done.status == 0
    assert "3 files" in done.out


def test_findings_end_with_1_and_say_what_a_repair_does(sereno: Sereno, world: World) -> None:
    writer = world.write()
    world.path(writer, 1).unlink()
    done = sereno("fsck")
    assert done.status == 1
    assert "file_missing" in done.out
    assert "becomes a gap" in done.out
    assert "--repair" in done.err
    assert sereno("fsck", "--repair").status == 1
    assert sereno("fsck").status == 0


def test_json_tells_everything(sereno: Sereno, world: World) -> None:
    writer = world.write()
    world.path(writer, 1).unlink()
    said = json.loads(sereno("fsck", "--json").out)
    (finding,) = said["findings"]
    assert (said["files"], said["is_repaired"]) == (3, False)
    assert finding["path"] == writer.paths[1]
    assert finding["camera_id"] == str(writer.key.camera_id)
    assert finding["es"] != finding["en"]


def test_what_cannot_be_looked_at_ends_with_2(sereno: Sereno, world: World) -> None:
    world.write()
    with hold_node(world.data):
        done = sereno("fsck", "--repair")
    assert (done.status, done.out) == (2, "")
    assert "Stop it first" in done.err
    world.data.ledger.write_bytes(b"no ledger" * 1000)
    done = sereno("fsck")
    assert done.status == 2
    assert "ledger rebuild" in done.err


def test_a_second_node_on_a_folder_is_refused(sereno: Sereno, world: World) -> None:
    with hold_node(world.data):
        done = sereno("node", "run")
    assert done.status == 1
    assert "Stop it first" in done.err


def test_in_spanish(sereno: Sereno, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "es_GT.UTF-8")
    writer = world.write()
    world.path(writer, 1).unlink()
    assert "no está en el disco" in sereno("fsck").out


def test_the_ledger_is_made_anew(sereno: Sereno, world: World) -> None:
    writer = world.write()
    before = world.segments(writer.key)
    world.data.ledger.write_bytes(b"no ledger" * 1000)
    done = sereno("ledger", "rebuild")
    assert done.status == 0
    assert "3 files" in done.out
    assert "not known any more" in done.err
    assert world.segments(writer.key) == before
    said = json.loads(sereno("ledger", "rebuild", "--json").out)
    assert (said["files"], said["was_readable"]) == (3, True)


def test_a_volume_nobody_knows_is_not_accepted(
    sereno: Sereno, world: World, tmp_path: Path
) -> None:
    done = sereno("ledger", "accept-volume", str(tmp_path / "other"))
    assert done.status == 2
    assert "SERENO_VOLUMES" in done.err
    assert sereno("ledger", "accept-volume", str(world.data.footage)).status == 0
