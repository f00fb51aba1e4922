"""Whether what holds for cameras makes sense, with their addresses and on their nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils import timezone

from sereno.base.errors import Invalid, Words
from sereno.enforcer.models import Schedule
from sereno.enforcer.queries import Desired, desires_of
from sereno.enforcer.queries_schedules import cameras_under
from sereno.policy.extra_cli import parse_extra_cli
from sereno.policy.knobs import Manner
from sereno.sites.models import Camera, CameraGroup
from sereno.sites.rules import check_cpus, check_engine

_OF_CAMERA = Words("{camera}: {what}", "{camera}: {what}")
_UNDER_PROFILE = Words(
    "{camera} under the profile {profile}: {what}", "{camera} con el perfil {profile}: {what}"
)


def check_fit(schedules: Iterable[Schedule], only: Collection[UUID] | None = None) -> None:
    """Raises Invalid where a camera cannot be run as a profile of these schedules says.

    `only`: of these cameras, as the others were there before.
    """
    ids = cameras_under(row for row in schedules if row.profiles.exists())
    if only is not None:
        ids.intersection_update(only)
    cameras = Camera.objects.filter(pk__in=ids).order_by("name", "pk")
    check_manners(
        desires_of(cameras.select_related("site", "node", "standby_node"), timezone.now())
    )


def check_joined(
    sender: object, group: CameraGroup, camera_ids: Collection[UUID], **_: object
) -> None:
    """`sites` says that these cameras were put into a group. Raises Invalid likewise."""
    check_fit(group.schedules.all(), camera_ids)


def check_manners(desires: Iterable[Desired]) -> None:
    """Raises Invalid, its field that of a knob, for the first manner that does not fit."""
    fitting: set[tuple[Manner, tuple[str, ...], tuple[int | None, ...]]] = set()
    for desired in desires:
        camera = desired.camera
        addresses = filter(None, (camera.address, camera.sub_address))
        schemes = tuple(address.partition(":")[0] for address in addresses)
        cpu_counts = tuple(
            node.cpu_count for node in (camera.node, camera.standby_node) if node is not None
        )
        for key in sorted(desired.keys):
            found = (desired.manner(key), schemes, cpu_counts)
            if found not in fitting:
                try:
                    _check(*found)
                except Invalid as error:
                    raise _named(error, desired, key) from None
                fitting.add(found)


def _check(manner: Manner, schemes: tuple[str, ...], cpu_counts: tuple[int | None, ...]) -> None:
    parse_extra_cli(manner.extra_cli, manner.engine)
    check_cpus(manner.cpu_affinity, cpu_counts)
    for scheme in schemes:
        check_engine(manner.engine, scheme)


def _named(error: Invalid, desired: Desired, key: str) -> Invalid:
    """The same refusal, with the camera and the profile that do not fit."""
    profile = desired.profile_name(key)
    words = _UNDER_PROFILE if profile else _OF_CAMERA
    told = {"camera": desired.camera.name, "profile": profile}
    en, es = (text.format(what=what, **told) for text, what in zip(words, error.words, strict=True))
    field = (error.field or "").removeprefix("knobs.")
    return Invalid(error.key, Words(en, es), field=f"knobs.{field}")
