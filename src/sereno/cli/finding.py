"""What people name, found among what the API lists."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from sereno.base.errors import Conflict, NotFound, Words
from sereno.cli.language import say

if TYPE_CHECKING:
    from sereno.box.api import Api

Kind = Literal["profiles", "schedules", "groups", "calendars", "nodes", "users", "clips"]

_NAMES = {
    "profiles": Words("profile", "el perfil"),
    "schedules": Words("schedule", "el horario"),
    "groups": Words("group", "el grupo"),
    "calendars": Words("calendar", "el calendario"),
    "nodes": Words("node", "el nodo"),
    "users": Words("user", "el usuario"),
    "clips": Words("clip", "el clip"),
}
_NONE = Words(
    "There is no {what} “{name}”. `sereno {kind} list` shows them all.",
    "No existe {what} «{name}». `sereno {kind} list` los muestra todos.",
)
_SEVERAL = Words(
    "“{name}” names more than one {what}. Give the id that `sereno {kind} list` shows.",
    "«{name}» no basta para saber {what}. Indique el id que muestra `sereno {kind} list`.",
)


def find(api: Api, kind: Kind, name_or_id: str) -> dict[str, Any]:
    """One of a kind by its name, or by its id. Raises NotFound, Conflict."""
    return pick_one(api.get(kind), kind, name_or_id)


def find_ids(api: Api, kind: Kind, names: Iterable[str]) -> list[Any]:
    """The ids of several, asked for once."""
    wanted = list(names)
    known = api.get(kind) if wanted else []
    return [pick_one(known, kind, name)["id"] for name in wanted]


def camera_ids(api: Api, names: Iterable[str]) -> list[str]:
    """The ids of cameras that are named; asks nothing where none is. Raises NotFound, Conflict."""
    wanted = list(names)
    return [camera["id"] for camera in api.cameras(wanted)] if wanted else []


def remove_asked(
    data: Path | None,
    kind: Kind,
    name_or_id: str,
    question: str | None,
    if_version: int | None = None,
) -> None:
    """Remove one of a kind, after a yes to the question, if there is one.

    What was asked about is what is removed: raises Conflict where it was changed meanwhile.
    """
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_line

    api = api_of(data)
    found = find(api, kind, name_or_id)
    if question is not None:
        typer.confirm(question.format(**found), abort=True)
    version = seen(found, if_version)["if_version"]
    api.delete(f"{kind}/{found['id']}?if_version={version}")
    print_line(say("“{name}” was removed.", "Se quitó «{name}».").format(**found))


def seen(found: dict[str, Any], if_version: int | None = None) -> dict[str, int]:
    """The field that lets a change be refused where somebody else was quicker.

    What is changed is made of `found`; `if_version` is what a person saw, earlier still.
    """
    return {"if_version": found["version"] if if_version is None else if_version}


def pick_one(known: Iterable[dict[str, Any]], kind: Kind, name_or_id: str) -> dict[str, Any]:
    """The one that is called so; where none is, the one with this id."""
    known = list(known)
    wanted = name_or_id.strip().casefold()
    found = [each for each in known if each["name"].casefold() == wanted]
    found = found or [each for each in known if str(each["id"]) == wanted]
    if len(found) == 1:
        return found[0]
    en, es = _NAMES[kind]
    words = _SEVERAL if found else _NONE
    told = Words(
        words.en.format(what=en, name=name_or_id, kind=kind),
        words.es.format(what=es, name=name_or_id, kind=kind),
    )
    raise (Conflict if found else NotFound)(f"{'many' if found else 'no'}_{kind}", told)


def names_by_id(rows: Iterable[dict[str, Any]]) -> dict[Any, str]:
    """The name of each id."""
    return {row["id"]: row["name"] for row in rows}
