"""The processes of a box, each startable alone: `sereno up` and systemd start these."""

from __future__ import annotations

from typing import Annotated

import typer

from sereno.cli.language import say
from sereno.cli.options import group

hub = group(
    say("The hub: what should be and what is known.", "La central: lo que se quiere y se sabe.")
)
front = group(say("The one open port.", "El único puerto abierto."))
node = group(say("The node: records at a site.", "El nodo: graba en un sitio."))
stream = group(say("Recording processes.", "Procesos de grabación."))


@hub.command(
    "serve", help=say("Answer calls on the hub's socket.", "Atender el socket de la central.")
)
def hub_serve() -> None:
    from sereno.hub.serve import serve

    serve()


@hub.command("work", help=say("Do the hub's chores.", "Hacer las tareas de la central."))
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
def hub_link(
    username: Annotated[
        str | None, typer.Argument(help=say("Whose; the first one.", "De quién; el primero."))
    ] = None,
) -> None:
    from sereno.hub.link import main

    main(username)


@hub.command(
    "reseal",
    help=say("Passwords under the first key, as JSON.", "Contraseñas con la primera clave."),
)
def hub_reseal() -> None:
    from sereno.hub.reseal import main

    main()


@front.command("serve", help=say("Serve the open port.", "Servir el puerto abierto."))
def front_serve() -> None:
    from sereno.box.settings import load_settings
    from sereno.front.serve import serve

    serve(load_settings())


@node.command("run", help=say("Record what the hub orders.", "Grabar lo que ordena la central."))
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
