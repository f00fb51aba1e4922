"""Layouts of the wall, and what was told of the states of streams and devices."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from sereno.devices.models import Device
from sereno.live.models_clips import Clip
from sereno.policy.reasons import Reason
from sereno.sites.models import Camera
from sereno.sites.versions import Versioned

__all__ = ["Clip", "Layout", "StatusEvent", "ToldDevice", "ToldState"]


class Layout(Versioned):
    """Which cameras stand where on a wall of `columns` by `rows` cells.

    `tiles`: a list of {camera_id, stream, x, y, w, h} as `live.rules_layouts.Tile` says. A camera
    that was removed keeps its tile, and nobody is shown it.
    """

    name = models.CharField(max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    is_shared = models.BooleanField(default=False)
    columns = models.PositiveSmallIntegerField()
    rows = models.PositiveSmallIntegerField()
    tiles = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("name"), "owner", name="live_layout_name_unique"),
        )

    def __str__(self) -> str:
        return self.name


class ToldState(models.Model):
    """The state of a stream that the newest event of it told, or that was known at first."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE)
    stream = models.CharField(max_length=8)
    state = models.CharField(max_length=20)
    reason_key = models.CharField(max_length=40, blank=True)
    # Of the main stream alone: whether the camera brings pictures; null while nobody knows.
    is_online = models.BooleanField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["camera", "stream"], name="live_told"),)


class ToldDevice(models.Model):
    """Whether a device counted as online by the newest event of it; null while nobody knows."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE)
    is_online = models.BooleanField(null=True)


class StatusEvent(models.Model):
    """A change of a stream's state, or (`device`) of a device's; the other of the two is null.

    Numbered in the order in which the changes were committed.
    Only the newest are kept (`live.rules_status.MOST_EVENTS`).
    """

    type = models.CharField(max_length=20)
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, null=True)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, null=True)
    stream = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=20)
    at = models.DateTimeField()
    reason_key = models.CharField(max_length=40, blank=True)
    reason_params = models.JSONField(default=dict)
    reason_raw = models.TextField(blank=True)

    @property
    def reason(self) -> Reason | None:
        if not self.reason_key:
            return None
        return Reason(self.reason_key, self.reason_params, self.reason_raw)
