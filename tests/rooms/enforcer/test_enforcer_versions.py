"""Two people who edit the same thing: the later one is told, and nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.races import at_the_same_time

from sereno.accounts.models import User
from sereno.accounts.queries import SYSTEM, Asker, person
from sereno.accounts.rules import Role
from sereno.base.errors import Conflict
from sereno.enforcer.actions_profiles import ProfileFields, change_profile, make_profile
from sereno.enforcer.actions_schedules import change_calendar, make_calendar

KINDS = {
    "profiles": {"knobs": {"nice": 3}},
    "schedules": {"kind": "continuous"},
    "calendars": {"dates": []},
    "groups": {"camera_ids": []},
}


@pytest.fixture(params=KINDS)
def made(request: pytest.FixtureRequest, admin_program: Any) -> tuple[str, dict[str, Any]]:
    """One of each kind: where it is, and how it was answered."""
    kind = request.param
    answer = admin_program("POST", kind, {"name": "Uno", **KINDS[kind]})
    assert answer.status_code == 201, answer.content
    return f"{kind}/{answer.json()['id']}", answer.json()


def listed(program: Any, path: str) -> dict[str, Any]:
    (found,) = program("GET", path.partition("/")[0]).json()
    return dict(found)


def test_each_change_is_a_version_with_its_author(
    admin_program: Any, made: tuple[str, dict[str, Any]], make_user: Callable[..., User]
) -> None:
    path, first = made
    assert (first["version"], first["changed_by"]) == (1, "ana")
    changed = admin_program("PATCH", path, {"name": "Dos", "if_version": 1}).json()
    assert (changed["version"], changed["changed_by"]) == (2, "ana")
    assert changed["changed_at"] > first["changed_at"]
    assert listed(admin_program, path) == changed


def test_whoever_is_late_is_told_who_was_quicker(
    admin_program: Any, made: tuple[str, dict[str, Any]]
) -> None:
    path, _ = made
    admin_program("PATCH", path, {"name": "Dos", "if_version": 1})
    late = admin_program("PATCH", path, {"name": "Tres", "if_version": 1})
    assert late.status_code == 409
    error = late.json()["error"]
    assert (error["key"], error["field"]) == ("changed_meanwhile", None)
    assert error["en"].startswith("ana changed this ")
    assert error["es"].startswith("ana lo cambió ")
    assert listed(admin_program, path)["name"] == "Dos"
    assert admin_program("DELETE", f"{path}?if_version=1").status_code == 409
    assert admin_program("DELETE", f"{path}?if_version=2").status_code == 204


def test_programs_that_name_no_version_go_on_as_before(
    admin_program: Any, made: tuple[str, dict[str, Any]]
) -> None:
    path, _ = made
    for body in ({"name": "Dos"}, {"name": "Tres", "if_version": None}):
        assert admin_program("PATCH", path, body).status_code == 200
    assert admin_program("DELETE", path).status_code == 204


def test_what_is_refused_makes_no_version(admin_program: Any) -> None:
    made = admin_program("POST", "profiles", {"name": "Uno"}).json()
    bad = {"knobs": {"nice": 99}, "if_version": 1}
    assert admin_program("PATCH", f"profiles/{made['id']}", bad).status_code == 422
    assert listed(admin_program, "profiles")["version"] == 1


def test_of_two_at_the_same_moment_one_is_late(
    committed: None, admin: Asker, make_user: Callable[..., User]
) -> None:
    bea = person(make_user("bea", Role.ADMINISTRATOR))
    profile, days = make_profile(admin, ProfileFields("Uno")), make_calendar(admin, "Uno", [])
    with pytest.raises(Conflict) as refused:
        at_the_same_time(
            lambda: change_profile(bea, profile.pk, ProfileFields("Dos"), if_version=1),
            lambda: change_profile(admin, profile.pk, ProfileFields("Tres"), if_version=1),
        )
    assert refused.value.words.en.startswith("bea changed this just now")
    with pytest.raises(Conflict):
        at_the_same_time(
            lambda: change_calendar(bea, days.pk, "Dos", None, if_version=1),
            lambda: change_calendar(admin, days.pk, "Tres", None, if_version=1),
        )
    profile.refresh_from_db()
    days.refresh_from_db()
    assert (profile.name, days.name, profile.version, days.version) == ("Dos", "Dos", 2, 2)


def test_a_row_from_before_names_nobody(db: None) -> None:
    days = make_calendar(SYSTEM, "Uno", [])
    type(days).objects.update(changed_by="", version=7)
    with pytest.raises(Conflict) as refused:
        change_calendar(SYSTEM, days.pk, "Dos", None, if_version=6)
    assert refused.value.words.es.startswith("Alguien lo cambió")
