"""Found footage in true time: drivers tell the device's own, which is as wrong as its clock was."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import replace
from typing import cast

from sereno.drivers.contract import Driver, Found
from sereno.drivers.errors import Garbled, Missing, Refused, Unsupported
from sereno.policy.device_times import Period, ahead_of, later


async def offset_of(driver: Driver) -> float | None:
    """The device's clock minus ours, in seconds; None where it tells no time, or not to this
    account. Raises DeviceError."""
    try:
        return (await driver.clock()).offset_seconds
    except (Unsupported, Missing, Garbled):
        return None
    except Refused as refused:
        if refused.reason.key != "right_missing":
            raise
        return None


async def find_true(
    driver: Driver, channel: str, periods: Iterable[Period]
) -> AsyncGenerator[Found, None]:
    """As `Driver.find`, where `periods` and what is found are true times, and the offset beside
    each piece is that of its period. Nothing twice, also where the device's clock was set back."""
    seen: set[str] = set()
    for period in periods:
        ahead = ahead_of(period.offset_seconds)
        asked = later(period.span, ahead)
        finding = cast(AsyncGenerator[Found, None], driver.find(channel, asked))
        async with aclosing(finding) as items:
            async for each in items:
                if each.handle not in seen:
                    seen.add(each.handle)
                    span = later(each.span, -ahead)
                    yield replace(each, span=span, clock_offset_seconds=period.offset_seconds)


def by_device(found: Found) -> Found:
    """What `find_true` found, as its driver knows it: to be fetched."""
    return replace(found, span=later(found.span, ahead_of(found.clock_offset_seconds)))
