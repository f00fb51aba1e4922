"""A simulated Hikvision recorder or camera (ISAPI over HTTP, RTSP): ``HikvisionRecorder``."""

from __future__ import annotations

from sereno.sim.hikvision.quirks import HIKVISION_QUIRKS
from sereno.sim.hikvision.recorder import HikvisionRecorder

__all__ = ["HIKVISION_QUIRKS", "HikvisionRecorder"]
