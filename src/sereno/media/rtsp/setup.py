"""SETUP of one track: agree with the server how its packets travel, and let them come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sereno.media.faults import StreamFault, fault
from sereno.media.rtsp.connection import Connection, FramesHandler, PacketHandler, ReportHandler
from sereno.media.rtsp.dialogue import Dialogue
from sereno.media.rtsp.messages import Message
from sereno.media.rtsp.sdp import Track
from sereno.media.rtsp.transports import MULTICAST, TCP, UDP, Transport, offer, parse_transport
from sereno.media.rtsp.udp import PortPair, join_group, open_pair

_WRONG_PLACE = {"400", "451", "454", "455"}


class Carrier(Protocol):
    """What brings one track's packets."""

    def send_report(self, packet: bytes) -> None:
        """Send a receiver report back."""
        ...

    def expire(self) -> None:
        """Called about once a second."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Channels:
    """Packets between the messages of the connection: they come in order and need no care."""

    connection: Connection
    rtp: int
    rtcp: int

    def send_report(self, packet: bytes) -> None:
        self.connection.send_frame(self.rtcp, packet)

    def expire(self) -> None:
        return

    def close(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class Handlers:
    """Who takes a track's packets and reports."""

    on_packet: PacketHandler
    on_report: ReportHandler
    on_frames: FramesHandler | None = None


@dataclass(frozen=True, slots=True)
class TrackSetup:
    """One track to set up: `urls` are its possible addresses, the likeliest first."""

    track: Track
    urls: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    async def run(self, dialogue: Dialogue, kind: str, handlers: Handlers) -> tuple[Carrier, str]:
        """The carrier, and the address under which the server knows the track.

        Raises StreamFault: `transport_refused`, or what else the server has against it.
        """
        if kind == TCP:
            return await self._by_tcp(dialogue, handlers)
        if kind == UDP:
            return await self._by_udp(dialogue, handlers)
        return await self._by_multicast(dialogue, handlers)

    async def _by_tcp(self, dialogue: Dialogue, handlers: Handlers) -> tuple[Carrier, str]:
        connection = dialogue.connection
        free = next(channel for channel in range(0, 256, 2) if not connection.is_routed(channel))
        reply, url = await self._ask(dialogue, offer(TCP, free))
        rtp, rtcp = _agreed(reply, TCP).channels or (free, free + 1)
        if connection.is_routed(rtp):  # a server that names the same channels for all tracks
            rtp, rtcp = free, free + 1
        connection.route(rtp, handlers.on_packet, rtcp, handlers.on_report, handlers.on_frames)
        return Channels(connection, rtp, rtcp), url

    async def _by_udp(self, dialogue: Dialogue, handlers: Handlers) -> tuple[Carrier, str]:
        local, server = dialogue.connection.ends()
        pair = open_pair(local, server)
        try:
            reply, url = await self._ask(dialogue, offer(UDP, pair.port))
            self._receive(dialogue, pair, _agreed(reply, UDP), handlers)
        except BaseException:
            pair.close()
            raise
        return pair, url

    async def _by_multicast(self, dialogue: Dialogue, handlers: Handlers) -> tuple[Carrier, str]:
        local, server = dialogue.connection.ends()
        reply, url = await self._ask(dialogue, offer(MULTICAST))
        transport = _agreed(reply, MULTICAST)
        group = transport.destination or self.track.group
        ports = transport.group_ports or (self.track.port, self.track.port + 1)
        pair = join_group(local, server, group, ports)
        self._receive(dialogue, pair, transport, handlers)
        return pair, url

    def _receive(
        self, dialogue: Dialogue, pair: PortPair, transport: Transport, handlers: Handlers
    ) -> None:
        pair.receive(transport, handlers.on_packet, handlers.on_report, dialogue.fail)

    async def _ask(self, dialogue: Dialogue, transport: str) -> tuple[Message, str]:
        """SETUP at the first address that the server knows."""
        refusal: StreamFault | None = None
        for url in self.urls:
            try:
                asked = {"Transport": transport, **self.headers}
                reply = await dialogue.ask("SETUP", url, asked)
            except StreamFault as error:
                if not _is_about_place(error):
                    raise
                refusal = refusal or error
                continue
            dialogue.meet_session(reply.header("session"))
            return reply, url
        raise refusal or fault("no_such_stream")


def candidates(urls: Iterable[str]) -> tuple[str, ...]:
    """The different ones, in their order."""
    return tuple(dict.fromkeys(urls))


def _agreed(reply: Message, kind: str) -> Transport:
    """What the server made of our wish. A server that says nothing does what it was asked for."""
    header = reply.header("transport")
    transport = parse_transport(header) if header else Transport(kind)
    if transport.kind != kind:
        raise fault("transport_refused", header)
    return transport


def _is_about_place(error: StreamFault) -> bool:
    reason = error.reason
    return reason.key == "no_such_stream" or reason.params.get("status", "") in _WRONG_PLACE
