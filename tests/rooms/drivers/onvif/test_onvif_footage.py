"""What a device recorded, and where it plays it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sereno.base.spans import Span
from sereno.drivers.contract import Ability, Fetched, Found
from sereno.drivers.errors import Busy, Garbled, Missing, Unsupported

from .device import Device, Says, fault, services
from .test_onvif_device import CAMERA, profile, stream_uri, video_sources

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = Span(NOW - timedelta(days=1), NOW - timedelta(hours=1))
DONE = "<ResultList><tt:SearchState>Completed</tt:SearchState>{}</ResultList>"


def at(hours: float) -> datetime:
    """So many hours after the day's start."""
    return DAY.start + timedelta(hours=hours)


def recording(name: str = "r1", source: str = "", status: str = "Stopped") -> str:
    return (
        f"<tt:RecordingInformation><tt:RecordingToken>{name}</tt:RecordingToken><tt:Source>"
        f"<tt:SourceId>{source}</tt:SourceId><tt:Name/></tt:Source>"
        "<tt:EarliestRecording>1970-01-01T00:00:00Z</tt:EarliestRecording>"
        f"<tt:LatestRecording>{at(20).isoformat()}</tt:LatestRecording>"
        "<tt:Track><tt:TrackToken>video</tt:TrackToken><tt:TrackType>Video</tt:TrackType></tt:Track>"
        "<tt:Track><tt:TrackToken>audio</tt:TrackToken><tt:TrackType>Audio</tt:TrackType></tt:Track>"
        f"<tt:RecordingStatus>{status}</tt:RecordingStatus></tt:RecordingInformation>"
    )


def change(hours: float, is_present: bool, *, track: str = "video", start: bool = False) -> str:
    said = str(is_present).lower()
    return (
        f"<tt:Result><tt:RecordingToken>r1</tt:RecordingToken><tt:TrackToken>{track}"
        f"</tt:TrackToken><tt:Time>{at(hours).isoformat()}</tt:Time><tt:Event><Message>"
        f'<tt:Message UtcTime="{at(hours).isoformat()}"><tt:Data><tt:SimpleItem '
        f'Name="IsDataPresent" Value="{said}"/></tt:Data></tt:Message></Message></tt:Event>'
        f"<tt:StartStateEvent>{str(start).lower()}</tt:StartStateEvent></tt:Result>"
    )


RECORDER: dict[str, Says] = {
    **CAMERA,
    "GetServices": services("media", "search", "recording", "replay"),
    "FindRecordings": "<SearchToken>s1</SearchToken>",
    "GetRecordingSearchResults": DONE.format(recording()),
    "FindEvents": "<SearchToken>s2</SearchToken>",
    "GetEventSearchResults": DONE.format(
        change(0, True, start=True) + change(2, False) + change(5, True) + change(6, False)
    ),
    "EndSearch": "",
    "GetReplayUri": "<Uri>rtsp://10.9.8.7:8554/replay?r=r1</Uri>",
}


async def found(device: Device, span: Span = DAY, channel: str = "1") -> list[Found]:
    async with device.driver() as driver:
        return [each async for each in driver.find(channel, span)]


async def test_footage_is_what_the_history_of_its_track_tells() -> None:
    device = Device(RECORDER)
    pieces = await found(device)
    assert [each.span for each in pieces] == [Span(at(0), at(2)), Span(at(5), at(6))]
    assert len({each.handle for each in pieces}) == 2
    assert {each.channel for each in pieces} == {"1"}
    assert device.operations.count("EndSearch") == 2


async def test_tracks_of_sound_are_no_footage() -> None:
    history = change(0, False, start=True) + change(3, True, track="audio") + change(4, True)
    device = Device({**RECORDER, "GetEventSearchResults": DONE.format(history)})
    assert [each.span for each in await found(device)] == [Span(at(4), at(20))]


async def test_what_ends_first_was_there_from_the_beginning() -> None:
    device = Device({**RECORDER, "GetEventSearchResults": DONE.format(change(2, False))})
    assert [each.span for each in await found(device)] == [Span(at(0), at(2))]


async def test_a_device_that_tells_no_history_has_all_between_first_and_last() -> None:
    device = Device({**RECORDER, "FindEvents": fault("ter:ActionNotSupported")})
    assert [each.span for each in await found(device)] == [Span(at(0), at(20))]


async def test_footage_that_is_being_written_is_open() -> None:
    answers = {
        **RECORDER,
        "GetRecordingSearchResults": DONE.format(recording(status="Recording")),
        "GetEventSearchResults": DONE.format(change(0, True, start=True)),
    }
    now = datetime.now(UTC)
    (piece,) = await found(Device(answers), Span(DAY.start, now + timedelta(hours=1)))
    assert piece.is_open
    assert abs(piece.span.end - now) < timedelta(seconds=30)


GOING_ON = "<ResultList/><SearchState>Searching</SearchState>"


async def test_a_search_is_asked_until_it_is_through() -> None:
    first = DONE.format(recording("r0")).replace("Completed", "Searching")
    pages = [GOING_ON, GOING_ON, first, DONE.format(recording())]
    device = Device({**RECORDER, "GetRecordingSearchResults": pages})
    await found(device)
    assert device.operations.count("GetRecordingSearchResults") == 4


async def test_a_search_that_does_not_turn_its_pages_is_over() -> None:
    page = DONE.format(recording()).replace("Completed", "Searching")
    device = Device({**RECORDER, "GetRecordingSearchResults": page})
    assert len(await found(device)) == 2


async def test_a_search_that_never_ends_is_ended_and_told() -> None:
    device = Device({**RECORDER, "GetRecordingSearchResults": GOING_ON})
    async with device.driver() as driver:
        driver._search.longest_seconds = 0.2
        with pytest.raises(Busy):
            _ = [each async for each in driver.find("1", DAY)]
    assert device.operations[-1] == "EndSearch"


async def test_a_search_without_a_name_is_garbled_and_one_without_results_finds_nothing() -> None:
    with pytest.raises(Garbled):
        await found(Device({**RECORDER, "FindRecordings": "<SearchToken/>"}))
    nothing = {**RECORDER, "GetRecordingSearchResults": DONE.format("")}
    assert await found(Device(nothing)) == []


TWO = {
    **RECORDER,
    "GetVideoSources": video_sources("a", "b"),
    "GetProfiles": profile("pa", "a") + profile("pb", "b"),
    "FindEvents": fault("ter:ActionNotSupported"),
}


@pytest.mark.parametrize(
    ("sources", "jobs"),
    [
        (("", ""), ""),  # by their places
        (("a", "b"), ""),
        (("c-a", "pb"), ""),
        (("x", "y"), "pb"),  # by what is recorded into it
    ],
)
async def test_recordings_are_told_apart(sources: tuple[str, str], jobs: str) -> None:
    first, second = sources
    told = (
        "<JobItem><JobConfiguration><tt:RecordingToken>r2</tt:RecordingToken><tt:Mode>Active"
        f"</tt:Mode><tt:Source><tt:SourceToken><tt:Token>{jobs}</tt:Token></tt:SourceToken>"
        "</tt:Source></JobConfiguration></JobItem>"
    )
    both = recording("r1", first) + recording("r2", second)
    answers = {
        **TWO,
        "GetRecordingSearchResults": DONE.format(both),
        "GetRecordingJobs": told if jobs else fault("ter:ActionNotSupported"),
    }
    (piece,) = await found(Device(answers), channel="2")
    assert piece.handle.startswith("r2,")
    if not jobs:
        (piece,) = await found(Device(answers), channel="1")
        assert piece.handle.startswith("r1,")


async def test_row_43_a_replay_is_told_from_when() -> None:
    async with Device(RECORDER).driver() as driver:
        playback = await driver.playback("1", Span(at(1), at(2)))
        with pytest.raises(Missing):
            await driver.playback("1", Span(at(21), at(22)))
    assert playback.address == "rtsp://127.0.0.1:8554/replay?r=r1"
    assert playback.headers["Require"] == "onvif-replay"
    assert (
        playback.headers["Range"] == f"clock={at(1):%Y%m%dT%H%M%S}.000Z-{at(2):%Y%m%dT%H%M%S}.000Z"
    )


class NoSink:
    """Nothing comes."""

    async def write(self, data: bytes) -> None:
        raise AssertionError

    async def restart(self) -> None:
        raise AssertionError


async def test_there_is_no_download() -> None:
    def progress(fetched: Fetched) -> None:
        raise AssertionError

    async with Device(RECORDER).driver() as driver:
        able = await driver.capabilities()
        assert not able[Ability.FETCH] and not able[Ability.FETCH_BY_TIME]
        assert able[Ability.FIND] and able[Ability.PLAYBACK] and able[Ability.HEALTH]
        with pytest.raises(Unsupported):
            await driver.fetch(Found("1", DAY, None, "r1"), NoSink(), progress)
        with pytest.raises(Unsupported):
            await driver.fetch_span("1", DAY, NoSink(), progress)


async def test_health_tells_what_is_recorded() -> None:
    both = recording("r1", "a", "Recording") + recording("r2", "b")
    answers = {**TWO, "GetRecordingSearchResults": DONE.format(both)}
    async with Device(answers).driver() as driver:
        health = await driver.health()
    assert health.disks == ()
    assert [(each.channel, each.is_recording) for each in health.channels] == [
        ("1", True),
        ("2", False),
    ]


async def test_a_camera_without_recordings_has_no_footage_to_find() -> None:
    async with Device({**CAMERA, "GetSnapshotUri": stream_uri("")}).driver() as driver:
        with pytest.raises(Unsupported):
            _ = [each async for each in driver.find("1", DAY)]
        with pytest.raises(Unsupported):
            await driver.health()
        with pytest.raises(Unsupported):
            await driver.snapshot("1")
