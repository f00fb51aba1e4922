"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli.language import say

T = TypeVar("T")

Output = Annotated[
    Path,
    typer.Option(
        "--output", "-o", metavar="FILE", help=say("Where to write it.", "Dónde escribirlo.")
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data", help=say("The box's data folder.", "La carpeta de datos."), show_default=False
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help=say("For programs: JSON.", "Para programas: JSON."))
]
Camera = Annotated[str, typer.Argument(metavar="CAMERA", help=say("Name or id.", "Nombre o id."))]
User = Annotated[
    str | None,
    typer.Option("--user", "-u", help=say("Of the camera's login.", "Usuario de la cámara.")),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        help=say(
            "File that holds the password; else SERENO_CAMERA_PASSWORD, else it is asked.",
            "Archivo con la contraseña; si no, SERENO_CAMERA_PASSWORD; si no, se pregunta.",
        )
    ),
]
Engine = Annotated[
    Literal["auto", "native", "ffmpeg"] | None,
    typer.Option(
        help=say(
            "auto tries Sereno's own engine first, then ffmpeg.",
            "auto prueba primero el motor propio de Sereno y después ffmpeg.",
        )
    ),
]
Transport = Annotated[
    Literal["auto", "tcp", "udp", "multicast"] | None,
    typer.Option(
        help=say("How an RTSP camera sends its video.", "Cómo envía su vídeo una cámara RTSP.")
    ),
]
Sound = Annotated[
    bool | None,
    typer.Option(
        "--sound/--no-sound",
        help=say(
            "Record sound too; it may need people's consent where the camera is.",
            "Grabar también el sonido; puede exigir el consentimiento de las personas.",
        ),
    ),
]
Budget = Annotated[
    float | None,
    typer.Option(
        "--budget-gb",
        metavar="GB",
        min=0,
        max=1e9,
        help=say(
            "Room for its footage, then the oldest is removed; 0: no limit of its own.",
            "Espacio para sus grabaciones; después se borra lo más antiguo; 0: sin límite propio.",
        ),
    ),
]
From = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="TIME",
        help=say(
            "2026-11-20T10:30, 10:30 (today), -5m, -2h, -1d or now",
            "2026-11-20T10:30, 10:30 (hoy), -5m, -2h, -1d o now",
        ),
    ),
]
To = Annotated[str, typer.Option("--to", metavar="TIME", help=say("As --from.", "Como --from."))]

Cameras = Annotated[
    list[str], typer.Argument(metavar="CAMERA…", help=say("Names or ids.", "Nombres o ids."))
]
OfCameras = Annotated[
    list[str] | None,
    typer.Option(
        "--camera",
        metavar="CAMERA",
        help=say("Name or id; may be repeated.", "Nombre o id; se puede repetir."),
    ),
]
SubAddress = Annotated[
    str | None,
    typer.Option(
        "--sub-address",
        help=say(
            "Of its smaller stream, without user and password; empty: none.",
            "La de su flujo menor, sin usuario ni contraseña; vacía: ninguna.",
        ),
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="PROFILE",
        help=say("Its profile, by name; empty: none.", "Su perfil, por nombre; vacío: ninguno."),
    ),
]
Nice = Annotated[
    int | None,
    typer.Option(
        min=-20,
        max=19,
        help=say("Priority of its process, as nice(1).", "Prioridad de su proceso, como nice(1)."),
    ),
]
Cpus = Annotated[
    str | None,
    typer.Option(
        "--cpus",
        help=say(
            "CPUs of its process, such as 0-1,4; empty: any.",
            "CPU de su proceso, como 0-1,4; vacío: cualquiera.",
        ),
    ),
]
OwnNode = Annotated[
    str | None,
    typer.Option(
        "--node",
        metavar="NODE",
        help=say(
            "The node of its site that is to run it; the one that does stops first.",
            "El nodo de su sitio que debe atenderla; el que la atiende para antes.",
        ),
    ),
]
Standby = Annotated[
    str | None,
    typer.Option(
        "--standby",
        metavar="NODE",
        help=say(
            "Another node of its site that takes it over when need be; empty: none.",
            "Otro nodo de su sitio que la releva si hace falta; vacío: ninguno.",
        ),
    ),
]
Now = Annotated[
    bool,
    typer.Option(
        "--now/--at-next-spawn",
        help=say(
            "Whether what runs takes it up at once, or when it next starts.",
            "Si lo que está en marcha lo adopta ya o al iniciarse de nuevo.",
        ),
    ),
]
Minutes = Annotated[
    int | None, typer.Option(min=1, help=say("For so long.", "Durante este tiempo."))
]
Until = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help=say("2026-11-20T10:30, or 10:30 (today).", "2026-11-20T10:30 o 10:30 (hoy)."),
    ),
]
IfVersion = Annotated[
    int | None,
    typer.Option(
        "--if-version",
        metavar="NUMBER",
        help=say(
            "Only if nobody has changed it since: the version that --json shows.",
            "Solo si nadie lo cambió desde entonces: la versión que muestra --json.",
        ),
    ),
]
Sure = Annotated[bool, typer.Option("--yes", "-y", help=say("Ask nothing.", "No preguntar nada."))]
_NO_PART = Words(
    "“{text}” cannot be unset. There are: {parts}.",
    "«{text}» no se puede quitar. Existen: {parts}.",
)


def part_of(text: str, parts: Mapping[str, T]) -> T:
    """What `--unset` names. Raises Invalid."""
    if text not in parts:
        words = _NO_PART.fill(text=text, parts=", ".join(parts))
        raise Invalid("part_unknown", words, field="--unset")
    return parts[text]


def group(text: str) -> typer.Typer:
    """A group of commands. Plain help: it shows at once, and reads well in every terminal."""
    return typer.Typer(
        help=text,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
