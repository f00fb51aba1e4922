"""Live playlists and windows of footage, from a node that records a simulated camera."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from sereno.node.live_playlists import IDLE_SECONDS
from sereno.sim import SimConfig

from .conftest import until
from .test_viewing import MAIN, Place, is_key, made_place

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(
    sim_config: SimConfig, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """One for all tests that only look."""
    async with made_place(sim_config, tmp_path_factory.mktemp("place") / "data") as made:
        yield made


async def opened(place: Place, folder: str = "live") -> tuple[str, str]:
    """The address of the media playlist that a fresh ticket leads to, and the ticket."""
    ticket = place.ticket("live")
    answer = await place.client.get(f"{MAIN}/{folder}/index.m3u8", params={"ticket": ticket})
    assert answer.status_code == 200, answer.text
    return f"{MAIN}/{folder}/{answer.text.splitlines()[-1]}", ticket


async def get(place: Place, address: str, **query: Any) -> httpx.Response:
    return await place.client.get(address, params=httpx.URL(address).params.merge(query))


def key_of(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["en"]
    assert error["es"]
    return answer.status_code, error["key"]


def attributes(text: str, tag: str) -> list[str]:
    return re.findall(rf"^#{tag}:(.*)$", text, re.MULTILINE)


async def test_a_ticket_leads_to_parts_that_begin_with_a_key_frame(place: Place) -> None:
    address, _ = await opened(place)
    answer = await get(place, address)
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    parts = re.findall(r'EXT-X-PART:.*URI="([^"]+)",INDEPENDENT=YES', answer.text)
    part = await place.client.get(f"{MAIN}/live/{parts[-1]}")
    assert (part.status_code, is_key(part.content[: part.content.index(b"mdat")])) == (200, True)


async def test_a_segment_is_a_range_of_the_file(place: Place) -> None:
    address, _ = await opened(place)
    lines = (await get(place, address)).text.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("#EXT-X-BYTERANGE"))
    size, offset = map(int, lines[at].partition(":")[2].split("@"))
    asked = {"Range": f"bytes={offset}-{offset + size - 1}"}
    answer = await place.client.get(f"{MAIN}/live/{lines[at + 1]}", headers=asked)
    assert (answer.status_code, len(answer.content)) == (206, size)
    files = (place.data / "footage" / str(place.order.camera_id)).rglob("*.mp4")
    assert answer.content in [file.read_bytes()[offset : offset + size] for file in files]


async def test_a_reload_waits_for_what_it_names_and_the_hint_for_its_part(place: Place) -> None:
    address, _ = await opened(place)
    text = (await get(place, address)).text
    (first,) = attributes(text, "EXT-X-MEDIA-SEQUENCE")
    number = int(first) + text.count("#EXTINF")
    (hint,) = re.findall(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)
    hinted, reloaded = await asyncio.gather(
        place.client.get(f"{MAIN}/live/{hint}"),
        get(place, address, _HLS_msn=number + 1, _HLS_part=0),
    )
    assert hinted.content[4:8] == b"prft"
    assert f'URI="{hint}"' in reloaded.text
    (first,) = attributes(reloaded.text, "EXT-X-MEDIA-SEQUENCE")
    assert int(first) + reloaded.text.count("#EXTINF") > number


async def test_below_hls_addresses_are_short_and_carry_a_pass(place: Place) -> None:
    address, ticket = await opened(place, "hls")
    answer = await place.client.get(address, params={"ticket": ticket})
    assert ticket not in answer.text
    assert "token=" not in answer.text
    folder = address.rpartition("/")[0]
    part = re.findall(r'EXT-X-PART:.*URI="([^"]+)"', answer.text)[-1]
    found = await place.client.get(f"{folder}/{part}", params={"ticket": ticket})
    assert found.status_code == 200
    recorded = await place.client.get(
        f"{MAIN}/hls/index.m3u8", params={"ticket": place.ticket("playback")}
    )
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in recorded.text
    assert key_of(await place.client.get(f"{MAIN}/hls/index.m3u8", params={"ticket": "?"})) == (
        401, "ticket_refused",
    )  # fmt: skip


async def test_who_shows_a_header_needs_nothing_in_addresses(place: Place) -> None:
    answer = await place.get("live/index.m3u8", place.ticket("live"))
    assert answer.text.splitlines()[-1] == "media.m3u8"
    media = await place.get("live/media.m3u8", place.ticket("live"))
    assert "ticket=" not in media.text
    part = re.findall(r'EXT-X-PART:.*URI="([^"]+)"', media.text)[-1]
    assert (await place.get(f"live/{part}", place.ticket("live"))).status_code == 200


async def test_a_live_ticket_leads_to_files_of_now_and_of_its_stream(place: Place) -> None:
    ticket, file_id = place.ticket("live"), place.book.segment.row.segment_id
    for folder in ("live", "vod"):
        assert (await place.get(f"{folder}/segments/{file_id}.mp4", ticket)).status_code == 200
    other = place.hub.ticket(place.order.camera_id, "live", stream="sub")
    answer = await place.get(f"live/segments/{file_id}.mp4", other)
    assert key_of(answer) == (404, "camera_not_here")


async def test_what_live_players_ask_wrongly(place: Place) -> None:
    address, ticket = await opened(place)
    text = (await get(place, address)).text
    (first,) = attributes(text, "EXT-X-MEDIA-SEQUENCE")
    for query, wanted in (
        ({"_HLS_msn": int(first) + 1000}, (400, "too_far_ahead")),
        ({"_HLS_msn": "9" * 40}, (400, "number_unclear")),
        ({"_HLS_msn": "-1"}, (400, "number_unclear")),
        ({"_HLS_msn": "²"}, (400, "number_unclear")),
        ({"_HLS_part": 1}, (400, "number_unclear")),
    ):
        assert key_of(await get(place, address, **query)) == wanted
    file_id = place.book.segment.row.segment_id
    for part in (f"{file_id}/1", f"{file_id}/{'9' * 40}", f"{file_id}/x", "x/1", f"{uuid4()}/900"):
        answer = await place.get(f"live/parts/{part}.mp4", ticket)
        assert key_of(answer) == (404, "no_segment"), part
    stranger = place.hub.ticket(uuid4(), "live")
    assert key_of(await place.get("live/index.m3u8", stranger)) == (404, "camera_not_here")
    assert key_of(await place.get("live/index.m3u8", place.ticket("playback"))) == (
        401, "ticket_refused",
    )  # fmt: skip


async def test_what_is_not_recorded_is_not_live(place: Place) -> None:
    own = replace(place, order=place.order.model_copy(update={"camera_id": uuid4()}))
    await place.change_orders(place.order, own.order)
    await own.two_gops()
    address, _ = await opened(own)
    await place.change_orders(place.order)
    await until(lambda: own.book.run is None, "the camera is stopped")
    text = (await get(own, address)).text  # who plays it already sees what there was
    assert "#EXTINF" in text
    assert "PRELOAD-HINT" not in text
    own.node.viewing.playlists._channels.clear()
    assert key_of(await get(own, address)) == (404, "not_live")


async def test_a_stream_that_nobody_asks_for_any_more_costs_nothing(place: Place) -> None:
    playlists = place.node.viewing.playlists
    await opened(place)
    (channel,) = playlists._channels.values()
    channel.used_at -= IDLE_SECONDS
    await until(lambda: not playlists._channels, "it is forgotten with the next fragment")


WINDOWS: list[tuple[dict[str, str], tuple[int, str]]] = [
    ({"from": "2026-01-01T00:00:00Z"}, (422, "outside_ticket")),
    ({"to": "2999-01-01T00:00:00Z"}, (422, "outside_ticket")),
    ({"from": "2999-01-01T00:00:00Z"}, (422, "span_backwards")),
    ({"to": "2026-01-01T00:00:00Z"}, (422, "span_backwards")),
    ({"from": "yesterday"}, (422, "time_unclear")),
    ({"from": "{0}"}, (422, "time_unclear")),
    ({"to": "2026-01-01T00:00:00"}, (422, "time_unclear")),
    ({"from": "0001-01-01T00:00:00+14:00"}, (422, "outside_ticket")),
]


@pytest.mark.parametrize("path", ["vod/index.m3u8", "vod/index.json"])
async def test_windows_that_are_asked_for_wrongly(place: Place, path: str) -> None:
    ticket = place.ticket("playback")
    for query, wanted in WINDOWS:
        answer = await place.client.get(f"{MAIN}/{path}", params=query | {"ticket": ticket})
        assert key_of(answer) == wanted, query


async def test_a_window_of_a_month_opens_and_a_month_whole_does_not(place: Place) -> None:
    now = datetime.now(UTC)
    ticket = place.ticket("playback", start=now - timedelta(days=31), end=now)
    assert key_of(await place.get("vod/index.m3u8", ticket)) == (422, "span_too_long")
    window = {"ticket": ticket, "from": (now - timedelta(hours=1)).isoformat()}
    answer = await place.client.get(f"{MAIN}/vod/index.m3u8", params=window)
    assert "#EXTINF" in answer.text
    month_ago = now - timedelta(days=30)
    empty = {"from": month_ago.isoformat(), "to": (month_ago + timedelta(hours=1)).isoformat()}
    nothing = await place.client.get(f"{MAIN}/vod/index.m3u8", params=window | empty)
    assert key_of(nothing) == (404, "no_footage")
    facts = await place.client.get(f"{MAIN}/vod/index.json", params=window | empty)
    assert (facts.status_code, facts.json()) == (200, [])


async def test_the_future_has_no_footage(place: Place) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    ticket = place.ticket("playback", start=soon, end=soon + timedelta(hours=1))
    assert key_of(await place.get("vod/index.m3u8", ticket)) == (404, "no_footage")


async def test_facts_lead_to_the_gop_of_an_instant_in_one_request(place: Place) -> None:
    ticket = place.ticket("playback")
    file = (await place.get("vod/index.json", ticket)).json()[0]
    assert file["run_id"] == str(place.book.run.run_id)
    assert file["mime"].startswith('video/mp4; codecs="avc1.')
    assert file["start_us"] == place.book.run.start_us
    for start_us, duration_us, offset, size in file["entries"][:2]:
        assert duration_us == 400_000
        assert (start_us - file["start_us"]) % duration_us == 0
        asked = {"Range": f"bytes={offset}-{offset + size - 1}"}
        answer = await place.get(f"vod/{file['address']}", ticket, **asked)
        assert (answer.status_code, len(answer.content)) == (206, size)
        assert is_key(answer.content[: answer.content.index(b"mdat")])


async def test_ranges_past_the_end_and_files_without_a_name(place: Place) -> None:
    ticket = place.ticket("playback")
    path = f"vod/segments/{place.book.segment.row.segment_id}.mp4"
    past = await place.get(path, ticket, Range="bytes=99999999999-")
    assert key_of(past) == (416, "range_outside")
    assert key_of(await place.get("vod/segments/x.mp4", ticket)) == (404, "no_segment")
