"""The addresses that a device tells, and what those of RTSP mean.

Live      rtsp://host:port/live?channel=1&subtype=0&unicast=true&proto=Onvif
Footage   rtsp://host:port/replay?recording=OnvifRecordingToken_1&proto=Onvif
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from sereno.base.spans import Span
from sereno.sim.onvif.device import Device, recording_token
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.rtsp import StreamPath

SNAPSHOT_PATH = "/onvif/snapshot"
_TRACK = re.compile(r"/trackID=(\d)(?=$|[/?])")
_ELSEWHERE = "192.0.2.10"
"""RFC 5737: for documentation, never in use."""
_KINDS = ("main", "sub")


class Addresses:
    """Writes addresses."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def service(self, path: str, host: str = "") -> str:
        """A service's, at ``host`` where that is known better."""
        told = host if host and not self._is_elsewhere else self._host
        return f"http://{told}:{self._device.http_port}{path}"

    def live(self, channel: ChannelSpec, kind: str) -> str:
        """Where a channel plays live, as it is told."""
        return self._told(
            self._rtsp(
                f"live?channel={channel.number}&subtype={_KINDS.index(kind)}"
                "&unicast=true&proto=Onvif"
            )
        )

    def footage(self, channel: ChannelSpec) -> str:
        """Where its footage plays, as it is told."""
        return self._told(self._rtsp(f"replay?recording={recording_token(channel)}&proto=Onvif"))

    def picture(self, channel: ChannelSpec, kind: str) -> str:
        """Where its picture is, as it is told."""
        query = f"channel={channel.number}&subtype={_KINDS.index(kind)}"
        return self._told(self.service(f"{SNAPSHOT_PATH}?{query}"))

    @property
    def _host(self) -> str:
        return _ELSEWHERE if self._is_elsewhere else self._device.host

    @property
    def _is_elsewhere(self) -> bool:
        return "wrong-host" in self._device.quirks

    def _rtsp(self, rest: str) -> str:
        return f"rtsp://{self._host}:{self._device.rtsp_port}/{rest}"

    def _told(self, address: str) -> str:
        quirks = self._device.quirks
        if "double-escaped-uri" in quirks:
            address = escape(address)
        return f"\n\t  {address} \r\n\t" if "space-in-uri" in quirks else address


class RtspAddresses:
    """Reads the addresses of RTSP; footage is all that a recording holds."""

    def __init__(self, device: Device) -> None:
        self._device = device
        channels: Sequence[ChannelSpec] = device.config.channels
        self._lives = {str(each.number): place for place, each in enumerate(channels, 1)}
        self._recordings = {recording_token(each): place for place, each in enumerate(channels, 1)}

    def __call__(self, uri: str) -> StreamPath | None:
        """The stream or footage that an address names, or None."""
        found = _TRACK.search(uri)
        track = int(found[1]) if found else None
        try:
            parts = urlsplit(_TRACK.sub("", uri).rstrip("/"))
        except ValueError:
            return None
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/live" and query.get("subtype", "0") in ("0", "1"):
            place = self._lives.get(query.get("channel", ""))
            kind = _KINDS[int(query.get("subtype", "0"))]
            return None if place is None else StreamPath(place, kind, track)
        place = self._recordings.get(query.get("recording", ""))
        if parts.path != "/replay" or place is None:
            return None
        now = self._device.clock.true_now()
        oldest = now - timedelta(days=self._device.config.days)
        return StreamPath(place, "main", track, span=Span(oldest, now))
