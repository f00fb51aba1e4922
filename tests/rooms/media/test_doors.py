"""Who may dial a device now: several attempts, as of several processes, on one folder."""

from __future__ import annotations

import asyncio
import hashlib
import sys
import threading
from asyncio.subprocess import PIPE
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from sereno.base.clock import ManualClock, SystemClock
from sereno.media import doors as doors_module
from sereno.media.door_files import MOST_AT_ONCE, Device, DoorFiles
from sereno.media.doors import Door, Doors
from sereno.media.faults import StreamFault, fault
from sereno.policy.reason_entry import Retry
from sereno.policy.retries import PAUSES

from .camera import until
from .odd_camera import OddCamera
from .playing import session
from .sinks import Collected

ADDRESS, USER, PASSWORD = "rtsp://192.0.2.7/1", "operator", "s3cret word"
OTHER = "rtsp://192.0.2.7/2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "doors"


@pytest.fixture
def one(folder: Path) -> Iterator[Doors]:
    doors = Doors(folder, SystemClock())
    yield doors
    doors.close()


@pytest.fixture
def two(folder: Path) -> Iterator[Doors]:
    """As another process sees them."""
    doors = Doors(folder, SystemClock())
    yield doors
    doors.close()


async def met(doors: Doors, key: str, address: str = ADDRESS, password: str = PASSWORD) -> str:
    """An attempt that meets this; what the stream is told."""
    try:
        async with doors.door(address, USER, password):
            raise fault(key, "RTSP/1.0 401 No", host="192.0.2.7")
    except StreamFault as error:
        return error.reason.raw
    raise AssertionError("a fault went missing")


async def may_enter(
    doors: Doors,
    address: str = ADDRESS,
    password: str = PASSWORD,
    waits: Callable[[], None] = lambda: None,
) -> bool:
    try:
        async with doors.door(address, USER, password, waits) as door:
            door.answered()
    except StreamFault:
        return False
    return True


async def test_a_few_attempts_at_a_time_over_all_processes(one: Doors, two: Doors) -> None:
    inside, most = 0, 0
    go = asyncio.Event()

    async def attempt(doors: Doors, number: int) -> None:
        nonlocal inside, most
        async with doors.door(f"rtsp://192.0.2.7:{9000 + number}/", "", "") as door:
            inside += 1
            most = max(most, inside)
            await go.wait()
            inside -= 1
            door.answered()

    attempts = [asyncio.create_task(attempt(x, n)) for n in range(5) for x in (one, two)]
    await until(lambda: inside == MOST_AT_ONCE)
    async with one.door("rtsp://192.0.2.8/", "", ""):
        pass  # another host has a door of its own
    go.set()
    await asyncio.gather(*attempts)
    assert most == MOST_AT_ONCE


async def test_who_plays_holds_up_nobody(one: Doors) -> None:
    async with AsyncExitStack() as playing:
        for _ in range(MOST_AT_ONCE + 2):
            door = await playing.enter_async_context(one.door(ADDRESS, USER, PASSWORD))
            door.answered()


HOLDER = """
import sys
from pathlib import Path
from sereno.media.door_files import MOST_AT_ONCE, Device, DoorFiles
files = DoorFiles(Path(sys.argv[1]))
device = files.device(*sys.argv[2:])
held = [files.take_login(device), *(files.take_turn(device) for _ in range(MOST_AT_ONCE))]
print("full" if None not in held and files.take_turn(device) is None else "free", flush=True)
input()
"""


async def test_a_process_that_is_killed_shuts_no_door(one: Doors, folder: Path) -> None:
    argv = (sys.executable, "-c", HOLDER, str(folder), ADDRESS, USER, PASSWORD)
    process = await asyncio.create_subprocess_exec(*argv, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"full\n"
    entering = asyncio.create_task(may_enter(one))
    done, _ = await asyncio.wait({entering}, timeout=0.3)
    assert not done
    process.kill()
    await process.communicate()
    assert await entering


async def test_credentials_that_nobody_plays_with_are_tried_one_at_a_time(
    one: Doors, two: Doors
) -> None:
    inside: list[Door] = []
    ended = asyncio.Event()

    async def play(doors: Doors) -> None:
        async with doors.door(ADDRESS, USER, PASSWORD) as door:
            inside.append(door)
            await ended.wait()

    streams = [asyncio.create_task(play(doors)) for doors in (one, two, one, two)]
    await until(lambda: bool(inside))
    await asyncio.wait(streams, timeout=0.3)
    assert len(inside) == 1
    inside[0].answered()
    await until(lambda: len(inside) == 4)  # they are right, and three may dial
    ended.set()
    await asyncio.gather(*streams)


async def test_who_hangs_after_the_credentials_were_accepted_holds_up_nobody(
    odd: OddCamera, one: Doors
) -> None:
    odd.digest = "MD5"
    odd.changes.append(lambda method, _, reply: "" if method == "PLAY" else reply)

    async def play() -> None:
        async with (
            one.door(odd.address, USER, PASSWORD) as door,
            session(odd, doorway=door) as playing,
        ):
            await playing.play(Collected())

    plays = [asyncio.create_task(play()) for _ in range(MOST_AT_ONCE)]
    await until(lambda: odd.requests.count("PLAY") == MOST_AT_ONCE)
    assert not any(each.done() for each in plays)
    for each in plays:
        each.cancel()
    await asyncio.wait(plays)


async def test_a_right_that_is_missing_says_nothing_of_a_password_that_was_accepted(
    one: Doors,
) -> None:
    with pytest.raises(StreamFault):
        async with one.door(ADDRESS, USER, PASSWORD) as door:
            door.accepted()
            raise fault("unauthorized")
    assert await may_enter(one, OTHER)
    with pytest.raises(StreamFault):
        async with one.door(ADDRESS, USER, PASSWORD) as door:
            door.accepted()
            raise fault("account_locked")
    assert not await may_enter(one, OTHER)


async def test_a_refused_password_is_tried_once_by_all(
    one: Doors, two: Doors, folder: Path
) -> None:
    told = await asyncio.gather(
        *(
            met(doors, "unauthorized", address)
            for doors in (one, two)
            for address in (ADDRESS, OTHER)
        )
    )
    assert set(told) == {"RTSP/1.0 401 No"}
    after_restart = Doors(folder, SystemClock())
    assert not await may_enter(after_restart, OTHER)
    assert await may_enter(after_restart, OTHER, "another")
    one.forget(OTHER, USER, PASSWORD)
    assert await may_enter(after_restart)
    after_restart.close()


async def test_only_one_attempt_is_made_with_a_password_that_is_refused(
    one: Doors, two: Doors
) -> None:
    tries = 0

    async def attempt(doors: Doors) -> None:
        nonlocal tries
        async with doors.door(ADDRESS, USER, PASSWORD):
            tries += 1
            raise fault("unauthorized")

    attempts = (attempt(doors) for doors in (one, two) * 8)
    met = await asyncio.gather(*attempts, return_exceptions=True)
    assert tries == 1
    assert [each.reason.key for each in met if isinstance(each, StreamFault)] == [
        "unauthorized"
    ] * 16


async def test_other_faults_are_not_remembered(one: Doors) -> None:
    for key in ("forbidden", "auth_unsafe", "no_such_stream", "device_busy"):
        await met(one, key)
        assert await may_enter(one)


async def test_a_locked_account_is_tried_again_when_that_should_be_over(folder: Path) -> None:
    clock = ManualClock()
    doors = Doors(folder, clock)
    await met(doors, "account_locked")
    assert not await may_enter(doors, OTHER)
    clock.advance(PAUSES[Retry.LOCKED].base_seconds - 1)
    assert not await may_enter(doors)
    clock.advance(2)
    assert await may_enter(doors)
    clock.step_wall(-60)  # it was let in: nothing is held against it any more
    assert await may_enter(doors)
    doors.close()


async def test_how_long_a_lock_still_holds_is_told(folder: Path) -> None:
    clock = ManualClock()
    doors = Doors(folder, clock)
    with pytest.raises(StreamFault):
        async with doors.door(ADDRESS, USER, PASSWORD):
            raise fault("account_locked", wait="30 min", seconds=1800)
    clock.advance(1200)
    with pytest.raises(StreamFault) as told:
        await doors.door(OTHER, USER, PASSWORD).__aenter__()
    assert told.value.reason.params == {"wait": "11 min", "seconds": "660"}  # and a minute
    doors.close()


async def test_a_refusal_of_a_clock_that_was_wrong_does_not_last_for_ever(folder: Path) -> None:
    clock = ManualClock()
    clock.step_wall(10 * 365 * 86_400)
    doors = Doors(folder, clock)
    await met(doors, "account_locked")
    clock.step_wall(-10 * 365 * 86_400)
    assert await may_enter(doors)
    doors.close()


async def test_neither_hosts_nor_passwords_nor_plain_digests_lie_in_the_folder(
    one: Doors, folder: Path
) -> None:
    with pytest.raises(StreamFault):
        async with one.door(ADDRESS, USER, PASSWORD):
            raise fault("unauthorized", f"bad password {PASSWORD} of {USER}:{PASSWORD}")
    found = contents_of(folder)
    digests = [
        hashlib.new(name, text.encode()).hexdigest()[:32]
        for name in ("md5", "sha1", "sha256")
        for text in (PASSWORD, f"{USER}:{PASSWORD}", f"192.0.2.7\0{USER}\0{PASSWORD}")
    ]
    assert not [each for each in (PASSWORD, "192.0.2.7", *digests) if each in found]
    assert DoorFiles(folder).device(ADDRESS, USER, PASSWORD).login in found


def contents_of(folder: Path) -> str:
    """Names and contents of all files, which nobody else may read."""
    assert {each.stat().st_mode & 0o077 for each in (folder, *folder.iterdir())} == {0}
    return " ".join(f"{each.name} {each.read_bytes()!r}" for each in folder.iterdir())


async def test_who_waits_learns_that_nobody_is_there(
    one: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors_module, "TOLD_AFTER_SECONDS", 0.05)
    waits: list[None] = []
    async with AsyncExitStack() as holding:
        door = await holding.enter_async_context(one.door(ADDRESS, USER, PASSWORD))
        waiting = [
            asyncio.create_task(may_enter(one, address, waits=lambda: waits.append(None)))
            for address in (ADDRESS, OTHER)
        ]
        await until(lambda: len(waits) == len(waiting))
        holding.pop_all()
        error = fault("timed_out", host="192.0.2.7")
        await door.__aexit__(StreamFault, error, None)
        assert await asyncio.gather(*waiting) == [False, False]
    assert await may_enter(one)  # who comes later looks for himself


@pytest.mark.provokes("waits_its_turn")
async def test_who_has_to_wait_says_so_and_leaves_nothing_behind_when_he_goes(
    one: Doors, two: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors_module, "TOLD_AFTER_SECONDS", 0.05)
    waits = asyncio.Event()

    async def attempt() -> None:
        async with two.door(ADDRESS, "", "", waits.set):
            raise AssertionError("there was no room")

    async with AsyncExitStack() as holding:
        for _ in range(MOST_AT_ONCE):
            await holding.enter_async_context(one.door(ADDRESS, "", ""))
        waiting = asyncio.create_task(attempt())
        await waits.wait()
        waiting.cancel()
        await asyncio.wait([waiting])
    async with AsyncExitStack() as holding:
        for _ in range(MOST_AT_ONCE):
            await holding.enter_async_context(one.door(ADDRESS, "", "", pytest.fail))


async def test_an_attempt_that_takes_too_long_lets_others_in(
    one: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors_module, "HELD_SECONDS", 0.1)
    async with AsyncExitStack() as holding:
        for _ in range(MOST_AT_ONCE + 1):
            await holding.enter_async_context(one.door(ADDRESS, USER, PASSWORD))


async def test_without_a_folder_the_doors_stand_open() -> None:
    doors = Doors(None, SystemClock())
    await met(doors, "unauthorized")
    assert await may_enter(doors)


async def test_a_folder_that_cannot_be_used_keeps_nobody_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    doors = Doors(tmp_path / "file" / "doors", SystemClock())
    assert await may_enter(doors)
    assert await may_enter(doors)
    assert caplog.text.count("doors cannot be used") == 1
    doors.close()


async def test_a_disk_that_does_not_answer_keeps_nobody_out(
    one: Doors, two: Doors, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers, take_turn = threading.Event(), DoorFiles.take_turn

    def take_late(files: DoorFiles, device: Device) -> int | None:
        answers.wait()
        return take_turn(files, device)

    monkeypatch.setattr(doors_module, "DISK_SECONDS", 0.1)
    monkeypatch.setattr(DoorFiles, "take_turn", take_late)
    assert await may_enter(one)
    assert caplog.text.count("does not answer") == 1
    answers.set()
    async with AsyncExitStack() as holding:  # what came too late was given back
        for _ in range(MOST_AT_ONCE):
            await holding.enter_async_context(two.door(ADDRESS, "", "", pytest.fail))
