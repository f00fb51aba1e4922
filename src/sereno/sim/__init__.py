"""Simulated cameras: a real RTSP server that replays drawn scenes on the wall clock.

``SimServer`` serves, ``SimConfig`` and ``CameraSpec`` say what, ``serve_cameras`` is the command's
body. ``marks`` reads back what each picture and each access unit say about their own instant.
"""

from __future__ import annotations

from sereno.sim.cameras import SimCamera
from sereno.sim.command import CameraAddress, serve_cameras
from sereno.sim.loops import EncodingError, Progress
from sereno.sim.marks import SeiStamp, read_position, read_sei
from sereno.sim.quirk import Quirk
from sereno.sim.quirks import QUIRKS
from sereno.sim.server import SimServer
from sereno.sim.spec import CameraSpec, LoopSpec, Picture, SimConfig, demo_cameras

__all__ = [
    "QUIRKS",
    "CameraAddress",
    "CameraSpec",
    "EncodingError",
    "LoopSpec",
    "Picture",
    "Progress",
    "Quirk",
    "SeiStamp",
    "SimCamera",
    "SimConfig",
    "SimServer",
    "demo_cameras",
    "read_position",
    "read_sei",
    "serve_cameras",
]
