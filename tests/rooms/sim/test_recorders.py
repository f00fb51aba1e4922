"""What simulated recorders of all makers share: footage, clock, door and HTTP."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from sereno.sim.recorders.config import ChannelSpec, RecorderConfig, demo_channels
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.doorkeeper import DoorRules, Entry, HttpDoorkeeper, answer_of
from sereno.sim.recorders.footage import FootagePlan, RecordedFile
from sereno.sim.recorders.http import HangUp, HttpAnswer, HttpRequest, HttpServer
from sereno.sim.recorders.motion import Motion

from .hikvision_kit import until

NOW = datetime(2026, 7, 21, 10, 0, 30, tzinfo=UTC)
STEADY = ChannelSpec(1, "Entrance", "entrance")
GAPPY = ChannelSpec(2, "Yard", "entrance", gaps_per_day=2)
MOTION = ChannelSpec(3, "Shop", "entrance", recording="motion")


def files_of(channel: ChannelSpec, now: datetime = NOW, **changes: float) -> list[RecordedFile]:
    config = RecorderConfig(Path("cache"), (STEADY, GAPPY, MOTION), days=2)
    plan = FootagePlan(replace(config, **changes))  # type: ignore[arg-type]
    return list(plan.files(channel, now - timedelta(days=5), now + timedelta(days=5), now))


def test_steady_footage_reaches_from_the_oldest_day_to_now() -> None:
    files = files_of(STEADY)
    assert files[0].start <= NOW - timedelta(days=2) < files[0].end
    assert files[-1].end == NOW
    assert [file.is_open for file in files] == [False] * (len(files) - 1) + [True]
    seams = [(later.start - file.end).total_seconds() for file, later in pairwise(files)]
    assert {0, 1} >= set(seams)
    assert max(file.seconds for file in files) == 1800


def test_gaps_and_motion_leave_time_without_footage() -> None:
    gaps = [
        later.start - file.end
        for file, later in pairwise(files_of(GAPPY))
        if later.start - file.end > timedelta(seconds=2)
    ]
    assert len(gaps) == 4
    assert all(timedelta(minutes=5) <= gap <= timedelta(minutes=40) for gap in gaps)
    clips = files_of(MOTION)
    assert len(clips) > 50
    assert max(clip.seconds for clip in clips) <= 90


def test_footage_stays_what_it_was_as_time_goes_on() -> None:
    for channel in (STEADY, GAPPY, MOTION):
        later = NOW + timedelta(hours=3)
        kept = {
            file
            for file in files_of(channel)
            if not file.is_open and file.end > later - timedelta(days=2)
        }
        assert kept <= set(files_of(channel, later))
    assert files_of(STEADY) == files_of(STEADY)
    assert files_of(GAPPY) != files_of(GAPPY, seed=2)


def test_a_file_is_found_by_its_number_until_it_is_overwritten() -> None:
    plan = FootagePlan(RecorderConfig(Path("cache"), (STEADY,), days=2))
    file = files_of(STEADY)[5]
    assert plan.file(STEADY, file.number, NOW) == file
    assert plan.file(STEADY, file.number, NOW + timedelta(days=3)) is None
    assert plan.file(STEADY, 10**17, NOW) is None


def test_the_demo_has_channels_of_all_kinds() -> None:
    channels = demo_channels(9)
    assert len({channel.name for channel in channels}) == 9
    assert [channel.is_online for channel in channels[:4]] == [True, True, True, False]
    assert channels[0].gaps_per_day == 0


def test_the_devices_clock_is_wrong_by_its_skew() -> None:
    clock = DeviceClock(NOW.timestamp, "Europe/Madrid", 90)
    wall = datetime(2026, 7, 21, 12, 2)  # noqa: DTZ001
    assert clock.wall_now() == wall
    assert clock.true(wall) == NOW
    twice = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001
    assert clock.true(twice.replace(fold=1)) - clock.true(twice) == timedelta(hours=1)


def test_motion_is_told_when_its_footage_begins_and_ends() -> None:
    clip = next(clip for clip in files_of(MOTION) if clip.seconds > 20)
    times = [clip.start - timedelta(seconds=5), clip.start + timedelta(seconds=2), clip.end]
    moments = iter(times)
    clock = DeviceClock(lambda: next(moments).timestamp(), "Europe/Madrid")
    config = RecorderConfig(Path("cache"), (STEADY, replace(MOTION, number=9, is_online=False)))
    config = replace(config, channels=(*config.channels, MOTION))
    told: list[tuple[int, bool]] = []
    motion = Motion(
        config, FootagePlan(config), clock, lambda c, is_on: told.append((c.number, is_on))
    )
    seen = times[0] - timedelta(seconds=1)
    for _ in times:
        seen = motion.look(seen)
    assert told == [(3, True), (3, False)]


class Door:
    """A doorkeeper, and credentials for it."""

    def __init__(self, rules: DoorRules) -> None:
        self.now = 0.0
        self.rules = rules
        self.keeper = HttpDoorkeeper(rules, lambda: self.now)

    def come(self, challenge: str, word: str = "word", count: int = 1) -> Entry:
        nonce = challenge.partition('nonce="')[2].partition('"')[0]
        fields = {
            "username": "user", "realm": self.rules.realm, "nonce": nonce, "uri": "/a?b",
            "qop": "auth", "nc": f"{count:08x}", "cnonce": "c", "algorithm": self.rules.algorithm,
        }  # fmt: skip
        fields["response"] = answer_of(self.rules.algorithm, "user", word, "GET", fields)
        header = "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items())
        return self.keeper.judge("GET", "/a?b", header, "192.0.2.1").entry


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_a_nonce_wears_out_and_a_count_is_good_once(algorithm: str) -> None:
    door = Door(DoorRules("user", "word", algorithm=algorithm, nonce_uses=2))
    challenge = door.keeper.challenge()
    entries = [door.come(challenge, count=count) for count in (1, 1, 2, 3)]
    assert entries == [Entry.PASS, Entry.STALE, Entry.PASS, Entry.STALE]
    assert door.come('nonce="of another"') is Entry.STALE
    assert door.keeper.wrong_logins == 0


def test_the_right_password_clears_the_count_and_the_lock_ends() -> None:
    door = Door(DoorRules("user", "word", lock_after=3, lock_seconds=60))
    challenge = door.keeper.challenge()
    assert [door.come(challenge, "wrong") for _ in range(2)] == [Entry.WRONG] * 2
    assert door.come(challenge) is Entry.PASS
    entries = [door.come(challenge, "wrong") for _ in range(3)]
    assert entries == [Entry.WRONG, Entry.WRONG, Entry.LOCKED]
    assert door.come(challenge, count=2) is Entry.LOCKED
    assert door.keeper.judge("GET", "/a?b", "", "192.0.2.1").entry is Entry.ASK
    door.now = 61
    assert door.come(challenge, count=3) is Entry.PASS


def test_the_uri_of_a_digest_has_to_be_the_target() -> None:
    door = Door(DoorRules("user", "word"))
    header = 'Digest username="user", uri="/a", nonce="n", response="r"'
    assert door.keeper.judge("GET", "/a?b", header, "192.0.2.1").entry is Entry.WRONG


class Pieces:
    """A body without an end that knows when it is let go."""

    def __init__(self) -> None:
        self.is_closed = asyncio.Event()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        await asyncio.sleep(0)
        return b"x" * 65_536

    async def aclose(self) -> None:
        self.is_closed.set()


async def test_the_target_and_the_body_of_a_get_come_as_they_were_sent() -> None:
    async def answer(request: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, body=f"{request.target} {request.body.decode()}".encode())

    async with HttpServer(answer) as server, httpx.AsyncClient(timeout=60) as http:
        url = f"http://127.0.0.1:{server.port}/a%20b?c=%5B0%5D&d=1%2F2"
        for _ in range(2):  # over one connection
            told = await http.request("GET", url, content=b"body")
            assert told.text == "/a%20b?c=%5B0%5D&d=1%2F2 body"
        assert (server.log[0].path, server.log[0].query) == ("/a b", {"c": "[0]", "d": "1/2"})
        assert server.most_open == 1


async def test_a_client_that_waits_for_leave_to_send_its_body_gets_it() -> None:
    async def answer(request: HttpRequest) -> HttpAnswer:
        return HttpAnswer(200, body=request.body)

    async with HttpServer(answer) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = ("POST / HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 4", "", "")
        writer.write("\r\n".join(head).encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(b"body")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert await reader.readexactly(4) == b"body"
        writer.close()
        await writer.wait_closed()


async def test_a_client_that_leaves_ends_the_answer() -> None:
    pieces = Pieces()

    async def answer(_: HttpRequest) -> HttpAnswer:
        return HttpAnswer(body=pieces)

    async with HttpServer(answer) as server, httpx.AsyncClient(timeout=60) as http:
        async with http.stream("GET", f"http://127.0.0.1:{server.port}/") as stream:
            await anext(stream.aiter_bytes())
        await asyncio.wait_for(pieces.is_closed.wait(), 30)


async def test_connections_are_cut_on_purpose_and_above_the_limit() -> None:
    is_open = asyncio.Event()

    async def answer(request: HttpRequest) -> HttpAnswer:
        if request.path == "/cut":
            raise HangUp
        await is_open.wait()
        return HttpAnswer()

    async with (
        HttpServer(answer, most_connections=1) as server,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as http,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get("/cut")
        waiting = asyncio.ensure_future(http.get("/"))
        await until(lambda: len(server.log) == 2)
        with pytest.raises(httpx.TransportError):
            await http.get("/")
        assert server.refused_connections == 1
        is_open.set()
        assert (await waiting).status_code == 200


@pytest.mark.parametrize("turns", range(8))
async def test_a_connection_that_comes_as_the_server_ends_is_closed(turns: int) -> None:
    async def answer(_: HttpRequest) -> HttpAnswer:
        return HttpAnswer()

    async with HttpServer(answer) as server:
        client = socket.create_connection(("127.0.0.1", server.port))
        for _ in range(turns):
            await asyncio.sleep(0)
    client.setblocking(False)
    with client, suppress(ConnectionError):
        assert await asyncio.get_running_loop().sock_recv(client, 1) == b""
    gc.collect()  # what was lost hold of is told here, and is an error
