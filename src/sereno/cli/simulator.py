"""`sereno sim`: simulated cameras and recorders, with the manners of real ones."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sereno.cli.language import pick, say
from sereno.cli.options import Data, Json, group
from sereno.cli.simulated_recorders import dahua, hikvision, onvif, recorders
from sereno.cli.simulating import QuirkNames, Small, sim_cache, small_pictures, tell_encoding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sereno.sim.command import CameraAddress
    from sereno.sim.quirk import Quirk

sim = group(say("Simulated cameras and recorders.", "Cámaras y grabadores simulados."))


class Codec(StrEnum):
    H264 = "h264"
    H265 = "h265"


class Sound(StrEnum):
    NONE = "none"
    AAC = "aac"
    PCMA = "pcma"
    PCMU = "pcmu"
    G726 = "g726"


class Auth(StrEnum):
    BASIC = "basic"
    DIGEST = "digest"
    DIGEST_QOP = "digest-qop"
    DIGEST_SESS = "digest-sess"
    SHA256 = "sha256"


User = Annotated[
    str | None,
    typer.Option(
        help=say(
            "Ask viewers for this user and the password in SERENO_SIM_PASSWORD.",
            "Pedir este usuario y la contraseña de SERENO_SIM_PASSWORD.",
        )
    ),
]
Auths = Annotated[
    list[Auth] | None,
    typer.Option(help=say("How to ask; repeatable.", "Cómo pedirlos; repetible.")),
]
Tls = Annotated[
    bool, typer.Option("--tls", help=say("RTSP over TLS too.", "También RTSP sobre TLS."))
]
OpenGops = Annotated[
    bool,
    typer.Option(
        "--open-gops",
        help=say(
            "B-frames before a key frame refer to pictures before it.",
            "Los fotogramas B ante uno clave se refieren a imágenes anteriores.",
        ),
    ),
]
Answers = Annotated[
    list[str] | None,
    typer.Option(
        "--answer",
        metavar="METHOD=STATUS",
        help=say(
            "Answer every such request so; repeatable.",
            "Responder así a toda petición de ese tipo; repetible.",
        ),
    ),
]


@sim.command("cameras", help=say("Serve simulated cameras.", "Servir cámaras simuladas."))
def sim_cameras(
    count: Annotated[int, typer.Option(min=1, max=200, help=say("How many.", "Cuántas."))] = 8,
    port: Annotated[int, typer.Option(help=say("0: any free one.", "0: uno libre."))] = 0,
    listen: Annotated[str, typer.Option(help=say("Address.", "Dirección."))] = "127.0.0.1",
    user: User = None,
    auth: Auths = None,
    tls: Tls = False,
    codec: Annotated[
        Codec, typer.Option(help=say("Of the pictures.", "De las imágenes."))
    ] = Codec.H264,
    sound: Annotated[Sound, typer.Option(help=say("Beside them.", "Junto a ellas."))] = Sound.NONE,
    b_frames: Annotated[
        int,
        typer.Option(min=0, max=8, help=say("In a row, at most.", "Seguidos, como máximo.")),
    ] = 0,
    open_gops: OpenGops = False,
    small: Small = False,
    quirks: QuirkNames = None,
    answers: Answers = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    import asyncio

    from sereno.box.ports import claim_port
    from sereno.sim.command import serve_cameras
    from sereno.sim.spec import SimConfig, demo_cameras

    asyncio.run(claim_port(listen, port))
    try:
        config = SimConfig(
            cache_dir=sim_cache(data),
            cameras=demo_cameras(
                count,
                codec=codec.value,
                sound=sound.value,
                b_frames=b_frames,
                has_open_gops=open_gops,
            ),
            host=listen,
            port=port,
            user=user or os.environ.get("SERENO_SIM_USERNAME"),
            password=os.environ.get("SERENO_SIM_PASSWORD", ""),
            auth=tuple(each.value for each in auth or [Auth.DIGEST]),
            has_tls=tls,
            answers=dict(_read_answer(text) for text in answers or []),
            quirks=frozenset(quirks or []),
            **(small_pictures() if small else {}),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    serve_cameras(config, _tell_as_json if as_json else _tell_as_table, tell_encoding)


sim.command(
    "hikvision",
    help=say("Serve a simulated Hikvision recorder.", "Servir un grabador Hikvision simulado."),
)(hikvision)
sim.command(
    "dahua",
    help=say("Serve a simulated Dahua recorder.", "Servir un grabador Dahua simulado."),
)(dahua)
sim.command(
    "onvif",
    help=say("Serve a simulated ONVIF recorder.", "Servir un grabador ONVIF simulado."),
)(onvif)
sim.command(
    "recorders",
    help=say(
        "Serve a small simulated recorder of each kind.",
        "Servir un pequeño grabador simulado de cada tipo.",
    ),
)(recorders)


@sim.command(
    "quirks",
    help=say(
        "What simulated cameras and recorders can be told to do wrong.",
        "Lo que se puede pedir a las cámaras y grabadores simulados que hagan mal.",
    ),
)
def sim_quirks(as_json: Json = False) -> None:
    from sereno.cli.terminal import print_json, print_table

    found = _all_quirks()
    if as_json:
        print_json({"quirks": [_quirk_as_json(device, quirk) for device, quirk in found]})
        return
    heads = (
        say("NAME", "NOMBRE"),
        say("OF", "DE"),
        say("WHAT IT DOES", "QUÉ HACE"),
        say("MET ON", "VISTO EN"),
    )
    rows = [
        (_usage(quirk), device, pick(quirk.words), pick(quirk.met_on) if quirk.met_on else None)
        for device, quirk in found
    ]
    print_table(heads, rows)


def _all_quirks() -> list[tuple[str, Quirk]]:
    """Each with the kind of device that has it, which is the name of its command."""
    from sereno.sim.dahua.quirks import DAHUA_QUIRKS
    from sereno.sim.hikvision.quirks import HIKVISION_QUIRKS
    from sereno.sim.onvif.quirks import ONVIF_QUIRKS
    from sereno.sim.quirks import QUIRKS

    lists = {
        "cameras": QUIRKS,
        "hikvision": HIKVISION_QUIRKS,
        "dahua": DAHUA_QUIRKS,
        "onvif": ONVIF_QUIRKS,
    }
    return [(device, quirk) for device, found in lists.items() for quirk in found.values()]


def _quirk_as_json(device: str, quirk: Quirk) -> dict[str, object]:
    return {
        "of": device,
        "name": quirk.name,
        "number": quirk.number,
        "unit": quirk.unit or None,
        "does": quirk.words._asdict(),
        "met_on": quirk.met_on._asdict() if quirk.met_on else None,
    }


def _usage(quirk: Quirk) -> str:
    return quirk.name if quirk.number is None else f"{quirk.name}={quirk.number:g}"


def _read_answer(text: str) -> tuple[str, int]:
    method, _, status = text.partition("=")
    if not (method and status.isdecimal()):
        raise typer.BadParameter(
            say(
                f"{text} is not METHOD=STATUS, such as DESCRIBE=453.",
                f"{text} no es MÉTODO=ESTADO, como DESCRIBE=453.",
            )
        )
    return method.upper(), int(status)


def _tell_as_json(cameras: Sequence[CameraAddress]) -> None:
    import json
    from dataclasses import asdict

    sys.stdout.write(json.dumps({"cameras": [asdict(camera) for camera in cameras]}) + "\n")
    sys.stdout.flush()


def _tell_as_table(cameras: Sequence[CameraAddress]) -> None:
    from sereno.cli.terminal import print_table

    heads = (say("NAME", "NOMBRE"), say("MAIN", "PRINCIPAL"), say("SUB", "SECUNDARIO"))
    print_table(heads, [(camera.name, camera.main, camera.sub) for camera in cameras])
    certificate = cameras[0].certificate
    if certificate:
        words = say("Certificate to trust", "Certificado en que confiar")
        sys.stdout.write(f"{words}: {certificate}\n")
    sys.stdout.flush()
