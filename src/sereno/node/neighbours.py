"""Streams that share a device: as one plays, what another waits for may be over."""

from __future__ import annotations

from sereno.media.hosts import host_and_port
from sereno.node.wishes import Wish
from sereno.wire.reports import StreamState


def may_hope(waiting: Wish, state: StreamState, playing: Wish) -> bool:
    """Whether a stream in this state should be tried now that the other plays.

    Who waits hopes for its host. Who gave up hopes for the device that took its own credentials.
    """
    place, other = host_and_port(waiting.address), host_and_port(playing.address)
    if state is StreamState.WAITING:
        return place[0] == other[0]
    return (
        state is StreamState.FAILED
        and place == other
        and (waiting.username, waiting.password) == (playing.username, playing.password)
    )
