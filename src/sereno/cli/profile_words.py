"""Knobs as people type them and as they read them."""

from __future__ import annotations

from typing import Any

from sereno.base.errors import Invalid, Words
from sereno.cli.language import pick, say

_NOT_SAID = Words(
    "“{text}” sets nothing. Write KNOB=VALUE, such as nice=5.",
    "«{text}» no fija nada. Escriba AJUSTE=VALOR, como nice=5.",
)
_NOT_THERE = Words(
    "The profile itself says nothing of {knob}, so there is nothing to take away.",
    "El perfil no dice nada de {knob}, así que no hay nada que quitar.",
)


def show_values(shown: dict[str, Any]) -> None:
    """What holds, where each value comes from, and what people should know of it."""
    from sereno.cli.terminal import Terminal, print_table

    heads = (say("KNOB", "AJUSTE"), say("VALUE", "VALOR"), say("FROM", "DE"))
    print_table(
        heads,
        [(each["name"], shown_value(each["value"]), _origin(each)) for each in shown["values"]],
    )
    for notice in shown["notices"]:
        Terminal().warn(Words(notice["en"], notice["es"]))


def show_merged(shown: dict[str, Any], *, is_now: bool = True) -> None:
    """Likewise, with the cameras that it concerns and those started anew by `--now`."""
    from sereno.cli.terminal import print_line

    show_values(shown)
    concerned = ", ".join(each["name"] for each in shown["cameras"]) or say("none", "ninguna")
    print_line(f"{say('Cameras concerned', 'Cámaras a las que afecta')}: {concerned}")
    restarts = ", ".join(each["name"] for each in shown["restarts"])
    if restarts:
        began = Words("Started anew at once", "Se inician de nuevo ya")
        waits = Words("Waiting for their next start", "A la espera de su próximo inicio")
        print_line(f"{pick(began if is_now else waits)}: {restarts}")


def _origin(value: dict[str, Any]) -> str:
    origin = value["origin"]
    if origin["kind"] == "profile" and not origin["name"]:
        return say("this profile", "este perfil")
    if origin["kind"] == "profile":
        return str(say("profile {name}", "perfil {name}").format(**origin))
    if origin["kind"] == "camera":
        return say("the camera", "la cámara")
    return say("default", "por omisión")


def parse_knobs(said: list[str] | None) -> dict[str, str]:
    """`KNOB=VALUE` as the API has knobs; what a value may be is the hub's to say."""
    found = {}
    for text in said or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise Invalid("knob_unclear", _NOT_SAID.fill(text=text), field="--set")
        found[name.strip()] = value.strip()
    return found


def changed_knobs(
    knobs_now: dict[str, Any], said: list[str] | None, unsaid: list[str] | None
) -> dict[str, Any]:
    for knob in unsaid or ():
        if knob not in knobs_now:
            raise Invalid("knob_unsaid", _NOT_THERE.fill(knob=knob), field="--unset")
    kept = {name: value for name, value in knobs_now.items() if name not in (unsaid or ())}
    return kept | parse_knobs(said)


def said_knobs(said: dict[str, Any]) -> str:
    return ", ".join(f"{name}={shown_value(value)}" for name, value in said.items())


def shown_value(value: object) -> str:
    if isinstance(value, bool):
        return say("yes", "sí") if value else say("no", "no")
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
