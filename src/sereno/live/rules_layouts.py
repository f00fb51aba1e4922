"""What a layout of the wall may be; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal
from uuid import UUID

from sereno.base.errors import Invalid, Words

MOST_TILES = 36
MOST_CELLS_A_SIDE = 24
# Of one person; nobody chooses from more.
MOST_LAYOUTS = 100

StreamChoice = Literal["auto", "main", "sub"]

_TILE_COUNT = Words(
    "A layout has 1 to 36 tiles. Take some away, or put a camera on it.",
    "Una distribución tiene de 1 a 36 cuadros. Quite algunos o ponga una cámara.",
)
_OUTSIDE = Words(
    "A tile reaches over the edge of the layout. Make it smaller, or the layout larger.",
    "Un cuadro se sale de la distribución. Hágalo más pequeño o agrande la distribución.",
)
_OVERLAP = Words(
    "Two tiles lie on top of each other. Move one of them.",
    "Dos cuadros se superponen. Mueva uno de ellos.",
)
_TWICE = Words(
    "A camera stands on this layout twice. Take one of its tiles away.",
    "Una cámara está dos veces en esta distribución. Quite uno de sus cuadros.",
)
_TOO_MANY = Words(
    "You have {count} layouts, and nobody can have more. Delete one that you do not need.",
    "Usted tiene {count} distribuciones y no puede haber más. Borre una que no necesite.",
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A camera on the wall: its upper left cell, from 0, and how many cells it is wide and high.

    `stream`: which one to show; `auto`: the one that fits the tile's size on the screen.
    """

    camera_id: UUID
    stream: StreamChoice
    x: int
    y: int
    w: int
    h: int

    @classmethod
    def kept(cls, row: Mapping[str, Any]) -> Tile:
        """The tile that `as_row` made `row` of."""
        return cls(**{**row, "camera_id": UUID(row["camera_id"])})

    def as_row(self) -> dict[str, Any]:
        """For a column of JSON."""
        place = {"x": self.x, "y": self.y, "w": self.w, "h": self.h}
        return {"camera_id": str(self.camera_id), "stream": self.stream, **place}

    def cells(self) -> set[tuple[int, int]]:
        across, down = range(self.x, self.x + self.w), range(self.y, self.y + self.h)
        return set(product(across, down))


def check_tiles(columns: int, rows: int, tiles: Iterable[Tile]) -> tuple[Tile, ...]:
    """The tiles in reading order. Raises Invalid where they do not fit `columns` by `rows`."""
    ordered = tuple(sorted(tiles, key=lambda tile: (tile.y, tile.x)))
    if not 1 <= len(ordered) <= MOST_TILES:
        raise Invalid("tile_count", _TILE_COUNT, field="tiles")
    if any(tile.x + tile.w > columns or tile.y + tile.h > rows for tile in ordered):
        raise Invalid("tile_outside", _OUTSIDE, field="tiles")
    if len({tile.camera_id for tile in ordered}) < len(ordered):
        raise Invalid("tile_twice", _TWICE, field="tiles")
    taken: set[tuple[int, int]] = set()
    for tile in ordered:
        cells = tile.cells()
        if taken & cells:
            raise Invalid("tile_overlap", _OVERLAP, field="tiles")
        taken |= cells
    return ordered


def check_count(count: int) -> None:
    """Raises Invalid where somebody has as many layouts as one may have."""
    if count >= MOST_LAYOUTS:
        raise Invalid("layouts_too_many", _TOO_MANY.fill(count=count))
