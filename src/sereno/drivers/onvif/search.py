"""What a device recorded, and when (profile G)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.base.spans import Span, intersect, span_or_none, union
from sereno.drivers.errors import Busy, DeviceError, Missing, Unsupported
from sereno.drivers.gate import Gate
from sereno.drivers.onvif.asking import Onvif
from sereno.drivers.onvif.inputs import Input
from sereno.drivers.onvif.parse_footage import (
    Change,
    Recording,
    changes,
    has_results,
    is_going_on,
    jobs,
    listed_recordings,
    present,
    recordings,
    search_token,
)
from sereno.drivers.onvif.soap import Operation, Service, element
from sereno.drivers.onvif.times import written
from sereno.drivers.reasons import garbled
from sereno.drivers.tree import Part
from sereno.policy.reasons import Reason

_WAIT_SECONDS = 5
_LONGEST_SECONDS = 60.0
_PAUSE_SECONDS = (0.1, 2.0)
_MOST_PAGES = 500
_RESULTS = 200
_LEAST_RESULTS = 1
_ALIVE = "PT60S"
_STATE_TOPIC = "tns1:RecordingHistory/Track/State"
_CONCRETE = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"


@dataclass(frozen=True, slots=True)
class Piece:
    """Footage without a break: which recording, and when by the device's clock."""

    recording: Recording
    span: Span


@dataclass(slots=True)
class Search:
    """All searches of one device, one after the other."""

    onvif: Onvif
    gate: Gate
    clock: Clock
    longest_seconds: float = _LONGEST_SECONDS
    _tells_no_history: bool = False

    async def pieces(
        self, one: Input, inputs: Sequence[Input], span: Span, now: datetime
    ) -> list[Piece]:
        """What there is of an input within `span`, oldest first; `now` is the device's time. Raises
        DeviceError."""
        found = await self.recordings_of(one, inputs)
        pieces: list[Piece] = []
        for recording in found:
            window = within(recording, span, now)
            if window is not None:
                spans = await self._spans(recording, window)
                pieces += [Piece(recording, each) for each in spans]
        return sorted(pieces, key=lambda piece: (piece.span, piece.recording.token))

    async def recordings_of(self, one: Input, inputs: Sequence[Input]) -> list[Recording]:
        """Those that were made of an input. Raises DeviceError."""
        found = await self.recordings()
        sources = await self._jobs() if len(inputs) > 1 else {}
        return [each for each in found if belongs(each, found, one, inputs, sources)]

    async def recorded_now(self, inputs: Sequence[Input]) -> dict[str, bool]:
        """By an input's id whether it is being recorded, as far as the device tells. Raises
        DeviceError."""
        found = await self.recordings()
        sources = await self._jobs()
        told: dict[str, bool] = {}
        for one in inputs:
            mine = [each for each in found if belongs(each, found, one, inputs, sources)]
            if mine:
                told[one.id] = any(each.is_going_on for each in mine)
        return told

    async def recordings(self) -> list[Recording]:
        """All that the device holds. Raises DeviceError."""
        inside = "<n:Scope></n:Scope>" + element("n:KeepAliveTime", _ALIVE)
        try:
            pages = await self._search(Operation("FindRecordings", Service.SEARCH, inside))
        except Unsupported:
            if not await self.onvif.has(Service.RECORDING):
                raise
            operation = Operation("GetRecordings", Service.RECORDING)
            return listed_recordings(await self.onvif.ask(Service.RECORDING, operation))
        found = {each.token: each for page in pages for each in recordings(page)}
        return list(found.values())

    async def _jobs(self) -> dict[str, tuple[str, ...]]:
        """What is recorded into which recording, where the device tells that to this account."""
        if not await self.onvif.has(Service.RECORDING):
            return {}
        operation = Operation("GetRecordingJobs", Service.RECORDING)
        told = await self.onvif.ask_if_allowed(Service.RECORDING, operation)
        return jobs(told) if told is not None else {}

    async def _spans(self, recording: Recording, window: Span) -> list[Span]:
        """When it holds footage; where the device does not tell of breaks, all of the window."""
        if self._tells_no_history:
            return [window]
        try:
            found = await self._changes(recording, window)
        except Unsupported:
            self._tells_no_history = True
            return [window]
        except Missing:  # it was overwritten meanwhile
            return []
        tracks: dict[str, list[Change]] = {}
        for change in found:
            if change.track in recording.videos or not recording.videos:
                tracks.setdefault(change.track, []).append(change)
        if not tracks:
            return [window]
        spans = [span for track in tracks.values() for span in present(track, window)]
        return intersect(spans if len(tracks) == 1 else union(spans), window)

    async def _changes(self, recording: Recording, window: Span) -> list[Change]:
        inside = (
            element("n:StartPoint", written(window.start))
            + element("n:EndPoint", written(window.end))
            + "<n:Scope>"
            + element("tt:IncludedRecordings", recording.token)
            + f'</n:Scope><n:SearchFilter><wsnt:TopicExpression Dialect="{_CONCRETE}">'
            + f"{_STATE_TOPIC}</wsnt:TopicExpression></n:SearchFilter>"
            + "<n:IncludeStartState>true</n:IncludeStartState>"
            + element("n:KeepAliveTime", _ALIVE)
        )
        pages = await self._search(Operation("FindEvents", Service.SEARCH, inside))
        mine = [change for page in pages for change in changes(page)]
        return [each for each in mine if each.recording in ("", recording.token)]

    async def _search(self, operation: Operation) -> list[Part]:
        """All pages of a search's results. It is ended, whatever happens."""
        async with self.gate.turn("search"):
            token = search_token(await self.onvif.ask(Service.SEARCH, operation))
            if not token:
                raise garbled(f"{operation.name} without a SearchToken")
            name = operation.name.removeprefix("Find").removesuffix("s")
            try:
                return await self._pages(f"Get{name}SearchResults", token)
            finally:
                await self._end(token)

    async def _pages(self, name: str, token: str) -> list[Part]:
        """Until the device says that it is through. Raises Busy where that takes too long."""
        inside = (
            element("n:SearchToken", token)
            + element("n:MinResults", str(_LEAST_RESULTS))
            + element("n:MaxResults", str(_RESULTS))
            + element("n:WaitTime", f"PT{_WAIT_SECONDS}S")
        )
        operation = Operation(name, Service.SEARCH, inside)
        found: list[Part] = []
        pauses = Backoff(*_PAUSE_SECONDS)
        until = self.clock.monotonic() + self.longest_seconds
        for _ in range(_MOST_PAGES):
            page = await self.onvif.ask(Service.SEARCH, operation, seconds=4.0 * _WAIT_SECONDS)
            if not is_going_on(page):
                return [*found, page]
            if not has_results(page):  # some answer at once, whatever they were told to wait
                await asyncio.sleep(pauses.next_seconds())
            elif page in found:
                return found  # the same again: it does not turn its pages
            else:
                found.append(page)
            if self.clock.monotonic() >= until:
                break
        raise Busy(Reason("device_busy", {"status": f"{name}: Searching"}))

    async def _end(self, token: str) -> None:
        """Devices keep few searches; one that is not ended is kept until its time is over."""
        operation = Operation("EndSearch", Service.SEARCH, element("n:SearchToken", token))
        try:
            await self.onvif.ask(Service.SEARCH, operation)
        except DeviceError:
            return  # it ends by itself


def belongs(
    recording: Recording,
    found: Sequence[Recording],
    one: Input,
    inputs: Sequence[Input],
    sources: dict[str, tuple[str, ...]],
) -> bool:
    """Whether a recording is one of this input: by what is recorded into it, by what it says of its
    source, else by its place in the list, where there are as many as inputs."""
    if len(inputs) == 1:
        return True
    words = {*sources.get(recording.token, ()), *recording.words}
    by_words = [each for each in inputs if words & {*each.tokens, each.name}]
    if by_words:
        return one in by_words
    if len(found) != len(inputs) or any(_named(each, inputs, sources) for each in found):
        return False
    return found.index(recording) == inputs.index(one)


def _named(
    recording: Recording, inputs: Iterable[Input], sources: dict[str, tuple[str, ...]]
) -> bool:
    words = {*sources.get(recording.token, ()), *recording.words}
    return any(words & {*each.tokens, each.name} for each in inputs)


def within(recording: Recording, span: Span, now: datetime) -> Span | None:
    """The part of `span` in which it may hold footage; `now` is the device's time. What is still
    being written reaches to now, whatever was indexed so far."""
    start = max(span.start, recording.first or span.start)
    last = now if recording.is_going_on or recording.last is None else recording.last
    return span_or_none(start, min(span.end, last))
