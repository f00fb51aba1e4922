"""`sereno device`: what stands at an address, spoken to from this machine, without a hub."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer

from sereno.base.errors import Conflict, Words
from sereno.cli.device_discover import discover
from sereno.cli.device_login import (
    Address,
    Channels,
    PasswordStdin,
    RtspPort,
    Serial,
    Target,
    TryAgain,
    User,
    Vendor,
    opened,
    target_of,
)
from sereno.cli.device_told import told
from sereno.cli.language import say
from sereno.cli.options import From, Json, Output, To, group

if TYPE_CHECKING:
    from sereno.drivers.contract import DeviceEvent, Driver, Found
    from sereno.drivers.fetching import Footage

app = group(
    say(
        "Devices: what stands at an address, tried from this machine.",
        "Dispositivos: qué hay en una dirección, probado desde este equipo.",
    )
)

T = TypeVar("T")

Channel = Annotated[
    str,
    typer.Option(
        "--channel",
        metavar="ID",
        help=say("By the device's own id or number.", "Por su id o número en el dispositivo."),
    ),
]
Item = Annotated[
    str,
    typer.Argument(
        metavar="ITEM",
        help=say("A handle that search printed.", "Un identificador que mostró search."),
    ),
]
Original = Annotated[
    bool,
    typer.Option(
        "--original",
        help=say(
            "Keep what the device sent as well, beside the file.",
            "Guardar también lo que envió el dispositivo, junto al archivo.",
        ),
    ),
]
Forced = Annotated[
    bool, typer.Option("--force", help=say("Replace the file.", "Reemplazar el archivo."))
]
Count = Annotated[
    int | None,
    typer.Option("--count", min=1, help=say("End after so many.", "Terminar después de tantos.")),
]
_EXISTS = Words(
    "{path} exists already. Choose another file, or give --force.",
    "{path} ya existe. Elija otro archivo o indique --force.",
)
_UNREMEMBERED = Words(
    "What was found cannot be noted down at {path}: a download of it will not be checked for its "
    "length. Check that folder's permissions.",
    "No se puede anotar lo encontrado en {path}: al descargarlo no se comprobará su duración. "
    "Revise los permisos de esa carpeta.",
)

app.command(
    "discover",
    help=say("Devices on this machine's networks.", "Dispositivos en las redes de este equipo."),
)(discover)


@app.command("probe", help=say("Who it is and what it can do.", "Quién es y qué sabe hacer."))
def probe(
    address: Address,
    user: User = "",
    password_stdin: PasswordStdin = False,
    vendor: Vendor = None,
    serial: Serial = "",
    rtsp_port: RtspPort = None,
    try_again: TryAgain = False,
    as_json: Json = False,
) -> None:
    from sereno.cli import device_shapes, device_tables
    from sereno.cli.terminal import print_json

    async def ask(driver: Driver) -> dict[str, Any]:
        return device_shapes.identity(await driver.identify(), await driver.capabilities())

    with told(as_json=as_json):
        target = target_of(address, user, password_stdin, vendor, rtsp_port, 1, try_again, serial)
        found = _run(target, ask)
    return print_json(found) if as_json else device_tables.print_identity(found)


@app.command("channels", help=say("Its video inputs.", "Sus entradas de vídeo."))
def channels(
    address: Address,
    user: User = "",
    password_stdin: PasswordStdin = False,
    vendor: Vendor = None,
    serial: Serial = "",
    rtsp_port: RtspPort = None,
    channel_count: Channels = 1,
    try_again: TryAgain = False,
    as_json: Json = False,
) -> None:
    from sereno.cli import device_shapes, device_tables
    from sereno.cli.terminal import print_json

    async def ask(driver: Driver) -> list[dict[str, Any]]:
        return [device_shapes.channel(each) for each in await driver.channels()]

    with told(as_json=as_json):
        target = target_of(
            address, user, password_stdin, vendor, rtsp_port, channel_count, try_again, serial
        )
        found = _run(target, ask)
    return print_json(found) if as_json else device_tables.print_channels(found)


@app.command("search", help=say("The footage that it holds.", "Las grabaciones que guarda."))
def search(
    address: Address,
    channel: Channel,
    start: From,
    end: To = "now",
    user: User = "",
    password_stdin: PasswordStdin = False,
    vendor: Vendor = None,
    serial: Serial = "",
    as_json: Json = False,
) -> None:
    from sereno.base.spans import Span
    from sereno.cli import device_shapes, device_tables
    from sereno.cli.terminal import print_json
    from sereno.cli.times import parse_span
    from sereno.drivers.true_times import find_true, offset_of
    from sereno.policy.device_times import Period

    async def ask(driver: Driver) -> list[Found]:
        periods = [Period(span, await offset_of(driver))]
        return [each async for each in find_true(driver, channel, periods)]

    with told(as_json=as_json):
        zone = own_zone()
        span = Span(*parse_span(start, end, zone, datetime.now(UTC)))
        target = target_of(address, user, password_stdin, vendor, serial=serial)
        found = _run(target, ask)
        _remember(target, found)
    shapes = [device_shapes.footage(each) for each in found]
    return print_json(shapes) if as_json else device_tables.print_footage(shapes, zone)


@app.command("download", help=say("One found footage as MP4.", "Una grabación hallada, en MP4."))
def download(
    address: Address,
    item: Item,
    output: Output,
    keeps_original: Original = False,
    is_forced: Forced = False,
    user: User = "",
    password_stdin: PasswordStdin = False,
    vendor: Vendor = None,
    serial: Serial = "",
    as_json: Json = False,
) -> None:
    from sereno.cli import device_shapes, device_tables
    from sereno.cli.device_found import Searches, by_handle
    from sereno.cli.terminal import print_json
    from sereno.drivers.fetching import FootageFetch, originals_of
    from sereno.drivers.true_times import by_device

    with told(as_json=as_json), device_tables.fetching_progress(output.name) as on_progress:
        originals = originals_of(output) if keeps_original else []
        _refuse_existing(output, *originals, is_forced=is_forced)
        target = target_of(address, user, password_stdin, vendor, serial=serial)
        known = Searches.own().recall(target.place, item)
        found = by_device(known) if known is not None else by_handle(item)

        async def ask(driver: Driver) -> Footage:
            return await FootageFetch(
                driver, found, output, keeps_original, known is not None, on_progress
            ).run()

        footage = _run(target, ask)
    shape = device_shapes.downloaded(footage)
    return print_json(shape) if as_json else device_tables.print_downloaded(shape)


@app.command("snapshot", help=say("A picture of now.", "Una imagen de ahora."))
def snapshot(
    address: Address,
    channel: Channel,
    output: Output,
    is_forced: Forced = False,
    user: User = "",
    password_stdin: PasswordStdin = False,
    vendor: Vendor = None,
    serial: Serial = "",
    rtsp_port: RtspPort = None,
    channel_count: Channels = 1,
    as_json: Json = False,
) -> None:
    from sereno.cli.terminal import print_json, print_line

    with told(as_json=as_json):
        _refuse_existing(output, is_forced=is_forced)
        target = target_of(
            address, user, password_stdin, vendor, rtsp_port, channel_count, serial=serial
        )
        picture = _run(target, lambda driver: driver.snapshot(channel))
        output.write_bytes(picture)
    if as_json:
        return print_json({"path": str(output), "size_bytes": len(picture)})
    return print_line(say("Picture written: {path}", "Imagen escrita: {path}").format(path=output))


@app.command("events", help=say("What it reports, from now on.", "Lo que informa, desde ahora."))
def events(
    address: Address,
    count: Count = None,
    user: User = "",
    password_stdin: PasswordStdin = False,
    vendor: Vendor = None,
    serial: Serial = "",
    as_json: Json = False,
) -> None:
    from sereno.cli import device_tables

    with told(as_json=as_json):
        zone = own_zone()

        async def ask(driver: Driver) -> None:
            async for each in _first(driver.events(), count):
                device_tables.print_event(each, zone, as_json=as_json)

        _run(target_of(address, user, password_stdin, vendor, serial=serial), ask)


@app.command("health", help=say("Its disks and channels.", "Sus discos y canales."))
def health(
    address: Address,
    user: User = "",
    password_stdin: PasswordStdin = False,
    vendor: Vendor = None,
    serial: Serial = "",
    as_json: Json = False,
) -> None:
    from sereno.cli import device_shapes, device_tables
    from sereno.cli.terminal import print_json

    with told(as_json=as_json):
        target = target_of(address, user, password_stdin, vendor, serial=serial)
        found = device_shapes.health(_run(target, lambda driver: driver.health()))
    return print_json(found) if as_json else device_tables.print_health(found)


@app.command("advice", help=say("What to change on it.", "Qué cambiar en él."))
def advice(
    address: Address,
    user: User = "",
    password_stdin: PasswordStdin = False,
    vendor: Vendor = None,
    serial: Serial = "",
    as_json: Json = False,
) -> None:
    from sereno.cli import device_shapes, device_tables
    from sereno.cli.terminal import print_json

    with told(as_json=as_json):
        target = target_of(address, user, password_stdin, vendor, serial=serial)
        found = [device_shapes.advice(each) for each in _run(target, lambda x: x.advice())]
    return print_json(found) if as_json else device_tables.print_advice(found)


def own_zone() -> ZoneInfo:
    """In which people read times here."""
    from sereno.box.settings import load_settings

    return ZoneInfo(load_settings().time_zone)


def _run(target: Target, ask: Callable[[Driver], Awaitable[T]]) -> T:
    """Open the driver, ask it once, and let go of the device."""
    import asyncio

    async def run() -> T:
        async with opened(target) as driver:
            return await ask(driver)

    return asyncio.run(run())


async def _first(
    events: AsyncIterator[DeviceEvent], count: int | None
) -> AsyncIterator[DeviceEvent]:
    async for each in events:
        yield each
        if count is not None and (count := count - 1) == 0:
            return


def _remember(target: Target, found: list[Found]) -> None:
    """Without it a download still works, and checks less."""
    from sereno.cli.device_found import Searches
    from sereno.cli.terminal import Terminal

    try:
        Searches.own().remember(target.place, found)
    except OSError as error:
        Terminal().warn(_UNREMEMBERED.fill(path=error.filename))


def _refuse_existing(*paths: Path, is_forced: bool) -> None:
    """Raises Conflict."""
    for path in paths:
        if path.exists() and not is_forced:
            raise Conflict("file_exists", _EXISTS.fill(path=path), field="output")
