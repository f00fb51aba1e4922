"""Knobs: what they may be, and how profile, camera and default become one manner."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Invalid
from sereno.policy.knob_list import KNOB_OF, KNOBS, Knob, parse_knobs
from sereno.policy.knob_page import page
from sereno.policy.knobs import KNOB_NAMES, Knobs, Manner
from sereno.policy.profiles import Layer, Origin, differing, merge, said_in

NIGHT = Layer(Knobs(nice=5, fps=1.0), Origin("profile", "Night"))
BASE = Layer(Knobs(nice=10, records_sound=False), Origin("profile", "Base"))
CAMERA = Layer(Knobs(nice=-5, cpu_affinity=(1,), records_sound=True), Origin("camera", "Door"))


def test_the_profile_wins_then_its_base_then_the_camera_then_the_default() -> None:
    merged = merge([NIGHT, BASE, CAMERA])
    assert merged.manner == Manner(nice=5, fps=1.0, records_sound=False, cpu_affinity=(1,))
    assert merged.origins["nice"] == Origin("profile", "Night")
    assert merged.origins["records_sound"] == Origin("profile", "Base")
    assert merged.origins["cpu_affinity"] == Origin("camera", "Door")
    assert merged.origins["engine"] == Origin("default")
    assert set(merged.origins) == set(KNOB_NAMES)


def test_an_empty_value_is_said_and_beats_the_layers_below() -> None:
    above = Layer(Knobs(cpu_affinity=(), extra_cli=""), Origin("profile", "All CPUs"))
    merged = merge([above, CAMERA])
    assert merged.manner.cpu_affinity == ()
    assert merged.origins["extra_cli"] == Origin("profile", "All CPUs")


def test_without_layers_all_is_the_default() -> None:
    merged = merge([])
    assert merged.manner == Manner()
    assert set(merged.origins.values()) == {Origin("default")}


def test_two_manners_differ_in_what_was_changed() -> None:
    assert differing(Manner(), merge([NIGHT]).manner) == {"nice", "fps"}


def test_the_table_names_every_knob_in_order_in_both_languages() -> None:
    assert tuple(knob.name for knob in KNOBS) == KNOB_NAMES
    assert [field.name for field in fields(Manner)] == list(KNOB_NAMES)
    for knob in KNOBS:
        for words in (knob.label, knob.what, knob.why):
            assert words.en
            assert words.es
            assert words.en != words.es
        assert (knob.kind == "choice") <= bool(knob.choices)


@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.name)
def test_the_example_and_the_default_of_each_knob_are_allowed(knob: Knob) -> None:
    said = said_in(parse_knobs({knob.name: knob.example}))
    assert set(said) == {knob.name}
    parse_knobs({knob.name: knob.default})


knobs = st.builds(
    Knobs,
    engine=st.sampled_from((None, "auto", "ffmpeg")),
    streams=st.sampled_from((None, ("main",), ("main", "sub"))),
    records_sound=st.none() | st.booleans(),
    nice=st.none() | st.integers(-20, 19),
    cpu_affinity=st.none() | st.sets(st.integers(0, 1023)).map(lambda each: tuple(sorted(each))),
    extra_cli=st.sampled_from((None, "", "-timeout 5000000")),
    det_set=st.sampled_from((None, "auto", "640x480")),
    hb_interval=st.none() | st.floats(1, 300),
)


@given(knobs)
def test_what_is_stored_is_read_back_as_it_was(said: Knobs) -> None:
    assert parse_knobs(json.loads(json.dumps(said_in(said)))) == said
    assert parse_knobs(asdict(said)) == said, "None says nothing"


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"cpu_affinity": "4, 0-2"}, (0, 1, 2, 4)),
        ({"cpu_affinity": ["3", 1, 3]}, (1, 3)),
        ({"cpu_affinity": ""}, ()),
        ({"streams": "sub main"}, ("main", "sub")),
        ({"records_sound": "no"}, False),
        ({"records_sound": "Sí"}, True),
        ({"nice": "-5"}, -5),
        ({"snapshot_every": " 60 "}, 60.0),
        ({"det_set": "640"}, "640x640"),
        ({"det_set": "1280,720"}, "1280x720"),
        ({"det_set": ""}, "auto"),
        ({"device": "/dev/dri/renderD129"}, "/dev/dri/renderD129"),
    ],
)
def test_text_is_read_as_people_write_it(given: dict[str, object], value: object) -> None:
    [name] = given
    parsed = getattr(parse_knobs(given), name)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("engine", "vlc"),
        ("engine", ["native"]),
        ("rtsp_transport", "carrier pigeon"),
        ("streams", []),
        ("streams", "third"),
        ("streams", [["main"]]),
        ("records_sound", "perhaps"),
        ("records_sound", 2),
        ("segment_seconds", 0),
        ("segment_seconds", 60.5),
        ("segment_seconds", True),
        ("fragment_ms", 10_000),
        ("nice", -21),
        ("nice", "very"),
        ("cpu_affinity", [4096]),
        ("cpu_affinity", [-1]),
        ("cpu_affinity", "3-1"),
        ("cpu_affinity", "0-99999999999"),
        ("cpu_affinity", [True]),
        ("cpu_affinity", [[1]]),
        ("cpu_affinity", 3),
        ("hwaccel", "magic"),
        ("device", "/etc/passwd"),
        ("device", "/dev/../etc/passwd"),
        ("device", "-i"),
        ("gpu_index", -1),
        ("fps", 0),
        ("fps", float("nan")),
        ("fps", "1e999"),
        ("det_set", "big"),
        ("det_set", "0x0"),
        ("hb_interval", -1),
        ("hb_interval", float("inf")),
        ("snapshot_every", -300),
        ("extra_cli", "a\nb"),
        ("extra_cli", 7),
        ("extra_cli", "-timeout " + "9" * 2000),
    ],
)
def test_what_does_not_fit_is_refused_with_field_and_reason(name: str, value: object) -> None:
    with pytest.raises(Invalid) as told:
        parse_knobs({name: value})
    assert told.value.field == f"knobs.{name}"
    assert KNOB_OF[name].label.en in told.value.words.en
    assert KNOB_OF[name].label.es in told.value.words.es


def test_a_knob_that_there_is_not_is_refused_and_those_that_there_are_are_named() -> None:
    with pytest.raises(Invalid, match="rtsp_transport") as told:
        parse_knobs({"transport": "tcp"})
    assert told.value.field == "knobs.transport"


def test_the_reference_page_is_as_the_table_says() -> None:
    page_file = Path(__file__).resolve().parents[3] / "docs" / "ref" / "profiles.md"
    made = "run `python -m sereno.policy.knob_page > docs/ref/profiles.md`"
    assert page_file.read_text(encoding="utf-8") == page(), made
