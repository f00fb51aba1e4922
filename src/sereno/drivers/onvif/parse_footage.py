"""What a device recorded: pure, from an answer's body to values.

Sources: ONVIF Recording Search Service (`RecordingInformation`, `FindEventResult`) and Recording
Control (`GetRecordingJobs`). Times are UTC of the device's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sereno.base.spans import Span, span_or_none
from sereno.drivers.onvif.parse_events import items
from sereno.drivers.onvif.times import moment
from sereno.drivers.tree import Part, fact

_GOING_ON = ("queued", "searching")


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded of one source. `words` are all by which it may be known which; `videos` the
    tokens of its tracks of pictures. `first` and `last` are None where the device does not say."""

    token: str
    words: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    videos: frozenset[str]
    is_going_on: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Footage of a track begins or ends. `is_start_state` is how it stood when the search began."""

    recording: str
    track: str
    at: datetime
    is_present: bool
    is_start_state: bool


def search_token(body: Part) -> str:
    """The name of a search that was begun; empty where there is none."""
    return next((each.text for each in body.walk("SearchToken")), "")


def is_going_on(body: Part) -> bool:
    """Whether a search may bring more; the state stands inside the list of results, or beside."""
    states = [each.text.strip().lower() for each in body.walk("SearchState")]
    return any(state in _GOING_ON for state in states)


def has_results(body: Part) -> bool:
    """Whether a page of results holds any."""
    names = ("RecordingInformation", "Result")
    return any(True for name in names for _ in body.walk(name))


def recordings(body: Part) -> list[Recording]:
    """From `GetRecordingSearchResults`."""
    found = (_recording(each) for each in body.walk("RecordingInformation"))
    return [each for each in found if each is not None]


def listed_recordings(body: Part) -> list[Recording]:
    """From `GetRecordings`, which tells no times."""
    found = (_recording(each) for each in body.walk("RecordingItem"))
    return [each for each in found if each is not None]


def jobs(body: Part) -> dict[str, tuple[str, ...]]:
    """By a recording's token, what is recorded into it now: tokens of profiles or receivers."""
    found: dict[str, tuple[str, ...]] = {}
    for each in body.walk("JobConfiguration"):
        if each.say("Mode").lower() in ("", "active"):
            tokens = tuple(part.say("Token") for part in each.walk("SourceToken"))
            found[each.say("RecordingToken")] = tokens
    return found


def changes(body: Part) -> list[Change]:
    """From `GetEventSearchResults`, those of `tns1:RecordingHistory/Track/State`."""
    found: list[Change] = []
    for each in body.walk("Result"):
        at = moment(each.say("Time"))
        said = fact(items(each, "Data").get("isdatapresent", ""))
        if at is None or said is None:
            continue
        is_start = fact(each.say("StartStateEvent")) is True
        token, track = each.say("RecordingToken"), each.say("TrackToken")
        found.append(Change(token, track, at, said, is_start))
    return found


def present(found: Iterable[Change], window: Span) -> list[Span]:
    """When there is footage of one track within `window`. What was there when it began, and does
    not end in it, fills it."""
    spans: list[Span] = []
    since: datetime | None = None
    is_first = True
    for change in sorted(found, key=lambda each: (each.at, not each.is_start_state)):
        at = min(max(change.at, window.start), window.end)
        if change.is_present:
            since = since or at
        else:
            start = since or (window.start if is_first and not change.is_start_state else None)
            if start is not None and (span := span_or_none(start, at)) is not None:
                spans.append(span)
            since = None
        is_first = False
    if since is not None and (span := span_or_none(since, window.end)) is not None:
        spans.append(span)
    return spans


def _recording(told: Part) -> Recording | None:
    token = told.say("RecordingToken")
    source = told.get("Source") or told.get("Configuration/Source")
    if not token:
        return None
    words = [source.say(name) for name in ("SourceId", "Name")] if source is not None else []
    tracks = [*told.walk("Track")]
    videos = [each for each in tracks if _track_type(each) == "video"]
    return Recording(
        token,
        tuple(word for word in words if word),
        _edge((each.say("DataFrom") for each in videos), told.say("EarliestRecording"), min),
        _edge((each.say("DataTo") for each in videos), told.say("LatestRecording"), max),
        frozenset(each.say("TrackToken") for each in videos),
        told.say("RecordingStatus").lower() == "recording",
    )


def _edge(
    of_tracks: Iterable[str],
    of_recording: str,
    pick: Callable[[list[datetime]], datetime],
) -> datetime | None:
    """The outermost time of the tracks; of the whole recording, where they tell none."""
    moments = [at for text in of_tracks if (at := moment(text)) is not None]
    return pick(moments) if moments else moment(of_recording)


def _track_type(track: Part) -> str:
    return (track.say("TrackType") or track.say("Configuration/TrackType")).lower()
