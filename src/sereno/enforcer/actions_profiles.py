"""Every change of profiles, and which camera has which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.base.errors import Conflict, Invalid, Words
from sereno.enforcer.actions_moments import lock_cameras, record_for
from sereno.enforcer.fitness import check_manners
from sereno.enforcer.models import CameraManner, ProfileVersion, StreamProfile
from sereno.enforcer.queries import desires_of
from sereno.enforcer.queries_profiles import (
    Given,
    ProfileBook,
    access_profile,
    cameras_with,
    given_to,
    knobs_kept,
)
from sereno.policy.extra_cli import parse_extra_cli
from sereno.policy.knob_list import parse_knobs
from sereno.sites.actions import CameraFields, add_camera, change_camera, wake_nodes_of
from sereno.sites.models import Camera
from sereno.sites.names import one_of_a_name
from sereno.sites.queries import access_camera, cameras_of
from sereno.sites.rules import check_name
from sereno.sites.versions import check_version

Applies = Literal["now", "next_spawn"]
LONGEST_NOTE = 300
# What is based on what stays something a person can follow.
LONGEST_CHAIN = 8

_NAME_TAKEN = Words(
    "Another profile has this name. Choose another name.",
    "Otro perfil ya tiene ese nombre. Elija otro nombre.",
)
_BASE_UNKNOWN = Words(
    "The profile it should be based on does not exist. Reload the list.",
    "No existe el perfil en el que debería basarse. Recargue la lista.",
)
_PROFILE_UNKNOWN = Words(
    "This profile does not exist. It may have been removed; reload the list.",
    "Este perfil no existe. Puede que se haya quitado; recargue la lista.",
)
_CIRCLE = Words(
    "A profile cannot be based on itself, nor on one that is based on it. Choose another.",
    "Un perfil no puede basarse en sí mismo ni en otro que se base en él. Elija otro.",
)
_TOO_DEEP = Words(
    "At most {most} profiles may be based one on another. Choose another base.",
    "Como máximo {most} perfiles pueden basarse uno en otro. Elija otra base.",
)
_USED = Words(
    "This profile is used by: {users}. Take it away there first.",
    "Este perfil lo usan: {users}. Quítelo antes de allí.",
)
_NOTE_BAD = Words(
    "A note has at most {most} characters.",
    "Una nota tiene {most} caracteres como máximo.",
)


@dataclass(frozen=True, slots=True)
class ProfileFields:
    """What a person says of a profile; None leaves a field as it is.

    `knobs` are all that it says itself, by name.
    """

    name: str | None = None
    note: str | None = None
    based_on: int | None = None
    has_no_base: bool = False
    knobs: Mapping[str, Any] | None = None


@transaction.atomic
def make_profile(asker: Asker, said: ProfileFields, now: datetime | None = None) -> StreamProfile:
    """A new profile, which no camera has yet. Raises Invalid, Conflict."""
    require(asker, Right.MANAGE)
    _lock_profiles()
    profile = StreamProfile()
    profile.make_version(asker, now)
    fill_profile(profile, said)
    profile.name = check_name(said.name or "")
    with one_of_a_name("enforcer_profile_name_unique", _NAME_TAKEN):
        profile.save()
    _check_profile(ProfileBook.read(), profile)
    _remember(asker, profile, "next_spawn")
    record(asker.actor, "profile_make", "profile", profile.pk, **_told(profile))
    return profile


@transaction.atomic
def change_profile(
    asker: Asker,
    profile_id: int,
    said: ProfileFields,
    applies: Applies = "next_spawn",
    now: datetime | None = None,
    if_version: int | None = None,
) -> StreamProfile:
    """Change what was given. What runs with it goes over to it now, or when it next starts.

    `if_version`: only if it is still that one. Raises NotFound, Invalid, Conflict.
    """
    require(asker, Right.MANAGE)
    access_profile(asker, profile_id)
    before = ProfileBook(_lock_profiles())
    number = before.restart_number(profile_id)
    profile = access_profile(asker, profile_id)
    check_version(profile, if_version, now)
    fill_profile(profile, said)
    after = ProfileBook([*before.but(profile), profile])
    check_chain(after, profile)
    # A base with another number must not look like the wish to start anew, nor hide it.
    profile.restart_number = number - after.restart_number(profile.based_on_id)
    profile.restart_number += applies == "now"
    profile.make_version(asker, now)
    with one_of_a_name("enforcer_profile_name_unique", _NAME_TAKEN):
        profile.save()
    _check_profile(after, profile)
    _remember(asker, profile, applies)
    wake_nodes_of(camera.pk for camera in cameras_with(after, profile_id))
    told = {**_told(profile), "applies": applies, "version": profile.version}
    record(asker.actor, "profile_change", "profile", profile.pk, **told)
    return profile


@transaction.atomic
def remove_profile(asker: Asker, profile_id: int, if_version: int | None = None) -> None:
    """Take a profile away. Raises NotFound, and Conflict while anything uses it.

    `if_version` as in `change_profile`.
    """
    require(asker, Right.MANAGE)
    access_profile(asker, profile_id)
    _lock_profiles()
    # From here on nobody can begin to name it.
    profile = StreamProfile.objects.select_for_update().get(pk=profile_id)
    check_version(profile, if_version)
    users = [
        *Camera.objects.filter(manner__profile=profile, removed_at=None).order_by("name"),
        *profile.schedules.order_by("name"),
        *StreamProfile.objects.filter(based_on=profile).order_by("name"),
    ]
    if users:
        names = ", ".join(str(user) for user in users[:5]) + (" …" if len(users) > 5 else "")
        raise Conflict("profile_used", _USED.fill(users=names))
    CameraManner.objects.filter(profile=profile).update(profile=None)
    profile.delete()
    record(asker.actor, "profile_remove", "profile", profile_id, name=profile.name)


@transaction.atomic
def give_profile(
    asker: Asker,
    camera_ids: Iterable[UUID],
    profile_id: int | None,
    applies: Applies = "next_spawn",
) -> None:
    """Let these cameras be run as the profile says; None: as they say themselves.

    Raises NotFound, Invalid.
    """
    require(asker, Right.MANAGE)
    cameras = lock_cameras(asker, camera_ids)
    book = ProfileBook(_lock_profiles())
    if profile_id is not None and profile_id not in book.profiles:
        raise Invalid("profile_unknown", _PROFILE_UNKNOWN, field="profile_id")
    ids = [camera.pk for camera in cameras]
    given = given_to(ids)
    rows = []
    for camera_id in ids:
        old = given.get(camera_id, Given())
        number = old.restart_number + book.restart_number(old.profile_id)
        number += (applies == "now") - book.restart_number(profile_id)
        rows.append(CameraManner(camera_id=camera_id, profile_id=profile_id, restart_number=number))
    CameraManner.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["camera"],
        update_fields=["profile", "restart_number"],
    )
    check_manners(desires_of(cameras, timezone.now(), book))
    wake_nodes_of(ids)
    name = book.profiles[profile_id].name if profile_id is not None else None
    record_for(asker, "camera_profile", cameras, profile=name, applies=applies)


@transaction.atomic
def add_fitting_camera(asker: Asker, fields: CameraFields) -> Camera:
    """`sites.add_camera`, where its own fields make sense together. Raises Invalid, Conflict."""
    camera = add_camera(asker, fields)
    _check_camera(asker, camera)
    return camera


@transaction.atomic
def change_fitting_camera(asker: Asker, camera_id: UUID, fields: CameraFields) -> Camera:
    """`sites.change_camera`, where its fields fit its profile. Raises Invalid, Conflict."""
    require(asker, Right.MANAGE)
    before = access_camera(asker, camera_id)
    camera = change_camera(asker, camera_id, fields)
    # Somebody who only renames it need not answer for what never fitted.
    if _fits_like(before) != _fits_like(camera):
        _check_camera(asker, camera)
    return camera


def _fits_like(camera: Camera) -> tuple[object, ...]:
    """What decides, of the camera itself, whether its manner fits."""
    nodes = camera.node_id, camera.standby_node_id
    return camera.restart_number, camera.address, camera.sub_address, *nodes


def _check_camera(asker: Asker, camera: Camera) -> None:
    check_manners(desires_of(cameras_of(asker).filter(pk=camera.pk), timezone.now()))


def _lock_profiles() -> list[StreamProfile]:
    """All of them: what is based on what changes one after the other.

    Whoever only names them, in a schedule or for a camera, need not wait.
    """
    list(StreamProfile.objects.select_for_update(no_key=True).order_by("pk"))
    # Read behind the locks: somebody may have made one while this waited.
    return list(StreamProfile.objects.all())


def fill_profile(profile: StreamProfile, said: ProfileFields) -> None:
    """Set what was given. Raises Invalid."""
    if said.name is not None:
        profile.name = check_name(said.name)
    if said.note is not None:
        if len(said.note) > LONGEST_NOTE or "\0" in said.note:
            raise Invalid("note_bad", _NOTE_BAD.fill(most=LONGEST_NOTE), field="note")
        profile.note = said.note.strip()
    if said.has_no_base:
        profile.based_on_id = None
    if said.based_on is not None:
        if not StreamProfile.objects.filter(pk=said.based_on).exists():
            raise Invalid("base_unknown", _BASE_UNKNOWN, field="based_on")
        profile.based_on_id = said.based_on
    if said.knobs is not None:
        profile.knobs = knobs_kept(parse_knobs(said.knobs))


def check_chain(book: ProfileBook, profile: StreamProfile) -> None:
    """Raises Invalid where profiles are based on each other in a circle, or too many."""
    if profile.pk in book.chain_ids(profile.based_on_id):
        raise Invalid("profile_circle", _CIRCLE, field="based_on")
    if any(len(book.chain_ids(each)) > LONGEST_CHAIN for each in book.profiles):
        raise Invalid("profile_too_deep", _TOO_DEEP.fill(most=LONGEST_CHAIN), field="based_on")


def _check_profile(book: ProfileBook, profile: StreamProfile) -> None:
    """Raises Invalid where it does not make sense, by itself or with a camera it is for."""
    check_chain(book, profile)
    for profile_id in book.profiles:
        if profile.pk in book.chain_ids(profile_id):
            manner = book.merged(profile_id).manner
            parse_extra_cli(manner.extra_cli, manner.engine)
    check_manners(desires_of(cameras_with(book, profile.pk), timezone.now(), book))


def _remember(asker: Asker, profile: StreamProfile, applies: Applies) -> None:
    base = profile.based_on
    ProfileVersion.objects.create(
        profile=profile,
        version=profile.version,
        knobs=profile.knobs,
        based_on=base,
        based_on_name=base.name if base else "",
        changed_by=profile.changed_by,
        changed_at=profile.changed_at,
        applies=applies,
    )


def _told(profile: StreamProfile) -> dict[str, object]:
    """What the journal keeps of a profile; it takes no fractions."""
    knobs = {
        name: str(value) if isinstance(value, float) else value
        for name, value in profile.knobs.items()
    }
    base = profile.based_on
    return {"name": profile.name, "based_on": base.name if base else None, "knobs": knobs}
