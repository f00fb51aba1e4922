"""The processes of a box, each startable alone: `sereno up` and systemd start these."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sereno.cli.language import say
from sereno.cli.options import Data, Json, group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sereno.sim.command import CameraAddress

hub = group(
    say("The hub: what should be and what is known.", "El hub: lo que se quiere y se sabe.")
)
front = group(say("The one open port.", "El único puerto abierto."))
node = group(say("The node: records at a site.", "El nodo: graba en un sitio."))
stream = group(say("Recording processes.", "Procesos de grabación."))
sim = group(say("Simulated cameras.", "Cámaras simuladas."))


@hub.command("serve", help=say("Answer calls on the hub's socket.", "Atender el socket del hub."))
def hub_serve() -> None:
    from sereno.hub.serve import serve

    serve()


@hub.command("work", help=say("Do the hub's chores.", "Hacer las tareas del hub."))
def hub_work() -> None:
    from sereno.hub.work import work

    work()


@hub.command(
    "prepare",
    help=say("Bring the database to this version.", "Llevar la base de datos a esta versión."),
)
def hub_prepare() -> None:
    from sereno.hub.prepare import main

    main()


@hub.command(
    "link",
    help=say("A one-time link's token, as JSON.", "El código de un enlace, en JSON."),
)
def hub_link(username: Annotated[str | None, typer.Argument()] = None) -> None:
    from sereno.hub.link import main

    main(username)


@front.command("serve", help=say("Serve the open port.", "Servir el puerto abierto."))
def front_serve() -> None:
    from sereno.box.settings import load_settings
    from sereno.front.serve import serve

    serve(load_settings())


@node.command("run", help=say("Record what the hub orders.", "Grabar lo que ordena el hub."))
def node_run() -> None:
    from sereno.box.settings import load_settings
    from sereno.node.daemon import run

    run(load_settings())


@stream.command(
    "run",
    help=say(
        "Record many streams: commands on standard input, events on standard output.",
        "Grabar muchos flujos: órdenes por la entrada estándar, sucesos por la salida.",
    ),
)
def stream_run() -> None:
    from sereno.media.runner import main

    main()


@sim.command("cameras", help=say("Serve simulated cameras.", "Servir cámaras simuladas."))
def sim_cameras(
    count: Annotated[int, typer.Option(min=1, max=200)] = 8,
    port: Annotated[int, typer.Option(help=say("0: any free one.", "0: uno libre."))] = 0,
    listen: Annotated[str, typer.Option()] = "127.0.0.1",
    user: Annotated[
        str | None,
        typer.Option(
            help=say(
                "Ask viewers for this user and the password in SERENO_SIM_PASSWORD.",
                "Pedir este usuario y la contraseña de SERENO_SIM_PASSWORD.",
            )
        ),
    ] = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.sim.command import serve_cameras
    from sereno.sim.spec import SimConfig, demo_cameras

    config = SimConfig(
        cache_dir=_sim_cache(data),
        cameras=demo_cameras(count),
        host=listen,
        port=port,
        user=user or os.environ.get("SERENO_SIM_USERNAME"),
        password=os.environ.get("SERENO_SIM_PASSWORD", ""),
    )
    serve_cameras(config, _tell_as_json if as_json else _tell_as_table)


def _sim_cache(data: Path | None) -> Path:
    """In the box's own cache where there is a box, else in the user's."""
    import platformdirs

    from sereno.box.settings import load_settings

    cache = load_settings(data=data).data_dir.cache
    return cache / "sim" if cache.is_dir() else platformdirs.user_cache_path("sereno") / "sim"


def _tell_as_json(cameras: Sequence[CameraAddress]) -> None:
    import json
    from dataclasses import asdict

    sys.stdout.write(json.dumps({"cameras": [asdict(camera) for camera in cameras]}) + "\n")
    sys.stdout.flush()


def _tell_as_table(cameras: Sequence[CameraAddress]) -> None:
    from sereno.cli.terminal import print_table

    heads = (say("NAME", "NOMBRE"), say("MAIN", "PRINCIPAL"), say("SUB", "SECUNDARIO"))
    print_table(heads, [(camera.name, camera.main, camera.sub) for camera in cameras])
    sys.stdout.flush()
