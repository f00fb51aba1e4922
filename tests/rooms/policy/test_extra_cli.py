"""Which of ffmpeg's options people may add."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Invalid
from sereno.policy.extra_cli import Extra, parse_extra_cli
from sereno.policy.ffmpeg_options import ALLOWED, WHY_NOT


def keys(extra: Extra) -> list[str]:
    return [notice.key for notice in extra.notices]


@pytest.mark.parametrize("engine", ["auto", "native", "ffmpeg"])
@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_said_is_nothing_added(text: str, engine: str) -> None:
    assert parse_extra_cli(text, engine) == Extra()


def test_each_option_goes_to_its_place() -> None:
    text = "-max_muxing_queue_size 1024 -reorder_queue_size 2000 -thread_queue_size 512"
    extra = parse_extra_cli(text, "ffmpeg")
    assert extra.source == (("reorder_queue_size", "2000"),)
    assert extra.args_before == ("-reorder_queue_size", "2000", "-thread_queue_size", "512")
    assert extra.after == ("-max_muxing_queue_size", "1024")
    assert extra.notices == ()


def test_under_the_automatic_engine_it_visibly_selects_ffmpeg() -> None:
    assert keys(parse_extra_cli("-max_delay 500000", "auto")) == ["extra_cli_selects_ffmpeg"]


def test_the_native_engine_takes_none() -> None:
    with pytest.raises(Invalid, match="native") as told:
        parse_extra_cli("-max_delay 500000", "native")
    assert told.value.field == "knobs.extra_cli"


def test_stimeout_becomes_timeout_with_a_notice() -> None:
    extra = parse_extra_cli("-stimeout 5000000", "ffmpeg")
    assert extra.args_before == ("-timeout", "5000000")
    assert keys(extra) == ["stimeout_translated"]


def test_the_last_of_two_values_counts() -> None:
    assert parse_extra_cli("-crf 20 -crf 30", "ffmpeg").after == ("-crf", "30")


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_the_example_of_each_option_is_allowed(name: str) -> None:
    extra = parse_extra_cli(f"-{name} '{ALLOWED[name].example}'", "ffmpeg")
    assert ALLOWED[name].example in (*extra.args_before, *extra.after)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-i rtsp://other/", "-i may not be given"),
        ("-f mp4", "footage depends on it"),
        ("-c:v libx264", "footage depends on it"),
        ("-map 0:1", "footage depends on it"),
        ("-y", "footage depends on it"),
        ("-vf movie=/etc/passwd", "Filters"),
        ("-filter_complex movie=/etc/passwd", "Filters"),
        ("-lavfi nullsrc", "Filters"),
        ("-protocol_whitelist file", "files or addresses"),
        ("-progress http://somewhere/", "files or addresses"),
        ("-report", "files or addresses"),
        ("-dump", "files or addresses"),
        ("-headers 'Authorization: Basic aHVudGVyMg=='", "password"),
        ("-rtsp_transport udp", "knob rtsp_transport"),
        ("-hwaccel cuda", "knob hwaccel"),
        ("-an", "knob records_sound"),
        ("-fflags nobuffer", "beginning of the video"),
        ("-fflags +genpts+nobuffer", "beginning of the video"),
        ("-fflags +unheard_of", "not allowed"),
        ("-unheard_of 1", "known to be harmless"),
        ("-/max_delay file", "known to be harmless"),
        ("-timeout", "needs a value"),
        ("-timeout -max_delay 5", "not allowed"),
        ("-timeout 5", "not allowed"),
        ("-max_delay 5;rm", "not allowed"),
        ("-user_agent 'a\r\nX: y'", "not allowed"),
        ("-user_agent http://u:p@h/", "not allowed"),
        ("-rtsp_flags listen", "not allowed"),
        ("/tmp/output.mp4", "no option"),
        ("-max_delay 5 pipe:1", "no option"),
        ("-", "no option"),
        ("-max_delay '5", "not closed"),
    ],
)
def test_what_could_harm_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(Invalid) as told:
        parse_extra_cli(text, "ffmpeg")
    assert said in told.value.words.en
    assert told.value.field == "knobs.extra_cli"


def test_a_refusal_repeats_no_value_for_it_might_be_a_secret() -> None:
    for text in ("-password hunter2", "rtsp://ana:hunter2@camera/", "-user_agent hunter2@x"):
        with pytest.raises(Invalid) as told:
            parse_extra_cli(text, "ffmpeg")
        assert "hunter2" not in "".join(told.value.words)


def test_no_option_is_both_allowed_and_refused() -> None:
    assert not set(ALLOWED) & set(WHY_NOT)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=60))
def test_whatever_people_type_is_allowed_or_refused_and_never_more_than_asked(text: str) -> None:
    try:
        extra = parse_extra_cli(text, "ffmpeg")
    except Invalid:
        return
    for word in (*extra.args_before, *extra.after):
        assert re.fullmatch(r"[A-Za-z0-9 ._/()+;:-]*", word)
        assert "://" not in word
