"""Reading layouts; every access check of theirs."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.base.errors import NotFound, Words
from sereno.live.models import Layout
from sereno.live.rules_layouts import Tile
from sereno.sites.queries import cameras_of

_NO_LAYOUT = Words(
    "There is no such layout. It may have been deleted, or is not shared any more; reload the "
    "list.",
    "No existe esa distribución. Puede que se haya borrado o que ya no se comparta; recargue la "
    "lista.",
)


def layouts_of(asker: Asker) -> QuerySet[Layout]:
    """The layouts of `asker` and the shared ones, by name."""
    require(asker, Right.VIEW)
    theirs = Q(is_shared=True) | Q(owner=asker.user)
    return Layout.objects.filter(theirs).select_related("owner").order_by(Lower("name"), "pk")


def access_layout(asker: Asker, layout_id: int) -> Layout:
    """One of those. Raises NotFound."""
    if (layout := layouts_of(asker).filter(pk=layout_id).first()) is None:
        raise NotFound("no_such_layout", _NO_LAYOUT)
    return layout


def tiles_of(asker: Asker, layouts: list[Layout]) -> dict[int, list[Tile]]:
    """The tiles of each layout whose cameras `asker` may see; one statement."""
    seen = set(cameras_of(asker).order_by().values_list("pk", flat=True)) if layouts else set()
    return {
        layout.pk: [tile for tile in map(Tile.kept, layout.tiles) if tile.camera_id in seen]
        for layout in layouts
    }
