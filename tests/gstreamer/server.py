"""Serves test pictures and tones with GStreamer's RTSP server: one that nobody here wrote.

Run it with Debian's Python (/usr/bin/python3), which finds gir1.2-gst-rtsp-server-1.0. It prints
one line of JSON with its port and paths, and ends when its standard input closes.
"""

from __future__ import annotations

import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PICTURES = (
    "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=25/1"
)
CODECS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=300"
    " ! video/x-h264,profile=baseline ! rtph264pay name=pay0 pt=96",
    "h264-b": "x264enc speed-preset=ultrafast key-int-max=25 bitrate=300 bframes=2 b-adapt=false"
    " rc-lookahead=5 sync-lookahead=0 ! h264parse ! rtph264pay name=pay0 pt=96",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=300"
    " ! h265parse ! rtph265pay name=pay0 pt=96",
}
TONE = "audiotestsrc is-live=true ! audioconvert ! audioresample"
SOUNDS = {
    "none": "",
    "aac": f"{TONE} ! audio/x-raw,rate=16000,channels=1 ! voaacenc ! rtpmp4gpay name=pay1 pt=97",
    "pcma": f"{TONE} ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8",
    "pcmu": f"{TONE} ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0",
}
GROUPS = ("239.255.77.1", "239.255.77.9", 45_000, 45_100, 1)


def main(user: str, password: str, host: str, interface: str) -> None:
    """Serves ``/<codec>-<sound>`` for all of both until standard input closes.

    Listens on the address ``host``; groups are sent to by ``interface``.
    """
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address(host)
    server.set_service("0")
    server.set_auth(_digest(user, password))
    pool = GstRtspServer.RTSPAddressPool()
    pool.add_range(*GROUPS)
    mounts = server.get_mount_points()
    for codec, encoder in CODECS.items():
        for sound, tone in SOUNDS.items():
            factory = GstRtspServer.RTSPMediaFactory()
            factory.set_launch(f"( {PICTURES} ! {encoder} {tone} )")
            factory.set_shared(True)
            factory.set_address_pool(pool)
            factory.set_multicast_iface(interface)
            factory.set_permissions(_viewers())
            mounts.add_factory(f"/{codec}-{sound}", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(0, GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


def _digest(user: str, password: str) -> GstRtspServer.RTSPAuth:
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(user, password, _viewer_token())
    return auth


def _viewer_token() -> GstRtspServer.RTSPToken:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    return token


def _viewers() -> GstRtspServer.RTSPPermissions:
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    return permissions


if __name__ == "__main__":
    main(*sys.argv[1:5])
