"""`sereno stream record`: one stream recorded in the foreground, to look for a fault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args
from urllib.parse import unquote, urlsplit, urlunsplit
from uuid import UUID, uuid4

import typer

from sereno.base.errors import Invalid, NotFound, Words
from sereno.cli.cameras import ask_password, needs_password
from sereno.cli.language import say
from sereno.cli.options import Data, PasswordFile, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sereno.media.contract import StreamTask
    from sereno.wire.orders import CameraOrder

STREAMS = ("main", "sub")

_WHICH = Words(
    "Give either an ADDRESS or --camera with the id of a camera of this node.",
    "Indique una dirección (ADDRESS) o --camera con el id de una cámara de este nodo.",
)
_NOT_HERE = Words(
    "This node has no order for stream {stream} of camera {camera}. "
    "`sereno cameras list` shows the ids.",
    "Este nodo no tiene orden para el flujo {stream} de la cámara {camera}. "
    "`sereno cameras list` muestra los id.",
)
_NO_CHOICE = Words("--{name} is one of: {choices}.", "--{name} es uno de: {choices}.")


def record(
    address: Annotated[str | None, typer.Argument(help="rtsp://host:554/path")] = None,
    camera: Annotated[
        str | None,
        typer.Option(
            help=say(
                "Id of a camera of this node; its address and password come from its orders.",
                "Id de una cámara de este nodo; dirección y contraseña salen de sus órdenes.",
            )
        ),
    ] = None,
    stream: Annotated[str, typer.Option(help="main, sub")] = "main",
    engine: Annotated[str | None, typer.Option(help="auto, native, ffmpeg")] = None,
    transport: Annotated[str | None, typer.Option(help="auto, tcp, udp, multicast")] = None,
    sound: Annotated[
        bool | None,
        typer.Option(help=say("With the camera's sound or without.", "Con el sonido o sin él.")),
    ] = None,
    segment_seconds: Annotated[
        int | None, typer.Option(min=1, help=say("Length of a file.", "Duración de un archivo."))
    ] = None,
    fragment_ms: Annotated[
        int | None,
        typer.Option(min=20, help=say("Length of a fragment.", "Duración de un fragmento.")),
    ] = None,
    extra_cli: Annotated[
        str | None,
        typer.Option(help=say("More options for ffmpeg.", "Más opciones para ffmpeg.")),
    ] = None,
    username: User = None,
    password_file: PasswordFile = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="DIR", help=say("Where to write.", "Dónde escribir.")
        ),
    ] = Path("recording"),
    seconds: Annotated[
        float | None,
        typer.Option(min=0.1, help=say("Until Ctrl-C if not given.", "Si falta, hasta Ctrl-C.")),
    ] = None,
    data: Data = None,
) -> None:
    import asyncio

    from sereno.cli.terminal import print_line
    from sereno.media.runner import record_one

    if (address is None) == (camera is None) or stream not in STREAMS:
        raise Invalid("which_stream", _WHICH, field="camera")
    said = {
        "engine": engine, "transport": transport, "records_sound": sound,
        "segment_seconds": segment_seconds, "fragment_ms": fragment_ms, "extra_cli": extra_cli,
    }  # fmt: skip
    _check_choices(said)
    if address is not None:
        source = _from_address(address, username, password_file)
    else:
        source = _from_orders(str(camera), stream, data)
    asyncio.run(record_one(_task(source | {"stream": stream}, output, said), seconds, print_line))


def _check_choices(said: Mapping[str, object]) -> None:
    """Raises Invalid."""
    from sereno.policy.choices import EngineName, TransportName

    for name, choices in (("engine", get_args(EngineName)), ("transport", get_args(TransportName))):
        if said[name] is not None and said[name] not in choices:
            words = _NO_CHOICE.fill(name=name, choices=", ".join(choices))
            raise Invalid("no_such_choice", words, field=name)


def _task(source: dict[str, Any], output: Path, said: Mapping[str, object]) -> StreamTask:
    """To record into `output`; what was not said is as in the task by itself."""
    from sereno.media.contract import StreamTask

    output.mkdir(mode=0o700, parents=True, exist_ok=True)
    chosen = {name: value for name, value in said.items() if value is not None}
    return StreamTask.model_validate(source | chosen | {"footage_dir": str(output.absolute())})


def _from_address(address: str, username: str | None, file: Path | None) -> dict[str, Any]:
    password = ask_password(file, is_needed=needs_password(address, username))
    parts = urlsplit(address)
    place = parts.netloc.rpartition("@")[2]
    return {
        "camera_id": uuid4(),
        "address": urlunsplit(parts._replace(netloc=place)),
        "username": username or unquote(parts.username or ""),
        "password": password or unquote(parts.password or ""),
    }


def _from_orders(camera: str, stream: str, data: Path | None) -> dict[str, Any]:
    """What this node was ordered to record. Raises NotFound."""
    order = _order_of(camera, data)
    streams = {str(each.stream): each for each in order.streams} if order else {}
    if order is None or stream not in streams:
        raise NotFound("no_order", _NOT_HERE.fill(stream=stream, camera=camera), field="camera")
    return {
        "camera_id": order.camera_id,
        "address": streams[stream].address,
        "username": order.username,
        "password": order.password,
    }


def _order_of(camera: str, data: Path | None) -> CameraOrder | None:
    from sereno.box.secrets import fernet
    from sereno.box.settings import load_settings
    from sereno.node.order_store import OrderStore

    settings = load_settings(data=data)
    try:
        camera_id = UUID(camera)
        fetched = OrderStore(settings.data_dir.orders, fernet(settings)).load()
    except (ValueError, FileNotFoundError):
        return None
    cameras = fetched.orders.cameras if fetched else ()
    return next((order for order in cameras if order.camera_id == camera_id), None)
