"""Clips that people asked for."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models

from sereno.base.spans import Span
from sereno.policy.reasons import Reason
from sereno.sites.models import Camera, Node


class Clip(models.Model):
    """A clip that `node` is to make and keep, until somebody deletes it or it expires.

    The fields from `state` on are what the node told of it, as in `sereno.wire.clips.ClipReport`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT)
    stream = models.CharField(max_length=8)
    span = DateTimeRangeField(help_text="that was asked for")
    name = models.CharField(max_length=80)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    expected_bytes = models.BigIntegerField(null=True, help_text="as the runs' sizes foretell")
    state = models.CharField(max_length=10, default="waiting")
    done_bytes = models.BigIntegerField(default=0)
    size_bytes = models.BigIntegerField(null=True)
    reason_key = models.CharField(max_length=40, blank=True)
    reason_params = models.JSONField(default=dict)
    reason_raw = models.TextField(blank=True)
    shown = DateTimeRangeField(null=True)
    duration_seconds = models.FloatField(null=True)
    gaps = ArrayField(DateTimeRangeField(), default=list)
    sha256 = models.CharField(max_length=64, blank=True)
    is_cut_short = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["made_at"], name="live_clip_made"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False),
                name="live_clip_expires",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> Span:
        return Span(self.span.lower, self.span.upper)

    @property
    def reason(self) -> Reason | None:
        """Why it waits or failed, as its node told."""
        if not self.reason_key:
            return None
        return Reason(self.reason_key, self.reason_params, self.reason_raw)
