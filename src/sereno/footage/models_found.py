"""Footage that recorders hold, as searches found it."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models

from sereno.devices.models import DeviceChannel


class FoundFootage(models.Model):
    """One item that a device holds of a channel: one of its files, or part of one.

    `span` is true time, as well as the device's clock is known; `handle` is the driver's own word
    for it, in the device's. `state` is that of its transfer; while it is only
    `discovered`, a later search of the same time takes its place.
    """

    class State(models.TextChoices):
        """How far it is on its way from the recorder."""

        DISCOVERED = "discovered"

    channel = models.ForeignKey(DeviceChannel, on_delete=models.CASCADE, db_index=False)
    span = DateTimeRangeField()
    size_bytes = models.BigIntegerField(null=True)
    handle = models.TextField()
    cause = models.CharField(max_length=64)
    is_open = models.BooleanField()
    # Device time minus ours, when it was found; `policy.device_times` says what of it is in `span`.
    clock_offset_seconds = models.FloatField(null=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State, default=State.DISCOVERED)

    class Meta:
        indexes = (GistIndex(fields=["channel", "span"], name="footage_found_span"),)

    def __str__(self) -> str:
        return f"{self.channel} {self.span.lower:%Y-%m-%d %H:%M:%S}"


class FootageSearch(models.Model):
    """A time in which a channel was searched, and when: what was not found in it was not there."""

    channel = models.ForeignKey(DeviceChannel, on_delete=models.CASCADE, db_index=False)
    span = DateTimeRangeField()
    looked_at = models.DateTimeField()

    class Meta:
        indexes = (GistIndex(fields=["channel", "span"], name="footage_search_span"),)
