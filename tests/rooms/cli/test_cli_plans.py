"""Profiles, schedules, groups and calendars by command, on the real hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sereno.accounts.models import User
from sereno.accounts.queries import Asker
from sereno.accounts.rules import Role

Sereno = Callable[..., Any]


def ask(sereno: Sereno, *arguments: str) -> Any:
    """What a command says to programs."""
    said = sereno(*arguments, "--json")
    assert said.status == 0, said.err
    return json.loads(said.out)


def test_a_profile_lives(hub: None, sereno: Sereno) -> None:
    assert sereno("profiles", "add", "Base", "--set", "nice=3").status == 0
    said = sereno(
        "profiles", "add", "Night", "--based-on", "base", "--set", "cpu_affinity=0",
        "--set", "extra_cli=-stimeout 5000000",
    )  # fmt: skip
    assert said.status == 0, said.err
    rows = [line.split() for line in said.out.splitlines()]
    assert ["nice", "3", "profile", "Base"] in rows
    assert ["hb_interval", "10", "default"] in rows
    assert "-timeout" in said.err  # the notice of the translated option
    assert sereno("profiles", "assign", "Night", "Patio").out == "Patio: Night\n"
    (_, night) = ask(sereno, "profiles", "list")
    assert (night["knobs"]["cpu_affinity"], night["camera_count"]) == ([0], 1)
    assert "Night" in sereno("cameras", "show", "Patio").out
    assert sereno("profiles", "remove", "Night", "--yes").status == 1
    assert sereno("profiles", "unassign", "Patio").out == "Patio: no profile\n"
    assert sereno("profiles", "remove", "Night", "--yes").status == 0


def test_a_profile_changes_as_said(hub: None, sereno: Sereno) -> None:
    sereno("profiles", "add", "Day", "--set", "nice=3", "--set", "records_sound=no")
    sereno("profiles", "assign", "Day", "Patio")
    shown = sereno("profiles", "change", "Day", "--set", "nice=4", "--dry-run")
    assert "Cameras concerned: Patio" in shown.out
    assert ask(sereno, "profiles", "show", "Day")["version"] == 1
    options = ("--set", "nice=4", "--unset", "records_sound", "--now", "--name", "Daylight")
    said = sereno("profiles", "change", "Day", *options)
    assert said.out.endswith("“Daylight” was changed: version 2.\n")
    newest, first = ask(sereno, "profiles", "versions", "Daylight")
    assert (newest["knobs"], newest["applies"]) == ({"nice": 4}, "now")
    assert first["knobs"] == {"nice": 3, "records_sound": False}
    assert "records_sound=no" in sereno("profiles", "versions", "Daylight").out


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("profiles", "add", "X", "--set", "nice=99"), "knobs.nice"),
        (("profiles", "add", "X", "--set", "hb_interval=-1"), "knobs.hb_interval"),
        (("profiles", "add", "X", "--set", "colour=red"), "knobs.colour"),
        (("profiles", "add", "X", "--set", "extra_cli=-i other"), "knobs.extra_cli"),
        (("profiles", "add", "X", "--set", "cpu_affinity=9999"), "knobs.cpu_affinity"),
        (("profiles", "add", "X", "--set", "nice"), "--set"),
        (("schedules", "add", "X", "--daily", "25:00-12:00"), "intervals.0.from"),
        (("schedules", "add", "X", "--daily", "08:00-08:00"), "intervals.0"),
        (("schedules", "add", "X", "--cron", "0 8 * *", "--minutes", "5"), "cron"),
        (("schedules", "add", "X", "--once", "2026-12-02T08:00/2026-12-01T08:00"), "once"),
        (("cameras", "pause", "Patio"), "until"),
        (("cameras", "pause", "Patio", "--until", "2020-01-01T00:00"), "until"),
        (("cameras", "change", "Patio", "--cpus", "1-x"), "knobs.cpu_affinity"),
        (("cameras", "change", "Patio", "--unset", "name"), "--unset"),
    ],
)
def test_what_is_wrong_is_named(
    arguments: tuple[str, ...], field: str, hub: None, sereno: Sereno
) -> None:
    from sereno.enforcer.models import Schedule, StreamProfile

    said = sereno(*arguments)
    assert said.status == 2
    assert said.err.startswith(f"{field}: ")
    assert not StreamProfile.objects.exists()
    assert not Schedule.objects.exists()


def test_a_schedule_lives(hub: None, sereno: Sereno) -> None:
    sereno("profiles", "add", "Night")
    sereno("groups", "add", "Outside", "--camera", "Patio")
    sereno("calendars", "add", "Holidays", "--date", "2026-12-25=Navidad")
    said = sereno(
        "schedules", "add", "School", "--weekly", "mon-fri 08:00-13:00,14:00-18:00",
        "--weekly", "sat,dom 20:00-06:00@Night", "--except", "2026-12-24 08:00-10:00=Víspera",
        "--except", "2026-12-31", "--calendar", "Holidays", "--on-holidays", "09:00-10:00",
        "--group", "Outside",
    )  # fmt: skip
    assert said.status == 0, said.err
    (school,) = ask(sereno, "schedules", "list")
    assert [(each["days"], each["from"], each["to"]) for each in school["intervals"]] == [
        ([1, 2, 3, 4, 5], "08:00", "13:00"),
        ([1, 2, 3, 4, 5], "14:00", "18:00"),
        ([6, 7], "20:00", "06:00"),
    ]
    facts = sereno("schedules", "show", "school").out
    for told in ("mon–fri 08:00–13:00", "sat,sun 20:00–06:00 @Night", "Outside", "Holidays",
                 "2026-12-24 Víspera: 08:00–10:00", "2026-12-31: nothing"):  # fmt: skip
        assert told in facts
    assert sereno("schedules", "disable", "School").out == "“School” rests.\n"
    assert sereno("schedules", "list").out.splitlines()[1].split()[-2] == "no"
    assert sereno("schedules", "enable", "School").out == "“School” counts.\n"
    changed = ask(
        sereno, "schedules", "change", "School", "--cron", "0 8 * * 1-5", "--minutes", "90",
        "--unset", "exceptions", "--unset", "calendar", "--camera", "Patio", "--unset", "groups",
    )  # fmt: skip
    assert (changed["kind"], changed["cron_minutes"], changed["exceptions"]) == ("cron", 90, [])
    assert (changed["calendar_id"], changed["group_ids"]) == (None, [])
    assert sereno("schedules", "remove", "School", "-y").status == 0
    assert sereno("calendars", "remove", "Holidays", "-y").status == 0


def test_a_schedule_is_shown_before_it_is_saved(hub: None, sereno: Sereno) -> None:
    said = sereno("schedules", "add", "Nights", "--daily", "22:00-06:00", "--dry-run")
    assert "No camera and no group is chosen yet" in said.err
    day = said.out.splitlines()[3].split()[-1]
    assert day == "█" * 12 + "·" * 32 + "█" * 4
    assert ask(sereno, "schedules", "list") == []


def test_groups_and_calendars_change(hub: None, sereno: Sereno) -> None:
    sereno("groups", "add", "Outside")
    assert len(ask(sereno, "groups", "change", "Outside", "--add", "patio")["camera_ids"]) == 1
    assert ask(sereno, "groups", "change", "Outside", "--take", "Patio")["camera_ids"] == []
    sereno("calendars", "add", "Holidays", "--date", "2026-12-25=Navidad")
    options = ("--date", "2026-01-01", "--take", "2026-12-25")
    dates = ask(sereno, "calendars", "change", "Holidays", *options)["dates"]
    assert dates == [{"date": "2026-01-01", "name": ""}]


def test_what_is_not_there_is_said(
    hub: None, sereno: Sereno, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = sereno("profiles", "show", "none")
    assert (said.status, said.err) == (
        1, "There is no profile “none”. `sereno profiles list` shows them all.\n",
    )  # fmt: skip
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    assert "No existe el horario «x»" in sereno("schedules", "remove", "x").err


@pytest.mark.parametrize(
    ("kind", "add", "change"),
    [
        ("profiles", (), ("--note", "x")),
        ("schedules", ("--continuous",), ("--name", "Dos")),
        ("groups", (), ("--name", "Dos")),
        ("calendars", (), ("--name", "Dos")),
    ],
)
def test_a_change_is_refused_where_somebody_was_quicker(
    kind: str, add: tuple[str, ...], change: tuple[str, ...], hub: None, sereno: Sereno
) -> None:
    sereno(kind, "add", "Uno", *add)
    (row,) = ask(sereno, kind, "list")
    place = str(row["id"])
    assert sereno(kind, "change", place, *change, "--if-version", "1").status == 0
    late = sereno(kind, "change", place, *change, "--if-version", "1")
    assert late.status == 1
    assert "changed this" in late.err
    assert sereno(kind, "remove", place, "-y", "--if-version", "1").status == 1
    assert sereno(kind, "remove", place, "-y", "--if-version", "2").status == 0


def test_people_are_managed(hub: None, sereno: Sereno) -> None:
    link = sereno("users", "add", "olga", "--role", "operator").out
    assert "/setup#setup_" in link
    people = {each["username"]: each["role"] for each in ask(sereno, "users", "list")}
    assert people["olga"] == "operator"
    assert "operator" in sereno("users", "list").out
    assert sereno("users", "change", "olga", "--role", "viewer").out == "“olga” is viewer now.\n"
    assert sereno("users", "change", "OLGA", "--keep-out").out == "“olga” is kept out.\n"
    assert sereno("users", "change", "olga").status == 2
    assert sereno("users", "link", "olga").out != link
    assert "There is no user “nobody”" in sereno("users", "link", "nobody").err


def test_a_command_that_is_not_let_in_says_how_to_be(
    hub: None, sereno: Sereno, admin: Asker
) -> None:
    for less in ({"role": Role.VIEWER}, {"is_active": False}):
        User.objects.update(**less)
        refused = sereno("users", "list")
        assert refused.status == 1
        assert "`sereno admin link`" in refused.err


def test_programs_get_tokens(hub: None, sereno: Sereno) -> None:
    assert sereno("users", "add-token", "ana", "respaldo").out.startswith("sereno_")
    by_name = {each["name"]: each["id"] for each in ask(sereno, "users", "tokens", "ana")}
    assert set(by_name) == {"cli", "respaldo"}
    assert "respaldo" in sereno("users", "tokens", "ana").out
    gone = sereno("users", "revoke-token", "ana", str(by_name["respaldo"]))
    assert (gone.status, gone.out) == (0, "The token was revoked.\n")
    again = sereno("users", "revoke-token", "ana", str(by_name["respaldo"]))
    assert (again.status, again.err.startswith("There is no such token")) == (1, True)


def test_what_people_are_is_said_in_ones_language(
    hub: None, sereno: Sereno, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "es_EC.UTF-8")
    assert "administrador " in sereno("users", "list").out
    sereno("users", "add", "olga")
    changed = sereno("users", "change", "olga", "--role", "operator")
    assert changed.out == "«olga» es ahora operador.\n"
