"""SETUP: a way out for one track of a session (RFC 2326, 10.4 and 12.39)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sereno.sim.manners import BACKCHANNEL, METADATA, SECOND_VIDEO, SOUND, other_stream
from sereno.sim.network import through_network
from sereno.sim.outlets import (
    InterleavedOutlet,
    Line,
    Outlet,
    UdpOutlet,
    open_group,
    open_port_pair,
)
from sereno.sim.rtsp import TransportOffer
from sereno.sim.sessions import Session, SetUp
from sereno.sim.spec import RTP_CLOCK_HZ
from sereno.sim.viewers import Viewer, sound_viewer, video_viewer

_GROUP_TTL = 1
_GROUP_NETWORK = "239.255"
"""RFC 2365: local scope."""


class Refused(Exception):
    """A track cannot be set up; ``status`` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Groups:
    """The multicast groups in use: one for each track that somebody asked for."""

    def __init__(self) -> None:
        self._ways: dict[tuple[int, str, int], tuple[UdpOutlet, str, Viewer | None]] = {}

    def of(self, session: Session, number: int, host: str) -> tuple[UdpOutlet, str, Viewer | None]:
        """The way out to a track's group, the group's address, and who stands for it."""
        camera = session.camera
        key = (camera.number, session.stream.kind, number)
        if key not in self._ways:
            streams = list(camera.streams)
            place = streams.index(session.stream.kind) * 64 + camera.number // 256
            group = f"{_GROUP_NETWORK}.{place}.{camera.number % 256}"
            try:
                outlet = open_group(host, group, _GROUP_TTL)
            except OSError:
                raise Refused(461) from None  # no IPv4 interface to send from
            self._ways[key] = outlet, group, _viewer(session, number, outlet)
        return self._ways[key]

    def close(self) -> None:
        """Closes all."""
        for outlet, _, _ in self._ways.values():
            outlet.close()
        self._ways.clear()


def set_up_track(
    session: Session,
    number: int,
    uri: str,
    offer: TransportOffer,
    transport: asyncio.Transport,
    line: Line,
    groups: Groups,
    on_report: Callable[[bytes], None],
) -> str:
    """Adds a track to the session; the reply's Transport header. Raises Refused.

    ``on_report`` gets the RTCP that a client sends by UDP.
    """
    base = uri.rstrip("/").partition("/trackID=")[0]
    address = f"{base}/trackID={number}"
    here = transport.get_extra_info("sockname")[0]
    outlet: Outlet
    if offer.way == "multicast":
        outlet, group, viewer = groups.of(session, number, here)
        session.tracks[number] = SetUp(address, _audience(session, number), viewer, outlet, True)
        ports = "-".join(map(str, outlet.client_ports))
        return f"RTP/AVP;multicast;destination={group};port={ports};ttl={_GROUP_TTL}"
    if offer.way == "udp" and offer.numbers is not None:
        there = transport.get_extra_info("peername")[0]
        outlet = UdpOutlet(open_port_pair(here), there, offer.numbers)
        outlet.listen(on_report)
        ports = "-".join(map(str, outlet.server_ports))
        client_ports = "-".join(map(str, offer.numbers))
        header = f"RTP/AVP;unicast;client_port={client_ports};server_port={ports}"
    else:
        channels = offer.numbers or (2 * len(session.tracks), 2 * len(session.tracks) + 1)
        outlet = InterleavedOutlet(line, _name(session), *channels)
        header = f"RTP/AVP/TCP;unicast;interleaved={channels[0]}-{channels[1]}"
    viewer = _viewer(session, number, outlet)
    session.tracks[number] = SetUp(address, _audience(session, number), viewer, outlet)
    ssrc = f";ssrc={viewer.ssrc:08X}" if viewer is not None else ""
    return f'{header}{ssrc};mode="PLAY"'


def _name(session: Session) -> str:
    return f"{session.camera.name} ({session.stream.kind})"


def _audience(session: Session, number: int) -> list[Viewer] | None:
    if number in (BACKCHANNEL, METADATA):
        return None
    if number == SOUND:
        return session.stream.listeners
    if number == SECOND_VIDEO:
        return other_stream(session.camera, session.stream).viewers
    return session.stream.viewers


def _viewer(session: Session, number: int, outlet: Outlet) -> Viewer | None:
    if number in (BACKCHANNEL, METADATA):
        return None
    quirks, name = session.camera.quirks, _name(session)
    way = through_network(outlet, quirks)
    if number == SOUND and session.stream.sound is not None:
        return sound_viewer(way, name, session.stream.sound.kind.rate, quirks)
    return video_viewer(way, name, RTP_CLOCK_HZ, quirks, session.stream.loop.codec.filler)
