"""People ask what stands there or what a recorder holds, and nodes tell; over HTTP both ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sereno.accounts.auth import SlowedBackend
from sereno.accounts.queries import Asker
from sereno.audit.models import Entry
from sereno.base.spans import Span
from sereno.devices.models import ClockReading, Device
from sereno.enforcer.rules_moments import TooSoon
from sereno.errands.actions import AddressSaid, diagnose_address
from sereno.errands.actions_devices import PlaceSaid, discover_devices, probe_device
from sereno.errands.models import Errand
from sereno.footage.models import FoundFootage
from sereno.footage.queries_found import ahead_in
from sereno.sites.actions import note_heard
from sereno.sites.models import Node, Site
from sereno.wire.devices import ProbeParams, SearchOrder, SearchParams
from sereno.wire.errands import Errand as ErrandOrder
from sereno.wire.errands import Errands

from .told import IDENTITY, NOON, channel

Tell = Callable[..., None]
SAID = {"host": "192.0.2.40", "username": "admin", "password": "n3w-Pa55"}
HOUR = timedelta(hours=1)


def told(is_done: bool = False, **more: Any) -> dict[str, Any]:
    return {"started_at": NOON.isoformat(), "is_done": is_done, **more}


def found(start: int, end: int, handle: str = "", **more: Any) -> dict[str, Any]:
    """Footage from hour `start` to hour `end` of the day."""
    return {
        "start": (NOON + (start - 12) * HOUR).isoformat(),
        "end": (NOON + (end - 12) * HOUR).isoformat(),
        "size_bytes": 1000,
        "handle": handle or f"item-{start}",
    } | more


def errand_of(node_program: Any) -> ErrandOrder:
    (errand,) = Errands.model_validate(node_program("GET", "node/errands").json()).errands
    return errand


@pytest.mark.usefixtures("heard")
def test_a_probe_from_the_question_to_the_answer(
    site: Site, admin_program: Any, node_program: Any
) -> None:
    asked = admin_program("POST", f"sites/{site.pk}/probes", SAID)
    assert asked.status_code == 202
    path = f"device-errands/{asked.json()['id']}"
    waiting = admin_program("GET", path).json()
    assert (waiting["kind"], waiting["state"], waiting["identity"]) == (
        "device_probe", "waiting", None,
    )  # fmt: skip
    errand = errand_of(node_program)
    assert ProbeParams.model_validate(errand.params).host == "192.0.2.40"
    assert (errand.username, errand.password.get_secret_value()) == ("admin", "n3w-Pa55")

    tell = f"node/device-errands/{errand.errand_id}"
    assert node_program("POST", tell, told(step="identifying")).status_code == 204
    running = admin_program("GET", path).json()
    assert (running["state"], running["step"]) == ("running", "identifying")
    whole = told(
        is_done=True, identity=IDENTITY, channels=[channel(1)], capabilities={"find": True},
        clock_offset_seconds=2.0,
    )  # fmt: skip
    assert node_program("POST", tell, whole).status_code == 204
    done = admin_program("GET", path).json()
    assert (done["state"], done["identity"], done["clock_offset_seconds"]) == (
        "done", IDENTITY, 2.0,
    )  # fmt: skip
    assert done["channels"][0]["streams"][0]["role"] == "main"
    assert Errand.objects.get().password_sealed == ""
    assert "n3w-Pa55" not in str([entry.details for entry in Entry.objects.all()])
    assert admin_program("GET", f"diagnoses/{errand.errand_id}").status_code == 404


@pytest.mark.usefixtures("heard")
def test_a_person_may_have_refused_credentials_shown_once_more(
    site: Site, admin_program: Any, node_program: Any
) -> None:
    probes = f"sites/{site.pk}/probes"
    for said, is_wanted in ((SAID, False), (SAID | {"tries_again": True}, True)):
        assert admin_program("POST", probes, said).status_code == 202
        params = ProbeParams.model_validate(Errand.objects.latest("asked_at").params)
        assert params.tries_again is is_wanted
        entry = Entry.objects.filter(act="device_probe").latest("pk")
        assert entry.details["tries_again"] is is_wanted


@pytest.mark.usefixtures("heard")
def test_why_a_probe_failed_is_told_in_words(
    site: Site, admin_program: Any, node_program: Any
) -> None:
    asked = admin_program("POST", f"sites/{site.pk}/probes", SAID).json()["id"]
    reason = {"key": "login_refused", "params": {"host": "192.0.2.40"}}
    node_program("POST", f"node/device-errands/{asked}", told(is_done=True, reason=reason))
    seen = admin_program("GET", f"device-errands/{asked}").json()
    assert (seen["state"], seen["reason"]["key"]) == ("done", "login_refused")
    assert "contraseña" in seen["reason"]["es"]


def test_discovery_says_what_is_known_already(
    device: Device, site: Site, admin_program: Any, node_program: Any
) -> None:
    body = {"subnet": "192.168.7.9/24"}
    asked = admin_program("POST", f"sites/{site.pk}/discoveries", body).json()["id"]
    assert errand_of(node_program).params == {"subnet": "192.168.7.0/24"}
    answered = [{"host": "192.0.2.20", "port": 80}, {"host": "192.0.2.50", "port": 8080}]
    node_program("POST", f"node/device-errands/{asked}", told(is_done=True, discovered=answered))
    known, new = admin_program("GET", f"device-errands/{asked}").json()["discovered"]
    assert (known["device_id"], new["device_id"]) == (str(device.pk), None)
    assert (new["host"], new["port"]) == ("192.0.2.50", 8080)


@pytest.mark.parametrize("subnet", ["10.0.0.0/8", "8.8.8.0/24", "everything", "fe80::/64"])
def test_only_small_private_networks_are_looked_through(
    heard: None, site: Site, admin_program: Any, subnet: str
) -> None:
    answer = admin_program("POST", f"sites/{site.pk}/discoveries", {"subnet": subnet})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "subnet")


class Search:
    """Searches of one camera's recorder, asked by an operator, answered by the node."""

    def __init__(self, camera_id: str, operator: Any, node: Any) -> None:
        self.camera_id, self.operator, self.node = camera_id, operator, node

    def ask(self, start: int = 0, end: int = 12) -> str:
        body = {"from": found(start, end)["start"], "to": found(start, end)["end"]}
        answer = self.operator("POST", f"cameras/{self.camera_id}/recorder-searches", body)
        assert answer.status_code == 202, answer.content
        return str(answer.json()["id"])

    def __call__(self, *items: dict[str, Any], start: int = 0, end: int = 12, **more: Any) -> str:
        errand_id = self.ask(start, end)
        report = told(is_done=True, found=list(items), **more)
        answer = self.node("POST", f"node/device-errands/{errand_id}", report)
        assert answer.status_code == 204, answer.content
        return errand_id

    def timeline(self) -> Any:
        span = "from=2026-11-21T00:00:00Z&to=2026-11-22T00:00:00Z"
        return self.operator("GET", f"cameras/{self.camera_id}/timeline?{span}").json()

    def hours(self) -> list[int]:
        """The hours at which footage on the recorder begins."""
        return [int(each["from"][11:13]) for each in self.timeline()["on_recorder"]]


@pytest.fixture
def search(made: dict[str, Any], operator_program: Any, node_program: Any) -> Search:
    return Search(made["id"], operator_program, node_program)


def test_what_a_recorder_holds_stands_on_the_timeline(device: Device, search: Search) -> None:
    assert search.timeline()["on_recorder"] == []
    errand_id = search.ask()
    params = SearchParams.model_validate(errand_of(search.node).params)
    assert (params.device_id, params.channel) == (device.pk, "1")
    assert search.ask() == errand_id, "the same once more is the same"
    search(found(3, 4, cause="motion"), found(4, 5, is_open=True, size_bytes=None))
    seen = search.timeline()
    first, second = seen["on_recorder"]
    assert first == {
        "from": "2026-11-21T03:00:00Z", "to": "2026-11-21T04:00:00Z", "size_bytes": 1000,
        "cause": "motion", "is_open": False,
    }  # fmt: skip
    assert (second["is_open"], second["size_bytes"]) == (True, None)
    recorder = seen["recorder"]
    assert (recorder["device_id"], recorder["device"], recorder["channel"]) == (
        str(device.pk), "Recorder 1", "1",
    )  # fmt: skip
    assert (recorder["can_search"], recorder["can_play"]) == (True, True)
    (looked,) = recorder["looked"]
    assert (looked["from"], looked["to"]) == ("2026-11-21T00:00:00Z", "2026-11-21T12:00:00Z")
    row = FoundFootage.objects.earliest("span")
    assert (row.handle, row.state) == ("item-3", "discovered")


def test_what_is_not_found_again_was_overwritten(search: Search) -> None:
    search(found(1, 2), found(3, 4), found(8, 9))
    search(found(3, 4, "renamed"), start=0, end=6)
    assert search.hours() == [3, 8]
    assert FoundFootage.objects.earliest("span").handle == "renamed"
    search(found(3, 5, "grown"))
    assert search.hours() == [3]
    assert len(search.timeline()["recorder"]["looked"]) == 1, "the later holds the earlier"


def test_a_piece_is_known_again_though_its_time_is_measured_a_little_differently(
    search: Search,
) -> None:
    """A second more is subtracted of the same start by the device's clock."""
    search(found(3, 4, clock_offset_seconds=95.4))
    row = FoundFootage.objects.get()
    start = found(3, 4)["start"]
    assert ahead_in(row.channel, Span(NOON - 9 * HOUR, NOON)) == 95
    assert ahead_in(row.channel, Span(NOON, NOON + HOUR)) is None
    early = (row.span.lower - timedelta(seconds=1)).isoformat()
    search(found(3, 4, clock_offset_seconds=95.6) | {"start": early}, start=0, end=6)
    again = FoundFootage.objects.get()
    assert (again.pk, again.span.lower.isoformat()) == (row.pk, early)
    assert start != early
    assert ahead_in(row.channel, Span(NOON - 9 * HOUR, NOON)) == 96


def test_what_lies_on_the_edge_of_a_search_by_a_second_is_not_lost(search: Search) -> None:
    late = (NOON - 9 * HOUR - timedelta(seconds=1)).isoformat()
    search(found(3, 4) | {"start": late})
    search(start=0, end=3)
    assert FoundFootage.objects.count() == 1
    search(start=0, end=4)
    assert FoundFootage.objects.count() == 0


def test_after_a_clock_was_set_back_two_pieces_have_the_same_start_on_the_device(
    search: Search,
) -> None:
    before = found(2, 3, "before", clock_offset_seconds=3600.2)
    after = found(3, 4, "after", clock_offset_seconds=0.1)
    for _ in range(2):
        search(before, after)
        rows = FoundFootage.objects.order_by("span")
        assert [(row.handle, row.clock_offset_seconds) for row in rows] == [
            ("before", 3600.2), ("after", 0.1),
        ]  # fmt: skip


def test_the_node_learns_how_the_clock_was_then(device: Device, search: Search) -> None:
    for hours, offset in ((-30, 9.0), (-14, 60.5), (-6, 61.0), (3, 0.2), (5, 0.3)):
        ClockReading.objects.create(device=device, at=NOON + hours * HOUR, offset_seconds=offset)
    search.ask()
    order = SearchOrder.model_validate(errand_of(search.node).params)
    assert [each.offset_seconds for each in order.clock] == [60.5, 61.0, 0.2]


def test_a_search_that_failed_takes_nothing_away(search: Search) -> None:
    search(found(1, 2), found(3, 4))
    reason = {"key": "timeout", "params": {}}
    search(found(1, 2), reason=reason)
    assert search.hours() == [1, 3]
    half = {"reason": reason, "found_through": found(2, 3)["start"]}
    search(**half)
    assert search.hours() == [3], "it had gone through the first hours"


def test_a_handle_is_kept_to_the_letter(search: Search) -> None:
    handle = "rtsp://a:b@192.0.2.20/tracks/101?name=x&token=y"
    search(found(1, 2, handle))
    assert FoundFootage.objects.get().handle == handle


def test_a_search_that_found_too_much_says_how_far_it_came(search: Search) -> None:
    errand_id = search(found(1, 2), found_through=found(2, 3)["start"])
    seen = search.operator("GET", f"device-errands/{errand_id}").json()
    assert (len(seen["found"]), seen["found_through"]) == (1, "2026-11-21T02:00:00Z")
    (looked,) = search.timeline()["recorder"]["looked"]
    assert looked["to"] == "2026-11-21T02:00:00Z"


def test_what_was_found_is_in_the_back_office(search: Search, admin: Asker) -> None:
    search(found(3, 4, cause="motion"))
    office = Client()
    backend = f"{SlowedBackend.__module__}.{SlowedBackend.__qualname__}"
    office.force_login(admin.user, backend=backend)
    page = office.get("/admin/footage/foundfootage/").content.decode()
    assert "motion" in page
    row = FoundFootage.objects.get()
    assert office.get(f"/admin/footage/foundfootage/{row.pk}/change/").status_code == 200


def test_who_may_search_and_what(
    search: Search, viewer_program: Any, admin_program: Any, device: Device
) -> None:
    span = {"from": "2026-11-20T00:00Z", "to": "2026-11-20T01:00Z"}
    path = f"cameras/{search.camera_id}/recorder-searches"
    assert viewer_program("POST", path, span).status_code == 403
    errand_id = search.ask()
    assert viewer_program("GET", f"device-errands/{errand_id}").status_code == 200
    for body, key in (
        (span | {"to": "2026-11-29T00:00Z"}, "span_too_long"),
        (span | {"to": "2026-11-19T00:00Z"}, "span_backwards"),
        ({"from": "2090-01-01T00:00Z", "to": "2090-01-02T00:00Z"}, "span_ahead"),
    ):
        answer = admin_program("POST", path, body)
        assert (answer.status_code, answer.json()["error"]["key"]) == (422, key)
    Device.objects.filter(pk=device.pk).update(capabilities={"find": False})
    answer = admin_program("POST", path, span)
    assert (answer.status_code, answer.json()["error"]["key"]) == (409, "recorder_unable")
    own = {"name": "Own", "address": "rtsp://192.0.2.9/main"}
    camera_id = admin_program("POST", "cameras", own).json()["id"]
    answer = admin_program("POST", f"cameras/{camera_id}/recorder-searches", span)
    assert (answer.status_code, answer.json()["error"]["key"]) == (409, "no_recorder")


def test_the_recorder_of_a_removed_device_is_gone_from_the_timeline(
    search: Search, device: Device, admin_program: Any
) -> None:
    search(found(1, 2))
    admin_program("DELETE", f"devices/{device.pk}")
    seen = search.timeline()
    assert (seen["on_recorder"], seen["recorder"]) == ([], None)
    assert FoundFootage.objects.count() == 1, "history stays"


@pytest.mark.provokes("errand_untaken", "errand_broken_off")
def test_what_a_node_leaves_undone_expires_in_words(
    node: Node, site: Site, admin: Asker, admin_program: Any, node_program: Any
) -> None:
    asked_at = timezone.now() - timedelta(minutes=20)
    note_heard(node, asked_at)
    errand = probe_device(admin, site.pk, PlaceSaid("192.0.2.40"), now=asked_at)
    path = f"device-errands/{errand.pk}"
    seen = admin_program("GET", path).json()
    assert (seen["state"], seen["reason"]["key"]) == ("expired", "errand_untaken")
    late = node_program("POST", f"node/device-errands/{errand.pk}", told(is_done=True))
    assert late.status_code == 404
    Errand.objects.update(started_at=asked_at)
    assert admin_program("GET", path).json()["reason"]["key"] == "errand_broken_off"


def test_a_node_is_not_swamped_and_diagnoses_have_their_own_place(
    node: Node, site: Site, admin: Asker
) -> None:
    note_heard(node, NOON)
    for number in range(4):
        probe_device(admin, site.pk, PlaceSaid(f"192.0.2.{number}"), now=NOON)
    with pytest.raises(TooSoon):
        discover_devices(admin, site.pk, now=NOON)
    diagnose_address(admin, site.pk, AddressSaid("rtsp://192.0.2.9/"), now=NOON)
