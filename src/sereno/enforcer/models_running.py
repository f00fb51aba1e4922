"""What nodes run now: each stream as its node last told it, and who holds which camera."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sereno.policy.reasons import Reason
from sereno.sites.models import Camera, Node


class RunnerState(models.Model):
    """One stream of one camera, as its node last told it.

    Fields up to `newest_at` are those of `sereno.wire.reports.StreamStatus`; JSON ones as in
    `ReasonReport` and `AnalysisStatus`.
    """

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE)
    node = models.ForeignKey(Node, on_delete=models.CASCADE, null=True)
    stream = models.CharField(max_length=8)
    state = models.CharField(max_length=20)
    since = models.DateTimeField()
    reason_key = models.CharField(max_length=40, blank=True)
    reason_params = models.JSONField(default=dict)
    reason_raw = models.TextField(blank=True)
    next_try = models.DateTimeField(null=True)
    engine = models.CharField(max_length=20, blank=True)
    # Null where the native engine runs or was not asked.
    engine_reason = models.JSONField(null=True)
    transport = models.CharField(max_length=20, blank=True)
    clock = models.CharField(max_length=20, blank=True)
    codec = models.CharField(max_length=60, blank=True)
    sound = models.CharField(max_length=60, blank=True)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    pid = models.IntegerField(null=True)
    effective_args = models.TextField(blank=True)
    ffmpeg_args = models.TextField(blank=True)
    bitrate_bps = models.BigIntegerField(default=0)
    fps = models.FloatField(default=0)
    advertised_fps = models.FloatField(default=0)
    fragments_per_second = models.FloatField(default=0)
    key_interval_seconds = models.FloatField(default=0)
    lost_packets = models.BigIntegerField(default=0)
    # A list of reasons: what people should know and what stops nothing.
    notices = models.JSONField(default=list)
    last_error = models.JSONField(null=True)
    probe = models.JSONField(null=True)
    profile = models.CharField(max_length=40, blank=True)
    profile_version = models.CharField(max_length=120, blank=True)
    is_pending = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    restarts = models.IntegerField(default=0)
    last_exit = models.CharField(max_length=200, blank=True)
    shared_by = models.IntegerField(default=0)
    nice = models.IntegerField(null=True)
    cpu_affinity = ArrayField(models.IntegerField(), default=list)
    hb_interval = models.FloatField(default=10)
    analysis = models.JSONField(null=True)
    newest_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["camera", "stream"], name="enforcer_state"),)
        verbose_name = "runner"

    def __str__(self) -> str:
        return f"{self.camera} {self.stream}"

    @property
    def reason(self) -> Reason | None:
        if not self.reason_key:
            return None
        return Reason(self.reason_key, self.reason_params, self.reason_raw)


class Lease(models.Model):
    """The right to run a camera that has a standby node. A row for each camera: who has it now.

    `number` grows with each grant. `expires_at` is for people, and for a hub on another machine or
    after a reboot; where `boot_id` is this machine's, `expires_boot_seconds` counts
    (`CLOCK_BOOTTIME`, which no setting of the clock moves). Both null: its holder ran the camera
    before it had a standby node and has not said yet that it knows of an end.

    `release_id` is set while its holder is asked to give the camera to the camera's own node: the
    lease is not renewed then, and the holder answers with this id when it writes no more.
    """

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True)
    node = models.ForeignKey(Node, on_delete=models.CASCADE)
    number = models.BigIntegerField()
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    expires_boot_seconds = models.FloatField(null=True)
    boot_id = models.CharField(max_length=40, blank=True)
    release_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(expires_at=None, expires_boot_seconds=None)
                | models.Q(expires_at__isnull=False, expires_boot_seconds__isnull=False),
                name="enforcer_lease_end",
            ),
        )
