"""Where things stand: sites, nodes, cameras."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from sereno.sites.versions import Versioned


class Site(models.Model):
    """A place with cameras. Its zone decides what a day is."""

    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(Lower("name"), name="sites_site_name_unique"),)

    def __str__(self) -> str:
        return self.name


class Node(models.Model):
    """The daemon at a site. The fields from `last_seen` on are what it said of itself."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    enrolled_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    last_seen = models.DateTimeField(null=True)
    boot_id = models.UUIDField(null=True)
    version = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(null=True)
    is_clock_synchronised = models.BooleanField(null=True)
    clock_offset_seconds = models.FloatField(null=True)
    # As in sereno.wire.reports.VolumeStatus, in the node's order of preference.
    volumes = models.JSONField(default=list)
    media_address = models.CharField(max_length=300, blank=True)
    orders_etag = models.CharField(max_length=80, blank=True)
    backlog = models.PositiveIntegerField(default=0)
    cpu_count = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return self.name


class EnrolmentCode(models.Model):
    """A one-time code that a new node trades for its token. Only its hash is kept."""

    code_hash = models.CharField(max_length=64, unique=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Engine(models.TextChoices):
    """What reads a camera's stream."""

    AUTO = "auto"
    NATIVE = "native"
    FFMPEG = "ffmpeg"


class Transport(models.TextChoices):
    """How the media of an RTSP camera travel."""

    AUTO = "auto"
    TCP = "tcp"
    UDP = "udp"
    MULTICAST = "multicast"


class Camera(models.Model):
    """A camera: what and where. A removed one keeps its row, for its footage's sake.

    What its fields from `engine` to `cpu_affinity` leave unsaid (null), its profile or the default
    says.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, null=True)
    standby_node = models.ForeignKey(
        Node,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="standby_cameras",
        help_text="Takes the camera over when its node is not heard any more",
    )
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=2000, help_text="URL without credentials")
    sub_address = models.CharField(
        max_length=2000, blank=True, help_text="Of its smaller stream, without credentials"
    )
    username = models.CharField(max_length=200, blank=True)
    password_sealed = models.TextField(blank=True, editable=False)
    engine = models.CharField(max_length=10, choices=Engine, null=True, blank=True)
    transport = models.CharField(max_length=10, choices=Transport, null=True, blank=True)
    records_sound = models.BooleanField(null=True, blank=True)
    budget_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Room for its footage; empty: no limit of its own"
    )
    nice = models.SmallIntegerField(
        null=True,
        blank=True,
        validators=(MinValueValidator(-20), MaxValueValidator(19)),
        help_text="Priority of the recording process, as in nice(1)",
    )
    cpu_affinity = ArrayField(
        models.PositiveSmallIntegerField(),
        null=True,
        blank=True,
        help_text="CPUs by number, separated by commas",
    )
    retry_number = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="grows when the node is to forget which engine and transport worked",
    )
    restart_number = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="grows when what runs is to take up its changed manner at once",
    )
    enforce_number = models.PositiveIntegerField(
        default=0, editable=False, help_text="grows when a person asks the node to act now"
    )
    enforced_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("name"),
                "site",
                condition=models.Q(removed_at=None),
                name="sites_camera_name_unique",
            ),
        )

    def __str__(self) -> str:
        return self.name


class CameraGroup(Versioned):
    """Cameras that are spoken of together, of one site or of several."""

    name = models.CharField(max_length=80)
    cameras = models.ManyToManyField(Camera, related_name="groups", blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(Lower("name"), name="sites_group_name_unique"),)

    def __str__(self) -> str:
        return self.name
