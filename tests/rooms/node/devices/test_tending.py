"""Devices that a node looks after, against simulated recorders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sereno.base.errors import NotFound, Unavailable
from sereno.drivers.contract import Health, Identity
from sereno.drivers.errors import Unreachable
from sereno.drivers.hikvision.driver import HikvisionDriver
from sereno.policy.reasons import Reason
from sereno.sim.recorders.config import ChannelSpec
from sereno.wire.devices import DeviceReport
from sereno.wire.orders import DeviceOrder

from .conftest import CHANNELS, NOW, PASSWORD, USER, Site, site_of, until

EACH = pytest.mark.parametrize("vendor", ["hikvision", "dahua", "onvif"])
_ONLINE = {"hikvision": [True, False], "dahua": [True, False], "onvif": [None, None]}
"""What devices say of their channels."""


@EACH
async def test_a_device_comes_online_and_all_of_it_is_told(site: Site, vendor: str) -> None:
    recorder = await site.recorder(vendor, clock_skew_seconds=42)
    order = site.order(recorder)
    report = await site.online(order)
    assert report.identity is not None
    assert (report.identity.vendor, report.identity.kind) == (vendor, "recorder")
    assert report.identity.serial
    assert report.identity.rtsp_port == recorder.rtsp_port
    assert report.capabilities is not None
    assert report.capabilities["find"]
    assert report.channels is not None
    assert [each.name for each in report.channels] == ["Entrance", "Yard"]
    assert [each.is_online for each in report.channels] == _ONLINE[vendor]
    assert f":{recorder.rtsp_port}/" in report.channels[0].streams[0].address
    assert PASSWORD not in report.model_dump_json()
    assert (not report.disks) == (vendor == "onvif"), "ONVIF tells of none"
    assert report.clock is not None
    assert report.clock.offset_seconds == pytest.approx(42, abs=2)
    assert report.advice is not None
    assert site.devices.driver_of(order.device_id).vendor == vendor
    assert recorder.log[0].headers.get("authorization") is None, "a stranger asks first"


@EACH
async def test_it_is_asked_now_and_then_and_told_when_something_is_new(
    site: Site, vendor: str
) -> None:
    recorder = await site.recorder(vendor)
    order = site.order(recorder)
    await site.online(order)
    await until(lambda: site.devices.is_idle, "all is asked")
    asked = len(recorder.log)
    await site.advance(29)
    assert len(recorder.log) == asked
    await site.advance(1)
    assert len(recorder.log) > asked
    told = site.told.reports[order.device_id]
    told.clear()
    await site.pass_until(lambda: told, "all of it again", 30)
    assert told[0].asked_at - NOW >= timedelta(seconds=600)


async def test_channels_that_come_and_go_are_told_when_a_person_asks(site: Site) -> None:
    recorder = await site.recorder()
    order = site.order(recorder)
    first = await site.online(order)
    config = await site.off(recorder)
    third = ChannelSpec(3, "Gate", "entrance")
    await site.back("hikvision", replace(config, channels=(CHANNELS[0], third)))
    site.order(device_id=order.device_id, sync_number=1)
    await until(lambda: _names(site, order) == ["Entrance", "Gate"], "new channels")
    report = site.newest(order)
    assert report is not None
    assert (first.sync_number, report.sync_number) == (0, 1)
    assert report.asked_at == NOW, "no time had to pass"


@pytest.mark.provokes("login_refused")
async def test_a_wrong_password_is_shown_once_until_a_person_says_so(site: Site) -> None:
    recorder = await site.recorder()
    order = site.order(recorder, password="wr0ng s3cret")
    report = await site.state(order, "refused")
    assert report.reason is not None
    assert report.reason.key == "login_refused"
    for _ in range(20):
        await site.advance(60)
    assert recorder.wrong_logins == 1
    with pytest.raises(Unavailable) as refused:
        site.devices.driver_of(order.device_id)
    assert refused.value.key == "login_refused"
    site.order(device_id=order.device_id, lift_number=1)
    await until(lambda: recorder.wrong_logins == 2, "one more try")
    site.order(device_id=order.device_id, password=PASSWORD)
    await site.online(order)
    assert recorder.wrong_logins == 2


async def test_a_refused_password_outlasts_a_restart(cache: Path, tmp_path: Path) -> None:
    async with site_of(cache, tmp_path) as site:
        recorder = await site.recorder()
        order = site.order(recorder, password="wr0ng s3cret", lift_number=7)
        await site.state(order, "refused")
        async with site_of(cache, tmp_path) as again:
            again.orders = dict(site.orders)
            again.devices.take(again.orders.values())
            await again.state(order, "refused")
        assert recorder.wrong_logins == 1


async def test_a_password_that_is_changed_on_the_device_is_told_to_who_plays_its_video(
    site: Site,
) -> None:
    recorder = await site.recorder()
    order = site.order(recorder)
    await site.online(order)
    address = f"rtsp://{recorder.host}:{recorder.rtsp_port}/Streaming/Channels/101"
    config = await site.off(recorder)
    recorder = await site.back("hikvision", replace(config, password="an0ther one"))
    assert await site.doors.refusal(address, USER, PASSWORD) is None
    await site.pass_until(lambda: site.is_now(order, "refused"), "refused")
    assert recorder.wrong_logins <= 2, "what was proven is shown once more, to be sure"
    reason = await site.doors.refusal(address, USER, PASSWORD)
    assert reason is not None
    assert reason.key == "unauthorized"
    await site.off(recorder)
    await site.back("hikvision", config)
    site.order(device_id=order.device_id, lift_number=1)
    await site.online(order)
    assert await site.doors.refusal(address, USER, PASSWORD) is None


async def test_a_password_that_was_never_right_says_nothing_of_its_video(site: Site) -> None:
    recorder = await site.recorder()
    order = site.order(recorder, password="wr0ng s3cret", rtsp_port=recorder.rtsp_port)
    await site.state(order, "refused")
    address = f"rtsp://{recorder.host}:{recorder.rtsp_port}/"
    assert await site.doors.refusal(address, USER, "wr0ng s3cret") is None


@pytest.mark.provokes("login_locked")
async def test_a_lock_is_waited_for_and_told_with_its_end(site: Site) -> None:
    recorder = await site.recorder(lock_after=1, lock_seconds=600)
    first = site.order(recorder, password="wr0ng s3cret")
    await site.state(first, "locked")
    site.remove(first)  # its password would be shown once more, and lock it anew
    second = site.order(recorder)
    report = await site.state(second, "locked")
    assert report.not_before is not None
    assert report.not_before - NOW >= timedelta(seconds=600)
    await site.pass_until(lambda: site.is_now(second, "online"), "after the lock", 30)
    assert recorder.wrong_logins == 1
    back = site.newest(second)
    assert back is not None
    assert back.since >= report.not_before


async def test_a_lock_that_its_video_met_is_not_tried_by_its_interface(site: Site) -> None:
    recorder = await site.recorder()
    order = site.order(recorder)
    await site.online(order)
    address = f"rtsp://{recorder.host}:{recorder.rtsp_port}/"
    reason = Reason("account_locked", {"wait": "10 min", "seconds": "600"})
    await site.doors.warn(address, USER, PASSWORD, reason)
    asked = len(recorder.log)
    await site.pass_until(lambda: site.is_now(order, "locked"), "locked")
    assert len(recorder.log) == asked
    await site.pass_until(lambda: site.is_now(order, "online"), "after the lock", 30)


@pytest.mark.provokes("login_spared")
async def test_a_password_that_its_video_takes_is_no_longer_spared(site: Site) -> None:
    recorder = await site.recorder()
    order = site.order(recorder)
    await site.online(order)
    site.order(device_id=order.device_id, password="wr0ng s3cret")
    await site.state(order, "refused")
    site.gate(order).locked(Reason("login_spared", {"host": "127.0.0.1", "left": "2"}))
    site.order(device_id=order.device_id, password=PASSWORD)
    await site.state(order, "locked")
    await site.advance(60)
    assert site.is_now(order, "locked"), "nobody plays"
    address = f"rtsp://{recorder.host}:{recorder.rtsp_port}/Streaming/Channels/101"
    async with site.doors.door(address, USER, PASSWORD) as door:
        door.accepted()
        await site.pass_until(lambda: site.is_now(order, "online"), "it plays")


async def test_after_three_misses_it_is_offline_and_back_at_once(site: Site) -> None:
    recorder = await site.recorder()
    order = site.order(recorder)
    await site.online(order)
    config = await site.off(recorder)
    told = site.told.reports[order.device_id]
    await site.pass_until(lambda: told[-1].state == "offline", "offline")
    missed = next(each for each in told if each.reason is not None)
    assert missed.state == "online"
    assert missed.reason is not None
    assert missed.reason.key == "api_closed"
    waited = told[-1].since - missed.asked_at
    assert timedelta(seconds=55) <= waited <= timedelta(seconds=75)
    assert told[-1].channels is not None, "what is known of it stays known"
    await site.back("hikvision", config)
    since = site.clock.now()
    await site.pass_until(lambda: told[-1].state == "online", "back")
    assert told[-1].since - since < timedelta(seconds=180)


@pytest.mark.provokes("other_device")
async def test_another_device_at_its_address_is_not_used(site: Site) -> None:
    recorder = await site.recorder()
    order = site.order(recorder)
    first = await site.online(order)
    assert first.identity is not None
    site.order(device_id=order.device_id, serial=first.identity.serial)
    config = await site.off(recorder)
    await site.back("hikvision", replace(config, serial="0000000002"))
    await site.pass_until(lambda: site.is_now(order, "other_device"), "another")
    assert site.clock.now() - NOW < timedelta(seconds=300), "it is not used until all is asked"
    report = site.newest(order)
    assert report is not None
    assert report.reason is not None
    assert report.reason.params["expected"] == first.identity.serial
    assert (report.identity, report.channels) == (None, None)
    with pytest.raises(Unavailable):
        site.devices.driver_of(order.device_id)
    site.order(device_id=order.device_id, serial="")  # a person says that it was replaced
    report = await site.online(order)
    assert report.identity is not None
    assert report.identity.serial != first.identity.serial


@pytest.mark.provokes("device_not_asked")
async def test_a_broken_device_disturbs_nobody_and_a_removed_one_is_let_go(
    site: Site, silent_port: int
) -> None:
    gone = site.order(host="127.0.0.1", port=silent_port)
    recorder = await site.recorder()
    order = site.order(recorder)
    await site.online(order)
    report = await site.state(gone, "connecting")
    assert report.reason is not None
    assert report.reason.key == "api_closed"
    site.remove(order)
    with pytest.raises(NotFound):
        site.devices.driver_of(order.device_id)
    site.order(recorder, device_id=order.device_id)
    with pytest.raises(Unavailable) as early:
        site.devices.driver_of(order.device_id)
    assert early.value.key == "device_not_asked"


async def test_a_hub_that_was_away_is_told_the_newest(site: Site) -> None:
    recorder = await site.recorder()
    site.told.is_away = True
    order = site.order(recorder)
    await until(lambda: len(recorder.log) > 5, "it is asked all the same")
    site.told.is_away = False
    report = await site.online(order)
    assert report.channels is not None


async def test_where_its_own_interface_fails_its_video_stands_in(
    site: Site, silent_port: int
) -> None:
    recorder = await site.recorder()
    order = site.order(
        host=recorder.host,
        port=silent_port,
        rtsp_port=recorder.rtsp_port,
        template="/Streaming/Channels/{channel}01",
        template_sub="/Streaming/Channels/{channel}02",
        template_channels=2,
        serial="what its interface said once",
    )
    report = await site.online(order)
    assert report.identity is not None
    assert (report.identity.vendor, report.identity.kind) == ("rtsp", "recorder")
    assert report.channels is not None
    main, sub = report.channels[0].streams
    assert main.address.endswith(f":{recorder.rtsp_port}/Streaming/Channels/101")
    assert sub.address.endswith("/Streaming/Channels/102")
    assert report.capabilities is not None
    assert not report.capabilities["find"]


async def test_its_own_interface_is_used_as_soon_as_it_answers(site: Site) -> None:
    web = await site.off(await site.recorder())
    video = await site.recorder()
    order = site.order(host="127.0.0.1", port=web.port, rtsp_port=video.rtsp_port)
    assert _vendor(await site.online(order)) == "rtsp"
    await site.back("hikvision", web)
    await site.pass_until(lambda: _vendor(site.newest(order)) == "hikvision", "more than video", 30)


def _vendor(report: DeviceReport | None) -> str:
    identity = report.identity if report is not None else None
    return identity.vendor if identity is not None else ""


def _names(site: Site, order: DeviceOrder) -> list[str]:
    report = site.newest(order)
    return [each.name for each in report.channels or ()] if report is not None else []


async def test_a_question_that_a_device_hangs_up_over_hides_nothing_else(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang_up(driver: HikvisionDriver) -> Health:
        raise Unreachable(Reason("api_broke_off", {"host": "127.0.0.1"}))

    monkeypatch.setattr(HikvisionDriver, "health", hang_up)
    recorder = await site.recorder()
    report = await site.online(site.order(recorder))
    assert report.channels is not None
    assert report.clock is not None
    assert report.disks is None


async def test_what_breaks_inside_one_is_told_and_ends_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def burst(driver: HikvisionDriver) -> Identity:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(HikvisionDriver, "identify", burst)
    broken = site.order(await site.recorder("hikvision"), vendor="hikvision")
    other = site.order(await site.recorder("dahua"))
    await site.online(other)
    report = await site.state(broken, "connecting")
    assert report.reason is not None
    assert report.reason.key == "unexplained"
    assert "a mistake of ours" in caplog.text
