"""A simulated ONVIF recorder or camera (SOAP over HTTP, RTSP): ``OnvifRecorder``."""

from __future__ import annotations

from sereno.sim.onvif.quirks import ONVIF_QUIRKS
from sereno.sim.onvif.recorder import OnvifRecorder

__all__ = ["ONVIF_QUIRKS", "OnvifRecorder"]
