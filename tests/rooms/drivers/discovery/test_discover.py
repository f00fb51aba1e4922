"""What stands on a network is found, without a credential and without a storm."""

from __future__ import annotations

import asyncio
import socket

import pytest
from tests.rooms.drivers.scripted import Asked, Scripted, answer, scripted

from sereno.base.clock import SystemClock
from sereno.base.errors import Invalid
from sereno.drivers.discovery.answers import candidates
from sereno.drivers.discovery.asking import MOST_MATCHES, ask
from sereno.drivers.discovery.discover import discover
from sereno.drivers.discovery.discovered import Discovered, Looked
from sereno.drivers.discovery.lan import Lan
from sereno.drivers.discovery.messages import Address, parse_matches
from sereno.drivers.discovery.sweep import HOSTS_AT_ONCE, Ports
from sereno.drivers.fingerprint import DAHUA_PATH, HIKVISION_PATH
from sereno.drivers.memory import ShortMemory
from sereno.drivers.tools import Tools

from .answers_kit import matches, responding

NOBODY = Lan((), has_loopback=True)


@pytest.fixture
def tools() -> Tools:
    return Tools(ShortMemory(), SystemClock())


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def hikvision() -> Scripted:
    return scripted(lambda asked: answer(401, b"<userCheck>"))


def dahua() -> Scripted:
    def script(asked: Asked) -> bytes:
        realm = 'WWW-Authenticate: Digest realm="Login to 1", nonce="n"'
        return answer(401, b"", realm) if asked.target == DAHUA_PATH else answer(404)

    return scripted(script)


async def test_a_device_that_answers_is_known_with_its_vendor(tools: Tools) -> None:
    told: list[Looked] = []
    async with hikvision().served() as device:
        at = f"http://127.0.0.1:{device.port}/onvif/device_service"
        answers = (b"garbage", matches("http://[fe80::1]/onvif", at), matches(at))
        async with responding(*answers) as responder:
            found = await discover(
                tools, lan=responder.lan, wait=responder.wait, on_looked=told.append
            )
    assert found == [
        Discovered(
            "127.0.0.1", device.port, False, "hikvision", "", "DS-7616NI", "HIKVISION DS-7616NI",
            "urn:uuid:1",
        )
    ]  # fmt: skip
    assert (told[-1].progress, told[-1].found) == (1.0, tuple(found))
    assert device.signed == []
    assert {asked.target for asked in device.asked} <= {HIKVISION_PATH, DAHUA_PATH}


async def test_the_address_is_one_where_somebody_answers(tools: Tools) -> None:
    """Devices tell ports that lead nowhere, and hosts of another network."""
    async with hikvision().served() as device:
        dead = f"https://10.9.9.9:{free_port()}/onvif"
        there = f"http://10.9.9.9:{device.port}/onvif"
        async with responding(matches(dead, there)) as responder:
            (found,) = await discover(tools, lan=responder.lan, wait=responder.wait)
    assert (found.host, found.port, found.is_tls) == ("127.0.0.1", device.port, False)


async def test_a_device_that_says_nothing_more_is_listed_as_onvif(tools: Tools) -> None:
    async with responding(matches(f"http://127.0.0.1:{free_port()}/onvif")) as responder:
        (found,) = await discover(tools, lan=responder.lan, wait=responder.wait)
    assert (found.vendor, found.known_as) == ("onvif", "urn:uuid:1")


async def test_the_question_reaches_a_multicast_group(tools: Tools) -> None:
    heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    heard.setblocking(False)
    heard.bind(("", 0))
    group = "239.255.255.250"
    joined = socket.inet_aton(group) + socket.inet_aton("127.0.0.1")
    heard.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
    questions: list[bytes] = []

    async def wait(seconds: float) -> None:
        async with asyncio.timeout(30):
            questions.append(await asyncio.get_running_loop().sock_recv(heard, 65_535))

    with heard:
        lan = Lan(("127.0.0.1", "192.0.2.77"), group, heard.getsockname()[1], has_loopback=True)
        assert await discover(tools, lan=lan, wait=wait) == []
    assert all(b"Probe" in question for question in questions)


async def test_what_one_host_says_is_bounded() -> None:
    flood = [matches("http://127.0.0.1/onvif", endpoint=f"urn:{n}") for n in range(40)]
    async with responding(*flood) as responder:
        answered = await ask(responder.lan, responder.wait)
    assert 0 < len(answered) <= 8 < MOST_MATCHES


def test_a_device_of_two_networks_is_one_and_a_cloned_endpoint_two() -> None:
    (both,) = parse_matches(matches("http://10.0.0.5/onvif", "http://192.168.1.5/onvif"))
    (clone,) = parse_matches(matches("http://10.0.0.6/onvif"))
    answered = {("192.168.1.5", "e"): both, ("10.0.0.5", "e"): both, ("10.0.0.6", "e"): clone}
    found = [each.addresses[0] for each in candidates(answered)]
    assert found == [Address("192.168.1.5", 80, False), Address("10.0.0.6", 80, False)]


def test_answers_from_elsewhere_are_not_believed_and_lost_cameras_not_asked() -> None:
    (match,) = parse_matches(matches("http://10.0.0.5/onvif"))
    answered = {(host, "e"): match for host in ("203.0.113.9", "127.0.0.1", "169.254.7.8")}
    (lost,) = candidates(answered)
    assert (lost.addresses, lost.may_be_asked) == ((Address("169.254.7.8", 80, False),), False)


async def test_a_subnet_is_looked_through_where_a_person_says_so(tools: Tools) -> None:
    told: list[Looked] = []
    async with dahua().served() as device:
        ports = Ports(device.port, *(free_port() for _ in range(4)))
        found = await discover(
            tools, subnet="127.0.0.1/32", lan=NOBODY, ports=ports, on_looked=told.append
        )
    assert found == [Discovered("127.0.0.1", device.port, False, "dahua")]
    assert told[-1].progress == 1.0
    assert device.signed == []


async def test_a_page_alone_is_no_device_and_video_is(tools: Tools) -> None:
    async with scripted(lambda asked: answer(200, b"a printer")).served() as page:
        closed = [free_port() for _ in range(3)]
        ports = Ports(page.port, closed[0], closed[1], free_port(), closed[2])
        assert await discover(tools, subnet="127.0.0.1/32", lan=NOBODY, ports=ports) == []
        with socket.create_server(("127.0.0.1", 0)) as video:
            ports = Ports(page.port, closed[0], closed[1], int(video.getsockname()[1]), closed[2])
            (found,) = await discover(tools, subnet="127.0.0.1/32", lan=NOBODY, ports=ports)
    assert (found.vendor, found.port) == ("rtsp", page.port)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_page_that_refuses_everybody_is_no_vendors(tools: Tools, status: int) -> None:
    async with scripted(lambda asked: answer(status)).served() as page:
        closed = [free_port() for _ in range(4)]
        ports = Ports(page.port, *closed)
        assert await discover(tools, subnet="127.0.0.1/32", lan=NOBODY, ports=ports) == []
        at = f"http://127.0.0.1:{page.port}/onvif/device_service"
        async with responding(matches(at)) as responder:
            (found,) = await discover(tools, lan=responder.lan, wait=responder.wait)
    assert found.vendor == "onvif"


async def test_few_hosts_are_looked_at_at_once(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, most = 0, 0

    async def is_open(host: str, port: int) -> bool:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return False

    monkeypatch.setattr("sereno.drivers.discovery.sweep._is_open", is_open)
    monkeypatch.setattr("sereno.drivers.discovery.sweep.PACE_SECONDS", 0)
    assert await discover(tools, subnet="127.0.0.0/25", lan=NOBODY) == []
    assert 0 < most <= HOSTS_AT_ONCE * len(Ports().all)


async def test_a_subnet_that_may_not_be_looked_through_is_refused_first(tools: Tools) -> None:
    async with responding() as responder:
        with pytest.raises(Invalid):
            await discover(tools, subnet="8.8.8.0/24", lan=responder.lan, wait=responder.wait)
    assert responder.asked == []
