"""`sereno cameras status` and `sereno runners`: what each stream does.

The shape of the status for programs is a promise: docs/ref/status.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sereno.cli.camera_facts import state_name, words_of
from sereno.cli.language import say
from sereno.cli.options import Data, Json

_REASON = ("key", "en", "es", "raw")
_TOLD = (
    "state", "since", "next_try", "engine", "transport", "profile", "effective_args", "pid",
    "nice", "cpu_affinity", "bitrate_bps", "fps",
)  # fmt: skip


def status_of(camera: Mapping[str, Any]) -> dict[str, Any]:
    """A camera of the API as docs/ref/status.md says."""
    status = camera["status"]
    reason = status["reason"]
    told = {name: status[name] for name in _TOLD}
    return {
        "id": camera["id"],
        "name": camera["name"],
        "reason": {name: reason[name] for name in _REASON} if reason else None,
    } | told


def status(as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import show_moment

    found = [status_of(camera) for camera in api_of(data).get("cameras")]
    if as_json:
        return print_json(found)
    zone = ZoneInfo(load_settings(data=data).time_zone)
    heads = (
        say("NAME", "NOMBRE"),
        say("STATE", "ESTADO"),
        say("SINCE", "DESDE"),
        say("NEXT TRY", "REINTENTO"),
        say("ENGINE", "MOTOR"),
        say("PROFILE", "PERFIL"),
        say("RATE", "CAUDAL"),
        "FPS",
        "PID",
        say("REASON", "MOTIVO"),
    )
    return print_table(
        heads,
        [
            (
                each["name"],
                state_name(each),
                show_moment(each["since"], zone),
                show_moment(each["next_try"], zone),
                each["engine"],
                each["profile"],
                _rate(each["bitrate_bps"]),
                _fps(each["fps"]),
                each["pid"],
                words_of(each["reason"]),
            )
            for each in found
        ],
    )


def runners(as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import show_moment

    found = api_of(data).get("runners")
    if as_json:
        return print_json(found)
    zone = ZoneInfo(load_settings(data=data).time_zone)
    heads = (
        say("CAMERA", "CÁMARA"),
        say("STREAM", "FLUJO"),
        say("STATE", "ESTADO"),
        say("NODE", "NODO"),
        "PID",
        say("SHARED BY", "COMPARTIDO"),
        say("STARTED", "INICIO"),
        say("RESTARTS", "REINICIOS"),
        say("PROFILE", "PERFIL"),
        "NICE",
        "CPU",
        say("RATE", "CAUDAL"),
        "FPS",
        say("HEARD", "OÍDO"),
    )
    return print_table(
        heads,
        [
            (
                each["camera"],
                each["stream"],
                state_name(each),
                each["node"],
                each["pid"],
                each["shared_by"] or None,
                show_moment(each["started_at"], zone),
                each["restarts"],
                _profile(each),
                each["nice"],
                ",".join(map(str, each["cpu_affinity"])),
                _rate(each["bitrate_bps"]),
                _fps(each["fps"]),
                show_moment(each["heard_at"], zone),
            )
            for each in found
        ],
    )


def _profile(runner: Mapping[str, Any]) -> str:
    name = str(runner["profile"])
    waits = say("a newer one waits", "espera uno más nuevo")
    return f"{name} ({waits})".lstrip() if runner["is_pending"] else name


def _rate(bitrate_bps: int) -> str:
    return f"{bitrate_bps / 1e6:.2f} Mbit/s" if bitrate_bps else ""


def _fps(fps: float) -> str:
    return f"{fps:.1f}" if fps else ""
