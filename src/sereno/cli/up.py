"""`sereno up`: the whole box, from one command."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli.language import say
from sereno.cli.options import Data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sereno.box.demo import Checked

_BAD_SECONDS = Words(
    "DEMO_SECONDS is “{text}”, but it must be a whole number of seconds from 5 on.",
    "DEMO_SECONDS es «{text}», pero debe ser un número entero de segundos, desde 5.",
)
SHORTEST_DEMO_SECONDS = 5


def up(
    data: Data = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help=say("Default 8080.", "Por omisión 8080."), show_default=False
        ),
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            show_default=False,
            help=say(
                "Default 127.0.0.1; any other than a loopback address is served by HTTPS.",
                "Por omisión 127.0.0.1; toda otra que no sea local se sirve por HTTPS.",
            ),
        ),
    ] = None,
    is_demo: Annotated[
        bool,
        typer.Option("--demo", help=say("With simulated devices.", "Con dispositivos simulados.")),
    ] = False,
) -> None:
    import asyncio

    from sereno.box.settings import load_settings
    from sereno.box.up import run_for_ever
    from sereno.box.up import up as run_box
    from sereno.cli.terminal import Terminal

    settings = load_settings(data=data, port=port, listen=listen)
    if not is_demo:
        return asyncio.run(run_box(settings, Terminal(), run_for_ever))
    from sereno.box.demo import Demo

    os.environ["SERENO_DEMO"] = "1"  # the hub tells it to the interface
    demo = Demo(_demo_seconds(), _show)
    asyncio.run(run_box(settings, Terminal(), demo))
    if not demo.is_proven:  # somebody stopped it before
        raise typer.Exit(1)
    return None


def _demo_seconds() -> int | None:
    """How long the demonstration is to be checked, from DEMO_SECONDS. Raises Invalid."""
    text = os.environ.get("DEMO_SECONDS", "")
    if not text:
        return None
    if not text.isdecimal() or int(text) < SHORTEST_DEMO_SECONDS:
        raise Invalid("demo_seconds", _BAD_SECONDS.fill(text=text))
    return int(text)


def _show(results: Sequence[Checked]) -> None:
    from sereno.cli.terminal import print_table

    heads = (
        say("CAMERA", "CÁMARA"),
        say("RECORDED", "GRABADO"),
        say("PLAYED", "REPRODUCIDO"),
        say("RESULT", "RESULTADO"),
    )
    rows = [
        (
            each.name,
            f"{each.covered_seconds:.1f} s",
            say(f"{each.frames} pictures", f"{each.frames} imágenes"),
            say(*each.fault) if each.fault else "✓",
        )
        for each in results
    ]
    print_table(heads, rows)
