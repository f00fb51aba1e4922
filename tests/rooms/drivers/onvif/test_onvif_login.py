"""How a device is told who asks: what is refused is understood before anything is repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sereno.drivers.errors import DeviceError, Locked, Refused

from .device import Device, Says, fault, services

HOUR = timedelta(hours=1)


async def test_a_stranger_is_asked_for_a_token_once() -> None:
    device = Device()
    async with device.driver() as driver:
        identity = await driver.identify()
    assert (identity.serial, identity.maker, identity.model) == ("SN1", "Maker", "NVR-4")
    assert device.operations[:3] == [
        "GetSystemDateAndTime",
        "GetDeviceInformation",  # as a stranger
        "GetSystemDateAndTime",
    ]
    assert device.served.signed == []


async def test_digest_comes_first_where_the_device_speaks_of_it() -> None:
    device = Device(lets="digest")
    async with device.driver() as driver:
        assert (await driver.identify()).serial == "SN1"
    assert device.tokens == []
    assert device.served.signed


@pytest.mark.parametrize("lets", ["token", "digest"])
async def test_a_wrong_password_is_shown_once(lets: str) -> None:
    device = Device(lets=lets)  # type: ignore[arg-type]
    async with device.served.served():
        for _ in range(3):
            async with device.again(password="wrong") as driver:
                for ask in (driver.identify, driver.channels, driver.clock):
                    with pytest.raises(DeviceError) as told:
                        await ask()
                    assert isinstance(told.value, Refused)
                    assert told.value.reason.key == "login_refused"
                    assert "wrong" not in told.value.reason.raw
        assert len(device.tokens) + len(device.served.signed) == 1
        async with device.again() as driver:
            assert await driver.identify()


@pytest.mark.parametrize("lets", ["token", "digest"])
async def test_what_strangers_may_ask_proves_no_password(lets: str) -> None:
    answers: dict[str, Says] = {"GetServices": services("media"), "GetProfiles": ""}
    device = Device(answers, lets=lets, open_to_all=("GetDeviceInformation", "GetServices"))  # type: ignore[arg-type]
    async with device.driver(password="wrong") as driver:
        for _ in range(3):
            with pytest.raises(Refused) as told:
                await driver.channels()
            assert told.value.reason.key == "login_refused"
    assert len(device.tokens) + len(device.served.signed) == 1


@pytest.mark.parametrize("seconds", [-86_400 * 365, -42, 0, 3600, 7200 + 42])
async def test_row_41_a_token_is_made_by_the_clock_of_the_device(seconds: int) -> None:
    device = Device(offset=timedelta(seconds=seconds))
    async with device.driver() as driver:
        identity = await driver.identify()
    assert identity.clock_offset_seconds == pytest.approx(seconds, abs=15)
    assert len(device.tokens) == len(device.nonces)


@pytest.mark.parametrize("words", ["", "Wsse authorized time check failed"])
@pytest.mark.parametrize("shown", [HOUR, -3 * HOUR])
async def test_row_41_local_time_told_as_utc_is_found_out(shown: timedelta, words: str) -> None:
    device = Device(offset=shown, checks_by=timedelta(0), time_words=words)
    async with device.driver() as driver:
        assert await driver.identify()
        refused = len(device.tokens) - len(device.nonces)
        assert refused == 1
        await driver.identify()
    async with device.served.served(), device.again() as driver:
        await driver.identify()
    assert len(device.tokens) - len(device.nonces) == refused


async def test_row_41_summer_time_that_is_left_out_where_it_checks_is_found_out() -> None:
    device = Device(checks_by=HOUR, time_words="Wsse authorized time check failed")
    async with device.driver() as driver:
        assert await driver.identify()
    assert len(device.tokens) - len(device.nonces) == 2


async def test_a_wrong_password_before_a_clock_that_is_hours_off_is_shown_twice() -> None:
    device = Device(offset=HOUR)
    async with device.driver(password="wrong") as driver:
        for _ in range(3):
            with pytest.raises(Refused):
                await driver.identify()
    assert len(device.tokens) == 2


@pytest.mark.provokes("login_clock")
async def test_a_clock_that_nobody_understands_is_no_wrong_password() -> None:
    device = Device(checks_by=timedelta(days=3), time_words="Wsse authorized time check failed")
    async with device.driver() as driver:
        for _ in range(2):
            with pytest.raises(Refused) as told:
                await driver.identify()
            assert told.value.reason.key == "login_clock"
    assert len(device.tokens) == 3


async def test_a_clock_that_is_set_while_we_work_costs_no_password() -> None:
    device = Device(offset=timedelta(minutes=7))
    async with device.driver() as driver:
        await driver.identify()
        device.offset = timedelta(0)
        assert (await driver.capabilities()) is not None
        assert await driver.identify()


async def test_a_password_that_is_changed_halts() -> None:
    device = Device()
    async with device.driver() as driver:
        await driver.identify()
        device.password = "another"
        shown = len(device.tokens)
        for _ in range(3):
            with pytest.raises(Refused) as told:
                await driver.identify()
            assert told.value.reason.key == "login_refused"
    assert len(device.tokens) - shown == 2


@pytest.mark.parametrize("lets", ["token", "digest"])
async def test_a_right_that_is_missing_is_named_and_halts_nothing(lets: str) -> None:
    answers: dict[str, Says] = {"GetServices": services("media")}
    device = Device(answers, lets=lets, refuses=("GetProfiles",))  # type: ignore[arg-type]
    async with device.driver() as driver:
        await driver.identify()
        with pytest.raises(Refused) as told:
            await driver.channels()
        assert told.value.reason.key == "right_missing"
        assert told.value.reason.params["right"] == "ONVIF GetProfiles"
        assert (await driver.identify()).serial == "SN1"


async def test_a_lock_is_heard() -> None:
    device = Device({"GetDeviceInformation": fault("ter:NotAuthorized", "Account is locked")})
    device.lets = "all"
    async with device.driver() as driver:
        with pytest.raises(Locked):
            await driver.identify()
        with pytest.raises(Locked):
            await driver.clock()
    assert device.operations == ["GetSystemDateAndTime", "GetDeviceInformation"]


async def test_without_a_user_nothing_is_shown() -> None:
    device = Device()
    async with device.driver(username="", password="") as driver:
        with pytest.raises(Refused) as told:
            await driver.identify()
    assert told.value.reason.key == "login_needed"
    assert device.tokens == []
