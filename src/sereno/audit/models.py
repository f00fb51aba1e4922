"""The journal's one table. A trigger of its first migration refuses changes to its rows."""

from __future__ import annotations

from django.db import models

from sereno.audit.rules import Actor, ActorKind, Content


class Entry(models.Model):
    """One act. Numbers run 1, 2, 3 … without a hole: a hole is a row that somebody took out."""

    number = models.BigIntegerField(primary_key=True)
    happened_at = models.DateTimeField()
    actor_kind = models.CharField(
        max_length=10, choices=[(kind.value, kind.value) for kind in ActorKind]
    )
    actor_id = models.CharField(max_length=150)
    address = models.CharField(max_length=64, blank=True)
    act = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = "journal entry"
        verbose_name_plural = "journal"
        indexes = (
            models.Index(fields=["object_kind", "object_id", "number"], name="audit_by_object"),
            models.Index(fields=["actor_kind", "actor_id", "number"], name="audit_by_actor"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.act}"

    def content(self) -> Content:
        """What the row's hash was made of."""
        return Content(
            number=self.number,
            happened_at=self.happened_at,
            actor=Actor(ActorKind(self.actor_kind), self.actor_id, self.address),
            act=self.act,
            object_kind=self.object_kind,
            object_id=self.object_id,
            details=self.details,
        )
