"""What people have a node find out of devices, against simulated recorders."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from sereno.drivers.discovery.discovered import Discovered, Looked, OnLooked
from sereno.drivers.tools import Tools
from sereno.node.devices import errands as errands_module
from sereno.node.devices import probing, searching
from sereno.wire.devices import DISCOVER, PROBE, SEARCH, DeviceErrandReport
from sereno.wire.errands import Errand
from sereno.wire.orders import DeviceOrder

from .conftest import NOW, PASSWORD, USER, Recorder, Site, until


def probe(port: int | None, password: str = PASSWORD, **params: Any) -> Errand:
    return Errand(
        errand_id=uuid4(),
        kind=PROBE,
        username=USER,
        password=SecretStr(password),
        params={"host": "127.0.0.1", "port": port, **params},
    )


def search(order: DeviceOrder, hours: float = 2, **params: Any) -> Errand:
    span = {"start": NOW - timedelta(hours=hours), "end": NOW}
    device_id = str(order.device_id)
    values = {"device_id": device_id, "channel": "1", **span, **params}
    return Errand(errand_id=uuid4(), kind=SEARCH, params=values)


def steps(reports: Sequence[DeviceErrandReport]) -> list[str]:
    """What was being done, in order."""
    told: list[str] = []
    for each in reports:
        if each.step not in told[-1:]:
            told.append(each.step)
    return told


def key(report: DeviceErrandReport) -> str:
    assert report.reason is not None
    return report.reason.key


@pytest.mark.parametrize("vendor", ["hikvision", "dahua", "onvif"])
async def test_a_probe_tells_what_stands_there(site: Site, vendor: str) -> None:
    recorder = await site.recorder(vendor, clock_skew_seconds=42)
    errand = probe(recorder.port)
    report = await site.done(errand)
    assert report.reason is None
    assert report.identity is not None
    assert report.identity.vendor == vendor
    assert report.clock_offset_seconds == pytest.approx(42, abs=2)
    assert report.channels is not None
    assert [each.name for each in report.channels] == ["Entrance", "Yard"]
    assert report.capabilities is not None
    assert report.capabilities["snapshot"]
    (place,) = report.discovered
    assert (place.host, place.port, place.vendor) == ("127.0.0.1", recorder.port, vendor)
    told = site.told.stories[errand.errand_id]
    assert steps(told)[-1] == ""
    assert PASSWORD not in "".join(each.model_dump_json() for each in told)


async def test_a_probe_of_nothing_says_what_is_wrong(site: Site, silent_port: int) -> None:
    report = await site.done(probe(silent_port))
    assert key(report) == "api_closed"
    assert report.identity is None


async def test_a_probe_shows_a_wrong_password_once_however_often_it_is_asked(site: Site) -> None:
    recorder = await site.recorder()
    for _ in range(3):
        assert key(await site.done(probe(recorder.port, "wr0ng s3cret"))) == "login_refused"
    assert recorder.wrong_logins == 1


async def test_a_refused_password_is_shown_once_more_where_a_person_asks(site: Site) -> None:
    recorder = await site.recorder()
    wrong = "wr0ng s3cret"
    assert key(await site.done(probe(recorder.port, wrong))) == "login_refused"
    again = probe(recorder.port, wrong, tries_again=True)
    assert key(await site.done(again)) == "login_refused"
    assert recorder.wrong_logins == 2
    assert key(await site.done(probe(recorder.port, wrong))) == "login_refused"
    assert recorder.wrong_logins == 2, "each asking is for one try"


async def test_a_probe_without_a_port_tries_the_usual_ones(
    site: Site, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = await site.recorder()
    monkeypatch.setattr(probing, "_USUAL", ((silent_port, False), (recorder.port, False)))
    report = await site.done(probe(None))
    assert [each.port for each in report.discovered] == [recorder.port]
    wrong = await site.recorder("dahua")
    monkeypatch.setattr(probing, "_USUAL", ((wrong.port, False), (recorder.port, False)))
    assert key(await site.done(probe(None, "wr0ng s3cret"))) == "login_refused"
    assert (wrong.wrong_logins, recorder.wrong_logins) == (1, 0), "it is shown once"


async def test_a_probe_stands_in_with_addresses_that_a_person_gives(
    site: Site, silent_port: int
) -> None:
    recorder = await site.recorder()
    template = f"rtsp://127.0.0.1:{recorder.rtsp_port}/Streaming/Channels/{{channel}}01"
    report = await site.done(probe(silent_port, template=template, template_channels=2))
    assert report.identity is not None
    assert report.identity.vendor == "rtsp"
    assert report.channels is not None
    assert [each.number for each in report.channels] == [1, 2]


@pytest.mark.provokes("errand_slow")
async def test_a_device_that_hangs_ends_its_probe_and_no_other(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_asked = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server:
        monkeypatch.setitem(errands_module.SECONDS, PROBE, 0.3)
        report = await site.done(probe(server.sockets[0].getsockname()[1]))
    assert is_asked.is_set()
    assert key(report) == "errand_slow"


@pytest.mark.parametrize("vendor", ["hikvision", "dahua", "onvif"])
async def test_a_search_tells_what_a_recorder_holds(site: Site, vendor: str) -> None:
    recorder = await site.recorder(vendor)
    order = site.order(recorder)
    errand = search(order)
    report = await site.done(errand)
    assert report.reason is None
    assert report.progress == 1
    assert report.found_through == NOW
    starts = [each.start for each in report.found]
    assert len(starts) >= 12
    assert starts == sorted(starts)
    assert report.found[0].end > NOW - timedelta(hours=2)
    assert all(each.handle for each in report.found)
    progress = [each.progress for each in site.told.stories[errand.errand_id] if each.progress]
    assert progress == sorted(progress)


async def starts_of(site: Site, recorder: Recorder, **params: Any) -> list[datetime]:
    report = await site.done(search(site.order(recorder), **params))
    assert report.reason is None
    return [each.start for each in report.found]


@pytest.mark.parametrize("vendor", ["hikvision", "dahua", "onvif"])
@pytest.mark.parametrize("skew_seconds", [95, -1234])
async def test_times_of_found_footage_are_true_where_the_clock_is_wrong(
    site: Site, vendor: str, skew_seconds: int
) -> None:
    recorder = await site.recorder(vendor, clock_skew_seconds=skew_seconds)
    order = site.order(recorder)
    report = await site.done(search(order))
    assert report.reason is None
    right = await starts_of(site, await site.recorder(vendor))
    told = [each.start for each in report.found]
    assert len(told) == len(right) >= 12
    for start, true_start in zip(told, right, strict=True):
        assert abs(start - true_start) <= timedelta(seconds=1)
    (offset,) = {each.clock_offset_seconds for each in report.found}
    assert offset == pytest.approx(skew_seconds, abs=1)


async def test_footage_of_when_the_clock_was_otherwise_is_told_by_that(site: Site) -> None:
    """It was an hour behind until somebody set it right, 45 minutes ago."""
    order, hour = site.order(await site.recorder("dahua")), timedelta(hours=1)
    labels = {each.start for each in (await site.done(search(order, hours=4))).found}
    clock = [
        {"at": NOW - hours * hour, "offset_seconds": offset}
        for hours, offset in ((3, -3600.2), (1, -3599.9), (0.5, 0.2))
    ]
    report = await site.done(search(order, clock=clock))
    assert report.reason is None
    by_then = {each.start for each in report.found if each.clock_offset_seconds == -3600.2}
    by_now = {each.start for each in report.found if each.clock_offset_seconds == 0.2}
    assert len(by_then) + len(by_now) == len(report.found)
    assert by_then
    assert by_now
    assert {start - hour for start in by_then} | by_now <= labels
    set_at, a_file = NOW - 0.75 * hour, timedelta(minutes=10)
    assert max(by_then) < set_at
    assert min(by_now) > set_at - a_file


async def test_nothing_is_told_twice_where_a_clock_was_set_back(site: Site) -> None:
    """What it wrote for the half hour before it was set, it wrote once more after."""
    order = site.order(await site.recorder("dahua"))
    clock = [
        {"at": NOW - timedelta(minutes=minutes), "offset_seconds": offset}
        for minutes, offset in ((61, 1800.0), (59, 0.0))
    ]
    found = (await site.done(search(order, clock=clock))).found
    assert {each.clock_offset_seconds for each in found} == {1800.0, 0.0}
    handles = [each.handle for each in found]
    assert len(set(handles)) == len(handles)


async def test_a_search_that_finds_too_much_says_how_far_it_came(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_FOUND", 3)
    recorder = await site.recorder()
    report = await site.done(search(site.order(recorder)))
    assert len(report.found) == 3
    assert report.found_through is not None
    assert report.found[-1].end <= report.found_through < NOW - timedelta(hours=1)
    assert report.reason is None


async def test_a_search_of_a_channel_or_a_device_that_is_not_there(site: Site) -> None:
    recorder = await site.recorder()
    order = site.order(recorder)
    await site.online(order)
    assert key(await site.done(search(order, channel="9"))) == "channel_missing"
    unknown = search(order, device_id=str(uuid4()))
    doing = asyncio.create_task(site.done(unknown))
    await until(lambda: site.told.stories.get(unknown.errand_id), "its beginning")
    await site.pass_until(doing.done, "its end")
    assert key(await doing) == "device_not_asked"


async def test_what_a_search_meets_the_node_knows_at_once(site: Site) -> None:
    recorder = await site.recorder()
    order = site.order(recorder)
    await site.online(order)
    await site.off(recorder)
    assert key(await site.done(search(order))) in ("api_closed", "api_broke_off")

    def is_told() -> bool:
        newest = site.newest(order)
        return newest is not None and newest.reason is not None

    await until(is_told, "it is missed, and no time had to pass")


@pytest.mark.provokes("subnet_unfit")
async def test_a_subnet_that_is_not_looked_through(site: Site) -> None:
    errand = Errand(errand_id=uuid4(), kind=DISCOVER, params={"subnet": "203.0.113.0/24"})
    report = await site.done(errand)
    assert report.reason is not None
    assert report.reason.key == "subnet_unfit"
    assert report.reason.params == {"subnet": "203.0.113.0/24"}


async def test_what_is_discovered_is_told_as_it_answers(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Discovered("192.168.1.64", 80, vendor="hikvision", model="DS", known_as="urn:uuid:1")
    second = Discovered("192.168.1.65", 80, name="n" * 500)

    async def discover(tools: Tools, *, subnet: str, on_looked: OnLooked) -> list[Discovered]:
        assert tools is site.devices.tools
        on_looked(Looked(0.5, (first,)))
        await until(lambda: told() and len(told()[-1].discovered) == 1, "told")
        return [first, second]

    def told() -> list[DeviceErrandReport]:
        return site.told.stories.get(errand.errand_id, [])

    monkeypatch.setattr(errands_module, "discover", discover)
    errand = Errand(errand_id=uuid4(), kind=DISCOVER)
    report = await site.done(errand)
    assert [each.host for each in report.discovered] == ["192.168.1.64", "192.168.1.65"]
    assert len(report.discovered[1].name) <= 200
    assert "looking" in steps(told())


async def test_an_errand_nobody_waits_for_ends(site: Site, recorder: Recorder) -> None:
    site.told.is_over = True
    errand = search(site.order(recorder))
    await site.errands.do(errand)
    assert errand.errand_id not in site.told.stories


async def test_what_a_newer_hub_wants_is_refused_and_ends_nothing(site: Site) -> None:
    strange = Errand(errand_id=uuid4(), kind=SEARCH, params={"channel": 7})
    assert key(await site.done(strange)) == "unexplained"


@pytest.fixture
async def recorder(site: Site) -> Recorder:
    return await site.recorder()
