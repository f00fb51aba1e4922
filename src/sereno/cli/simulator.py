"""`sereno sim`: simulated cameras, with the manners of real ones."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sereno.cli.language import pick, say
from sereno.cli.options import Data, Json, group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sereno.sim.command import CameraAddress
    from sereno.sim.quirk import Quirk
    from sereno.sim.spec import LoopSpec

sim = group(say("Simulated cameras.", "Cámaras simuladas."))


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
            cache_dir=_sim_cache(data),
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
            **(_small() if small else {}),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    serve_cameras(config, _tell_as_json if as_json else _tell_as_table, _tell_encoding)


@sim.command(
    "quirks",
    help=say(
        "What simulated cameras can be told to do wrong.",
        "Lo que se puede pedir a las cámaras simuladas que hagan mal.",
    ),
)
def sim_quirks(as_json: Json = False) -> None:
    from sereno.cli.terminal import print_json, print_table
    from sereno.sim.quirks import QUIRKS

    if as_json:
        print_json({"quirks": [_quirk_as_json(quirk) for quirk in QUIRKS.values()]})
        return
    heads = (
        say("NAME", "NOMBRE"),
        say("WHAT IT DOES", "QUÉ HACE"),
        say("MET ON", "VISTO EN"),
    )
    rows = [
        (_usage(quirk), pick(quirk.words), pick(quirk.met_on) if quirk.met_on else None)
        for quirk in QUIRKS.values()
    ]
    print_table(heads, rows)


def _quirk_as_json(quirk: Quirk) -> dict[str, object]:
    return {
        "name": quirk.name,
        "number": quirk.number,
        "unit": quirk.unit or None,
        "does": quirk.words._asdict(),
        "met_on": quirk.met_on._asdict() if quirk.met_on else None,
    }


def _usage(quirk: Quirk) -> str:
    return quirk.name if quirk.number is None else f"{quirk.name}={quirk.number:g}"


def _small() -> dict[str, Any]:
    """The fields of a SimConfig that make it quick to encode."""
    from sereno.sim.spec import Picture

    return {
        "main": Picture(320, 180, 300_000),
        "sub": Picture(160, 90, 100_000),
        "loop_seconds": 4,
        "key_seconds": 1,
    }


def _tell_encoding(loop: LoopSpec, done: int, _total: int) -> None:
    if done == 0:
        words = say("Encoding, this once", "Codificando, solo esta vez")
        size = f"{loop.main.width}×{loop.main.height}"
        sys.stderr.write(f"{words}: {loop.scene}, {size}, {loop.codec}\n")


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
    certificate = cameras[0].certificate
    if certificate:
        words = say("Certificate to trust", "Certificado en que confiar")
        sys.stdout.write(f"{words}: {certificate}\n")
    sys.stdout.flush()
