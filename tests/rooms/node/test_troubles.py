from __future__ import annotations

from uuid import uuid4

from sereno.node.rows import StreamKey
from sereno.node.troubles import FORGIVEN_SECONDS, PAUSE_SECONDS, Troubles

KEY = StreamKey(uuid4(), "main")


def test_a_stream_in_trouble_rests_longer_each_time_and_is_news_once() -> None:
    troubles, now, rests = Troubles(), 0.0, []
    assert troubles.meet(KEY, now)
    for _ in range(200):
        began = now
        while troubles.rests(KEY, now):
            now += 1.0
        rests.append(now - began)
        assert not troubles.meet(KEY, now)
    assert max(rests) <= PAUSE_SECONDS[1]
    assert max(rests) > 10 * PAUSE_SECONDS[0]


def test_trouble_of_long_ago_is_forgiven() -> None:
    troubles = Troubles()
    troubles.meet(KEY, 0.0)
    assert troubles.meet(KEY, PAUSE_SECONDS[1] + FORGIVEN_SECONDS + 1)


def test_the_others_do_not_rest() -> None:
    troubles = Troubles()
    troubles.meet(KEY, 0.0)
    assert not troubles.rests(StreamKey(uuid4(), "main"), 0.0)
