"""Every change of layouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from sereno.accounts.models import User
from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.base.errors import Forbidden, Invalid, Words
from sereno.live.models import Layout
from sereno.live.queries_layouts import access_layout
from sereno.live.rules_layouts import Tile, check_count, check_tiles
from sereno.sites.names import one_of_a_name
from sereno.sites.queries import cameras_of
from sereno.sites.rules import check_name
from sereno.sites.versions import check_version

_NAME_TAKEN = Words(
    "Another layout of yours has this name. Choose another name.",
    "Otra distribución suya ya tiene ese nombre. Elija otro nombre.",
)
_CAMERA_UNKNOWN = Words(
    "One of these cameras does not exist. It may have been removed; reload the list.",
    "Una de estas cámaras no existe. Puede que se haya quitado; recargue la lista.",
)
_PERSONS_ONLY = Words(
    "Only a person has layouts.",
    "Solo una persona tiene distribuciones.",
)


@dataclass(frozen=True, slots=True)
class LayoutFields:
    """What a person says of a layout; None leaves a field as it is."""

    name: str | None = None
    is_shared: bool | None = None
    columns: int | None = None
    rows: int | None = None
    tiles: Sequence[Tile] | None = None


@transaction.atomic
def make_layout(
    asker: Asker, name: str, columns: int, rows: int, tiles: Sequence[Tile], *, is_shared: bool
) -> Layout:
    """A new layout of `asker`'s. Raises Invalid, Conflict, Forbidden to share it."""
    owner = _person(asker)
    require(asker, Right.OPERATE if is_shared else Right.VIEW)
    # One after the other of a person's, so that they are counted right.
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    check_count(Layout.objects.filter(owner=owner).count())
    layout = Layout(owner=owner)
    fields = LayoutFields(name, is_shared, columns, rows, tiles)
    _save(asker, layout, fields)
    record(asker.actor, "layout_make", "layout", layout.pk, **_told(layout))
    return layout


@transaction.atomic
def change_layout(
    asker: Asker, layout_id: int, fields: LayoutFields, if_version: int | None = None
) -> Layout:
    """Change what was given.

    `if_version`: only if it is still that one. Raises NotFound, Invalid, Conflict, Forbidden.
    """
    layout = _lock(asker, layout_id, if_version)
    if layout.is_shared or fields.is_shared:
        require(asker, Right.OPERATE)
    _save(asker, layout, fields)
    record(asker.actor, "layout_change", "layout", layout.pk, **_told(layout))
    return layout


@transaction.atomic
def remove_layout(asker: Asker, layout_id: int, if_version: int | None = None) -> None:
    """Delete a layout. Raises NotFound, Conflict, Forbidden."""
    layout = _lock(asker, layout_id, if_version)
    if layout.is_shared:
        require(asker, Right.OPERATE)
    layout.delete()
    record(asker.actor, "layout_remove", "layout", layout_id, name=layout.name)


def _person(asker: Asker) -> User:
    if asker.user is None:
        raise Forbidden("persons_only", _PERSONS_ONLY)
    return asker.user


def _lock(asker: Asker, layout_id: int, if_version: int | None) -> Layout:
    access_layout(asker, layout_id)
    Layout.objects.select_for_update(no_key=True).filter(pk=layout_id).first()
    layout = access_layout(asker, layout_id)
    check_version(layout, if_version)
    return layout


def _save(asker: Asker, layout: Layout, fields: LayoutFields) -> None:
    if fields.name is not None:
        layout.name = check_name(fields.name)
    for part in ("is_shared", "columns", "rows"):
        if (said := getattr(fields, part)) is not None:
            setattr(layout, part, said)
    tiles = _kept_tiles(layout) if fields.tiles is None else tuple(fields.tiles)
    if any(said is not None for said in (fields.columns, fields.rows, fields.tiles)):
        tiles = check_tiles(layout.columns, layout.rows, tiles)
    if fields.tiles is not None:
        _check_cameras(asker, tiles)
    layout.tiles = [tile.as_row() for tile in tiles]
    layout.make_version(asker)
    with one_of_a_name("live_layout_name_unique", _NAME_TAKEN):
        layout.save()


def _kept_tiles(layout: Layout) -> tuple[Tile, ...]:
    """Also those of cameras that were removed."""
    return tuple(map(Tile.kept, layout.tiles))


def _check_cameras(asker: Asker, tiles: Sequence[Tile]) -> None:
    wanted = {tile.camera_id for tile in tiles}
    if cameras_of(asker).order_by().filter(pk__in=wanted).count() < len(wanted):
        raise Invalid("camera_unknown", _CAMERA_UNKNOWN, field="tiles")


def _told(layout: Layout) -> dict[str, object]:
    return {"name": layout.name, "is_shared": layout.is_shared, "tiles": len(layout.tiles)}
