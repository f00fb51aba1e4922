"""What the commands that simulate devices share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sereno.cli.language import say

if TYPE_CHECKING:
    from sereno.sim.spec import LoopSpec

Small = Annotated[
    bool,
    typer.Option(
        "--small",
        help=say(
            "Small pictures and a short loop, encoded in a moment.",
            "Imágenes pequeñas y un bucle corto, codificados en un momento.",
        ),
    ),
]
QuirkNames = Annotated[
    list[str] | None,
    typer.Option(
        "--quirk",
        metavar="NAME[=N]",
        help=say(
            "An oddity of `sereno sim quirks`; repeatable.",
            "Una rareza de `sereno sim quirks`; repetible.",
        ),
    ),
]


def small_pictures() -> dict[str, Any]:
    """The fields of a configuration that make it quick to encode."""
    from sereno.sim.spec import Picture

    return {
        "main": Picture(320, 180, 300_000),
        "sub": Picture(160, 90, 100_000),
        "loop_seconds": 4,
        "key_seconds": 1,
    }


def sim_cache(data: Path | None) -> Path:
    """In the box's own cache where there is a box, else in the user's."""
    import platformdirs

    from sereno.box.settings import load_settings

    cache = load_settings(data=data).data_dir.cache
    return cache / "sim" if cache.is_dir() else platformdirs.user_cache_path("sereno") / "sim"


def tell_encoding(loop: LoopSpec, done: int, _total: int) -> None:
    """A line on standard error when a loop's encoding begins."""
    import sys

    if done == 0:
        words = say("Encoding, this once", "Codificando, solo esta vez")
        size = f"{loop.main.width}×{loop.main.height}"
        sys.stderr.write(f"{words}: {loop.scene}, {size}, {loop.codec}\n")
