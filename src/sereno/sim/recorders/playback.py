"""A recorder's RTSP port: its channels live and its footage, under its maker's addresses.

Hikvision  /Streaming/Channels/101            live: channel 1, 01 main, 02 sub
           /Streaming/tracks/101?starttime=20260721T080000Z&endtime=20260721T090000Z
Dahua      /cam/realmonitor?channel=1&subtype=0    live: subtype 0 main, 1 sub
           /cam/playback?channel=1&subtype=0&starttime=2026_07_21_08_00_00&endtime=…
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from sereno.base.spans import Span, span_or_none
from sereno.sim.auth import Logins
from sereno.sim.loops import Progress
from sereno.sim.recorders.config import RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.doorkeeper import HttpDoorkeeper
from sereno.sim.recorders.footage import FootagePlan
from sereno.sim.replay import Playback
from sereno.sim.rtsp import StreamPath
from sereno.sim.seeking import Seeking
from sereno.sim.server import SimServer

ToTrue = Callable[[datetime], datetime]
"""From a time in an address (naive) to the true instant (aware UTC)."""
_TRACK = re.compile(r"/trackID=(\d)(?=$|[/?])")
_HIKVISION_LIVE = re.compile(r"/streaming/channels/(\d+)0([12])/?", re.IGNORECASE)
_HIKVISION_TRACK = re.compile(r"/streaming/tracks/(\d+)0([12])/?", re.IGNORECASE)
_KINDS = {"1": "main", "2": "sub"}
_SUBTYPES = {"0": "main", "1": "sub"}


class _Addresses:
    """What the makers' ways of reading an address share.

    ``places`` are the channels' numbers in the order of the server's cameras.
    """

    def __init__(self, places: Sequence[int], to_true: ToTrue, true_now: Callable[[], datetime]):
        self._places = {number: place for place, number in enumerate(places, 1)}
        self._to_true = to_true
        self._true_now = true_now

    def __call__(self, uri: str) -> StreamPath | None:
        """The stream or footage that an address names, or None."""
        found = _TRACK.search(uri)
        try:
            parts = urlsplit(_TRACK.sub("", uri).rstrip("/"))
        except ValueError:
            return None
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        track = int(found[1]) if found else None
        return self._read(parts.path, query, track)

    def _read(self, path: str, query: dict[str, str], track: int | None) -> StreamPath | None:
        raise NotImplementedError

    def _path(
        self, channel: int, kind: str | None, track: int | None, span: Span | None
    ) -> StreamPath | None:
        place = self._places.get(channel)
        if place is None or kind is None:
            return None
        return StreamPath(place, kind, track, span=span)

    def _span(self, query: dict[str, str], pattern: str) -> Span | None:
        """The footage asked for, up to now where no end is named; None where it makes no sense."""
        try:
            start = self._to_true(datetime.strptime(query["starttime"], pattern))  # noqa: DTZ007
            if "endtime" not in query:
                return span_or_none(start, self._true_now())
            end = self._to_true(datetime.strptime(query["endtime"], pattern))  # noqa: DTZ007
        except (KeyError, ValueError):
            return None
        return span_or_none(start, end)


class HikvisionAddresses(_Addresses):
    """Hikvision's addresses."""

    def _read(self, path: str, query: dict[str, str], track: int | None) -> StreamPath | None:
        if live := _HIKVISION_LIVE.fullmatch(path):
            return self._path(int(live[1]), _KINDS[live[2]], track, None)
        footage = _HIKVISION_TRACK.fullmatch(path)
        span = self._span({k.lower(): v for k, v in query.items()}, "%Y%m%dT%H%M%SZ")
        if footage is None or span is None:
            return None
        return self._path(int(footage[1]), _KINDS[footage[2]], track, span)


class DahuaAddresses(_Addresses):
    """Dahua's addresses. Where ``plays_on_monitor``, footage is played by the live address with
    times, and ``/cam/playback`` is unknown."""

    plays_on_monitor = False

    def _read(self, path: str, query: dict[str, str], track: int | None) -> StreamPath | None:
        channel = query.get("channel", "1")
        kind = _SUBTYPES.get(query.get("subtype", "0"))
        footage_path = "/cam/realmonitor" if self.plays_on_monitor else "/cam/playback"
        if not channel.isdecimal():
            return None
        if path == footage_path and "starttime" in query:
            span = self._span(query, "%Y_%m_%d_%H_%M_%S")
            return None if span is None else self._path(int(channel), kind, track, span)
        return self._path(int(channel), kind, track, None) if path == "/cam/realmonitor" else None


class AddressBook(Protocol):
    """Reads an address."""

    def __call__(self, uri: str) -> StreamPath | None: ...


class RecorderRtsp:
    """``async with RecorderRtsp(…) as rtsp``: serves a recorder's channels and footage.

    Channels that are offline answer 404 live and play what they recorded. Wrong passwords count
    with those at ``door``. ``auth`` and ``quirks`` are those of the simulated RTSP server
    (``sim.spec``, ``sim.quirks``); ``progress`` follows the encoding (``sim.loops``).
    """

    def __init__(
        self,
        config: RecorderConfig,
        device: DeviceClock,
        addresses: AddressBook,
        clock: Callable[[], float],
        *,
        door: HttpDoorkeeper | None = None,
        most_playbacks: int | None = None,
        runs_on: bool = False,
        seeking: Seeking | None = None,
        auth: tuple[str, ...] = ("digest",),
        quirks: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> None:
        self._config = config
        self._device = device
        self._plan = FootagePlan(config)
        self.playback = Playback(
            self._files, clock, most_sessions=most_playbacks, runs_on=runs_on, seeking=seeking
        )
        logins = Logins(
            on_refused=door.fail if door else None,
            locked_seconds=door.locked_seconds if door else None,
        )
        self.server = SimServer(
            config.cameras_config(quirks, auth),
            clock=clock,
            progress=progress,
            find_path=addresses,
            playback=self.playback,
            logins=logins,
        )

    async def __aenter__(self) -> RecorderRtsp:
        await self.server.__aenter__()
        for place, channel in enumerate(self._config.channels, 1):
            if not channel.is_online:
                self.server.camera(place).offline()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.server.__aexit__(kind, error, trace)

    @property
    def port(self) -> int:
        """The port listened on."""
        return self.server.port

    def _files(self, camera: int, span: Span) -> list[Span]:
        channel = self._config.channels[camera - 1]
        now = self._device.true_now()
        files = self._plan.files(channel, span.start, span.end, now)
        return [Span(file.start, file.end) for file in files]
