"""A camera as the command line shows it: each fact with its name, in the person's language."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sereno.base.errors import Words
from sereno.cli.language import is_spanish, say

_STATES = {
    "recording": Words("recording", "grabando"),
    "connecting": Words("connecting", "conectando"),
    "waiting": Words("waiting to try again", "a la espera de reintentar"),
    "failed": Words("failed", "fallida"),
    "stalled": Words("no picture", "sin imagen"),
    "no_disk": Words("no disk space", "sin espacio en disco"),
    "paused": Words("paused", "en pausa"),
    "not_scheduled": Words("not scheduled", "fuera de horario"),
    "standby": Words("standing by", "en reserva"),
    "silent": Words("not heard of", "sin noticias"),
    "node_offline": Words("node offline", "nodo sin conexión"),
    "not_assigned": Words("not assigned", "sin asignar"),
}


def state_name(status: dict[str, Any]) -> str:
    """The state in the person's words; one that is not known here as it came."""
    state = str(status["state"])
    known = _STATES.get(state)
    return say(*known) if known else state


def words_of(reason: dict[str, Any] | None) -> str:
    """A reason's sentence in the person's language."""
    return str(reason["es" if is_spanish() else "en"]) if reason else ""


def facts_of(camera: dict[str, Any], zone: ZoneInfo) -> list[tuple[str, str | None]]:
    """All that is known of a camera, each with its name; moments in `zone`."""
    from sereno.cli.times import show_moment

    status = camera["status"]
    budget = camera["budget_bytes"]
    return [
        (say("name", "nombre"), camera["name"]),
        ("id", camera["id"]),
        (say("address", "dirección"), camera["address"]),
        (say("smaller stream", "flujo menor"), camera["sub_address"]),
        (say("user", "usuario"), camera["username"]),
        (say("room", "espacio"), f"{budget / 1e9:g} GB" if budget else None),
        (say("state", "estado"), state_name(status)),
        (say("reason", "motivo"), words_of(status["reason"])),
        (say("plan", "plan"), words_of(camera["why"])),
        (say("paused until", "en pausa hasta"), _end(camera["pause"], zone)),
        (say("recorded until", "se graba hasta"), _end(camera["manual"], zone)),
        (say("run by", "la atiende"), _holder(camera["lease"])),
        (say("profile", "perfil"), camera["profile"] and camera["profile"]["name"]),
        (say("picture", "imagen"), _picture(status)),
        (say("sound", "sonido"), _sound(camera)),
        (say("newest", "última imagen"), show_moment(status["newest_at"], zone)),
        (say("time from", "hora de"), _clock(status)),
        (say("engine", "motor"), _with_wish(status["engine"], camera["engine"])),
        (say("why", "por qué"), words_of(status["engine_reason"])),
        (say("transport", "transporte"), _with_wish(status["transport"], camera["transport"])),
        (say("lost packets", "paquetes perdidos"), str(status["lost_packets"])),
        *((say("to know", "a saber"), words_of(notice)) for notice in status["notices"]),
        (say("command", "orden"), status["effective_args"]),
    ]


def _with_wish(used: str, wanted: str | None) -> str:
    """What is used, and what the camera itself asks for, if anything."""
    if wanted is None:
        return used or "–"
    if wanted == "auto":
        return f"{used or '–'} ({say('automatic', 'automático')})"
    return f"{used or '–'} ({say('set to', 'fijado en')} {wanted})"


def _end(moment: dict[str, Any] | None, zone: ZoneInfo) -> str | None:
    """When a pause or a recording by hand ends, and who began it."""
    from sereno.cli.times import show_moment

    if moment is None:
        return None
    end = show_moment(moment["until"], zone) or say("it is stopped", "que se pare")
    return f"{end} ({moment['by']})"


def _holder(lease: dict[str, Any] | None) -> str | None:
    """Which of two nodes runs the camera, where it has two."""
    if lease is None:
        return None
    if not lease["is_ending"]:
        return str(lease["node"])
    return f"{lease['node']} ({say('gives it to its own node', 'la pasa a su propio nodo')})"


def _sound(camera: dict[str, Any]) -> str:
    if camera["records_sound"] is False:
        return say("not recorded, as set", "no se graba, según lo fijado")
    return str(camera["status"]["sound"])


def _clock(status: dict[str, Any]) -> str | None:
    known = {
        "rtcp": say("the camera's own clock", "el reloj de la cámara"),
        "arrival": say("the arrival of the pictures", "la llegada de las imágenes"),
    }
    return known.get(status["clock"])


def _picture(status: dict[str, Any]) -> str:
    if not status["codec"]:
        return ""
    megabits = status["bitrate_bps"] / 1e6
    size = f"{status['width']}×{status['height']}"
    return f"{status['codec']}, {size}, {status['fps']:.1f} fps, {megabits:.2f} Mbit/s"
