"""A recorder's footage for players that read playlists."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from sereno.base.clock import to_us

from .conftest import until
from .recorder_views import GOP_SECONDS, STAMP, House, house, some_footage

MEDIA = re.compile(r"^[^#]\S*recorder/media\.m3u8$", re.MULTILINE)
RANGE = re.compile(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\S+)")


@pytest.fixture(scope="session")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loops")


async def opened(place: House, ticket: str) -> str:
    """The address of the media playlist."""
    answer = await place.client.get("index.m3u8", params={"ticket": ticket})
    assert answer.status_code == 200, answer.text
    assert 'CODECS="avc1' in answer.text
    return MEDIA.findall(answer.text)[0]


async def played(place: House, media: str, ticket: str) -> tuple[str, list[int]]:
    """The playlist at its end, and when the pictures in its segments were taken."""
    while True:
        answer = await place.client.get(media, params={"ticket": ticket})
        assert answer.status_code == 200, answer.text
        if "#EXT-X-ENDLIST" in answer.text:
            break
        await asyncio.sleep(0.2)
    base, stamps = media.rpartition("/")[0], []
    for size, offset, address in RANGE.findall(answer.text):
        span = f"bytes={offset}-{int(offset) + int(size) - 1}"
        file = f"{base}/{address.partition('?')[0]}"
        piece = await place.client.get(file, params={"ticket": ticket}, headers={"Range": span})
        assert (piece.status_code, len(piece.content)) == (206, int(size))
        stamps += [int(found, 16) for found in STAMP.findall(piece.content)]
    return answer.text, stamps


async def test_a_playlist_grows_and_ends_with_the_footage(loops: Path, tmp_path: Path) -> None:
    async with house(loops, tmp_path, "hikvision", "one-playback") as place:
        span = some_footage(3)
        ticket = place.ticket(span)
        media = await opened(place, ticket)
        assert await opened(place, ticket) == media, "one ticket has one play"
        text, stamps = await played(place, media, ticket)
        assert "EXT-X-PART" not in text
        assert place.recorder.rtsp.playback.started == 1
        gop_us = GOP_SECONDS * 1_000_000
        assert to_us(span.start) - gop_us <= stamps[0] <= to_us(span.start)
        assert to_us(span.end) - gop_us <= stamps[-1]
        shown = f"{span.start:%Y-%m-%dT%H:%M:%S.%f}"[:-3]
        assert f"#EXT-X-PROGRAM-DATE-TIME:{shown}" in text
        await until(lambda: not place.playing, "the recorder is free")


async def test_who_asks_no_more_has_left(loops: Path, tmp_path: Path) -> None:
    async with house(loops, tmp_path, "dahua", "one-playback", idle_seconds=0.5) as place:
        ticket = place.ticket(some_footage(600))
        media = await opened(place, ticket)
        await until(lambda: not place.playing and place.is_clean, "the recorder is free")
        answer = await place.client.get(media, params={"ticket": ticket})
        assert (answer.status_code, answer.json()["error"]["key"]) == (404, "play_over")


async def test_what_keeps_it_from_playing_is_said(loops: Path, tmp_path: Path) -> None:
    async with house(loops, tmp_path, "hikvision", password="not it") as place:
        answer = await place.client.get(
            "index.m3u8", params={"ticket": place.ticket(some_footage())}
        )
        assert (answer.status_code, answer.json()["error"]["key"]) == (503, "login_refused")
        for ticket in (place.ticket(some_footage(), "playback"), ""):
            refused = await place.client.get("index.m3u8", params={"ticket": ticket})
            assert refused.status_code == 401


async def test_a_pass_opens_its_own_play_alone(loops: Path, tmp_path: Path) -> None:
    async with house(loops, tmp_path, "hikvision") as place:
        first, second = place.ticket(some_footage(600)), place.ticket(some_footage(600))
        media = await opened(place, first)
        assert (await place.client.get(media, params={"ticket": second})).status_code == 404
        for path in ("segments/x.mp4", "segments/../../../etc/passwd.mp4"):
            folder = media.rpartition("/")[0]
            answer = await place.client.get(f"{folder}/{path}", params={"ticket": first})
            assert answer.status_code == 404
