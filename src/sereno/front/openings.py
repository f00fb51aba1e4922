"""What opens which address below `/media/v1/`: a ticket of which purpose, and how late it may be.

To what belongs to a playlist or a session that a ticket opened in time, the node gives a pass of
its own, and front takes the ticket late: it needs it to find the node, which then decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from sereno.wire.tickets import PLAYBACK_OVERTIME, Purpose

MEDIA_PREFIX = "/media/v1/"
LIVE_PATH = "/media/v1/live"
RECORDER_PATH = "/media/v1/recorder"
SNAPSHOT_PATH = "/media/v1/snapshot.jpg"
_CHANNEL_SNAPSHOT = re.compile(r"/media/v1/devices/[0-9a-f-]{36}/channels/[^/]+/snapshot\.jpg")
_IN_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Opening:
    """A ticket for `purpose`, or one of them, that ended at most `overtime` ago."""

    purpose: Purpose | frozenset[Purpose]
    overtime: timedelta = _IN_TIME


_BY_PLAYLIST: frozenset[Purpose] = frozenset(("live", "playback", "recorder"))
# By the longest beginning of the path after the prefix.
_OPENINGS: dict[str, Opening] = {
    "": Opening("playback"),
    "vod/segments/": Opening("playback", PLAYBACK_OVERTIME),
    "live/": Opening("live", PLAYBACK_OVERTIME),
    "live/index.m3u8": Opening("live"),
    "hls/": Opening(_BY_PLAYLIST, PLAYBACK_OVERTIME),
    "hls/index.m3u8": Opening(_BY_PLAYLIST),
    "whep": Opening("live"),
    "whep/": Opening("live", PLAYBACK_OVERTIME),
    "clip.mp4": Opening("clip"),
    "clips/": Opening("clip_file", PLAYBACK_OVERTIME),
    "snapshot.jpg": Opening("snapshot"),
    "devices/": Opening("channel_snapshot"),
}
# Sockets, by their whole path.
WATCHED: dict[str, Purpose] = {LIVE_PATH: "live", RECORDER_PATH: "recorder"}
_LONGEST_FIRST = sorted(_OPENINGS, key=len, reverse=True)


def picture_purpose(path: str) -> Purpose | None:
    """Of which purpose a ticket must be for one of the pictures that the hub names; None: the path
    leads to none."""
    if path == SNAPSHOT_PATH:
        return "snapshot"
    return "channel_snapshot" if _CHANNEL_SNAPSHOT.fullmatch(path) else None


def opening_of(path: str) -> Opening:
    """What opens an address below `MEDIA_PREFIX`."""
    rest = path.removeprefix(MEDIA_PREFIX)
    return next(_OPENINGS[start] for start in _LONGEST_FIRST if rest.startswith(start))
