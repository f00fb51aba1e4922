"""How ffmpeg is told to decode for analysis, without ffmpeg."""

from __future__ import annotations

from typing import Any

import pytest

from sereno.media.analysis import (
    Decoding,
    Size,
    chosen_hwaccel,
    has_given_up_hwaccel,
    picture_ticks,
)
from sereno.policy.knobs import Manner

SIZE = Size(640, 360)


def told(**knobs: Any) -> tuple[str, ...]:
    return Decoding.of(Manner(**knobs)).arguments(SIZE)


def before_input(**knobs: Any) -> str:
    words = told(**knobs)
    return " ".join(words[: words.index("-i")])


@pytest.mark.parametrize("number", [0, 3])
@pytest.mark.parametrize("hwaccel", ["none", "auto", "cuda"])
def test_a_card_by_its_number(number: int, hwaccel: str) -> None:
    said = before_input(hwaccel=hwaccel, gpu_index=number)
    assert f"-hwaccel cuda -hwaccel_device {number} " in said
    assert said.count("-hwaccel") == 2


@pytest.mark.parametrize("hwaccel", ["vaapi", "qsv"])
def test_a_card_by_its_file(hwaccel: str) -> None:
    said = before_input(hwaccel=hwaccel, device="/dev/dri/renderD128", gpu_index=1)
    assert f"-hwaccel {hwaccel} -hwaccel_device /dev/dri/renderD128 " in said
    assert "-hwaccel_device" not in before_input(hwaccel=hwaccel)


def test_auto_and_none() -> None:
    assert "-hwaccel auto " in before_input(hwaccel="auto", device="/dev/dri/renderD128")
    assert "-hwaccel" not in before_input(hwaccel="none", device="/dev/dri/renderD128")
    assert "-hwaccel" not in before_input()


def test_the_next_try_is_without_the_card() -> None:
    decoding = Decoding.of(Manner(hwaccel="cuda", fps=2, det_set="320x320"))
    words = decoding.without_hwaccel().arguments(SIZE)
    assert "-hwaccel" not in words
    (at,) = (place for place, word in enumerate(words) if word == "-vf")
    assert words[at + 1] == decoding.arguments(SIZE)[decoding.arguments(SIZE).index("-vf") + 1]


@pytest.mark.parametrize(
    ("det_set", "given", "expected"),
    [
        ("auto", (1920, 1080), (1920, 1080)),
        ("auto", (1919, 1079), (1918, 1078)),
        ("640x640", (1920, 1080), (640, 360)),
        ("640x640", (1080, 1920), (360, 640)),
        ("640x360", (1920, 1080), (640, 360)),
        ("4096x4096", (1920, 1080), (1920, 1080)),
        ("640x640", (2560, 1920), (640, 480)),
        ("32x32", (4096, 64), (32, 2)),
        ("333x333", (1920, 1080), (332, 186)),
    ],
)
def test_pictures_fit_inside_and_keep_their_proportions(
    det_set: str, given: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert Decoding(5, det_set).size_of(*given) == expected


def test_every_picture_has_the_bytes_that_its_size_says() -> None:
    assert SIZE.size_bytes == 640 * 360 * 3
    assert "scale=640:360" in told()[told().index("-vf") + 1]


def test_the_rate_is_in_the_choice_of_pictures() -> None:
    words = told(fps=12.5)
    assert r"gt(floor(t*12.5)\,floor(prev_selected_t*12.5))" in words[words.index("-vf") + 1]


def test_what_ffmpeg_says() -> None:
    line = "[Parsed_showinfo_2 @ 0x7efe] n:   7 pts:  17920 pts_time:1.4     duration:    512"
    assert picture_ticks(line) == 17920
    assert picture_ticks("[Parsed_showinfo_2 @ 0x7] config in time_base: 1/90000") is None
    assert chosen_hwaccel("Using auto hwaccel type vdpau with new default device.") == "vdpau"
    assert chosen_hwaccel("Auto hwaccel disabled: no device found.") is None
    assert has_given_up_hwaccel("[h264 @ 0x1] Failed setup for format cuda: hwaccel ini")
    assert not has_given_up_hwaccel(line)
