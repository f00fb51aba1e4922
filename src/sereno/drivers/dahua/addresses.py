"""Where things are: targets of requests and RTSP addresses, as they go on the wire.

A space is `%20`, never `+`; times have no fraction: anything else is refused by strict firmware.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

_CGI = "/cgi-bin/"
# As the devices' own pages send them: brackets and commas of names stand as they are.
_SAFE = "[]:,@/"
_SAFE_IN_PATH = "/"


def cgi(program: str, action: str, **params: object) -> str:
    """The target of one request. Parameters whose names hold dots or brackets come by `query`."""
    return query(program, action, {name: str(value) for name, value in params.items()})


def query(program: str, action: str, params: dict[str, str]) -> str:
    """The target of one request, its parameters in their order; few have no action."""
    parts = [f"action={action}"] if action else []
    parts += [f"{name}={quote(value, safe=_SAFE)}" for name, value in params.items()]
    return f"{_CGI}{program}.cgi?{'&'.join(parts)}"


def config(name: str) -> str:
    """The target of a table of settings."""
    return cgi("configManager", "getConfig", name=name)


def wall_text(wall: datetime) -> str:
    """A time of a device's wall clock as requests say it."""
    return wall.strftime("%Y-%m-%d %H:%M:%S")


def whole_file(path: str) -> str:
    """The target of a whole file of the device; brackets and `@` of its name are escaped."""
    return f"{_CGI}RPC_Loadfile{quote(path, safe=_SAFE_IN_PATH)}"


def live_address(host: str, port: int, channel: int, subtype: int) -> str:
    """The RTSP address of a channel, which counts from 1."""
    return f"{_rtsp(host, port)}/cam/realmonitor?channel={channel}&subtype={subtype}"


def playback_address(host: str, port: int, channel: int, start: datetime, end: datetime) -> str:
    """The RTSP address of footage between two times of the device's wall clock."""
    return f"{_rtsp(host, port)}/cam/playback?channel={channel}&subtype=0&{_times(start, end)}"


def monitor_playback_address(
    host: str, port: int, channel: int, start: datetime, end: datetime
) -> str:
    """The same of firmware that plays at the address of live view."""
    return f"{live_address(host, port, channel, 0)}&{_times(start, end)}"


def _times(start: datetime, end: datetime) -> str:
    return f"starttime={start:%Y_%m_%d_%H_%M_%S}&endtime={end:%Y_%m_%d_%H_%M_%S}"


def _rtsp(host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"rtsp://{name}:{port}"
