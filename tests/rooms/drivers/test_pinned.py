"""Row 47: where another device stands at an address, nothing of it is used."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from sereno.base.clock import ManualClock
from sereno.base.spans import Span
from sereno.drivers.contract import Channel, DeviceKind, Driver, Found, Identity
from sereno.drivers.errors import Missing, Unreachable
from sereno.drivers.pinned import SURE_SECONDS, OtherDevice, pinned
from sereno.policy.reasons import Reason

NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)
SPAN = Span(NOW, NOW + timedelta(minutes=1))


@dataclass
class Recorder:
    """Says who it is, and notes what else it was asked."""

    serial: str = "DS-1"
    asked: list[str] = field(default_factory=list)
    fails: bool = False

    vendor: ClassVar[str] = "plain"

    async def identify(self) -> Identity:
        self.asked.append("identify")
        return Identity(
            "plain", "Maker", "M", self.serial, "1", DeviceKind.RECORDER, "Recorder 1", None, 554
        )

    async def channels(self) -> list[Channel]:
        self.asked.append("channels")
        if self.fails:
            raise Unreachable(Reason("api_broke_off", {"host": "h", "port": "80"}))
        return []

    async def find(self, channel: str, span: Span) -> AsyncGenerator[Found, None]:
        self.asked.append("find")
        yield Found(channel, span, None, "handle")

    def __getattr__(self, name: str) -> Any:
        async def ask(*arguments: object) -> object:
            self.asked.append(name)
            return None

        return ask


def pin(recorder: Recorder, serial: str, clock: ManualClock) -> Driver:
    return pinned(recorder, serial, clock)  # type: ignore[arg-type]


async def test_row_47_nothing_of_another_device_is_used() -> None:
    recorder = Recorder("DS-2")
    driver = pin(recorder, "DS-1", ManualClock())
    asks: list[Any] = [
        driver.identify, driver.capabilities, driver.channels, lambda: driver.snapshot("1"),
        lambda: driver.playback("1", SPAN), driver.health, driver.clock, driver.advice,
        lambda: driver.fetch(Found("1", SPAN, None, "h"), None, print),  # type: ignore[arg-type]
        lambda: driver.fetch_span("1", SPAN, None, print),  # type: ignore[arg-type]
        lambda: anext(aiter(driver.find("1", SPAN))), lambda: anext(aiter(driver.events())),
    ]  # fmt: skip
    for ask in asks:
        with pytest.raises(OtherDevice) as told:
            await ask()
    assert set(recorder.asked) == {"identify"}
    assert isinstance(told.value, Missing)
    assert told.value.reason.params == {"expected": "DS-1", "found": "DS-2"}
    words = told.value.reason.words()
    assert all("DS-1" in text and "DS-2" in text for text in words)


@pytest.mark.provokes("other_device")
async def test_a_device_that_tells_no_number_is_not_the_wanted_one() -> None:
    with pytest.raises(OtherDevice) as told:
        await pin(Recorder(""), "DS-1", ManualClock()).channels()
    assert told.value.reason.key == "other_device"


async def test_the_wanted_device_is_asked_who_it_is_now_and_then() -> None:
    recorder, clock = Recorder(), ManualClock()
    driver = pin(recorder, " ds-1 ", clock)
    await driver.channels()
    assert [each.handle async for each in driver.find("1", SPAN)] == ["handle"]
    clock.advance(SURE_SECONDS)
    await driver.channels()
    assert recorder.asked == ["identify", "channels", "find", "identify", "channels"]


async def test_a_device_that_was_away_is_asked_anew() -> None:
    recorder = Recorder(fails=True)
    driver = pin(recorder, "DS-1", ManualClock())
    with pytest.raises(Unreachable):
        await driver.channels()
    recorder.serial = "DS-2"
    with pytest.raises(OtherDevice):
        await driver.playback("1", SPAN)
    assert recorder.asked == ["identify", "channels", "identify"]


def test_without_a_number_nothing_is_held() -> None:
    recorder = Recorder()
    assert pin(recorder, " ", ManualClock()) is recorder  # type: ignore[comparison-overlap]
    assert pin(recorder, "DS-1", ManualClock()).vendor == "plain"
