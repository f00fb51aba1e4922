"""Profiles, schedules, cameras and runners in the back office: the same actions as the API's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from sereno.accounts.auth import SlowedBackend
from sereno.accounts.queries import SYSTEM, Asker
from sereno.audit.models import Entry
from sereno.coverage.models import BrokenPromise
from sereno.enforcer.actions_moments import pause_cameras
from sereno.enforcer.actions_profiles import ProfileFields, give_profile, make_profile
from sereno.enforcer.actions_running import record_states
from sereno.enforcer.actions_schedules import make_calendar, make_schedule
from sereno.enforcer.models import (
    Calendar,
    CameraManner,
    ManualRecording,
    Pause,
    RunnerState,
    Schedule,
    StreamProfile,
)
from sereno.enforcer.rules_moments import EndSaid
from sereno.enforcer.rules_schedules import IntervalSaid, ScheduleSaid
from sereno.policy.knob_list import KNOBS
from sereno.sites.actions import CameraFields, add_camera
from sereno.sites.actions_groups import make_group
from sereno.sites.models import Camera, CameraGroup, Node
from sereno.wire.reports import ReasonReport, StreamState, StreamStatus

BACKEND = f"{SlowedBackend.__module__}.{SlowedBackend.__qualname__}"
COMMAND = "sereno stream record 'a b' <c>"


@pytest.fixture
def office(admin: Asker) -> Client:
    client = Client()
    client.force_login(admin.user, backend=BACKEND)
    return client


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def act_on(office: Client, page: str, action: str, *rows: Any) -> Any:
    chosen = [str(row.pk) for row in rows]
    return office.post(f"/admin/{page}/", {"action": action, "_selected_action": chosen})


@pytest.fixture
def running(node: Node, camera: Camera) -> RunnerState:
    Node.objects.update(last_seen=timezone.now())
    status = StreamStatus(
        camera_id=camera.pk,
        stream="main",
        state=StreamState.WAITING,
        since=timezone.now(),
        reason=ReasonReport(key="refused", params={"host": "192.0.2.7", "port": "554"}),
        effective_args=COMMAND,
        pid=4711,
    )
    record_states(node, [status], timezone.now())
    return RunnerState.objects.get()


def versions(**more: str) -> dict[str, str]:
    """What the page's table of versions sends along."""
    return {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0", **more}


def test_a_profiles_life(office: Client, camera: Camera) -> None:
    page = office.get("/admin/enforcer/streamprofile/add/").content.decode()
    assert all(knob.what.en[:30] in page for knob in KNOBS if "'" not in knob.what.en[:30])
    form = versions(
        name="Noche", note="", applies="next_spawn", knob_nice="5", knob_engine="ffmpeg"
    )
    assert office.post("/admin/enforcer/streamprofile/add/", form).status_code == 302
    profile = StreamProfile.objects.get()
    assert profile.knobs == {"engine": "ffmpeg", "nice": 5}
    give_profile(SYSTEM, [camera.pk], profile.pk)
    change = f"/admin/enforcer/streamprofile/{profile.pk}/change/"
    shown = office.get(change).content.decode()
    assert 'value="5"' in shown
    assert "<td>Noche</td>" in shown, "who says what holds"
    form = versions(name="Noche", applies="now", knob_cpu_affinity="0, 1")
    assert office.post(change, form).status_code == 302
    profile.refresh_from_db()
    assert (profile.version, profile.restart_number) == (2, 1)
    assert profile.knobs == {"cpu_affinity": [0, 1]}
    gone = office.post(f"/admin/enforcer/streamprofile/{profile.pk}/delete/", {"post": "yes"})
    assert "Patio" in said(gone)
    assert StreamProfile.objects.exists()
    give_profile(SYSTEM, [camera.pk], None)
    office.post(f"/admin/enforcer/streamprofile/{profile.pk}/delete/", {"post": "yes"})
    assert not StreamProfile.objects.exists()


def test_a_bad_knob_is_refused_in_words(office: Client) -> None:
    form = versions(name="Mal", applies="next_spawn", knob_hb_interval="-3")
    answer = office.post("/admin/enforcer/streamprofile/add/", form)
    assert answer.status_code == 200
    assert "-3" in errors(answer)["knob_hb_interval"][0]
    assert not StreamProfile.objects.exists()


def errors(answer: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = answer.context["adminform"].form.errors
    return found


WEEK = "mon-fri 08:00-13:00, 14:00-18:00\r\nsáb 22:00–06:00 @ noche"


def schedule(**more: Any) -> dict[str, Any]:
    return {
        "name": "Clases",
        "purpose": "recording",
        "kind": "weekly",
        "is_enabled": "on",
        "intervals": WEEK,
        **more,
    }


def test_a_schedules_life(office: Client, camera: Camera) -> None:
    night = make_profile(SYSTEM, ProfileFields(name="Noche"))
    add = "/admin/enforcer/schedule/add/"
    assert office.get(add).status_code == 200
    more = {"exceptions": "2026-12-24 08:00-12:00 = Víspera", "holiday_intervals": "09:00-10:00"}
    assert office.post(add, schedule(cameras=[str(camera.pk)], **more)).status_code == 302
    row = Schedule.objects.get()
    assert [(each["days"], each["from"], each["profile_id"]) for each in row.intervals] == [
        ([1, 2, 3, 4, 5], "08:00", None),
        ([1, 2, 3, 4, 5], "14:00", None),
        ([6], "22:00", night.pk),
    ]
    assert row.exceptions[0]["name"] == "Víspera"
    assert row.holiday_intervals[0]["to"] == "10:00"
    assert list(row.cameras.all()) == [camera]
    assert "sat 22:00-06:00 @Noche" in office.get("/admin/enforcer/schedule/").content.decode()
    change = f"/admin/enforcer/schedule/{row.pk}/change/"
    shown = office.get(change, headers={"accept-language": "es"}).content.decode()
    assert "lun-vie 08:00-13:00, 14:00-18:00\nsáb 22:00-06:00 @Noche" in shown
    assert "2026-12-24 08:00-12:00 = Víspera" in shown
    assert office.post(change, schedule(name="Tardes")).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.cameras.count()) == ("Tardes", 0)
    assert office.get("/admin/enforcer/schedule/").status_code == 200
    office.post(f"/admin/enforcer/schedule/{row.pk}/delete/", {"post": "yes"})
    assert not Schedule.objects.exists()
    acts = Entry.objects.filter(object_kind="schedule").values_list("act", flat=True)
    assert list(acts) == ["schedule_make", "schedule_change", "schedule_remove"]


@pytest.mark.parametrize(
    ("field", "wrong", "words"),
    [
        ("intervals", {"intervals": "mon-fry 08:00-13:00"}, "“mon-fry” names no days"),
        ("intervals", {"intervals": "mon-fri"}, "names no hours"),
        ("intervals", {"intervals": "08:00-09:00 @Day"}, "no profile “Day”"),
        ("intervals", {"intervals": "mon 25:00-26:00"}, "&#x27;25:00&#x27; is no time of day"),
        ("intervals", {"intervals": ""}, "at least one interval"),
        ("exceptions", {"exceptions": "Christmas"}, "“Christmas” is none"),
        ("exceptions", {"exceptions": "2026-12-25 x"}, "“x” names no hours"),
        ("holiday_intervals", {"holiday_intervals": "none"}, "names no hours"),
        ("once_from", {"kind": "once"}, "from when to when"),
        ("once_from", {"kind": "once", "once_from": "8"}, "not of the form"),
        ("cron", {"kind": "cron", "cron": "each day"}, ""),
    ],
)
def test_what_is_wrong_with_a_schedule_is_said_at_its_field(
    office: Client, field: str, wrong: dict[str, str], words: str
) -> None:
    make_profile(SYSTEM, ProfileFields(name="Noche"))
    answer = office.post("/admin/enforcer/schedule/add/", schedule(**wrong))
    assert answer.status_code == 200
    assert set(errors(answer)) == {field}
    assert words in answer.content.decode()
    assert "Clases" in answer.content.decode(), "nothing that was typed is lost"
    assert not Schedule.objects.exists()


def test_once_is_by_the_sites_clock(office: Client) -> None:
    times = {"once_from": "2026-11-25T08:00", "once_to": "2026-11-25T09:30"}
    form = schedule(kind="once", intervals="", **times)
    assert office.post("/admin/enforcer/schedule/add/", form).status_code == 302
    row = Schedule.objects.get()
    assert row.once == {"from": "2026-11-25T08:00:00", "to": "2026-11-25T09:30:00"}
    shown = office.get(f"/admin/enforcer/schedule/{row.pk}/change/").content.decode()
    assert 'type="datetime-local" name="once_from" value="2026-11-25T08:00"' in shown


def test_a_form_opened_before_somebody_elses_change_is_refused(
    office: Client, camera: Camera
) -> None:
    profile = make_profile(SYSTEM, ProfileFields(name="Noche"))
    hours = (IntervalSaid("08:00", "09:00"),)
    week = make_schedule(SYSTEM, ScheduleSaid("Clases", intervals=hours))
    days = make_calendar(SYSTEM, "Fiestas", [])
    group = make_group(SYSTEM, "Patios", [])
    form = {"name": "Otra", "if_version": "1"}
    pages = {
        f"enforcer/streamprofile/{profile.pk}": versions(applies="now", **form),
        f"enforcer/schedule/{week.pk}": schedule(intervals="10:00-11:00", **form),
        f"enforcer/calendar/{days.pk}": {"days": "", **form},
        f"sites/cameragroup/{group.pk}": {"cameras": [], **form},
    }
    for page, said_then in pages.items():
        change = f"/admin/{page}/change/"
        assert 'name="if_version" value="1"' in office.get(change).content.decode()
        assert office.post(change, said_then).status_code == 302
        late = office.post(change, said_then | {"name": "Tarde"})
        assert late.status_code == 200
        (words,) = late.context["adminform"].form.non_field_errors()
        assert words.startswith("ana changed this")
        assert words in late.content.decode()


def test_a_camera_is_given_a_profile_in_its_form(office: Client, camera: Camera) -> None:
    profile = make_profile(SYSTEM, ProfileFields(name="Noche", knobs={"engine": "native"}))
    change = f"/admin/sites/camera/{camera.pk}/change/"
    form = {"name": "Patio", "address": camera.address, "username": camera.username}
    form |= {"records_sound": "unknown", "profile": str(profile.pk), "applies": "now"}
    form |= {"node": str(camera.node_id)}
    assert office.post(change, form).status_code == 302
    given = CameraManner.objects.get(camera=camera)
    assert (given.profile, given.restart_number) == (profile, 1)
    chosen = office.get(change).context["adminform"].form["profile"].value()
    assert chosen == profile.pk
    unfit = office.post(change, form | {"address": "http://192.0.2.7/cam"})
    assert "Patio under the profile Noche: " in errors(unfit)["engine"][0]
    assert office.post(change, form | {"profile": ""}).status_code == 302
    given.refresh_from_db()
    assert given.profile is None


def test_calendars_and_groups(office: Client, camera: Camera) -> None:
    add = "/admin/enforcer/calendar/add/"
    bad = office.post(add, {"name": "Fiestas", "days": "Navidad"})
    assert "days" in bad.context["adminform"].form.errors
    office.post(add, {"name": "Fiestas", "days": "2026-12-25 Navidad\n\n2026-01-01"})
    calendar = Calendar.objects.get()
    assert calendar.dates == [
        {"date": "2026-01-01", "name": ""},
        {"date": "2026-12-25", "name": "Navidad"},
    ]
    page = office.get(f"/admin/enforcer/calendar/{calendar.pk}/change/")
    assert "2026-12-25 Navidad" in page.content.decode()
    office.post("/admin/sites/cameragroup/add/", {"name": "Patios", "cameras": [str(camera.pk)]})
    group = CameraGroup.objects.get()
    assert list(group.cameras.all()) == [camera]
    office.post(f"/admin/sites/cameragroup/{group.pk}/delete/", {"post": "yes"})
    assert not CameraGroup.objects.exists()


def test_pauses_and_recordings_of_a_selection(office: Client, camera: Camera) -> None:
    other = add_camera(SYSTEM, CameraFields("Aula", "rtsp://192.0.2.8/"))
    act_on(office, "sites/camera", "pause_2_hours", camera, other)
    assert Pause.objects.filter(end__gt=timezone.now() + timedelta(minutes=110)).count() == 2
    refused = act_on(office, "sites/camera", "record_now", camera)
    assert "Patio" in said(refused)
    page = office.get("/admin/enforcer/pause/")
    assert page.content.decode().count("Patio") >= 1
    act_on(office, "enforcer/pause", "end_now", *Pause.objects.filter(camera=other))
    act_on(office, "sites/camera", "end_the_pause", camera)
    assert not Pause.objects.filter(end__gt=timezone.now()).exists()
    act_on(office, "sites/camera", "record_now", camera)
    assert ManualRecording.objects.get().end is None
    act_on(office, "sites/camera", "stop_recording_now", camera)
    assert ManualRecording.objects.get().end is not None
    act_on(office, "sites/camera", "enforce_now", camera)
    again = act_on(office, "sites/camera", "enforce_now", camera)
    assert "10" in said(again)


def test_a_profile_is_given_to_a_selection(office: Client, camera: Camera) -> None:
    profile = make_profile(SYSTEM, ProfileFields(name="Al 50 % %(x)s"))
    act_on(office, "sites/camera", f"give_profile_{profile.pk}", camera)
    assert CameraManner.objects.get().profile == profile
    page = office.get("/admin/sites/camera/").content.decode()
    assert "Al 50 % %(x)s (1)" in page
    assert "“Al 50 % %(x)s”" in page
    act_on(office, "sites/camera", "take_profile", camera)
    assert CameraManner.objects.get().profile is None


@pytest.mark.parametrize(
    ("page", "asked", "is_shown"),
    [
        ("sites/camera", "state=waiting", True),
        ("sites/camera", "state=recording", False),
        ("sites/camera", "reason=refused", True),
        ("enforcer/runnerstate", "state=waiting&reason=refused", True),
        ("enforcer/runnerstate", "profile=7", False),
    ],
)
def test_filters(
    office: Client, running: RunnerState, page: str, asked: str, is_shown: bool
) -> None:
    make_profile(SYSTEM, ProfileFields(name="Noche"))
    answer = office.get(f"/admin/{page}/?{asked}")
    rows = answer.context["cl"].result_list
    assert bool(len(rows)) is is_shown


def test_runners_are_found_by_the_profile_that_their_camera_was_given(
    office: Client, camera: Camera, running: RunnerState
) -> None:
    mine, other = (make_profile(SYSTEM, ProfileFields(name=name)) for name in ("Día", "Noche"))
    give_profile(SYSTEM, [camera.pk], mine.pk)
    for profile, count in ((mine, 1), (other, 0)):
        answer = office.get(f"/admin/enforcer/runnerstate/?profile={profile.pk}")
        assert len(answer.context["cl"].result_list) == count
    for page in ("enforcer/runnerstate", "sites/camera"):
        assert office.get(f"/admin/{page}/?profile=x").status_code == 200


def test_how_cameras_are_is_shown_in_ones_language(
    office: Client, camera: Camera, running: RunnerState
) -> None:
    pause_cameras(SYSTEM, [camera.pk], EndSaid(minutes=30))
    spanish = {"accept-language": "es"}
    for page in ("sites/camera/", "enforcer/runnerstate/", "system/"):
        shown = office.get(f"/admin/{page}", headers=spanish).content.decode()
        assert "en espera de otro intento" in shown
        assert re.search(r"hace \d+ s", shown)
    shown = office.get(f"/admin/sites/camera/{camera.pk}/change/").content.decode()
    assert "waiting to try again" in shown
    assert "sereno stream record &#x27;a b&#x27; &lt;c&gt;</code>" in shown
    assert "navigator.clipboard" in shown


def test_runners_are_only_read(office: Client, running: RunnerState) -> None:
    page = f"/admin/enforcer/runnerstate/{running.pk}/change/"
    assert "4711" in office.get(page).content.decode()
    assert office.post(page, {"pid": "1"}).status_code == 403


def test_all_runners_are_at_the_addresses_that_people_know(
    office: Client, running: RunnerState
) -> None:
    assert "Patio" in office.get("/admin/system/").content.decode()
    assert office.get("/dash/system/")["Location"] == "/system"
    assert "/admin/login/" in Client().get("/admin/system/")["Location"]


def test_a_list_of_cameras_costs_the_same_for_any_number(
    office: Client, running: RunnerState, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        add_camera(SYSTEM, CameraFields(f"Aula {number}", f"rtsp://192.0.2.{number}/"))
    with django_assert_max_num_queries(30):
        assert office.get("/admin/sites/camera/").status_code == 200


def test_alarms_are_read(office: Client, camera: Camera) -> None:
    now = timezone.now()
    BrokenPromise.objects.create(camera=camera, since=now, noticed_at=now, reason_key="refused")
    assert "Patio" in office.get("/admin/coverage/brokenpromise/").content.decode()
