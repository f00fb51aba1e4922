"""What a device notifies of, by a pull point."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from sereno.drivers.contract import DeviceEvent, EventState
from sereno.drivers.errors import Busy, Unreachable
from sereno.drivers.onvif.driver import OnvifDriver

from .device import Device, Says, fault, operation_of, services
from .test_onvif_device import CAMERA, profile

SUBSCRIBED = (
    "<SubscriptionReference><a:Address>http://10.9.8.7:8899/onvif/pull/7?x=1</a:Address>"
    '<a:ReferenceParameters><m:Id xmlns:m="urn:maker">7</m:Id></a:ReferenceParameters>'
    "</SubscriptionReference>"
)


def notice(
    topic: str, state: str = "true", *, source: str = "v", how: str = "Changed", name: str = "State"
) -> str:
    """One message; `state` may be nothing."""
    data = f'<tt:SimpleItem Name="{name}" Value="{state}"/>' if state else ""
    return (
        f"<NotificationMessage><Topic>tns1:{topic}</Topic><Message>"
        f'<tt:Message UtcTime="2026-01-01T00:00:00Z" PropertyOperation="{how}"><tt:Source>'
        f'<tt:SimpleItem Name="VideoSourceConfigurationToken" Value="{source}"/></tt:Source>'
        f"<tt:Data>{data}</tt:Data></tt:Message></Message></NotificationMessage>"
    )


MOTION = "RuleEngine/CellMotionDetector/Motion"
LISTENING: dict[str, Says] = {
    **CAMERA,
    "GetServices": services("media", "events"),
    "CreatePullPointSubscription": SUBSCRIBED,
    "Unsubscribe": "",
}


async def heard(device: Device, count: int) -> list[DeviceEvent]:
    found: list[DeviceEvent] = []
    async with device.driver() as driver, aclosing(driver.events()) as events:
        async with asyncio.timeout(30):
            async for event in events:
                found.append(event)
                if len(found) == count:
                    break
    return found


async def test_events_come_with_kind_channel_and_state() -> None:
    told = (
        notice(MOTION, "false", how="Initialized")
        + notice(MOTION)
        + notice(MOTION)  # repeated
        + notice(MOTION, "0")
        + notice("RuleEngine/LineDetector/Crossed", "")
        + notice("VideoSource/SignalLoss", source="c-v")
        + notice("Device/HardwareFailure/StorageFailure", name="Failed")
        + notice("Maker/Something", "")
    )
    device = Device({**LISTENING, "PullMessages": told})
    events = await heard(device, 6)
    assert [(each.kind, each.channel, each.state) for each in events] == [
        ("motion", "1", EventState.STARTED),
        ("motion", "1", EventState.ENDED),
        ("line_crossed", "1", EventState.MOMENT),
        ("video_loss", "1", EventState.STARTED),
        ("disk_error", None, EventState.STARTED),
        ("other", "1", EventState.MOMENT),
    ]
    assert events[0].code == MOTION


async def test_a_subscription_is_asked_where_it_is_and_given_back() -> None:
    device = Device({**LISTENING, "PullMessages": notice(MOTION)})
    await heard(device, 1)
    pull = next(each for each in device.served.asked if operation_of(each) == "PullMessages")
    assert pull.target == "/onvif/pull/7?x=1"
    assert b"urn:maker" in pull.body
    assert b"PullPointSubscription/PullMessagesRequest" in pull.body
    assert device.operations[-1] == "Unsubscribe"


async def test_broken_notices_are_left_out() -> None:
    told = "<NotificationMessage/><NotificationMessage><Topic/></NotificationMessage>"
    device = Device({**LISTENING, "PullMessages": told + notice(MOTION)})
    (event,) = await heard(device, 1)
    assert event.kind == "motion"


async def test_a_time_that_makes_no_sense_is_now() -> None:
    device = Device({**LISTENING, "PullMessages": notice(MOTION)})
    (event,) = await heard(device, 1)
    assert event.at.year > 2025 and event.at.tzinfo is not None


async def test_two_inputs_are_told_apart() -> None:
    answers = {
        **LISTENING,
        "GetVideoSources": fault("ter:ActionNotSupported"),
        "GetProfiles": profile("pa", "a") + profile("pb", "b"),
        "PullMessages": notice(MOTION, source="c-b") + notice(MOTION, source="unknown"),
    }
    first, second = await heard(Device(answers), 2)
    assert (first.channel, second.channel) == ("2", None)


@pytest.mark.provokes("events_slot_held")
async def test_a_place_that_is_taken_is_waited_for() -> None:
    full = fault("ter:MaxPullPointsReached", "maximum number of pull points")
    device = Device({**LISTENING, "CreatePullPointSubscription": full})
    async with device.driver() as driver:
        with pytest.raises(Busy) as told:
            await anext(driver.events())
    assert told.value.reason.key == "events_slot_held"
    assert told.value.not_before is not None


async def test_a_subscription_that_is_gone_ends_the_events() -> None:
    device = Device(
        {**LISTENING, "PullMessages": fault("ter:InvalidArgVal", "no such subscription")}
    )

    async def listen(driver: OnvifDriver) -> None:
        async for _ in driver.events():
            raise AssertionError

    async with device.driver() as driver:
        with pytest.raises(Unreachable) as told:
            await listen(driver)
    assert told.value.reason.key == "events_ended"
    assert "Unsubscribe" in device.operations
