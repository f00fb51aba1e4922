"""The search for recordings and for what they hold.

Source: ONVIF Recording Search Service Specification. Events of the topic
``tns1:RecordingHistory/Track/State`` tell when a track holds anything. Times are UTC by the
device's own clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sereno.base.spans import Span, span_or_none
from sereno.sim.onvif.device import (
    Device,
    Operations,
    recording_token,
    video_track,
)
from sereno.sim.onvif.recordings import Recordings
from sereno.sim.onvif.searches import Searches
from sereno.sim.onvif.soap import Call, Markup, bad_argument, not_supported, tag
from sereno.sim.onvif.times import read_duration, read_stamp, stamp
from sereno.sim.recorders.config import ChannelSpec

_TOPIC = "tns1:RecordingHistory/Track/State"
_DIALECT = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
_USUAL_KEEP = "PT10S"
_MOST = 10_000
_RECORDINGS, _EVENTS = "recordings", "events"


class Search:
    """Answers about footage."""

    def __init__(self, device: Device, recordings: Recordings) -> None:
        self._device = device
        self._recordings = recordings
        self.searches = Searches(device)

    def operations(self) -> Operations:
        """What it answers."""
        return {
            ("tse", "GetServiceCapabilities"): self.search_capabilities,
            ("tse", "FindRecordings"): self.find_recordings,
            ("tse", "GetRecordingSearchResults"): self.recording_results,
            ("tse", "FindEvents"): self.find_events,
            ("tse", "GetEventSearchResults"): self.event_results,
            ("tse", "EndSearch"): self.end,
        }

    async def search_capabilities(self, _: Call) -> Markup:
        parts = tag("tse:Capabilities", MetadataSearch=False, GeneralStartEvents=False)
        return tag("tse:GetServiceCapabilitiesResponse", parts)

    async def find_recordings(self, call: Call) -> Markup:
        channels, most = self._scope(call), _most(call, "MaxMatches")

        def results() -> list[Markup]:
            return [self._recordings.element(each) for each in channels][:most]

        return tag("tse:FindRecordingsResponse", self._begin(call, _RECORDINGS, results))

    async def recording_results(self, call: Call) -> Markup:
        return self._page(call, _RECORDINGS, "tse:GetRecordingSearchResultsResponse")

    async def find_events(self, call: Call) -> Markup:
        if "no-event-search" in self._device.quirks:
            raise not_supported()
        start = read_stamp(call.text("StartPoint"))
        end = read_stamp(call.text("EndPoint", stamp(self._device.now)))
        has_start_state = call.text("IncludeStartState") in ("true", "1")
        channels, most = self._scope(call), _most(call, "MaxMatches")

        def results() -> list[Markup]:
            span = self._span(min(start, end), max(start, end))
            rows = [each for channel in channels for each in self._states(channel, span)]
            rows.sort(key=lambda row: row[0], reverse=end < start)
            first = [self._state_at(channel, start) for channel in channels]
            found = [*(first if has_start_state else []), *(row for _, row in rows)]
            return found[:most]

        return tag("tse:FindEventsResponse", self._begin(call, _EVENTS, results))

    async def event_results(self, call: Call) -> Markup:
        return self._page(call, _EVENTS, "tse:GetEventSearchResultsResponse")

    async def end(self, call: Call) -> Markup:
        self.searches.end(call.text("SearchToken"))
        return tag("tse:EndSearchResponse", tag("tse:Endpoint", stamp(self._device.now)))

    def _begin(self, call: Call, kind: str, results: Callable[[], list[Markup]]) -> Markup:
        seconds = read_duration(call.text("KeepAliveTime", _USUAL_KEEP))
        return tag("tse:SearchToken", self.searches.begin(kind, results, seconds))

    def _page(self, call: Call, kind: str, name: str) -> Markup:
        most = _most(call, "MaxResults")
        state, rows = self.searches.page(kind, call.text("SearchToken"), most)
        if "state-outside" in self._device.quirks:
            return tag(name, tag("tse:SearchState", state), tag("tse:ResultList", *rows))
        return tag(name, tag("tse:ResultList", tag("tt:SearchState", state), *rows))

    def _scope(self, call: Call) -> list[ChannelSpec]:
        """The channels that a search is about."""
        named = call.texts("IncludedRecordings")
        if not named:
            return list(self._device.config.channels)
        return [self._recordings.named(token) for token in named]

    def _span(self, start: datetime, end: datetime) -> Span:
        """True time, from the device's. Raises Fault."""
        true = self._device.clock.true_of_utc
        span = span_or_none(true(start), true(end))
        if span is None:
            raise bad_argument("The search has no time in it")
        return span

    def _states(self, channel: ChannelSpec, span: Span) -> list[tuple[datetime, Markup]]:
        """When its pictures begin and end within a span, oldest first."""
        shown = self._device.clock.utc_shown
        rows = []
        for file in self._device.files(channel, span.start, span.end):
            edges = [(file.start, True), *([] if file.is_open else [(file.end, False)])]
            for moment, is_present in edges:
                if span.start <= moment <= span.end:
                    at = shown(moment)
                    rows.append((at, _state(channel, at, is_present=is_present)))
        return rows

    def _state_at(self, channel: ChannelSpec, at: datetime) -> Markup:
        """Whether there were pictures at the beginning of a search."""
        moment = self._device.clock.true_of_utc(at)
        files = self._device.files(channel, moment, moment + timedelta(microseconds=1))
        return _state(channel, at, is_present=bool(files), is_start=True)


def _state(
    channel: ChannelSpec, at: datetime, *, is_present: bool, is_start: bool = False
) -> Markup:
    recording, track = recording_token(channel), video_track(channel)
    names = {"RecordingToken": recording, "Track": track}
    message = tag(
        "tt:Message",
        tag("tt:Source", *(tag("tt:SimpleItem", Name=k, Value=v) for k, v in names.items())),
        tag("tt:Data", tag("tt:SimpleItem", Name="IsDataPresent", Value=is_present)),
        UtcTime=stamp(at),
        PropertyOperation="Initialized" if is_start else "Changed",
    )
    topic = tag("wsnt:Topic", _TOPIC, Dialect=_DIALECT)
    return tag(
        "tt:Result",
        tag("tt:RecordingToken", recording),
        tag("tt:TrackToken", track),
        tag("tt:Time", stamp(at)),
        tag("tt:Event", topic, tag("wsnt:Message", message)),
        tag("tt:StartStateEvent", is_start),
    )


def _most(call: Call, name: str) -> int:
    """How many are wanted at most. Raises Fault."""
    text = call.text(name, str(_MOST))
    if not text.isdecimal() or not int(text):
        raise bad_argument(f"{name} is no number above zero")
    return int(text)
