"""What a node tells of a recorder with two channels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
IDENTITY = {
    "vendor": "hikvision",
    "maker": "Hikvision",
    "model": "DS-7608NI",
    "serial": "SN-1",
    "firmware": "V4.30",
    "kind": "recorder",
    "name": "Recorder 1",
    "rtsp_port": 554,
}
CAN = {"channels": True, "snapshot": True, "find": True, "playback": True}


def stream(role: str, address: str) -> dict[str, Any]:
    return {"id": role, "role": role, "codec": "h264", "address": address}


def channel(number: int, name: str = "", host: str = "192.0.2.20", **more: Any) -> dict[str, Any]:
    path = f"rtsp://{host}:554/Streaming/Channels/{number}"
    streams = [stream("main", f"{path}01"), stream("sub", f"{path}02")]
    return {
        "id": str(number),
        "number": number,
        "name": name or f"Camera {number:02}",
        "is_online": True,
        "streams": streams,
    } | more


def report(state: str = "online", **more: Any) -> dict[str, Any]:
    """A whole report; None takes a part out of it."""
    basics: dict[str, Any] = {
        "asked_at": NOON.isoformat(),
        "state": state,
        "since": NOON.isoformat(),
        "identity": IDENTITY,
        "capabilities": CAN,
        "channels": [channel(1, "Entrance"), channel(2)],
    }
    return {name: value for name, value in (basics | more).items() if value is not None}
