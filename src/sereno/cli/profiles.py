"""`sereno profiles`: the ways in which streams are run."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli.finding import camera_ids, find, names_by_id, remove_asked, seen
from sereno.cli.language import is_spanish, say
from sereno.cli.options import Cameras, Data, IfVersion, Json, Now, Sure, group
from sereno.cli.profile_words import (
    changed_knobs,
    parse_knobs,
    said_knobs,
    show_merged,
    shown_value,
)

app = group(say("Profiles: how streams are run.", "Perfiles: cómo se llevan los flujos."))

Name = Annotated[str, typer.Argument(metavar="PROFILE", help=say("Name or id.", "Nombre o id."))]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KNOB=VALUE",
        help=say(
            "May be repeated; `sereno profiles knobs` tells them all.",
            "Se puede repetir; `sereno profiles knobs` los explica todos.",
        ),
    ),
]
BasedOn = Annotated[
    str | None,
    typer.Option(
        metavar="PROFILE",
        help=say(
            "It says what this one leaves open; empty: none.",
            "Dice lo que este deja abierto; vacío: ninguno.",
        ),
    ),
]
Note = Annotated[str | None, typer.Option(help=say("For people.", "Para las personas."))]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help=say("Show it, save nothing.", "Mostrar sin guardar nada.")),
]

_NOTHING_GIVEN = Words(
    "Nothing to change was given. `sereno profiles change --help` shows what can be.",
    "No se indicó nada que cambiar. `sereno profiles change --help` muestra qué se puede.",
)


@app.command("list", help=say("All profiles.", "Todos los perfiles."))
def list_profiles(as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table

    found = api_of(data).get("profiles")
    if as_json:
        return print_json(found)
    names = names_by_id(found)
    heads = (
        say("NAME", "NOMBRE"),
        say("VERSION", "VERSIÓN"),
        say("CAMERAS", "CÁMARAS"),
        say("BASED ON", "SE BASA EN"),
        say("SAYS", "DICE"),
        say("NOTE", "NOTA"),
        "ID",
    )
    return print_table(
        heads,
        [
            (
                each["name"],
                each["version"],
                each["camera_count"],
                names.get(each["based_on"]),
                said_knobs(each["knobs"]),
                each["note"],
                each["id"],
            )
            for each in found
        ],
    )


@app.command("show", help=say("What holds under a profile, and why.", "Qué rige con un perfil."))
def show(name: Name, as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json

    api = api_of(data)
    profile = find(api, "profiles", name)
    shown = api.post("profiles/preview", {"id": profile["id"], "knobs": profile["knobs"]})
    if as_json:
        return print_json(profile | {"manner": shown})
    return show_merged(shown)


@app.command("knobs", help=say("What a profile can say.", "Qué puede decir un perfil."))
def knobs(
    name: Annotated[
        str | None, typer.Argument(metavar="KNOB", help=say("One alone.", "Uno solo."))
    ] = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table

    found = [each for each in api_of(data).get("knobs") if name in {None, each["name"]}]
    if not found:
        words = Words("There is no knob {name}.", "No existe el ajuste {name}.").fill(name=name)
        raise Invalid("knob_unknown", words)
    if as_json:
        return print_json(found)
    language = "es" if is_spanish() else "en"
    heads = (
        say("KNOB", "AJUSTE"),
        say("DEFAULT", "POR OMISIÓN"),
        say("EXAMPLE", "EJEMPLO"),
        say("WHAT IT CONTROLS, AND WHY IT MATTERS", "QUÉ CONTROLA Y POR QUÉ IMPORTA"),
    )
    rows = [
        (
            each["name"],
            shown_value(each["default"]),
            each["example"],
            f"{each['what'][language]} {each['why'][language]}",
        )
        for each in found
    ]
    return print_table(heads, rows)


@app.command("add", help=say("Make a profile.", "Crear un perfil."))
def add(
    name: Annotated[str, typer.Argument(help=say("As people call it.", "Como lo llaman."))],
    knobs_set: Set = None,
    based_on: BasedOn = None,
    note: Note = None,
    is_dry_run: DryRun = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    base = find(api, "profiles", based_on)["id"] if based_on else None
    said = {"based_on": base, "knobs": parse_knobs(knobs_set)}
    shown = api.post("profiles/preview", said)
    if is_dry_run:
        return print_json(shown) if as_json else show_merged(shown)
    made = api.post("profiles", said | {"name": name, "note": note or ""})
    if as_json:
        return print_json(made)
    show_merged(shown)
    text = say("The profile “{name}” was made (id {id}).", "Se creó el perfil «{name}» (id {id}).")
    return print_line(text.format(**made))


@app.command("change", help=say("Change what is given.", "Cambiar lo que se indica."))
def change(
    name: Name,
    knobs_set: Set = None,
    knobs_unset: Annotated[
        list[str] | None,
        typer.Option(
            "--unset",
            metavar="KNOB",
            help=say("Leave it to its base and defaults.", "Dejarlo a su base y a lo normal."),
        ),
    ] = None,
    new_name: Annotated[
        str | None, typer.Option("--name", help=say("A new name.", "Nombre nuevo."))
    ] = None,
    based_on: BasedOn = None,
    note: Note = None,
    if_version: IfVersion = None,
    is_now: Now = False,
    is_dry_run: DryRun = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    profile = find(api, "profiles", name)
    body: dict[str, Any] = {} if new_name is None else {"name": new_name}
    body |= {} if note is None else {"note": note}
    manner: dict[str, Any] = {}
    if based_on is not None:
        manner["based_on"] = find(api, "profiles", based_on)["id"] if based_on else None
    if knobs_set or knobs_unset:
        manner["knobs"] = changed_knobs(profile["knobs"], knobs_set, knobs_unset)
    if not body and not manner:
        raise Invalid("nothing_given", _NOTHING_GIVEN)
    shown = api.post("profiles/preview", {"id": profile["id"], "knobs": profile["knobs"]} | manner)
    if is_dry_run:
        return print_json(shown) if as_json else show_merged(shown)
    applies = "now" if is_now else "next_spawn"
    body |= {"applies": applies, **seen(profile, if_version)}
    changed = api.patch(f"profiles/{profile['id']}", body | manner)
    if as_json:
        return print_json(changed)
    show_merged(shown, is_now=is_now)
    text = say("“{name}” was changed: version {version}.", "Se cambió «{name}»: versión {version}.")
    return print_line(text.format(**changed))


@app.command("remove", help=say("One that nothing uses.", "Uno que nada usa."))
def remove(
    name: Name, if_version: IfVersion = None, is_sure: Sure = False, data: Data = None
) -> None:
    question = say("Remove the profile “{name}”?", "¿Quitar el perfil «{name}»?")
    remove_asked(data, "profiles", name, None if is_sure else question, if_version)


@app.command("versions", help=say("How a profile was.", "Cómo era un perfil."))
def versions(name: Name, as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import show_moment

    api = api_of(data)
    found = api.get(f"profiles/{find(api, 'profiles', name)['id']}/versions")
    if as_json:
        return print_json(found)
    zone = ZoneInfo(load_settings(data=data).time_zone)
    applies = {"now": say("now", "ya"), "next_spawn": say("at next spawn", "al reiniciar")}
    heads = (
        say("VERSION", "VERSIÓN"),
        say("CHANGED", "CAMBIADO"),
        say("BY", "POR"),
        say("APPLIES", "RIGE"),
        say("BASED ON", "SE BASA EN"),
        say("SAYS", "DICE"),
    )
    return print_table(
        heads,
        [
            (
                each["version"],
                show_moment(each["changed_at"], zone),
                each["changed_by"],
                applies.get(each["applies"], each["applies"]),
                each["based_on_name"],
                said_knobs(each["knobs"]),
            )
            for each in found
        ],
    )


@app.command("assign", help=say("Run cameras as it says.", "Llevar cámaras como dice."))
def assign(name: Name, cameras: Cameras, is_now: Now = False, data: Data = None) -> None:
    from sereno.cli.running import api_of

    api = api_of(data)
    give(api, find(api, "profiles", name)["id"], cameras, is_now=is_now)


@app.command("unassign", help=say("Take cameras' profile away.", "Quitar el perfil a cámaras."))
def unassign(cameras: Cameras, is_now: Now = False, data: Data = None) -> None:
    from sereno.cli.running import api_of

    give(api_of(data), None, cameras, is_now=is_now)


def give(api: Any, profile_id: int | None, cameras: list[str], *, is_now: bool) -> None:
    """Give cameras a profile, or none, and say so of each."""
    from sereno.cli.terminal import print_line

    body = {"profile_id": profile_id, "applies": "now" if is_now else "next_spawn"}
    for camera_id in camera_ids(api, cameras):
        changed = api.put(f"cameras/{camera_id}/profile", body)
        profile = changed["profile"]
        text = say("{camera}: {profile}", "{camera}: {profile}")
        told = profile["name"] if profile else say("no profile", "sin perfil")
        print_line(text.format(camera=changed["name"], profile=told))
