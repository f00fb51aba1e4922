"""Which services a device has, and where."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.sim.quirks import Quirks


@dataclass(frozen=True, slots=True)
class Service:
    """``prefix`` stands for its namespace; ``capability`` names it in GetCapabilities."""

    prefix: str
    path: str
    version: tuple[int, int]
    capability: str = ""


DEVICE_PATH = "/onvif/device_service"
SUBSCRIPTION_PATH = "/onvif/subscription"
_DEVICE = Service("tds", DEVICE_PATH, (20, 6), "Device")
_MEDIA = Service("trt", "/onvif/media_service", (19, 6), "Media")
_MEDIA2 = Service("tr2", "/onvif/media2_service", (20, 6))
_EVENTS = Service("tev", "/onvif/event_service", (20, 6), "Events")
_FOOTAGE = (
    Service("trc", "/onvif/recording_service", (18, 12), "Recording"),
    Service("tse", "/onvif/search_service", (18, 12), "Search"),
    Service("trp", "/onvif/replay_service", (18, 12), "Replay"),
)


def services_of(quirks: Quirks) -> list[Service]:
    """All that a device has."""
    found = [_DEVICE]
    if "media2-only" not in quirks:
        found.append(_MEDIA)
    if "no-media2" not in quirks:
        found.append(_MEDIA2)
    if "no-events" not in quirks:
        found.append(_EVENTS)
    return found if "no-recordings" in quirks else [*found, *_FOOTAGE]
