"""How and when cameras are to be run: profiles, schedules, pauses, and what was promised."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from sereno.sites.models import Camera, CameraGroup
from sereno.sites.versions import Versioned


class StreamProfile(Versioned):
    """How streams are run, by name. What its knobs leave unsaid, the one it is based on says."""

    name = models.CharField(max_length=80)
    note = models.CharField(max_length=300, blank=True)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    # By the names of sereno.policy.knobs.Knobs; only what is said.
    knobs = models.JSONField(default=dict, blank=True)
    # With those of the profiles it is based on, a sum that grows when what runs is to take up a
    # change at once, and only then.
    restart_number = models.IntegerField(default=0, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(Lower("name"), name="enforcer_profile_name_unique"),)

    def __str__(self) -> str:
        return self.name


class ProfileVersion(models.Model):
    """A profile as it was saved."""

    profile = models.ForeignKey(StreamProfile, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    knobs = models.JSONField(default=dict)
    based_on = models.ForeignKey(
        StreamProfile, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    based_on_name = models.CharField(max_length=80, blank=True)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()
    applies = models.CharField(max_length=12)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["profile", "version"], name="enforcer_profile_version_unique"
            ),
        )


class CameraManner(models.Model):
    """The profile that a camera was given; a camera without a row, or a profile, has none."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, related_name="manner")
    profile = models.ForeignKey(
        StreamProfile, on_delete=models.PROTECT, null=True, related_name="manners"
    )
    # Keeps the sum of restart numbers as it was while the profile is exchanged for another.
    restart_number = models.IntegerField(default=0)


class Calendar(Versioned):
    """Days that are not like others: holidays, vacations."""

    name = models.CharField(max_length=80)
    # [{"date": "2026-12-25", "name": "Navidad"}], in order.
    dates = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("name"), name="enforcer_calendar_name_unique"),
        )

    def __str__(self) -> str:
        return self.name


class Schedule(Versioned):
    """When cameras are recorded, or analysed; as sereno.policy.plans.Schedule says.

    Intervals are [{"days", "from": "22:00", "to": "06:00", "profile_id"}], exceptions
    [{"date", "name", "intervals"}], `once` is {"from", "to"} in local time.
    """

    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    is_enabled = models.BooleanField(default=True)
    intervals = models.JSONField(default=list)
    once = models.JSONField(null=True)
    cron = models.CharField(max_length=200, blank=True)
    cron_minutes = models.PositiveIntegerField(default=0)
    exceptions = models.JSONField(default=list)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True)
    holiday_intervals = models.JSONField(default=list)
    profile = models.ForeignKey(
        StreamProfile, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # All that it uses, those of its intervals too, so that none of them can go.
    profiles = models.ManyToManyField(StreamProfile, related_name="schedules")
    cameras = models.ManyToManyField(Camera, related_name="schedules")
    groups = models.ManyToManyField(CameraGroup, related_name="schedules")

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("name"), name="enforcer_schedule_name_unique"),
        )

    def __str__(self) -> str:
        return self.name


class Pause(models.Model):
    """A time in which a person wants nothing of a camera recorded. Kept: it explains a gap."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="pauses")
    start = models.DateTimeField()
    end = models.DateTimeField()
    by = models.CharField(max_length=150)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=["camera", "end"], name="enforcer_pause_end"),)


class ManualRecording(models.Model):
    """A recording that a person started; without an end until somebody stops it. Kept."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="manuals")
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    by = models.CharField(max_length=150)

    class Meta:
        indexes = (models.Index(fields=["camera", "end"], name="enforcer_manual_end"),)


class RememberedPlan(models.Model):
    """Schedules that counted for cameras at some time, as sereno.policy.plans.Plan.

    Cameras that share their schedules share its row. Pauses and manual recordings have rows of
    their own.
    """

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its JSON")
    plan = models.JSONField()


class PlanHistory(models.Model):
    """Which plan counted for a camera from a moment on.

    Before a camera's first row it was to be recorded always.
    """

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="plans")
    since = models.DateTimeField()
    plan = models.ForeignKey(RememberedPlan, on_delete=models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["camera", "since"], name="enforcer_plan_since"),
        )
