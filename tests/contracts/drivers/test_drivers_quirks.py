"""Every oddity of the simulated recorders, one at a time, before the driver of that maker: it
copes, or says what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sereno.drivers.contract import Ability, Driver, Found, Login
from sereno.drivers.errors import DeviceError, Garbled, Locked, Refused, Unsupported
from sereno.drivers.fetching import FootageFetch
from sereno.policy.reason_list import REASONS
from sereno.sim.dahua.quirks import DAHUA_QUIRKS
from sereno.sim.hikvision.quirks import HIKVISION_QUIRKS
from sereno.sim.onvif.quirks import ONVIF_QUIRKS

from .first_picture import first_picture
from .worlds import PASSWORD, SKEW_SECONDS, USER, recent, world_of

REFUSED: dict[tuple[str, str], type[DeviceError]] = {
    ("hikvision", "account-locked"): Locked,
    ("hikvision", "lacks-playback-right"): Refused,
    ("hikvision", "not-activated"): Refused,
    ("dahua", "account-locked"): Locked,
    ("dahua", "basic-only"): Refused,
    ("dahua", "lacks-right"): Refused,
    ("dahua", "no-events"): Unsupported,
    ("onvif", "account-locked"): Locked,
    ("onvif", "lacks-right"): Refused,
    ("onvif", "no-recordings"): Unsupported,
    ("onvif", "no-events"): Unsupported,
    ("onvif", "no-snapshot"): Unsupported,
    ("onvif", "garbled-answers"): Garbled,
    ("onvif", "xml-entity"): Garbled,
}
"""What no driver can cope with; all other oddities change nothing that people see."""

QUIRKS = {"hikvision": HIKVISION_QUIRKS, "dahua": DAHUA_QUIRKS, "onvif": ONVIF_QUIRKS}
CASES = [
    pytest.param(vendor, name, id=f"{vendor}-{name}")
    for vendor, quirks in QUIRKS.items()
    for name in quirks
]


async def look_around(driver: Driver, target: Path) -> None:
    """What an administrator does first."""
    assert (await driver.identify()).serial
    assert await search(driver)
    assert {channel.id for channel in await driver.channels()} == {"1", "2"}


async def search(driver: Driver) -> list[Found]:
    span = recent()
    found = [each async for each in driver.find("1", span)]
    assert [each.span.start for each in found] == sorted({each.span.start for each in found})
    assert all(each.span.overlap(span) for each in found)
    return found


async def find(driver: Driver, target: Path) -> None:
    assert len(await search(driver)) > 3


async def fetch(driver: Driver, target: Path) -> None:
    found = (await search(driver))[2]
    footage = await FootageFetch(driver, found, target, again_after_seconds=0).run()
    assert footage.movie.seconds > found.span.duration.total_seconds() - 4  # more does no harm


async def look_after(driver: Driver, target: Path) -> None:
    assert (await driver.capabilities())[Ability.CHANNELS]
    assert [each.channel for each in (await driver.health()).channels] == ["1", "2"]


async def see(driver: Driver, target: Path) -> None:
    assert (await driver.snapshot("1")).startswith(b"\xff\xd8")


async def listen(driver: Driver, target: Path) -> None:
    async for event in driver.events():
        if event.kind == "motion" and event.channel == "1":
            return


async def watch(driver: Driver, target: Path) -> None:
    """What plays at the addresses of pictures and footage is what was asked for."""
    login, span = Login("", username=USER, password=PASSWORD), recent()
    channel = (await driver.channels())[0]
    live = await first_picture(channel.streams[0].address, login)
    assert abs(live - datetime.now(UTC)) < timedelta(seconds=60)
    footage = await driver.playback(channel.id, span)
    first = await first_picture(footage.address, login, footage.headers)
    shown = first + timedelta(seconds=SKEW_SECONDS)  # footage is by the device's clock
    assert abs(shown - span.start) < timedelta(seconds=10)


WALKS = {
    "times": find, "search": find, "finding": find, "download": fetch, "loading": fetch,
    "storage": look_after, "facts": look_after, "snapshot": see, "events": listen,
    "event_parts": listen, "playing": watch, "searches": find, "recordings": find,
    "notifications": listen,
    "replay": watch, "addresses": watch, "no-events": listen, "no-event-search": look_around,
    "one-playback": watch, "runs-past-end": watch, "http-port-in-uri": watch,
}  # fmt: skip
"""What is tried, by the oddity or the part of the simulator that is odd; with any other one looks
around."""


@pytest.mark.parametrize(("vendor", "quirk"), CASES)
async def test_an_oddity_is_coped_with_or_told(
    vendor: str, quirk: str, cache: Path, tmp_path: Path
) -> None:
    part = QUIRKS[vendor][quirk].acts_in.rpartition("/")[2]
    walk = WALKS.get(quirk, WALKS.get(part, look_around))
    target = tmp_path / "footage.mp4"
    kind = REFUSED.get((vendor, quirk))
    async with (
        world_of(vendor, cache, frozenset({quirk})) as world,
        world.driver() as driver,
        world.moving(),
    ):
        if kind is None:
            await walk(driver, target)
            return
        with pytest.raises(kind) as told:
            await walk(driver, target)
        assert told.value.reason.key in REASONS


def test_the_table_of_refusals_names_oddities_that_there_are() -> None:
    assert all(quirk in QUIRKS[vendor] for vendor, quirk in REFUSED)
