"""What nodes were asked to look into, and what they found."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from sereno.devices.models import DeviceChannel
from sereno.sites.models import Camera, Node


class Errand(models.Model):
    """One errand: a diagnosis, or of a device (`sereno.wire.devices`).

    A diagnosis without a camera is of `address`, before a camera is made of it; its `steps` are as
    in `sereno.wire.errands.StepReport`. One of a device has `params` and `answer` instead, as in
    `sereno.wire.devices`, and a search of a recorder's footage its `channel` too.

    `password_sealed` is wiped when the errand is done or nobody took it in time. `expires_at` moves
    on while the node tells of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=20)
    node = models.ForeignKey(Node, on_delete=models.CASCADE)
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, null=True)
    stream = models.CharField(max_length=8)
    address = models.CharField(max_length=2000, blank=True, help_text="URL without credentials")
    username = models.CharField(max_length=200, blank=True)
    password_sealed = models.TextField(blank=True, editable=False)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    engine = models.CharField(max_length=40, blank=True)
    steps = models.JSONField(default=list)
    channel = models.ForeignKey(DeviceChannel, on_delete=models.CASCADE, null=True)
    params = models.JSONField(default=dict)
    answer = models.JSONField(null=True)

    class Meta:
        indexes = (
            # What each heartbeat asks.
            models.Index(
                fields=["node", "expires_at"],
                condition=models.Q(done_at=None),
                name="errands_errand_open",
            ),
            models.Index(fields=["asked_at"], name="errands_errand_asked"),
        )

    def __str__(self) -> str:
        return f"{self.camera or self.address or self.kind} {self.asked_at:%Y-%m-%d %H:%M:%S}"
