"""Where a device plays its footage.

Without its own headers a replay plays from the beginning of the recording, whatever was asked
(ONVIF Streaming Specification, "Replay"): `Require: onvif-replay` with SETUP and PLAY, `Range` by
the device's clock, and `Rate-Control` to be sent pictures at the pace of their time.
"""

from __future__ import annotations

from dataclasses import dataclass

from sereno.base.spans import Span
from sereno.drivers.contract import Playback
from sereno.drivers.onvif.addresses import rtsp_address
from sereno.drivers.onvif.asking import Onvif
from sereno.drivers.onvif.parse_media import uri
from sereno.drivers.onvif.soap import STREAM_SETUP, Operation, Service, element
from sereno.drivers.onvif.times import clock_time
from sereno.drivers.reasons import garbled


@dataclass(slots=True)
class Replay:
    """The replays of one device."""

    onvif: Onvif

    async def of(self, recording: str, span: Span) -> Playback:
        """Where `span` of a recording plays. Raises DeviceError."""
        inside = STREAM_SETUP + element("n:RecordingToken", recording)
        operation = Operation("GetReplayUri", Service.REPLAY, inside)
        told = uri(await self.onvif.ask(Service.REPLAY, operation))
        login = self.onvif.line.login
        address = rtsp_address(told, login.host, login.rtsp_port)
        if not address:
            raise garbled("no address in GetReplayUri")
        when = f"clock={clock_time(span.start)}-{clock_time(span.end)}"
        headers = {"Require": "onvif-replay", "Rate-Control": "yes", "Range": when}
        return Playback(address, span, headers)
