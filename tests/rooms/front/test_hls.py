"""Playlists for players that know an address alone: `/hls/<ticket>/…`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from .conftest import Front


@pytest.mark.parametrize("purpose", ["live", "playback", "recorder"])
async def test_a_ticket_in_the_path_opens_its_playlist(front: Front, purpose: str) -> None:
    address = f"/hls/{front.ticket(purpose)}/index.m3u8"
    answer = await front.client.get(address, headers={"Authorization": "Bearer of-another"})
    assert answer.status_code == 200
    assert [call["path"] for call in front.node.calls] == ["/media/v1/hls/index.m3u8"]
    assert front.node.authorizations == [None]


async def test_what_is_below_goes_on_with_its_range(front: Front) -> None:
    address = f"/hls/{front.ticket('playback')}/pass/segments/x.mp4"
    answer = await front.client.get(address, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (206, b"0123")
    (call,) = front.node.calls
    assert call == {"path": "/media/v1/hls/pass/segments/x.mp4", "range": "bytes=0-3"}


async def test_the_playlist_ends_with_its_minute_and_what_it_opened_does_not(
    front: Front,
) -> None:
    ticket = front.ticket("live", now=datetime.now(UTC) - timedelta(hours=1))
    index = await front.client.get(f"/hls/{ticket}/index.m3u8")
    assert index.status_code == 401
    assert index.json()["error"]["es"]
    below = await front.client.get(f"/hls/{ticket}/pass/media.m3u8?_HLS_msn=1")
    assert below.status_code == 200  # the node checks its own pass


async def test_no_other_ticket_opens_a_playlist(front: Front) -> None:
    for ticket in (front.ticket("clip"), front.ticket("snapshot"), "nonsense"):
        answer = await front.client.get(
            f"/hls/{ticket}/index.m3u8", params={"ticket": front.ticket("live")}
        )
        assert answer.status_code == 401
    assert front.node.calls == []
