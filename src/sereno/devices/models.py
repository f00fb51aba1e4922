"""Devices, their channels, and how their clocks went."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from sereno.policy.reasons import Reason
from sereno.sites.models import Camera, Node, Site


class Device(models.Model):
    """Something we log in to. A removed one keeps its row, for its history's sake.

    The fields up to `lift_number` are what should be, the others what its node told last. `serial`
    is what it must say it is: taken from its first report, where nobody gave one. The JSON is as in
    `sereno.wire.devices`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, null=True, blank=True)
    name = models.CharField(max_length=80)
    vendor = models.CharField(max_length=64, blank=True, help_text="The driver; empty: found out")
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    is_tls = models.BooleanField(default=False)
    rtsp_port = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: as the device says"
    )
    username = models.CharField(max_length=200, blank=True)
    password_sealed = models.TextField(blank=True, editable=False)
    serial = models.CharField(max_length=200, blank=True)
    template = models.CharField(
        max_length=2000, blank=True, help_text="RTSP address with {channel}, if its API fails"
    )
    template_sub = models.CharField(max_length=2000, blank=True)
    template_channels = models.PositiveIntegerField(default=0)
    sync_number = models.PositiveIntegerField(
        default=0, editable=False, help_text="grows when everything is to be asked anew"
    )
    lift_number = models.PositiveIntegerField(
        default=0, editable=False, help_text="grows when a refused password is to be shown again"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    state = models.CharField(max_length=20, default="connecting", editable=False)
    since = models.DateTimeField(null=True, editable=False)
    reason_key = models.CharField(max_length=40, blank=True, editable=False)
    reason_params = models.JSONField(default=dict, editable=False)
    reason_raw = models.TextField(blank=True, editable=False)
    not_before = models.DateTimeField(null=True, editable=False)
    heard_at = models.DateTimeField(null=True, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    found_vendor = models.CharField(max_length=64, blank=True, editable=False)
    maker = models.CharField(max_length=200, blank=True, editable=False)
    model = models.CharField(max_length=200, blank=True, editable=False)
    firmware = models.CharField(max_length=200, blank=True, editable=False)
    kind = models.CharField(max_length=64, blank=True, editable=False)
    own_name = models.CharField(max_length=200, blank=True, editable=False)
    capabilities = models.JSONField(default=dict, editable=False)
    disks = models.JSONField(default=list, editable=False)
    advice = models.JSONField(default=list, editable=False)
    clock = models.JSONField(null=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("name"),
                "site",
                condition=models.Q(removed_at=None),
                name="devices_device_name_unique",
            ),
            models.UniqueConstraint(
                fields=["site", "host", "port"],
                condition=models.Q(removed_at=None),
                name="devices_device_place_unique",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def reason(self) -> Reason | None:
        """Why it is as it is; None where its state says it all."""
        if not self.reason_key:
            return None
        return Reason(self.reason_key, self.reason_params, self.reason_raw)


class DeviceChannel(models.Model):
    """One video input of a device, by the device's own `channel`. Never deleted: one that the
    device does not list any more is `missing_since`.

    `camera` is what was made of it. Its `given_…` are what we gave that camera last: where a person
    has changed them since, they are left alone.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="channels")
    channel = models.CharField(max_length=64)
    number = models.IntegerField()
    name = models.CharField(max_length=200, blank=True)
    is_online = models.BooleanField(null=True)
    is_recording = models.BooleanField(null=True)
    missing_since = models.DateTimeField(null=True)
    # As in sereno.wire.devices.DeviceStream; an address that cannot be used is empty.
    streams = models.JSONField(default=list)
    camera = models.OneToOneField(
        Camera, on_delete=models.SET_NULL, null=True, related_name="device_channel"
    )
    given_address = models.CharField(max_length=2000, blank=True)
    given_sub_address = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["device", "channel"], name="devices_channel_unique"),
        )

    def __str__(self) -> str:
        return f"{self.device} {self.channel}"


class ClockReading(models.Model):
    """How far a device's clock was ahead of its node's, at most one an hour."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="readings")
    at = models.DateTimeField()
    offset_seconds = models.FloatField()
    zone = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["device", "at"], name="devices_reading_at"),)
