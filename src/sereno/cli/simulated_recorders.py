"""`sereno sim hikvision`, `dahua`, `onvif` and `recorders`: recorders with footage of days."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli.language import say
from sereno.cli.options import Data, Json
from sereno.cli.simulating import QuirkNames, Small, sim_cache, small_pictures, tell_encoding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sereno.sim.collection import Kept
    from sereno.sim.dahua import DahuaRecorder
    from sereno.sim.hikvision import HikvisionRecorder
    from sereno.sim.onvif import OnvifRecorder
    from sereno.sim.recorders.config import RecorderConfig
    from sereno.sim.recorders.recorder import SimRecorder

_NO_PASSWORD = Words(
    "A recorder needs a password: set SERENO_SIM_PASSWORD and start it again.",
    "Un grabador necesita contraseña: defina SERENO_SIM_PASSWORD y vuelva a iniciarlo.",
)


class Kind(StrEnum):
    RECORDER = "recorder"
    CAMERA = "camera"


Port = Annotated[int, typer.Option(help=say("Of its web server; 0: any.", "Web; 0: uno libre."))]
RtspPort = Annotated[int, typer.Option(help=say("Of RTSP; 0: any.", "De RTSP; 0: uno libre."))]
Listen = Annotated[str, typer.Option(help=say("Address.", "Dirección."))]
User = Annotated[
    str,
    typer.Option(
        help=say(
            "Who may log in, with the password in SERENO_SIM_PASSWORD.",
            "Quién puede entrar, con la contraseña de SERENO_SIM_PASSWORD.",
        )
    ),
]
Channels = Annotated[int, typer.Option(min=1, max=64, help=say("How many.", "Cuántos."))]
Days = Annotated[float, typer.Option(min=0.01, help=say("Of footage.", "De grabaciones."))]
FileMinutes = Annotated[
    float, typer.Option(min=0.1, help=say("Of each file, at most.", "De cada archivo, a lo sumo."))
]
Zone = Annotated[
    str, typer.Option(help=say("Time zone, such as Europe/Madrid.", "Huso, como Europe/Madrid."))
]
Skew = Annotated[
    float,
    typer.Option(
        help=say("Seconds that its clock is ahead.", "Segundos que su reloj va adelantado.")
    ),
]
Serial = Annotated[str, typer.Option(help=say("Serial number.", "Número de serie."))]
KindOption = Annotated[Kind, typer.Option("--kind", help=say("What it is.", "Qué es."))]


def password_of_recorder() -> str:
    """From the environment. Raises Invalid."""
    password = os.environ.get("SERENO_SIM_PASSWORD", "")
    if not password:
        raise Invalid("no_password", _NO_PASSWORD)
    return password


def tell_recorder(recorder: SimRecorder, config: RecorderConfig, *, as_json: bool) -> None:
    """Where it stands, once it listens."""
    from sereno.cli.terminal import print_table

    facts = {"host": recorder.host, "port": recorder.port, "rtsp_port": recorder.rtsp_port}
    if as_json:
        sys.stdout.write(json.dumps({"recorder": {**facts, "serial": config.serial}}) + "\n")
    else:
        heads = (say("ADDRESS", "DIRECCIÓN"), "RTSP", say("USER", "USUARIO"))
        print_table(
            heads, [(f"http://{recorder.host}:{recorder.port}", recorder.rtsp_port, config.user)]
        )
    sys.stdout.flush()


def _command(make: Callable[[RecorderConfig], Any], usual_serial: str) -> Callable[..., None]:
    """A command that serves what ``make`` makes of a configuration."""

    def serve(
        port: Port = 0,
        rtsp_port: RtspPort = 0,
        listen: Listen = "127.0.0.1",
        user: User = "admin",
        channels: Channels = 4,
        days: Days = 3,
        file_minutes: FileMinutes = 30,
        zone: Zone = "Europe/Madrid",
        clock_skew: Skew = 0,
        serial: Serial = usual_serial,
        kind: KindOption = Kind.RECORDER,
        small: Small = False,
        quirks: QuirkNames = None,
        as_json: Json = False,
        data: Data = None,
    ) -> None:
        import asyncio

        from sereno.box.ports import claim_port
        from sereno.sim.recorders.command import serve_recorder
        from sereno.sim.recorders.config import RecorderConfig, demo_channels

        for number in (port, rtsp_port):
            asyncio.run(claim_port(listen, number))
        try:
            config = RecorderConfig(
                cache_dir=sim_cache(data),
                channels=demo_channels(channels),
                kind=kind.value,
                serial=serial,
                user=user,
                password=password_of_recorder(),
                days=days,
                file_seconds=round(file_minutes * 60),
                zone=zone,
                clock_skew_seconds=clock_skew,
                host=listen,
                port=port,
                rtsp_port=rtsp_port,
                quirks=frozenset(quirks or []),
                **(small_pictures() if small else {}),
            )
            recorder = make(config)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        serve_recorder(recorder, lambda running: tell_recorder(running, config, as_json=as_json))

    return serve


def _hikvision(config: RecorderConfig) -> HikvisionRecorder:
    from sereno.sim.hikvision import HikvisionRecorder

    return HikvisionRecorder(config, progress=tell_encoding)


def _dahua(config: RecorderConfig) -> DahuaRecorder:
    from sereno.sim.dahua import DahuaRecorder

    return DahuaRecorder(config, progress=tell_encoding)


def _onvif(config: RecorderConfig) -> OnvifRecorder:
    """It can be discovered on the interface that it listens on; with all of them, the first."""
    from sereno.sim.onvif import OnvifRecorder
    from sereno.sim.onvif.discovery import Meeting

    return OnvifRecorder(config, progress=tell_encoding, meeting=Meeting(config.host))


hikvision = _command(_hikvision, "DS-7608NI-K20000000001")
dahua = _command(_dahua, "4A0000BPAZ00001")
onvif = _command(_onvif, "ONR-32160000000001")


def recorders(
    ports: Annotated[
        list[int] | None,
        typer.Option("--port", help=say("Of each web server in turn.", "De cada web, en orden.")),
    ] = None,
    rtsp_ports: Annotated[
        list[int] | None,
        typer.Option("--rtsp-port", help=say("Of each RTSP in turn.", "De cada RTSP, en orden.")),
    ] = None,
    listen: Listen = "127.0.0.1",
    user: User = "admin",
    as_json: Json = False,
    data: Data = None,
) -> None:
    """One of each kind."""
    import asyncio

    from sereno.box.ports import claim_port
    from sereno.sim.collection import COUNT, one_of_each_kind
    from sereno.sim.recorders.command import serve_recorder

    web, rtsp = ([*(each or []), *[0] * COUNT][:COUNT] for each in (ports, rtsp_ports))
    for number in (*web, *rtsp):
        asyncio.run(claim_port(listen, number))
    opening = one_of_each_kind(
        sim_cache(data), user, password_of_recorder(), host=listen,
        ports=list(zip(web, rtsp, strict=True)), progress=tell_encoding,
    )  # fmt: skip
    serve_recorder(opening, lambda kept: tell_recorders(kept, as_json=as_json))


def tell_recorders(kept: Sequence[Kept], *, as_json: bool) -> None:
    """Where they stand, once they listen."""
    from sereno.cli.terminal import print_table

    facts = [
        {
            "vendor": each.vendor,
            "name": each.recorder.config.name,
            "serial": each.recorder.config.serial,
            "host": each.recorder.host,
            "port": each.recorder.port,
            "rtsp_port": each.recorder.rtsp_port,
        }
        for each in kept
    ]
    if as_json:
        sys.stdout.write(json.dumps({"recorders": facts}) + "\n")
    else:
        heads = (say("KIND", "TIPO"), say("ADDRESS", "DIRECCIÓN"), "RTSP")
        rows = [
            (each["vendor"], f"http://{each['host']}:{each['port']}", each["rtsp_port"])
            for each in facts
        ]
        print_table(heads, rows)
    sys.stdout.flush()
