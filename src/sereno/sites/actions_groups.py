"""Every change of groups of cameras."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.base.errors import Invalid, Words
from sereno.sites.actions import wake_nodes_of
from sereno.sites.models import Camera, CameraGroup
from sereno.sites.names import one_of_a_name
from sereno.sites.queries import access_group, cameras_of
from sereno.sites.rules import check_name
from sereno.sites.signals import cameras_joined, promises_touched
from sereno.sites.versions import check_version

_NAME_TAKEN = Words(
    "Another group has this name. Choose another name.",
    "Otro grupo ya tiene ese nombre. Elija otro nombre.",
)
_CAMERA_UNKNOWN = Words(
    "One of these cameras does not exist. It may have been removed; reload the list.",
    "Una de estas cámaras no existe. Puede que se haya quitado; recargue la lista.",
)


@transaction.atomic
def make_group(asker: Asker, name: str, camera_ids: Iterable[UUID]) -> CameraGroup:
    """A new group. Raises Invalid, Conflict."""
    require(asker, Right.MANAGE)
    chosen = known_cameras(asker, camera_ids)
    group = CameraGroup(name=check_name(name))
    group.make_version(asker)
    with one_of_a_name("sites_group_name_unique", _NAME_TAKEN):
        group.save()
    group.cameras.set(Camera.objects.filter(pk__in=chosen))
    record(asker.actor, "group_make", "group", group.pk, name=group.name, cameras=_told(chosen))
    return group


@transaction.atomic
def change_group(
    asker: Asker,
    group_id: int,
    name: str | None,
    camera_ids: Iterable[UUID] | None,
    if_version: int | None = None,
) -> CameraGroup:
    """Change what was given.

    `if_version`: only if it is still that one. Raises NotFound, Invalid, Conflict.
    """
    require(asker, Right.MANAGE)
    group = _lock(asker, group_id, if_version)
    group.name = group.name if name is None else check_name(name)
    group.make_version(asker)
    with one_of_a_name("sites_group_name_unique", _NAME_TAKEN):
        group.save()
    if camera_ids is not None:
        before = _member_ids(group)
        chosen = known_cameras(asker, camera_ids)
        group.cameras.set(Camera.objects.filter(pk__in=chosen))
        cameras_joined.send(CameraGroup, group=group, camera_ids=chosen - before)
        _touch(before ^ chosen)
    members = _told(_member_ids(group))
    record(asker.actor, "group_change", "group", group.pk, name=group.name, cameras=members)
    return group


@transaction.atomic
def remove_group(asker: Asker, group_id: int, if_version: int | None = None) -> None:
    """Take a group away; its cameras stay. Raises NotFound, Conflict."""
    require(asker, Right.MANAGE)
    group = _lock(asker, group_id, if_version)
    members = _member_ids(group)
    group.delete()
    _touch(members)
    record(asker.actor, "group_remove", "group", group_id, name=group.name)


def known_cameras(asker: Asker, camera_ids: Iterable[UUID]) -> set[UUID]:
    """The same ids. Raises Invalid where one is of no camera that `asker` may see."""
    wanted = set(camera_ids)
    found = cameras_of(asker).order_by().filter(pk__in=wanted).values_list("pk", flat=True)
    if set(found) != wanted:
        raise Invalid("camera_unknown", _CAMERA_UNKNOWN, field="camera_ids")
    return wanted


def _lock(asker: Asker, group_id: int, if_version: int | None) -> CameraGroup:
    access_group(asker, group_id)
    CameraGroup.objects.select_for_update(no_key=True).filter(pk=group_id).first()
    group = access_group(asker, group_id)
    check_version(group, if_version)
    return group


def _member_ids(group: CameraGroup) -> set[UUID]:
    return set(group.cameras.values_list("pk", flat=True))


def _touch(camera_ids: set[UUID]) -> None:
    promises_touched.send(CameraGroup, camera_ids=camera_ids)
    wake_nodes_of(camera_ids)


def _told(camera_ids: set[UUID]) -> list[str]:
    return sorted(map(str, camera_ids))
