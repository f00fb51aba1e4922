from __future__ import annotations

import pytest
from pydantic import SecretStr

from sereno.node.neighbours import may_hope
from sereno.node.wishes import Wish
from sereno.wire.reports import StreamState

PLAYING = Wish("rtsp://192.0.2.7/1", "operator", SecretStr("right"))


def wish(address: str, word: str = "right") -> Wish:
    return Wish(address, "operator", SecretStr(word))


@pytest.mark.parametrize(
    ("state", "waiting", "expected"),
    [
        (StreamState.WAITING, wish("rtsp://192.0.2.7/2"), True),
        (StreamState.WAITING, wish("rtsp://192.0.2.7:8554/2", "other"), True),
        (StreamState.WAITING, wish("rtsp://192.0.2.8/2"), False),
        (StreamState.FAILED, wish("rtsp://192.0.2.7:554/2"), True),
        (StreamState.FAILED, wish("rtsp://192.0.2.7/2", "other"), False),
        (StreamState.FAILED, wish("rtsp://192.0.2.7:8554/2"), False),
        (StreamState.NO_DISK, wish("rtsp://192.0.2.7/2"), False),
        (StreamState.PAUSED, wish("rtsp://192.0.2.7/2"), False),
    ],
)
def test_who_is_tried_when_another_stream_of_its_device_plays(
    state: StreamState, waiting: Wish, expected: bool
) -> None:
    assert may_hope(waiting, state, PLAYING) is expected
