"""How each stream was when its node last spoke."""

from __future__ import annotations

from django.db import models

from sereno.policy.reasons import Reason
from sereno.sites.models import Camera


class RunnerState(models.Model):
    """One stream of one camera, as in the node's last heartbeat."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE)
    stream = models.CharField(max_length=8)
    state = models.CharField(max_length=12)
    since = models.DateTimeField()
    reason_key = models.CharField(max_length=40, blank=True)
    reason_params = models.JSONField(default=dict)
    reason_raw = models.TextField(blank=True)
    next_try = models.DateTimeField(null=True)
    engine = models.CharField(max_length=20, blank=True)
    # As in sereno.wire.reports.ReasonReport; null where the native engine runs or was not asked.
    engine_reason = models.JSONField(null=True)
    transport = models.CharField(max_length=20, blank=True)
    clock = models.CharField(max_length=20, blank=True)
    codec = models.CharField(max_length=60, blank=True)
    sound = models.CharField(max_length=60, blank=True)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    pid = models.IntegerField(null=True)
    effective_args = models.TextField(blank=True)
    bitrate_bps = models.BigIntegerField(default=0)
    fps = models.FloatField(default=0)
    lost_packets = models.BigIntegerField(default=0)
    # A list of reasons: what people should know and what stops nothing.
    notices = models.JSONField(default=list)
    newest_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["camera", "stream"], name="enforcer_state"),)

    @property
    def reason(self) -> Reason | None:
        if not self.reason_key:
            return None
        return Reason(self.reason_key, self.reason_params, self.reason_raw)
