"""`sereno device` before simulated recorders: from who it is to a file that plays."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.drivers.worlds import PASSWORD, RECORDERS, USER, World, recent, world_of

Run = Callable[..., Any]


@contextmanager
def served(vendor: str, cache: Path) -> Iterator[World]:
    """A recorder with an event loop of its own: commands have theirs."""
    loop, ready, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    worlds: list[World] = []

    async def serve() -> None:
        async with world_of(vendor, cache) as world:
            worlds.append(world)
            ready.set()
            await over.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(60)
        yield worlds[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()


@pytest.mark.parametrize("vendor", RECORDERS)
def test_from_an_address_to_a_file_that_plays(
    vendor: str, sereno: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SERENO_DEVICE_PASSWORD", PASSWORD)
    monkeypatch.setenv("SERENO_DATA", str(tmp_path / "nowhere"))
    span, target = recent(), tmp_path / "entrance.mp4"
    with served(vendor, tmp_path / "loops") as world:
        address = f"127.0.0.1:{world.login.port}"
        login = ("--user", USER, "--json")

        def ask(*words: str) -> Any:
            said = sereno("device", *words, *login)
            assert said.status == 0, said.out + said.err
            return json.loads(said.out)

        probed = ask("probe", address)
        assert probed["vendor"] == vendor
        channel = ask("channels", address)[0]
        times = ("--from", span.start.isoformat(), "--to", span.end.isoformat())
        found = ask("search", address, "--channel", channel["id"], *times)[1]
        start, device_start = map(datetime.fromisoformat, (found["start"], found["device_start"]))
        off_seconds = found["clock_offset_seconds"]
        assert device_start - start == timedelta(seconds=round(off_seconds))
        shown = sereno("device", "search", address, "--channel", channel["id"], *times, *login[:2])
        assert "clock is off by +" in shown.out
        download = ("download", address, found["handle"], "-o", str(target))
        if probed["capabilities"]["fetch"]:
            done = ask(*download)
            assert done["seconds"] == pytest.approx(20, abs=4)
            assert target.stat().st_size == done["size_bytes"]
        else:
            said = sereno("device", *download, *login)
            assert json.loads(said.out)["kind"] == "unsupported"
            assert not target.exists()
        monkeypatch.setenv("SERENO_DEVICE_PASSWORD", f"not {PASSWORD}")
        signed = world.signed_count()
        refused = [sereno("device", "probe", address, *login) for _ in range(3)]
        assert world.signed_count() == signed + 1
    assert {json.loads(each.out)["key"] for each in refused} == {"login_refused"}
    assert "not p@ss" not in (tmp_path / "state" / "sereno" / "devices.json").read_text()
