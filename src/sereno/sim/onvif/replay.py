"""The replay service, and how footage is played over RTSP.

Sources: ONVIF Replay Control Service Specification; ONVIF Streaming Specification, chapter 6.
"""

from __future__ import annotations

from sereno.sim.onvif.addresses import Addresses
from sereno.sim.onvif.device import Device, Operations, recording_token
from sereno.sim.onvif.soap import Call, Markup, no_such_token, tag
from sereno.sim.quirks import Quirks
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.seeking import Seeking


class Replay:
    """Answers where footage plays."""

    def __init__(self, device: Device, addresses: Addresses) -> None:
        self._device = device
        self._addresses = addresses

    def operations(self) -> Operations:
        """What it answers."""
        return {
            ("trp", "GetServiceCapabilities"): self.service_capabilities,
            ("trp", "GetReplayUri"): self.address,
        }

    async def service_capabilities(self, _: Call) -> Markup:
        parts = tag(
            "trp:Capabilities", ReversePlayback=False, SessionTimeoutRange="10 60",
            RTP_RTSP_TCP=True,
        )  # fmt: skip
        return tag("trp:GetServiceCapabilitiesResponse", parts)

    async def address(self, call: Call) -> Markup:
        token = call.text("RecordingToken")
        for channel in self._device.config.channels:
            if recording_token(channel) == token:
                address = self._addresses.footage(channel)
                return tag("trp:GetReplayUriResponse", tag("trp:Uri", address))
        raise no_such_token("The recording does not exist")


def most_playbacks(quirks: Quirks) -> int | None:
    """How many sessions play footage at once; None: any number."""
    return 1 if "one-playback" in quirks else None


def seeking(quirks: Quirks, clock: DeviceClock) -> Seeking:
    """How PLAY moves within a recording."""
    return Seeking(
        to_true=clock.true_of_utc,
        to_shown=clock.utc_shown,
        needs_require="replay-needs-range" in quirks,
        heeds_rate="no-rate-control" not in quirks,
        tells_times="replay-without-times" not in quirks,
        runs_on="runs-past-end" in quirks,
    )
