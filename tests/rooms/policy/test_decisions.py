"""Whether a camera runs now, how, until when, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from tests.rooms.policy.clocks import (
    ZONES,
    asks,
    local,
    moments,
    patient,
    regular_schedules,
    utc,
    wall,
)

from sereno.base.errors import Invalid
from sereno.base.spans import Span, subtract, total
from sereno.policy.choices import PurposeName
from sereno.policy.decisions import decide, pieces, promised
from sereno.policy.plans import DateException, Interval, Manual, Pause, Plan, Schedule

MADRID = "Europe/Madrid"
SCHOOL = Schedule(
    "1",
    "School hours",
    "weekly",
    intervals=(Interval(8 * 60, 17 * 60, (1, 2, 3, 4, 5)),),
    exceptions=(DateException(utc(2026, 3, 19).date(), "San José"),),
    profile="day",
)
NIGHTS = Schedule("2", "Nights", "daily", intervals=(Interval(20 * 60, 6 * 60),), profile="night")
PLAN = Plan(MADRID, (SCHOOL, NIGHTS), profile="usual")
MONDAY_NOON = utc(2026, 3, 16, 11)
HOUR = timedelta(hours=1)


def told(plan: Plan, now: datetime, purpose: PurposeName = "recording") -> tuple[bool, str, str]:
    decision = decide(plan, purpose, now)
    return decision.runs, decision.profile, decision.why.key


@pytest.mark.provokes("always")
def test_without_a_recording_schedule_it_is_always_recorded() -> None:
    decision = decide(Plan(profile="usual"), "recording", MONDAY_NOON)
    assert (decision.runs, decision.profile, decision.why.key) == (True, "usual", "always")
    assert decision.until is None
    analysis = replace(NIGHTS, purpose="analysis")
    assert told(Plan(schedules=(analysis,)), MONDAY_NOON) == (True, "", "always")


def test_without_an_analysis_schedule_nothing_is_analysed() -> None:
    assert told(PLAN, MONDAY_NOON, "analysis") == (False, "usual", "not_scheduled")
    manual = replace(PLAN, manuals=(Manual(MONDAY_NOON),))
    assert told(manual, MONDAY_NOON, "analysis") == (False, "usual", "not_scheduled")


def test_a_schedule_runs_with_its_profile_until_its_end() -> None:
    decision = decide(PLAN, "recording", MONDAY_NOON)
    assert (decision.runs, decision.profile) == (True, "day")
    assert decision.until == utc(2026, 3, 16, 16)
    assert decision.why.words().es == "Lo pide el horario School hours."


def test_between_schedules_it_rests_and_says_when_it_goes_on() -> None:
    decision = decide(PLAN, "recording", utc(2026, 3, 16, 18))
    assert (decision.runs, decision.profile, decision.why.key) == (False, "usual", "not_scheduled")
    assert decision.until == utc(2026, 3, 16, 19)
    assert "2026-03-16 20:00" in decision.why.words().en


@pytest.mark.provokes("holiday", "scheduled")
def test_a_holiday_says_its_name_only_where_something_would_run() -> None:
    decision = decide(PLAN, "recording", utc(2026, 3, 19, 12))
    assert (decision.runs, decision.why.key) == (False, "holiday")
    assert decision.why.params == {"name": "San José", "next": "2026-03-19 20:00"}
    assert decision.until == utc(2026, 3, 19, 16)
    assert told(PLAN, utc(2026, 3, 19, 17)) == (False, "usual", "not_scheduled")
    assert told(PLAN, utc(2026, 3, 19, 20)) == (True, "night", "scheduled")


def test_a_pause_beats_everything_and_names_who_and_why() -> None:
    pause = Pause(MONDAY_NOON, MONDAY_NOON + HOUR, "Ana", "works")
    plan = replace(PLAN, pauses=(pause,), manuals=(Manual(MONDAY_NOON - HOUR),))
    decision = decide(plan, "recording", MONDAY_NOON)
    assert (decision.runs, decision.why.key, decision.until) == (False, "paused", pause.end)
    assert decision.why.params == {"by": "Ana", "why": "works", "until": "2026-03-16 13:00"}
    assert told(plan, pause.end) == (True, "day", "manual")
    assert not decide(replace(plan, schedules=()), "recording", MONDAY_NOON).runs


def test_pauses_that_meet_are_told_by_the_end_of_them_all() -> None:
    first = Pause(MONDAY_NOON, MONDAY_NOON + 2 * HOUR, "Ana")
    second = Pause(MONDAY_NOON + HOUR, MONDAY_NOON + 3 * HOUR, "Leo")
    plan = replace(PLAN, pauses=(first, second))
    early = decide(plan, "recording", MONDAY_NOON)
    late = decide(plan, "recording", MONDAY_NOON + 1.5 * HOUR)
    assert (early.why.params["by"], late.why.params["by"]) == ("Ana", "Leo")
    assert early.until == late.until == second.end


def test_a_pause_that_ends_before_it_starts_is_none() -> None:
    plan = replace(PLAN, pauses=(Pause(MONDAY_NOON + HOUR, MONDAY_NOON - HOUR),))
    assert told(plan, MONDAY_NOON) == (True, "day", "scheduled")


@pytest.mark.provokes("manual")
def test_a_recording_by_hand_keeps_the_profile_that_a_schedule_names() -> None:
    manual = Manual(MONDAY_NOON, MONDAY_NOON + 6 * HOUR, "Leo")
    plan = replace(PLAN, manuals=(manual,))
    assert told(plan, MONDAY_NOON) == (True, "day", "manual")
    assert told(plan, MONDAY_NOON + 5 * HOUR) == (True, "usual", "manual")
    assert told(plan, MONDAY_NOON + 6 * HOUR) == (False, "usual", "not_scheduled")
    for_ever = decide(replace(PLAN, manuals=(Manual(MONDAY_NOON),)), "recording", MONDAY_NOON)
    assert for_ever.runs
    assert for_ever.why.params["until"] == "–"


@pytest.mark.parametrize(
    ("ranks", "profile"), [((1, 0), "night"), ((0, 1), "day"), ((0, 0), "day")]
)
def test_where_schedules_meet_the_lower_rank_names_the_profile(
    ranks: tuple[int, int], profile: str
) -> None:
    whole = (Interval(0, 1440),)
    one = Schedule("1", "One", "daily", intervals=whole, profile="day", rank=ranks[0])
    other = Schedule("2", "Other", "daily", intervals=whole, profile="night", rank=ranks[1])
    for order in ((one, other), (other, one)):
        assert told(Plan(MADRID, order), MONDAY_NOON) == (True, profile, "scheduled")


def test_an_interval_names_the_profile_before_its_schedule_and_the_camera() -> None:
    intervals = (Interval(0, 720, profile="am"), Interval(720, 1440))
    halves = Schedule("1", "Halves", "daily", intervals=intervals)
    assert told(Plan(schedules=(halves,), profile="usual"), utc(2026, 3, 2, 6))[1] == "am"
    assert told(Plan(schedules=(halves,), profile="usual"), utc(2026, 3, 2, 18))[1] == "usual"


def test_a_change_within_a_year_is_known_and_a_later_one_is_none() -> None:
    late = Schedule("1", "Fair", "once", once_start=local(2027, 3, 1), once_end=local(2027, 3, 2))
    decision = decide(Plan("UTC", (late,)), "recording", utc(2026, 3, 16))
    assert decision.until == utc(2027, 3, 1)
    assert decision.why.params["next"] == "2027-03-01 00:00"
    decision = decide(Plan("UTC", (late,)), "recording", utc(2026, 2, 1))
    assert (decision.until, decision.why.params["next"]) == (None, "–")


def test_a_promise_knows_no_pauses() -> None:
    pause = Pause(MONDAY_NOON, MONDAY_NOON + HOUR)
    manual = Manual(utc(2026, 3, 16, 17), utc(2026, 3, 16, 18))
    plan = replace(PLAN, pauses=(pause,), manuals=(manual,))
    assert promised(plan, "recording", Span(utc(2026, 3, 16, 6), utc(2026, 3, 16, 20))) == [
        Span(utc(2026, 3, 16, 7), utc(2026, 3, 16, 16)),
        Span(utc(2026, 3, 16, 17), utc(2026, 3, 16, 18)),
        Span(utc(2026, 3, 16, 19), utc(2026, 3, 16, 20)),
    ]


def test_a_zone_that_does_not_exist_is_said() -> None:
    with pytest.raises(Invalid, match="time zone"):
        decide(replace(PLAN, time_zone="Europe/Atlantis"), "recording", MONDAY_NOON)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Plan, PurposeName, Span]:
    zone = draw(st.sampled_from(ZONES))
    about = draw(moments(zone))
    near = st.integers(-5 * 1440, 5 * 1440).map(lambda number: about + timedelta(minutes=number))
    day = wall(about, zone).date()
    purposes = st.sampled_from(("recording", "analysis"))
    schedules = draw(st.lists(regular_schedules(day, "day", "night"), max_size=3))
    plan = Plan(
        zone,
        tuple(replace(each, purpose=draw(purposes)) for each in schedules),
        pauses=tuple(draw(st.lists(st.builds(Pause, near, near), max_size=2))),
        manuals=tuple(draw(st.lists(st.builds(Manual, near, st.none() | near), max_size=2))),
        profile="usual",
    )
    start = draw(near)
    return plan, draw(purposes), Span(start, start + timedelta(hours=draw(st.integers(1, 240))))


@patient
@given(situations(), st.data())
def test_pieces_are_the_whole_window_and_agree_with_decide_and_with_the_clock(
    situation: tuple[Plan, PurposeName, Span], data: st.DataObject
) -> None:
    plan, purpose, window = situation
    found = pieces(plan, purpose, window)
    spans = [piece.span for piece in found]
    assert subtract([window], spans) == []
    assert total(spans) == sum((span.duration for span in spans), timedelta(0)) == window.duration
    for place in data.draw(st.lists(st.integers(0, len(found) - 1), min_size=1, max_size=3)):
        piece = found[place]
        offset = data.draw(st.floats(0, 0.999))
        moment = piece.span.start + piece.span.duration * offset
        decision = decide(plan, purpose, moment)
        assert (decision.runs, decision.profile, decision.why.key) == (
            *(piece.runs, piece.profile, piece.why.key),
        )
        if piece.why.key != "paused" and place < len(found) - 1:
            assert decision.until == piece.span.end
        assert decision.runs == _runs(plan, purpose, moment), moment


def _runs(plan: Plan, purpose: PurposeName, moment: datetime) -> bool:
    """The rules in their plainest words."""
    if any(each.start <= moment < each.end for each in plan.pauses):
        return False
    if purpose == "recording" and any(
        each.start <= moment and (each.end is None or moment < each.end) for each in plan.manuals
    ):
        return True
    mine = [each for each in plan.schedules if each.purpose == purpose]
    if purpose == "recording" and not mine:
        return True
    return any(asks(each, plan.time_zone, moment) for each in mine)


def test_a_plan_that_travelled_as_json_decides_alike() -> None:
    once = Schedule("3", "Fair", "once", once_start=local(2026, 3, 2), once_end=local(2026, 3, 3))
    plan = replace(
        PLAN,
        schedules=(*PLAN.schedules, once),
        pauses=(Pause(MONDAY_NOON, MONDAY_NOON + HOUR, "Ana"),),
        manuals=(Manual(MONDAY_NOON),),
        profiles={"day": "Day"},
    )
    adapter = TypeAdapter(Plan)
    travelled = adapter.validate_json(adapter.dump_json(plan))
    assert travelled == plan
    for hours in range(0, 200, 7):
        now = MONDAY_NOON + hours * HOUR
        assert decide(travelled, "recording", now) == decide(plan, "recording", now)
