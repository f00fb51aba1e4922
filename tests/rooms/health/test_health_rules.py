"""One cause is one line, the worst first, with words that say what happened and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from string import Formatter
from typing import Any

import pytest

from sereno.health.facts import AlarmFact, Severity
from sereno.health.kinds import KINDS
from sereno.health.rules import is_well
from sereno.policy.reasons import Reason

from .world import NODE, NOW, VOLUME, ago, camera, hub, judged, node, only, stream


def test_all_is_well_when_cameras_record_or_rest() -> None:
    resting = [stream(camera(n), state) for n, state in enumerate(("paused", "not_scheduled"))]
    assert judged(stream(camera(7)), *resting) == []
    assert is_well([])


def test_a_node_that_is_offline_is_one_problem_naming_how_many_cameras() -> None:
    offline = node(is_online=False, silent_since=ago(minutes=3), clock_offset_seconds=99.0)
    cameras = [stream(camera(n), "node_offline", "node_offline") for n in range(12)]
    found = only(*cameras, node=offline)
    assert (found.key, found.severity, len(found.cameras)) == (
        "node_offline",
        Severity.CRITICAL,
        12,
    )
    assert found.since == ago(minutes=3)
    assert found.words.en == "Nothing is heard of the node box, which runs 12 cameras."
    assert "12 cámaras" in found.words.es
    assert only(node=offline).key == "spare_node_offline"


def test_twelve_cameras_of_a_recorder_with_one_reason_are_one_line() -> None:
    since = [ago(minutes=n + 1) for n in range(12)]
    failed = [
        stream(camera(n), "failed", "unauthorized", since=since[n], raw="401 Unauthorized")
        for n in range(12)
    ]
    found = only(*failed, stream(camera(20, "203.0.113.10")))
    assert found.words.en.startswith("12 cameras of 203.0.113.9: The camera rejected the user name")
    assert found.words.es.startswith("12 cámaras de 203.0.113.9: La cámara rechazó")
    assert found.advice == Reason("unauthorized").advice()
    assert (found.since, found.raw, found.link) == (
        since[-1], "401 Unauthorized", "/cameras?q=203.0.113.9",
    )  # fmt: skip
    assert found.severity is Severity.SERIOUS


def test_one_camera_is_said_in_its_own_reasons_words() -> None:
    failing = stream(camera(1), "waiting", "refused")
    found = only(failing, stream(camera(2, "203.0.113.10")))
    assert failing.reason is not None
    assert (found.words, found.advice) == (failing.reason.what(), failing.reason.advice())
    assert (found.subject.name, found.link) == ("Camera 1", f"/cameras/{camera(1).id}")


def test_a_main_and_a_sub_stream_of_one_camera_concern_one_camera() -> None:
    both = [stream(camera(1), "waiting", "refused", stream=name) for name in ("main", "sub")]
    found = only(*both, stream(camera(2, "203.0.113.10")))
    assert (found.severity, found.cameras) == (Severity.SERIOUS, (camera(1),))
    assert only(both[1], stream(camera(1))).severity is Severity.MINOR, "the main one is recorded"


def test_each_problem_has_an_id_of_its_own() -> None:
    probe = Reason("refused", {"host": "203.0.113.9", "port": "554"})
    found = judged(
        *(stream(camera(n), "waiting", "refused") for n in range(3)),
        *(stream(camera(n), "waiting", "refused", stream="sub") for n in range(3)),
        *(stream(camera(n), "failed", "unauthorized") for n in range(3, 5)),
        *(stream(camera(n), "not_scheduled", probe=probe) for n in range(5, 7)),
        stream(camera(8, "203.0.113.10"), "recording"),
    )
    assert [each.key for each in found] == ["refused", "unauthorized", "refused_later"]
    assert len({each.id for each in found}) == 3


def test_a_network_that_is_down_is_said_once() -> None:
    keys = ("timed_out", "unreachable", "refused", "name_unknown")
    out = [
        stream(camera(n, f"203.0.113.{n}"), "waiting", key, since=ago(minutes=n + 1))
        for n, key in enumerate(keys)
    ]
    found = only(*out, stream(camera(9), "paused"))
    assert (found.key, found.severity) == ("site_network", Severity.CRITICAL)
    assert found.words.en == "None of the 4 cameras of the node box can be reached."
    assert found.since == ago(minutes=1), "until then one was still reached"
    assert len(judged(*out, stream(camera(10)))) == 4, "one answers: each has a fault of its own"
    assert len(judged(*out[:2])) == 2, "two prove nothing"


@pytest.mark.parametrize(
    ("state", "key", "severity"),
    [
        ("full", "disk_full", Severity.CRITICAL),
        ("missing", "disk_missing", Severity.CRITICAL),
        ("failing", "disk_failed", Severity.CRITICAL),
        ("slow", "disk_slow", Severity.SERIOUS),
    ],
)
def test_a_volume_is_one_problem_with_all_its_cameras(
    state: str, key: str, severity: Severity
) -> None:
    bad = replace(VOLUME, state=state)
    params = {"volume": "/mnt/a"}
    hurt = [stream(camera(n), "no_disk", key, params=params, raw="ENOSPC") for n in range(3)]
    found = only(*hurt, node=node(volumes=(bad,)))
    assert (found.key, found.severity, len(found.cameras)) == (key, severity, 3)
    assert (found.subject.kind, found.subject.name) == ("disk", "box: /mnt/a")
    assert found.words == Reason(key, params).what()
    other = replace(VOLUME, id="v2", path="/mnt/b")
    beside = only(stream(camera(1)), node=node(volumes=(bad, other)))
    assert beside.severity is Severity.SERIOUS, "recording goes on on the other"


def test_disks_that_hold_less_than_a_day_are_told() -> None:
    fast = stream(camera(1), bitrate_bps=10**8)  # 1.08 TB a day
    small = replace(VOLUME, free_bytes=10**11, footage_bytes=4 * 10**11)
    found = only(fast, node=node(volumes=(small,)))
    assert (found.key, found.severity) == ("room_short", Severity.MINOR)
    assert "about 11 hours" in found.words.en
    limited = replace(VOLUME, free_bytes=10**13, budget_bytes=10**11)
    assert "about 2 hours" in only(fast, node=node(volumes=(limited,))).words.en
    assert judged(stream(camera(1), bitrate_bps=10**6)) == []


@pytest.mark.parametrize(
    ("changes", "key", "severity"),
    [
        ({"clock_offset_seconds": -7.2}, "site_clock_wrong", Severity.SERIOUS),
        ({"clock_offset_seconds": 2.1}, "site_clock_wrong", Severity.SERIOUS),
        ({"is_clock_synchronised": False}, "clock_loose", Severity.MINOR),
        ({"version": "0.1.0"}, "node_version", Severity.MINOR),
        ({"backlog": 5000}, "backlog", Severity.MINOR),
    ],
)
@pytest.mark.provokes("site_clock_wrong")
def test_what_a_node_says_of_itself(changes: dict[str, Any], key: str, severity: Severity) -> None:
    found = only(node=node(**changes))
    assert (found.key, found.severity, found.site) == (key, severity, NODE.site)
    assert found.subject.kind == ("clock" if "clock" in key else "node")
    assert judged(node=node(clock_offset_seconds=1.9, backlog=10)) == []


@pytest.mark.parametrize(
    ("changes", "key", "severity"),
    [
        ({"worker_heard_at": ago(minutes=2)}, "worker_away", Severity.SERIOUS),
        ({"free_bytes": 4 * 10**8}, "hub_disk_full", Severity.CRITICAL),
        ({"free_bytes": 10**9, "database_bytes": 2 * 10**9}, "backup_room", Severity.MINOR),
        ({"certificate_ends_at": NOW + timedelta(days=9)}, "own_certificate_ends", Severity.MINOR),
        (
            {"certificate_ends_at": NOW + timedelta(days=9), "has_own_certificate": False},
            "certificate_ends",
            Severity.SERIOUS,
        ),
        ({"certificate_ends_at": ago(days=1)}, "certificate_ended", Severity.CRITICAL),
        ({"open_secrets": ("tls.key", "fernet.key")}, "secrets_open", Severity.SERIOUS),
        ({"newest_backup_at": None}, "backup_none", Severity.MINOR),
        ({"newest_backup_at": ago(days=40)}, "backup_old", Severity.MINOR),
    ],
)
def test_the_hubs_own(changes: dict[str, Any], key: str, severity: Severity) -> None:
    found = only(hub=hub(**changes))
    assert (found.key, found.severity, found.subject.kind) == (key, severity, "hub")
    assert is_well([found]) == (severity is Severity.MINOR)


def test_what_of_the_hub_is_no_problem() -> None:
    ends = NOW + timedelta(days=60)
    assert judged(hub=hub(certificate_ends_at=ends, database_bytes=None)) == []
    assert judged(hub=hub(newest_backup_at=None, first_day=ago(days=2))) == []
    assert judged(hub=hub(newest_backup_at=None, first_day=None)) == []
    names = only(hub=hub(open_secrets=("tls.key", "fernet.key"))).words.en
    assert "fernet.key, tls.key" in names


def test_losses_of_the_last_hour_are_measured_and_not_guessed() -> None:
    noticed = [Reason("packets_lost")]
    one = stream(camera(1), notices=tuple(noticed))
    assert judged(one) == []
    found = only(one, damaged_seconds={camera(1).id: 72.0})
    assert (found.key, found.severity) == ("losses", Severity.MINOR)
    assert "Camera 1" in found.words.en
    assert "2 %" in found.words.en
    worse = only(one, damaged_seconds={camera(1).id: 720.0})
    assert worse.severity is Severity.SERIOUS
    two = {camera(n).id: 720.0 for n in (1, 2)}
    together = only(one, stream(camera(2)), damaged_seconds=two)
    assert "2 cameras" in together.words.en


def test_notices_are_good_to_know_and_one_of_them_is_more() -> None:
    notices = (Reason("sound_dropped", {"codec": "G.726"}), Reason("extra_cli_selects_ffmpeg"))
    found = only(stream(camera(1), notices=notices))
    assert (found.key, found.severity) == ("sound_dropped", Severity.MINOR)
    assert is_well([found])
    unwritten = tuple(stream(camera(n), notices=(Reason("ledger_unwritten"),)) for n in range(3))
    found = only(*unwritten)
    assert (found.severity, found.subject.kind, found.subject.name) == (
        Severity.SERIOUS, "node", "box",
    )  # fmt: skip
    wrong = only(stream(camera(1), notices=(Reason("camera_clock_ahead", {"time": "9.0 s"}),)))
    assert wrong.subject.kind == "clock"


def test_a_failed_try_before_a_window_is_told_while_there_is_time() -> None:
    probe = Reason("refused", {"host": "203.0.113.9", "port": "554"})
    found = only(stream(camera(1), "not_scheduled", probe=probe))
    assert found.severity is Severity.SERIOUS
    assert found.words.en.startswith("It would fail when its time comes: 203.0.113.9 answers")


def test_restarts_again_and_again_are_told_and_a_few_are_not() -> None:
    found = only(stream(camera(1), restarts=30), stream(camera(2), restarts=3))
    assert (found.key, found.severity, found.cameras) == (
        "restarts_often", Severity.MINOR, (camera(1),),
    )  # fmt: skip
    assert judged(stream(camera(1), restarts=19)) == [], "in ten hours"
    young = node(started_at=ago(minutes=6))
    assert only(stream(camera(1), restarts=5), node=young).key == "restarts_often"


def test_connecting_is_no_problem_at_first() -> None:
    assert judged(stream(camera(1), "connecting", "connecting", since=ago(seconds=50))) == []
    assert only(stream(camera(1), "connecting", "connecting", since=ago(seconds=70)))
    error = Reason("no_picture", {"seconds": "10"})
    again = stream(camera(1), "connecting", "connecting", since=ago(seconds=1), last_error=error)
    assert only(again).key == "no_picture", "it failed before, and is being tried again"


def test_an_open_alarm_says_since_when_and_is_told_where_nothing_else_does() -> None:
    alarm = {camera(1).id: AlarmFact(ago(hours=2), Reason("node_down"))}
    waiting = stream(camera(1), "waiting", "refused", since=ago(seconds=9))
    assert only(waiting, alarms=alarm).since == ago(hours=2)
    assert only(stream(camera(1), "standby"), alarms=alarm).key == "node_down"
    assert judged(stream(camera(1)), alarms=alarm) == [], "it records again"


def test_a_camera_that_no_node_runs_is_told_by_its_site() -> None:
    alone = [replace(camera(n), node_id=None) for n in (1, 2)]
    found = only(*(stream(each, "not_assigned", "not_assigned") for each in alone))
    assert (found.subject.kind, found.subject.name) == ("site", "School")
    assert found.words.en == "2 cameras of School: No node runs this camera."


def test_a_state_of_a_newer_node_is_told_as_it_comes() -> None:
    assert only(stream(camera(1), "dreaming")).key == "unexplained"


def test_the_worst_comes_first_and_then_the_oldest() -> None:
    seen = judged(
        stream(camera(1), "waiting", "refused", since=ago(minutes=1)),
        stream(camera(2, "203.0.113.10"), "waiting", "refused", since=ago(hours=1)),
        stream(camera(3, "203.0.113.11")),
        node=node(version="0.1.0", volumes=(replace(VOLUME, state="full"),)),
        hub=hub(worker_heard_at=ago(days=1)),
    )
    told = [(each.severity.title, each.key) for each in seen]
    assert told == [
        ("critical", "disk_full"),
        ("serious", "worker_away"),
        ("serious", "refused"),
        ("serious", "refused"),
        ("minor", "node_version"),
    ]
    assert seen[2].since == ago(hours=1)


def test_what_does_not_know_its_beginning_began_when_it_was_noticed() -> None:
    wrong = node(clock_offset_seconds=9.0)
    first = only(node=wrong)
    assert first.since == NOW
    assert only(node=wrong, noticed={first.id: ago(hours=4)}).since == ago(hours=4)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_has_words_and_advice_in_both_languages(key: str) -> None:
    kind = KINDS[key]
    for words in (kind.words, kind.advice):
        assert words.en.endswith(".")
        assert words.es.endswith(".")
        assert words.en != words.es
        assert _places(words.en) == _places(words.es)
