"""Taking what nodes tell of devices. Telling, not acting: journalled only where orders change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from sereno.accounts.queries import Asker
from sereno.audit.actions import record
from sereno.audit.rules import Actor, ActorKind
from sereno.base.errors import NotFound, Words
from sereno.base.told import told_text, told_value
from sereno.devices.actions_cameras import hold_cameras, readdress
from sereno.devices.models import ClockReading, Device, DeviceChannel
from sereno.devices.rules import READINGS_KEPT, gone, is_new_hour, usable_address
from sereno.sites.models import Node
from sereno.wire.devices import DeviceChannel as ChannelReport
from sereno.wire.devices import DeviceClock, DeviceIdentity, DeviceReport, DeviceState

_OVER = Words(
    "Nobody wants this device any more.",
    "Ya nadie quiere este dispositivo.",
)
_CHANNEL_TOLD = ("number", "name", "is_online", "is_recording", "missing_since", "streams")


@transaction.atomic
def take_device_report(node: Node, device_id: UUID, report: DeviceReport, now: datetime) -> None:
    """Keep how a device is; the later report counts. What it leaves out (None) stays as it was.

    Of another device at its address nothing is kept but that it is another. Raises NotFound for a
    device that is not this node's.
    """
    asker = Asker(Actor(ActorKind.NODE, str(node.pk)), None)
    wanted = Device.objects.select_for_update(no_key=True, of=("self",))
    device = wanted.filter(pk=device_id, node=node, removed_at=None).first()
    if device is None:
        raise NotFound("device_over", _OVER)
    _keep_state(device, report, now)
    learned: dict[str, object] = {}
    if report.state is not DeviceState.OTHER_DEVICE:
        _keep_facts(device, report)
        if report.identity is not None:
            learned = _keep_identity(device, report.identity, report.state)
    device.save()
    if report.state is not DeviceState.OTHER_DEVICE and report.channels is not None:
        _keep_channels(asker, device, report.channels, report.asked_at)
    if learned:
        record(asker.actor, "device_identify", "device", device.pk, **learned)


def _keep_state(device: Device, report: DeviceReport, now: datetime) -> None:
    reason = report.reason
    device.state, device.since = report.state, report.since
    device.reason_key = reason.key if reason else ""
    device.reason_params = told_value(reason.params) if reason else {}
    device.reason_raw = told_text(reason.raw) if reason else ""
    device.not_before, device.asked_at, device.heard_at = report.not_before, report.asked_at, now


def _keep_facts(device: Device, report: DeviceReport) -> None:
    if report.capabilities is not None:
        device.capabilities = told_value(report.capabilities)
    if report.disks is not None:
        device.disks = [told_value(each.model_dump(mode="json")) for each in report.disks]
    if report.advice is not None:
        device.advice = [told_value(each.model_dump(mode="json")) for each in report.advice]
    if report.clock is not None:
        device.clock = told_value(report.clock.model_dump(mode="json"))
        _keep_reading(device, report.clock)


def _keep_reading(device: Device, clock: DeviceClock) -> None:
    """One an hour, for its history."""
    last = ClockReading.objects.filter(device=device).order_by("-pk").first()
    if is_new_hour(last.at if last else None, clock.at):
        ClockReading.objects.create(
            device=device,
            at=clock.at,
            offset_seconds=clock.offset_seconds,
            zone=told_text(clock.zone),
        )


def _keep_identity(
    device: Device, identity: DeviceIdentity, state: DeviceState
) -> dict[str, object]:
    """What it says of itself; what of that changes the orders of its node."""
    device.maker, device.model = told_text(identity.maker), told_text(identity.model)
    device.firmware, device.kind = told_text(identity.firmware), told_text(identity.kind)
    device.own_name = told_text(identity.name)
    learned: dict[str, object] = {}
    vendor, serial = told_text(identity.vendor), told_text(identity.serial)
    if vendor != device.found_vendor:
        device.found_vendor = learned["vendor"] = vendor
    if state is DeviceState.ONLINE and serial and not device.serial:
        device.serial = learned["serial"] = serial
    return learned


def _keep_channels(
    asker: Asker, device: Device, told: Sequence[ChannelReport], asked_at: datetime
) -> None:
    """All channels that there are; those that were told before and are not now are missing."""
    known = {each.channel: each for each in device.channels.select_related("camera")}
    told_by_id = {told_text(each.id): each for each in told}
    for name in gone({name: each.missing_since for name, each in known.items()}, list(told_by_id)):
        known[name].missing_since = asked_at
    for name, report in told_by_id.items():
        row = known.setdefault(name, DeviceChannel(device=device, channel=name))
        _fill_channel(row, report)
    fresh = [each for each in known.values() if each.pk is None]
    DeviceChannel.objects.bulk_create(fresh)
    old = [each for each in known.values() if each not in fresh]
    DeviceChannel.objects.bulk_update(old, _CHANNEL_TOLD)
    for channel, _ in hold_cameras(device):
        if channel.channel in told_by_id:
            readdress(asker, channel)


def _fill_channel(row: DeviceChannel, report: ChannelReport) -> None:
    row.number, row.name = report.number, told_text(report.name)
    row.is_online, row.is_recording = report.is_online, report.is_recording
    row.missing_since = None
    row.streams = [
        told_value(stream.model_dump(mode="json"))
        | {"address": told_text(usable_address(stream.address))}
        for stream in report.streams
    ]


def forget_old_readings(now: datetime) -> int:
    """Delete what is too old of clocks' history; how many rows went."""
    rows, _ = ClockReading.objects.filter(at__lt=now - READINGS_KEPT).delete()
    return rows
