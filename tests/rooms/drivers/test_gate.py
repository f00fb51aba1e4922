"""The gate before a device: a wrong password is shown once, a lock is waited for, and nobody storms
what does not answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sereno.base.clock import ManualClock
from sereno.drivers.contract import Login
from sereno.drivers.errors import DeviceError, Locked, Refused, Unreachable
from sereno.drivers.gate import FAILURES_BEFORE_SHUT
from sereno.drivers.http.answers import Refusal, Verdict
from sereno.drivers.http.client import DeviceHttp
from sereno.drivers.memory import Memory, ShortMemory
from sereno.drivers.memory_file import FileMemory
from sereno.drivers.tools import Tools
from sereno.policy.reasons import Reason

from .scripted import PASSWORD, Asked, Door, Mind, Scripted, answer, scripted

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LOCKED = Refusal(Verdict.LOCKED, seconds=1800)
MIND = Mind(
    {
        b"locked": LOCKED,
        b"few left": Refusal(Verdict.WRONG, attempts_left=2),
        b"no right": Refusal(Verdict.RIGHT_MISSING, right="Remote: Playback"),
        b"stale": Refusal(Verdict.STALE),
    }
)


@dataclass
class House:
    """One process of ours: its memory, its clock, and its drivers."""

    memory: Memory
    clock: ManualClock

    def __post_init__(self) -> None:
        self.tools = Tools(self.memory, self.clock)

    @asynccontextmanager
    async def http(self, login: Login) -> AsyncIterator[DeviceHttp]:
        http = self.tools.http(login, MIND)
        try:
            yield http
        finally:
            await http.close()

    async def ask(self, login: Login, target: str = "/a") -> int:
        async with self.http(login) as http:
            return (await http.ask("GET", target)).status

    async def fails(self, login: Login, target: str = "/a") -> DeviceError:
        with pytest.raises(DeviceError) as caught:
            await self.ask(login, target)
        return caught.value


@pytest.fixture
def house() -> House:
    return House(ShortMemory(), ManualClock(NOON))


def restarted(house: House) -> House:
    """The same machine, after all was killed."""
    assert isinstance(house.memory, FileMemory)
    return House(FileMemory(house.memory.path), house.clock)


@pytest.mark.provokes("login_refused")
async def test_a_wrong_password_is_shown_once_by_all(tmp_path: Path) -> None:
    house = House(FileMemory(tmp_path / "devices.json"), ManualClock(NOON))
    device = scripted(Door(password="changed"))
    async with device.served():
        login = device.login
        failed = await asyncio.gather(*(house.fails(login, f"/{number}") for number in range(12)))
        failed += [await restarted(house).fails(login)]
        assert len(device.signed) == 1
        assert {type(error) for error in failed} == {Refused}
        assert {error.reason.key for error in failed} == {"login_refused"}
        assert house.tools.gate(login).state.name == "halted"
        changed = replace(login, password="changed")
        assert await restarted(house).ask(changed) == 200
        assert isinstance(await restarted(house).fails(login), Refused)
    assert PASSWORD not in (tmp_path / "devices.json").read_text()
    assert len(device.signed) == 2


async def test_a_wrong_password_is_shown_once_by_processes_at_once(tmp_path: Path) -> None:
    device = scripted(Door(password="changed"))
    async with device.served():
        clock, path = ManualClock(NOON), tmp_path / "devices.json"
        houses = [House(FileMemory(path), clock) for _ in range(4)]
        for house in houses:
            house.tools.gate(device.login)  # before anything is known
        failed = await asyncio.gather(*(house.fails(device.login) for house in houses))
    assert {error.reason.key for error in failed} == {"login_refused"}
    assert len(device.signed) == 1


async def test_a_person_may_have_it_tried_again(house: House) -> None:
    door = Door(password="other")
    device = scripted(door)
    async with device.served():
        await house.fails(device.login)
        door.password = PASSWORD
        house.tools.gate(device.login).lift()
        assert await house.ask(device.login) == 200
        assert house.tools.gate(device.login).state.name == "open"


async def test_what_is_lifted_in_one_process_is_lifted_in_all(tmp_path: Path) -> None:
    house = House(FileMemory(tmp_path / "devices.json"), ManualClock(NOON))
    door = Door(password="other")
    device = scripted(door)
    async with device.served():
        await house.fails(device.login)
        door.password = PASSWORD
        assert isinstance(await house.fails(device.login), Refused)
        restarted(house).tools.gate(device.login).lift()
        assert await house.ask(device.login) == 200
    assert len(device.signed) == 2


@pytest.mark.parametrize("script", ["no challenge", "the same nonce", "stale for ever"])
async def test_what_refuses_for_ever_is_not_asked_for_ever(house: House, script: str) -> None:
    door = Door()

    def says(asked: Asked) -> bytes:
        if not asked.nonce:
            return answer(401, b"", door.challenge())
        if script == "no challenge":
            return answer(401, b"go")
        if script == "the same nonce":
            return answer(401, b"", f'WWW-Authenticate: Digest realm="x", nonce="{asked.nonce}"')
        return answer(401, b"", door.challenge("stale=TRUE"))

    device = scripted(says)
    async with device.served():
        assert isinstance(await house.fails(device.login), Refused)
        assert isinstance(await house.fails(device.login), Refused)
    assert len(device.signed) == (2 if script == "stale for ever" else 1)


@pytest.mark.provokes("login_locked")
@pytest.mark.parametrize(("status", "is_told_to_strangers"), [(401, True), (401, False), (403, 0)])
async def test_a_lock_is_waited_for(
    tmp_path: Path, status: int, is_told_to_strangers: bool
) -> None:
    house = House(FileMemory(tmp_path / "devices.json"), ManualClock(NOON))
    door, is_locked = Door(), True

    def says(asked: Asked) -> bytes:
        is_told = is_locked and (asked.nonce or is_told_to_strangers)
        return answer(status, b"locked", door.challenge()) if is_told else door(asked)

    device = scripted(says)
    async with device.served():
        login = device.login
        error = await house.fails(login)
        assert isinstance(error, Locked)
        assert error.reason.params["wait"] == "30 min"
        assert error.not_before == NOON + timedelta(seconds=1860)
        asked = len(device.asked)
        assert len(device.signed) == (0 if is_told_to_strangers else 1)
        for account in (login, replace(login, password="right"), replace(login, username="x")):
            assert isinstance(await restarted(house).fails(account), Locked)
        assert len(device.asked) == asked
        is_locked = False
        house.clock.advance(1861)
        assert await house.ask(login) == 200
    assert house.memory.halts(f"127.0.0.1:{device.port}") == ()


@pytest.mark.provokes("login_spared")
async def test_the_last_attempts_are_left_to_people(house: House) -> None:
    door = Door()

    def says(asked: Asked) -> bytes:
        return door(asked) if asked.nonce else answer(401, b"few left", door.challenge())

    device = scripted(says)
    async with device.served():
        error = await house.fails(device.login)
        assert isinstance(error, Locked)
        assert (error.reason.key, error.reason.params["left"]) == ("login_spared", "2")
        assert device.signed == []


@pytest.mark.provokes("login_unanswered")
async def test_a_device_that_refuses_by_hanging_up_is_waited_for(house: House) -> None:
    door = Door()

    async def answering(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.nonce:
            writer.close()
        else:
            writer.write(door(asked))

    device = Scripted(answering)
    async with device.served():
        failed = [await house.fails(device.login) for _ in range(6)]
    assert [error.reason.key for error in failed[:3]] == ["api_broke_off"] * 3
    assert {error.reason.key for error in failed[3:]} == {"login_unanswered"}
    assert len(device.signed) == 3


@pytest.mark.provokes("right_missing")
async def test_a_right_that_is_missing_halts_nobody(house: House) -> None:
    door = Door()

    def says(asked: Asked) -> bytes:
        return answer(403, b"no right") if asked.nonce and asked.target == "/b" else door(asked)

    device = scripted(says)
    async with device.served():
        error = await house.fails(device.login, "/b")
        assert isinstance(error, Refused)
        assert error.reason.params["right"] == "Remote: Playback"
        assert await house.ask(device.login, "/a") == 200


async def test_what_a_model_lacks_is_an_answer(house: House) -> None:
    door = Door()

    def says(asked: Asked) -> bytes:
        return answer(403, b"notSupport") if asked.nonce else door(asked)

    device = scripted(says)
    async with device.served():
        assert await house.ask(device.login) == 403
        assert house.tools.gate(device.login).is_proven


async def test_one_thing_refused_is_told_from_a_changed_password(house: House) -> None:
    door = Door()

    def says(asked: Asked) -> bytes:
        is_closed = asked.nonce and asked.target == "/b"
        return answer(401, b"", door.challenge()) if is_closed else door(asked)

    device = scripted(says)
    async with device.served(), house.http(device.login) as http:
        await http.ask("GET", "/a")
        for _ in range(3):
            with pytest.raises(Refused) as caught:
                await http.ask("GET", "/b")
            assert caught.value.reason.params["right"] == "GET /b"
        assert (await http.ask("GET", "/a")).status == 200
    assert len([each for each in device.signed if each.target == "/b"]) <= 2


async def test_a_password_that_is_changed_meanwhile_halts(house: House) -> None:
    door = Door()
    device = scripted(door)
    async with device.served():
        async with house.http(device.login) as http:
            await http.ask("GET", "/a")
            door.password = "other"
            before = len(device.signed)
            for target in ("/b", "/c"):
                with pytest.raises(Refused):
                    await http.ask("GET", target)
        assert house.tools.gate(device.login).state.name == "halted"
    assert len(device.signed) - before <= 3


async def test_many_at_once_do_not_lock_an_account_whose_password_is_changed(house: House) -> None:
    door, wrong = Door(), 0

    def says(asked: Asked) -> bytes:
        nonlocal wrong
        said = door(asked)
        wrong += bool(asked.nonce) and b" 401 " in said[:14]
        return said

    device = scripted(says)
    async with device.served(), house.http(device.login) as http, house.http(device.login) as other:
        await asyncio.gather(
            *(each.ask("GET", f"/{n}") for each in (http, other) for n in range(4))
        )
        door.password = "other"
        asks = [each.ask("GET", f"/{number}") for each in (http, other) for number in range(20)]
        failed = await asyncio.gather(*asks, return_exceptions=True)
    assert {type(error) for error in failed} == {Refused}
    assert wrong < 5


async def test_a_worn_nonce_is_not_retried_close_to_the_lock(house: House) -> None:
    door = Door()

    def says(asked: Asked) -> bytes:
        if asked.fields.get("nc") == "00000002":
            return answer(401, b"few left", door.challenge())
        return door(asked)

    device = scripted(says)
    async with device.served(), house.http(device.login) as http:
        await http.ask("GET", "/a")
        with pytest.raises(Locked):
            await http.ask("GET", "/a")
    assert len(device.signed) == 2


@contextmanager
def nobody() -> Iterator[Login]:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield Login("127.0.0.1", taken.getsockname()[1])


async def test_where_nobody_is_the_gate_shuts_and_one_looks_again(house: House) -> None:
    with nobody() as login:
        gate = house.tools.gate(login)
        for _ in range(FAILURES_BEFORE_SHUT):
            assert gate.state.name == "open"
            await house.fails(login)
        state = gate.state
        assert (state.name, state.reason and state.reason.key) == ("shut", "api_closed")
        assert state.until is not None
        error = await house.fails(login)
        assert isinstance(error, Unreachable)
        assert error.not_before == state.until
        house.clock.advance((state.until - NOON).total_seconds() + 1)
        async with gate.connection():
            other = await house.fails(login)  # one at a time finds out
            assert isinstance(other, Unreachable)
            gate.check()  # who is in may go on
            gate.reached()
        assert gate.state.name == "open"


async def test_a_device_that_stays_away_is_asked_ever_less(house: House) -> None:
    with nobody() as login:
        gate = house.tools.gate(login)
        dials = 0
        for _ in range(600):
            try:
                async with gate.connection():
                    dials += 1
                    gate.missed(Reason("api_closed"))
            except Unreachable:
                pass
            house.clock.advance(1)
        # After ten minutes: 3 at first, then pauses of at most a minute.
        assert FAILURES_BEFORE_SHUT + 8 <= dials <= 60


async def test_one_turn_at_a_time_of_what_a_device_allows_once(house: House) -> None:
    gate = house.tools.gate(Login("192.0.2.1"))
    inside, most, order = 0, 0, list[int]()

    async def search(number: int) -> None:
        nonlocal inside, most
        async with gate.turn("search"):
            inside, most = inside + 1, max(most, inside + 1)
            order.append(number)
            await asyncio.sleep(0)
            inside -= 1

    async with gate.turn("playback"), gate.turn("download"), gate.turn("events"):
        await asyncio.gather(*map(search, range(5)))
    assert (most, order) == (1, [0, 1, 2, 3, 4])


async def test_who_waits_for_a_turn_learns_of_a_halt(house: House) -> None:
    gate = house.tools.gate(Login("192.0.2.1", username="x"))

    async def waits() -> None:
        async with gate.turn("search"):
            raise AssertionError

    async with gate.turn("search"):
        waiting = asyncio.create_task(waits())
        await asyncio.sleep(0)
        gate.refused(Reason("login_refused"))
    with pytest.raises(Refused):
        await waiting


def test_all_drivers_of_a_device_share_its_gate(house: House) -> None:
    login = Login("Recorder.example", username="x", password="y")
    gate = house.tools.gate(login)
    assert house.tools.gate(replace(login, host="recorder.example")) is gate
    assert house.tools.gate(replace(login, rtsp_port=8554)) is gate
    assert house.tools.gate(replace(login, port=81)) is not gate
    assert house.tools.gate(replace(login, password="z")) is not gate


def test_a_lock_far_in_the_future_was_written_by_a_wrong_clock(house: House) -> None:
    house.clock.step_wall(86_400 * 365)
    gate = house.tools.gate(Login("192.0.2.1", username="x"))
    gate.locked(Reason("login_locked", {"wait": "1 min", "seconds": "60"}))
    house.clock.step_wall(-86_400 * 365)
    assert gate.state.name == "open"
