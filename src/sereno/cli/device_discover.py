"""`sereno device discover`: what stands on this machine's networks, without a password."""

from __future__ import annotations

from typing import Annotated

import typer

from sereno.cli.device_told import told
from sereno.cli.language import say
from sereno.cli.options import Json

Subnet = Annotated[
    str,
    typer.Option(
        "--subnet",
        metavar="CIDR",
        help=say(
            "Look at every address of it too, such as 192.168.1.0/24; at most a /22. Only with "
            "the consent of whose network it is.",
            "Mirar además cada una de sus direcciones, como 192.168.1.0/24; como mucho una /22. "
            "Solo con el consentimiento de quien tiene la red.",
        ),
    ),
]


def discover(subnet: Subnet = "", as_json: Json = False) -> None:
    import asyncio

    from sereno.base.clock import SystemClock
    from sereno.cli import device_shapes, device_tables
    from sereno.cli.terminal import print_json
    from sereno.drivers.discovery.discover import discover as discovered
    from sereno.drivers.memory import ShortMemory
    from sereno.drivers.tools import Tools

    tools = Tools(ShortMemory(), SystemClock())  # nothing is shown, nothing is to be remembered
    with told(as_json=as_json), device_tables.looking_progress() as on_looked:
        found = asyncio.run(discovered(tools, subnet=subnet, on_looked=on_looked))
    shapes = [device_shapes.discovered(each) for each in found]
    return print_json(shapes) if as_json else device_tables.print_discovered(shapes)
