"""A recorder's footage, played by the recorder itself, to whoever has a ticket for it."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from sereno.base.clock import to_us
from sereno.base.spans import Span

from .conftest import until
from .recorder_views import (
    GOP_SECONDS,
    PASSWORD,
    RECORDERS,
    House,
    Recorders,
    Seen,
    all_of,
    children,
    first_picture,
    gap_of,
    house,
    recorder_config,
    some_footage,
)


@pytest.fixture(scope="session")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loops")


@pytest.mark.parametrize("vendor", RECORDERS)
async def test_footage_is_shown_with_the_times_that_it_was_taken_at(
    loops: Path, tmp_path: Path, vendor: str
) -> None:
    async with house(loops, tmp_path, vendor, "one-playback") as place:
        span = some_footage()
        async with place.viewer(place.ticket(span)) as socket:
            seen = await all_of(socket)
        assert seen.names == ["connecting", "playing", "over"]
        start_us, end_us = to_us(span.start), to_us(span.end)
        gop_us = GOP_SECONDS * 1_000_000
        assert start_us - gop_us <= seen.taken_us[0] <= start_us
        assert end_us - gop_us <= seen.taken_us[-1] <= end_us + gop_us
        init = seen.inits[0]
        tells_times = vendor == "onvif"
        begins_us = seen.taken_us[0] if tells_times else start_us
        assert init["epoch_ms"] * 1000 == pytest.approx(begins_us, abs=1000)
        assert "avc1" in init["mime"]
        assert "mp4a" in init["mime"], "its sound came with it"
        await until(lambda: not place.playing and place.is_clean, "the recorder is free")
        assert place.recorder.rtsp.playback.started == 1


@pytest.mark.parametrize("vendor", RECORDERS)
async def test_where_the_recorders_clock_is_wrong_its_footage_has_true_times(
    loops: Path, tmp_path: Path, vendor: str
) -> None:
    async with house(loops, tmp_path, vendor, skew_seconds=95, offset_seconds=95.3) as place:
        await shown_of(place, some_footage())


async def test_what_the_hub_found_is_played_by_the_clock_of_then(
    loops: Path, tmp_path: Path
) -> None:
    """As the node measures it now, the recorder's clock is right."""
    async with house(loops, tmp_path, "dahua", skew_seconds=-1234, offset_seconds=0.4) as place:
        await shown_of(place, some_footage(), ahead_seconds=-1234)


async def shown_of(place: House, span: Span, **ticket: Any) -> None:
    """What is shown of the span, which is of that time by true clocks."""
    async with place.viewer(place.ticket(span, **ticket)) as socket:
        seen = await all_of(socket)
    assert seen.names[-1] == "over", seen.states
    gop_us, start_us = GOP_SECONDS * 1_000_000, to_us(span.start)
    assert start_us - gop_us <= seen.taken_us[0] <= start_us
    assert seen.inits[0]["epoch_ms"] * 1000 == pytest.approx(start_us, abs=gop_us)


@pytest.mark.parametrize("vendor", ["hikvision", "onvif"])
async def test_what_lies_behind_a_gap_has_its_own_time(
    loops: Path, tmp_path: Path, vendor: str
) -> None:
    async with house(loops, tmp_path, vendor) as place:
        gap, second = gap_of(recorder_config(loops)), timedelta(seconds=1)
        span = Span(gap.start - second, gap.end + second)
        async with place.viewer(place.ticket(span, channel="2")) as socket:
            seen = await all_of(socket)
        assert seen.names[-1] == "over"
        assert len(seen.inits) == 2
        behind_us = seen.inits[1]["epoch_ms"] * 1000
        shown_us = next(each for each in seen.taken_us if each > to_us(gap.start) + 1_000_000)
        gop_us = GOP_SECONDS * 1_000_000
        assert behind_us == pytest.approx(to_us(gap.end), abs=2 * gop_us)
        assert shown_us == pytest.approx(behind_us, abs=gop_us)


@pytest.mark.parametrize("quirk", ["replay-needs-range", "replay-without-times"])
async def test_row_43_a_replay_begins_where_it_was_asked_to(
    loops: Path, tmp_path: Path, quirk: str
) -> None:
    async with house(loops, tmp_path, "onvif", quirk) as place:
        span = some_footage(600)
        async with place.viewer(place.ticket(span)) as socket:
            seen = await first_picture(socket)
        start_us = to_us(span.start)
        assert start_us - GOP_SECONDS * 1_000_000 <= seen.taken_us[0] <= start_us


@pytest.mark.parametrize("vendor", RECORDERS)
async def test_the_end_is_ours_where_the_recorder_goes_on(
    loops: Path, tmp_path: Path, vendor: str
) -> None:
    async with house(loops, tmp_path, vendor, "runs-past-end", "one-playback") as place:
        span = some_footage()
        async with place.viewer(place.ticket(span)) as socket:
            seen = await all_of(socket)
        assert seen.names[-1] == "over"
        newest_us = seen.taken_us[-1]
        gop_us = GOP_SECONDS * 1_000_000
        assert to_us(span.end) - gop_us <= newest_us <= to_us(span.end) + 2 * gop_us
        await until(lambda: not place.playing, "the recorder is free")


@pytest.mark.provokes("recorder_plays_for_others")
async def test_row_28_who_comes_second_waits_until_the_first_has_left(
    loops: Path, tmp_path: Path
) -> None:
    async with house(loops, tmp_path, "hikvision", "one-playback") as place:
        async with place.viewer(place.ticket(some_footage(600))) as first:
            await first_picture(first)
            async with (
                place.viewer(place.ticket(some_footage(600))) as second,
                place.viewer(place.ticket(some_footage(600))) as third,
            ):
                waiting = Seen()
                while "waiting" not in waiting.names:
                    waiting.take(await second.recv())
                reason = waiting.states[-1]["reason"]
                assert reason["key"] == "recorder_plays_for_others"
                assert reason["params"] == {"ahead": "1"}
                told = Seen()
                while "waiting" not in told.names:
                    told.take(await third.recv())
                assert told.states[-1]["reason"]["params"] == {"ahead": "2"}
                await first.close()
                seen = await first_picture(second)
                assert seen.names == ["connecting", "playing"]
                while told.states[-1]["reason"]["params"] != {"ahead": "1"}:
                    told.take(await third.recv())
                assert place.recorder.rtsp.playback.started == 2
        await until(lambda: not place.playing and place.is_clean, "the recorder is free")


@pytest.mark.provokes("recorder_busy")
async def test_a_recorder_that_plays_for_somebody_else_says_so(loops: Path, tmp_path: Path) -> None:
    async with house(loops, tmp_path, "dahua", "one-playback") as place:
        place.recorder.rtsp.playback.most_sessions = 0
        async with place.viewer(place.ticket(some_footage())) as socket:
            seen = Seen()
            while "waiting" not in seen.names:
                seen.take(await socket.recv())
            reason = seen.states[-1]["reason"]
            assert (reason["key"], reason["params"]) == ("recorder_busy", {"status": "453"})
            assert "somebody outside Sereno" in reason["en"]


@pytest.mark.provokes("recorder_plays_nothing")
async def test_a_time_of_which_nothing_is_left_is_said_in_words(
    loops: Path, tmp_path: Path
) -> None:
    async with house(loops, tmp_path, "hikvision") as place:
        start = datetime.now(UTC) - timedelta(days=30)
        span = Span(start, start + timedelta(seconds=5))
        async with place.viewer(place.ticket(span)) as socket:
            seen = await all_of(socket)
        assert seen.names == ["connecting", "failed"]
        assert seen.states[-1]["reason"]["key"] == "recorder_plays_nothing"


async def test_a_password_that_is_wrong_is_shown_once(loops: Path, tmp_path: Path) -> None:
    async with house(loops, tmp_path, "hikvision", password="not it") as place:
        for _ in range(2):
            async with place.viewer(place.ticket(some_footage())) as socket:
                seen = await all_of(socket)
            assert seen.names == ["connecting", "failed"] or seen.names == ["failed"]
            assert seen.states[-1]["reason"]["key"] == "login_refused"
        signed = [each for each in place.recorder.log if "authorization" in each.headers]
        assert len(signed) == 1
        assert place.recorder.rtsp.server.refused_logins == 0


@pytest.mark.provokes("recorder_not_connected")
async def test_a_device_that_was_removed_meanwhile_is_not_waited_for(
    loops: Path, tmp_path: Path
) -> None:
    async with house(loops, tmp_path, "hikvision") as place:
        devices = place.plays.recorders
        assert isinstance(devices, Recorders)
        devices.order = devices.order.model_copy(update={"device_id": uuid4()})
        async with place.viewer(place.ticket(some_footage())) as socket:
            seen = await all_of(socket)
        assert seen.states[-1]["reason"]["key"] == "recorder_not_connected"


async def test_a_runner_that_is_killed_leaves_nothing_and_its_end_is_told(
    loops: Path, tmp_path: Path
) -> None:
    async with house(loops, tmp_path, "hikvision") as place:
        async with place.viewer(place.ticket(some_footage(600))) as socket:
            seen = await first_picture(socket)
            assert not place.is_clean
            [runner] = children()
            assert PASSWORD not in runner.argv
            os.kill(runner.pid, signal.SIGKILL)
            rest = await all_of(socket)
        assert rest.names == ["failed"]
        assert rest.states[-1]["reason"]["key"] == "runner_died"
        assert seen.names == ["connecting", "playing"]
        await until(lambda: place.is_clean, "nothing is left")


async def test_a_node_that_ends_takes_leave_of_the_recorder(loops: Path, tmp_path: Path) -> None:
    async with (
        house(loops, tmp_path, "dahua") as place,
        place.viewer(place.ticket(some_footage(600))) as socket,
    ):
        await first_picture(socket)
        await place.plays.close()
        assert not place.playing
        assert not place.plays.folder.exists()
    left = tmp_path / "recorder" / "of-a-killed-node"
    left.mkdir(parents=True)
    await place.plays.prepare()
    assert not left.exists()


@pytest.mark.parametrize(
    ("purpose", "changes", "code"),
    [
        ("live", {}, 4401),
        ("playback", {}, 4401),
        ("recorder", {"device_id": uuid4()}, 4404),
        ("recorder", {"start": None}, 4401),
        ("recorder", {"now": datetime.now(UTC) - timedelta(hours=1)}, 4401),
    ],
)
async def test_only_a_ticket_for_this_opens_it(
    loops: Path, tmp_path: Path, purpose: str, changes: dict[str, Any], code: int
) -> None:
    async with house(loops, tmp_path, "hikvision") as place:
        async with place.viewer(place.ticket(some_footage(), purpose, **changes)) as socket:
            with pytest.raises(ConnectionClosed) as ended:
                await socket.recv()
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == code
