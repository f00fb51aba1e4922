"""What stands at an address: found out by strangers' questions, and one password shown at most."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import httpx
import pytest

from sereno.base.clock import SystemClock
from sereno.drivers import recognise as recognising
from sereno.drivers.contract import DeviceKind, Identity, Login
from sereno.drivers.errors import DeviceError, Locked, Refused, Unreachable, Unsupported
from sereno.drivers.fingerprint import (
    DAHUA_PATH,
    HIKVISION_PATH,
    Seen,
    told_vendor,
    vendors_of,
)
from sereno.drivers.http.answers import Refusal, Verdict
from sereno.drivers.http.faults import reason_at
from sereno.drivers.memory import ShortMemory
from sereno.drivers.recognise import Recognised, fingerprint, recognise
from sereno.drivers.tools import Tools

from .scripted import Asked, Door, Mind, Scripted, answer, scripted

MIND = Mind({b"locked": Refusal(Verdict.LOCKED, 60)})


@dataclass
class Plain:
    """A driver that only asks who is there, at one path, by HTTP."""

    login: Login
    tools: Tools
    log: list[str]

    vendor: ClassVar[str] = ""
    path: ClassVar[str] = "/"

    def __post_init__(self) -> None:
        self.log.append(f"{self.vendor} opened")
        self._http = self.tools.http(self.login, MIND)

    async def identify(self) -> Identity:
        told = await self._http.ask("GET", self.path)
        if told.body != self.vendor.encode():
            raise Unsupported(reason_at(self.login, "device_unknown"))
        return Identity(
            self.vendor, "Maker", "M", "1", "1", DeviceKind.RECORDER, "Recorder 1", None, 554
        )

    async def close(self) -> None:
        self.log.append(f"{self.vendor} closed")
        await self._http.close()


class PlainHikvision(Plain):
    vendor = "hikvision"
    path = HIKVISION_PATH


class PlainDahua(Plain):
    vendor = "dahua"
    path = DAHUA_PATH


class PlainOnvif(Plain):
    vendor = "onvif"
    path = "/onvif/device_service"


class PlainRtsp(Plain):
    vendor = "rtsp"
    path = "/rtsp"


@dataclass
class Bench:
    """Drivers in the place of the real ones, and what happened to them."""

    log: list[str] = field(default_factory=list)
    tools: Tools = field(default_factory=lambda: Tools(ShortMemory(), SystemClock()))

    async def find(self, login: Login, stored: str = "") -> Recognised:
        found = await recognise(login, self.tools, stored)
        await found.driver.close()
        return found

    async def fails(self, login: Login, stored: str = "") -> DeviceError:
        with pytest.raises(DeviceError) as caught:
            await recognise(login, self.tools, stored)
        opened = [line for line in self.log if line.endswith("opened")]
        closed = [line for line in self.log if line.endswith("closed")]
        assert len(opened) == len(closed)
        return caught.value


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    made = Bench()
    drivers = (PlainHikvision, PlainDahua, PlainOnvif, PlainRtsp)

    def opener(driver: type[Plain]) -> Callable[[Login, Tools], Plain]:
        return lambda login, tools: driver(login, tools, made.log)

    monkeypatch.setattr(recognising, "VENDORS", {each.vendor: opener(each) for each in drivers})
    yield made


def device_of(vendor: str, realm: str = "x", password: str | None = None) -> Scripted:
    """Answers who it is at its own path, to whom it knows; 404 elsewhere."""
    door = Door(realm=realm) if password is None else Door(realm=realm, password=password)
    paths = {each.vendor: each.path for each in (PlainHikvision, PlainDahua, PlainOnvif, PlainRtsp)}

    def says(asked: Asked) -> bytes:
        return door(asked, vendor.encode()) if asked.target == paths[vendor] else answer(404)

    return scripted(says)


@pytest.mark.parametrize(
    ("vendor", "before"), [("hikvision", []), ("dahua", []), ("onvif", []), ("rtsp", ["onvif"])]
)
async def test_a_device_is_recognised(bench: Bench, vendor: str, before: list[str]) -> None:
    device = device_of(vendor)
    async with device.served():
        found = await bench.find(device.login)
    assert (found.driver.vendor, found.identity.vendor) == (vendor, vendor)
    tried = [f"{each} {what}" for each in (*before, vendor) for what in ("opened", "closed")]
    assert bench.log == tried
    assert len(device.signed) == 1


async def test_what_was_known_comes_first(bench: Bench) -> None:
    device = device_of("dahua")
    async with device.served():
        await bench.find(device.login, "dahua")
    assert len(device.asked) == 2  # the challenge, and the answer to it
    assert bench.log[0] == "dahua opened"


async def test_a_device_that_was_exchanged_is_found_all_the_same(bench: Bench) -> None:
    device = device_of("dahua", realm="Login to 1")
    async with device.served():
        found = await bench.find(device.login, "hikvision")
    assert found.identity.vendor == "dahua"
    assert bench.log[:3] == ["hikvision opened", "hikvision closed", "dahua opened"]


async def test_one_password_is_shown_whoever_stands_there(bench: Bench) -> None:
    door = Door(password="other")
    device = scripted(door)  # refuses at every path
    async with device.served():
        error = await bench.fails(device.login)
        assert isinstance(error, Refused)
        assert isinstance(await bench.fails(device.login), Refused)
    assert len(device.signed) == 1


async def test_a_lock_is_told_at_once(bench: Bench) -> None:
    door = Door()
    device = scripted(lambda asked: answer(401, b"locked", door.challenge()))
    async with device.served():
        assert isinstance(await bench.fails(device.login), Locked)
    assert device.signed == []


@pytest.mark.provokes("device_unknown")
async def test_what_nobody_knows_is_told(bench: Bench) -> None:
    device = scripted(lambda asked: answer(200, b"<html>Printer</html>" * 9999))
    async with device.served():
        error = await bench.fails(device.login)
    assert isinstance(error, Unsupported)
    assert error.reason.key == "device_unknown"


async def test_a_closed_web_port_is_told_where_nothing_plays_either(bench: Bench) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = await bench.fails(Login("127.0.0.1", taken.getsockname()[1]))
    assert isinstance(error, Unreachable)
    assert error.reason.key == "api_closed"
    assert bench.log == ["rtsp opened", "rtsp closed"]


async def test_a_device_that_wants_encryption_is_not_taken_for_another(bench: Bench) -> None:
    device = scripted(lambda asked: answer(302, b"", "Location: https://192.0.2.1/"))
    async with device.served():
        error = await bench.fails(device.login)
    assert error.reason.key == "api_moved"
    assert bench.log == []


async def test_a_fingerprint_shows_no_credentials(bench: Bench) -> None:
    device = device_of("dahua", realm="Login to Recorder 1, hall")
    async with device.served():
        assert await fingerprint(device.login, bench.tools) == ["dahua"]
    assert [each.target for each in device.asked] == [HIKVISION_PATH, DAHUA_PATH]
    assert device.signed == []


def seen(path: str, status: int, realm: str = "", body: bytes = b"", server: str = "") -> Seen:
    told = {"WWW-Authenticate": f'Digest realm="{realm}", nonce="1"'} if realm else {}
    return Seen(path, status, httpx.Headers(told | {"Server": server}), body)


@pytest.mark.parametrize(
    ("hikvision", "dahua", "vendors"),
    [
        (seen("", 401, "DS-1", b"<userCheck><statusValue>401"), seen("", 404), ["hikvision"]),
        (seen("", 401, "a1b2"), seen("", 404), ["hikvision"]),
        (seen("", 401, "a1b2", server="App-webs/"), seen("", 401, "a1b2"), ["hikvision", "dahua"]),
        (seen("", 404), seen("", 401, "Login to 3B02"), ["dahua"]),
        (seen("", 401, "Login to 3B02"), seen("", 401, "Login to 3B02"), ["dahua"]),
        (seen("", 401, "x"), seen("", 401, "x", b"Invalid Authority!"), ["dahua", "hikvision"]),
        (seen("", 401, "x"), seen("", 401, "x"), ["hikvision", "dahua"]),
        (seen("", 200, body=b"<html>"), seen("", 200, body=b"<html>"), []),
        (seen("", 404), seen("", 404), []),
    ],
)
def test_marks_of_a_vendor(hikvision: Seen, dahua: Seen, vendors: list[str]) -> None:
    both = [
        Seen(HIKVISION_PATH, hikvision.status, hikvision.headers, hikvision.body),
        Seen(DAHUA_PATH, dahua.status, dahua.headers, dahua.body),
    ]
    assert vendors_of(both) == vendors


async def test_a_device_that_moved_its_answers_is_recognised(bench: Bench) -> None:
    def script(asked: Asked) -> bytes:
        if asked.target == HIKVISION_PATH:
            return answer(302, b"", f"Location: {HIKVISION_PATH}/")
        told = b"<DeviceInfo><model>DS-1</model></DeviceInfo>"
        return answer(200, told) if asked.target == f"{HIKVISION_PATH}/" else answer(404)

    async with scripted(script).served() as device:
        assert await fingerprint(device.login, bench.tools) == ["hikvision"]


@pytest.mark.parametrize(
    ("hikvision", "dahua", "told"),
    [
        (seen("", 401, "x"), seen("", 401, "x"), ""),
        (seen("", 403), seen("", 403), ""),
        (seen("", 404), seen("", 403), ""),
        (seen("", 401, "a1b2"), seen("", 404), "hikvision"),
        (seen("", 404), seen("", 401, "a1b2"), "dahua"),
        (seen("", 401, "x", server="App-webs/"), seen("", 401, "x"), "hikvision"),
        (seen("", 401, "Login to 3B02"), seen("", 401, "Login to 3B02"), "dahua"),
    ],
)
def test_whoever_refuses_everything_is_called_nobodys(
    hikvision: Seen, dahua: Seen, told: str
) -> None:
    both = [
        Seen(HIKVISION_PATH, hikvision.status, hikvision.headers, hikvision.body),
        Seen(DAHUA_PATH, dahua.status, dahua.headers, dahua.body),
    ]
    assert told_vendor(both) == told
