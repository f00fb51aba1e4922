"""The recorder's RTSP port."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sereno.sim.dahua.device import Device
from sereno.sim.loops import Progress
from sereno.sim.recorders.doorkeeper import HttpDoorkeeper
from sereno.sim.recorders.playback import DahuaAddresses, RecorderRtsp


def rtsp_port(
    device: Device,
    door: HttpDoorkeeper,
    clock: Callable[[], float],
    quirks: Iterable[str],
    progress: Progress | None,
) -> RecorderRtsp:
    """Serves channels and footage. ``quirks`` are those of the simulated RTSP server."""
    own = device.quirks
    numbers = [channel.number for channel in device.config.channels]
    addresses = DahuaAddresses(numbers, device.clock.true, device.clock.true_now)
    addresses.plays_on_monitor = "playback-on-monitor" in own
    return RecorderRtsp(
        device.config,
        device.clock,
        addresses,
        clock,
        door=door,
        most_playbacks=1 if "one-playback" in own else None,
        runs_on="runs-past-end" in own,
        quirks=tuple(quirks),
        progress=progress,
    )
