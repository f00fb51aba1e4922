"""Promises that were broken for too long, and how far that was judged."""

from __future__ import annotations

from django.db import models

from sereno.policy.reasons import Reason
from sereno.sites.models import Camera


class BrokenPromise(models.Model):
    """A time in which a camera was to be recorded and was not; without an end while it lasts."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE)
    since = models.DateTimeField()
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason_key = models.CharField(max_length=40)
    reason_params = models.JSONField(default=dict)
    reason_raw = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["camera"], condition=models.Q(ended_at=None), name="coverage_one_broken"
            ),
        )
        indexes = (models.Index(fields=["since"], name="coverage_broken_since"),)
        verbose_name = "alarm"

    def __str__(self) -> str:
        return f"{self.camera} {self.since:%Y-%m-%d %H:%M:%S}"

    @property
    def reason(self) -> Reason:
        return Reason(self.reason_key, self.reason_params, self.reason_raw)


class Judged(models.Model):
    """Up to here a camera's ledger was looked at for broken promises."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True)
    through = models.DateTimeField()
