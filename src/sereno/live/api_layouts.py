"""Layouts of the wall over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.accounts.queries import Asker
from sereno.live import actions_layouts
from sereno.live.actions_layouts import LayoutFields
from sereno.live.models import Layout
from sereno.live.queries_layouts import layouts_of, tiles_of
from sereno.live.rules_layouts import MOST_CELLS_A_SIDE, MOST_TILES, StreamChoice, Tile

router = Router(tags=["live"], auth=ANYBODY_KNOWN)

_FURTHEST = MOST_CELLS_A_SIDE - 1


class TileBody(Schema):
    """A camera on the wall; `x` and `y` of its upper left cell from 0, `w` and `h` in cells."""

    camera_id: UUID
    stream: StreamChoice = "auto"
    x: int = Field(ge=0, le=_FURTHEST)
    y: int = Field(ge=0, le=_FURTHEST)
    w: int = Field(default=1, ge=1, le=MOST_CELLS_A_SIDE)
    h: int = Field(default=1, ge=1, le=MOST_CELLS_A_SIDE)


class NewLayout(Schema):
    name: str
    is_shared: bool = False
    columns: int = Field(ge=1, le=MOST_CELLS_A_SIDE)
    rows: int = Field(ge=1, le=MOST_CELLS_A_SIDE)
    tiles: list[TileBody] = Field(max_length=4 * MOST_TILES)


class LayoutChange(Schema):
    """What is left out or null stays as it is."""

    name: str | None = None
    is_shared: bool | None = None
    columns: int | None = Field(default=None, ge=1, le=MOST_CELLS_A_SIDE)
    rows: int | None = Field(default=None, ge=1, le=MOST_CELLS_A_SIDE)
    tiles: list[TileBody] | None = Field(default=None, max_length=4 * MOST_TILES)
    if_version: int | None = None


class LayoutAnswer(Schema):
    """`owner` is the name of who made it; tiles of cameras that were removed are left out."""

    id: int
    name: str
    is_shared: bool
    owner: str
    columns: int
    rows: int
    tiles: list[TileBody]
    version: int
    changed_at: datetime
    changed_by: str


def _answers(asker: Asker, layouts: list[Layout]) -> list[LayoutAnswer]:
    tiles = tiles_of(asker, layouts)
    return [
        LayoutAnswer(
            id=layout.pk,
            name=layout.name,
            is_shared=layout.is_shared,
            owner=layout.owner.username,
            columns=layout.columns,
            rows=layout.rows,
            tiles=[TileBody.model_validate(tile.as_row()) for tile in tiles[layout.pk]],
            version=layout.version,
            changed_at=layout.changed_at,
            changed_by=layout.changed_by,
        )
        for layout in layouts
    ]


def _tiles(bodies: list[TileBody]) -> list[Tile]:
    return [Tile(**body.model_dump()) for body in bodies]


@router.get("/layouts", response=list[LayoutAnswer], operation_id="list_layouts")
def list_layouts(request: KnownRequest) -> list[LayoutAnswer]:
    """One's own layouts of the wall, and the shared ones."""
    return _answers(request.auth, list(layouts_of(request.auth)))


@router.post("/layouts", response={201: LayoutAnswer}, operation_id="add_layout")
def add_layout(request: KnownRequest, body: NewLayout) -> Status[LayoutAnswer]:
    """Keep a layout of the wall. Only operators share one."""
    layout = actions_layouts.make_layout(
        request.auth,
        body.name,
        body.columns,
        body.rows,
        _tiles(body.tiles),
        is_shared=body.is_shared,
    )
    return Status(201, _answers(request.auth, [layout])[0])


@router.patch("/layouts/{layout_id}", response=LayoutAnswer, operation_id="change_layout")
def change_layout(request: KnownRequest, layout_id: int, body: LayoutChange) -> LayoutAnswer:
    """Change a layout: one's own, or as an operator a shared one."""
    tiles = None if body.tiles is None else _tiles(body.tiles)
    fields = LayoutFields(body.name, body.is_shared, body.columns, body.rows, tiles)
    layout = actions_layouts.change_layout(request.auth, layout_id, fields, body.if_version)
    return _answers(request.auth, [layout])[0]


@router.delete("/layouts/{layout_id}", response={204: None}, operation_id="remove_layout")
def remove_layout(
    request: KnownRequest, layout_id: int, if_version: int | None = None
) -> Status[None]:
    """Delete a layout: one's own, or as an operator a shared one."""
    actions_layouts.remove_layout(request.auth, layout_id, if_version)
    return Status(204, None)
