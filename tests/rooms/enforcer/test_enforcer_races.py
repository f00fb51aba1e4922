"""Several people at the same moment: nothing is lost, nothing happens twice."""

from __future__ import annotations

from typing import Any

import pytest
from tests.races import at_the_same_time

from sereno.accounts.queries import Asker
from sereno.base.errors import Conflict, Invalid
from sereno.enforcer.actions_moments import enforce, pause_cameras, start_recording
from sereno.enforcer.actions_profiles import (
    ProfileFields,
    change_profile,
    give_profile,
    make_profile,
    remove_profile,
)
from sereno.enforcer.actions_schedules import make_schedule
from sereno.enforcer.models import ManualRecording, Pause, Schedule, StreamProfile
from sereno.enforcer.rules_moments import EndSaid, TooSoon
from sereno.enforcer.rules_schedules import ScheduleSaid
from sereno.sites.actions_groups import make_group, remove_group
from sereno.sites.models import Camera


def for_all_day(name: str, camera: Camera) -> ScheduleSaid:
    return ScheduleSaid(name, kind="continuous", camera_ids=frozenset([camera.pk]))


def test_two_schedules_at_once_are_both_remembered(
    committed: None, admin: Asker, camera: Camera
) -> None:
    at_the_same_time(
        lambda: make_schedule(admin, for_all_day("Uno", camera)),
        lambda: make_schedule(admin, for_all_day("Otro", camera)),
    )
    plan = camera.plans.latest("since").plan.plan
    assert {each["name"] for each in plan["schedules"]} == {"Uno", "Otro"}


def test_of_two_that_urge_at_once_one_is_too_soon(
    committed: None, admin: Asker, camera: Camera
) -> None:
    with pytest.raises(TooSoon):
        at_the_same_time(lambda: enforce(admin), lambda: enforce(admin))
    camera.refresh_from_db()
    assert camera.enforce_number == 1


def test_of_a_pause_and_a_recording_at_once_the_pause_counts(
    committed: None, admin: Asker, camera: Camera
) -> None:
    with pytest.raises(Conflict):
        at_the_same_time(
            lambda: pause_cameras(admin, [camera.pk], EndSaid(minutes=5)),
            lambda: start_recording(admin, [camera.pk], EndSaid(minutes=5)),
        )
    assert (Pause.objects.count(), ManualRecording.objects.count()) == (1, 0)


def test_profiles_are_never_based_on_each_other(committed: None, admin: Asker) -> None:
    one, other = (make_profile(admin, ProfileFields(name)) for name in ("Uno", "Otro"))
    with pytest.raises(Invalid) as refused:
        at_the_same_time(
            lambda: change_profile(admin, one.pk, ProfileFields(based_on=other.pk)),
            lambda: change_profile(admin, other.pk, ProfileFields(based_on=one.pk)),
        )
    assert refused.value.key == "profile_circle"


def test_a_profile_that_somebody_takes_up_is_not_removed(
    committed: None, admin: Asker, camera: Camera
) -> None:
    profile = make_profile(admin, ProfileFields("Noche"))
    with pytest.raises(Conflict):
        at_the_same_time(
            lambda: give_profile(admin, [camera.pk], profile.pk),
            lambda: remove_profile(admin, profile.pk),
        )
    assert StreamProfile.objects.filter(pk=profile.pk).exists()


def test_a_base_is_held_to_what_somebody_bases_on_it_at_the_same_moment(
    committed: None, admin: Asker
) -> None:
    base = make_profile(admin, ProfileFields("Base"))
    native = ProfileFields("Propio", based_on=base.pk, knobs={"engine": "native"})
    extra = ProfileFields(knobs={"extra_cli": "-timeout 5000000"})
    with pytest.raises(Invalid):
        at_the_same_time(
            lambda: make_profile(admin, native), lambda: change_profile(admin, base.pk, extra)
        )


def test_who_names_a_group_that_goes_at_the_same_moment_is_told_so(
    committed: None, admin: Asker, admin_program: Any
) -> None:
    group = make_group(admin, "Patios", [])
    said = {"name": "Clases", "kind": "continuous", "group_ids": [group.pk]}
    refused = at_the_same_time(
        lambda: remove_group(admin, group.pk), lambda: admin_program("POST", "schedules", said)
    )
    assert (refused.status_code, refused.json()["error"]["key"]) == (409, "gone_meanwhile")
    assert not Schedule.objects.exists()
