"""Coverage as reported: runs, absences, and how far the telling goes."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.fields.ranges import RangeEndsWith
from django.contrib.postgres.indexes import GistIndex
from django.db import models

from sereno.base.spans import Span, span_or_none
from sereno.footage.models_found import FootageSearch, FoundFootage
from sereno.policy.reasons import Reason
from sereno.sites.models import Camera, Node

__all__ = ["Absence", "CoverageRun", "FootageSearch", "FoundFootage", "Horizon"]


class CoverageRun(models.Model):
    """Unbroken footage of one stream. Overlaps are allowed: a clock that steps back is honest.

    A run of which nothing is left keeps its row, its span one moment: an old report that comes late
    must not bring it back, and its end still explains what came after it.
    """

    run_id = models.UUIDField(primary_key=True)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, db_index=False)
    # Who has the bytes; null: told before this was kept.
    node = models.ForeignKey(Node, on_delete=models.SET_NULL, null=True, db_index=False)
    stream = models.CharField(max_length=8)
    span = DateTimeRangeField()
    is_open = models.BooleanField()
    end_reason_key = models.CharField(max_length=40, blank=True)
    end_reason_params = models.JSONField(default=dict)
    end_reason_raw = models.TextField(blank=True)
    revision = models.BigIntegerField()
    segment_count = models.IntegerField()
    size_bytes = models.BigIntegerField()
    engine = models.CharField(max_length=20, default="native")
    clock = models.CharField(max_length=20, default="arrival")
    sound = models.CharField(max_length=60, blank=True)
    damaged_seconds = models.FloatField(default=0)
    # Where losses may have damaged it: in order, without overlaps, inside `span`.
    damage = ArrayField(DateTimeRangeField(), default=list)

    class Meta:
        indexes = (
            GistIndex(fields=["camera", "span"], name="footage_run_span"),
            # For the last run before a moment.
            models.Index("camera", "stream", RangeEndsWith("span"), name="footage_run_end"),
        )

    @property
    def covered(self) -> Span | None:
        """None where nothing of it is left."""
        return span_or_none(self.span.lower, self.span.upper)

    @property
    def damaged(self) -> list[Span]:
        """Where losses may have damaged it; all of it where the node did not say where."""
        if self.damage:
            return [Span(part.lower, part.upper) for part in self.damage]
        return [self.covered] if self.damaged_seconds and self.covered else []

    @property
    def end_reason(self) -> Reason | None:
        """Why it ended; None while it goes on or where nobody said."""
        if not self.end_reason_key:
            return None
        return Reason(self.end_reason_key, self.end_reason_params, self.end_reason_raw)


class Absence(models.Model):
    """A time in which the node knew why it was not recording."""

    absence_id = models.UUIDField(primary_key=True)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, db_index=False)
    stream = models.CharField(max_length=8)
    span = DateTimeRangeField()
    is_open = models.BooleanField()
    reason_key = models.CharField(max_length=40)
    reason_params = models.JSONField(default=dict)
    reason_raw = models.TextField(blank=True)
    revision = models.BigIntegerField()

    class Meta:
        indexes = (GistIndex(fields=["camera", "span"], name="footage_absence_span"),)

    @property
    def missing(self) -> Span:
        return Span(self.span.lower, self.span.upper)

    @property
    def reason(self) -> Reason:
        return Reason(self.reason_key, self.reason_params, self.reason_raw)


class Horizon(models.Model):
    """Up to here the node has told all it knows of a stream; never goes back."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT)
    stream = models.CharField(max_length=8)
    reported_through = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["camera", "stream"], name="footage_horizon_unique"),
        )
