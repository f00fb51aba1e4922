"""Ways out to a client: the RTSP connection itself, UDP to one client, UDP to a group."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Callable
from typing import Protocol

from sereno.sim.packets import INTERLEAVING_BYTES, packets_in

logger = logging.getLogger(__name__)
Wire = bytearray | memoryview | bytes
_HELD_SECONDS = 0.2
_PORT_TRIES = 100
_SEND_BUFFER_BYTES = 1 << 20


class Outlet(Protocol):
    """Takes one track's packets to a client. ``channel`` stands in their interleaving."""

    channel: int

    def send(self, wire: Wire) -> None:
        """Sends whole packets, each behind its interleaving."""

    def send_report(self, packet: bytes) -> None:
        """Sends an RTCP packet."""

    def send_garbage(self, data: bytes) -> None:
        """Sends what is no packet at all."""

    def close(self) -> None:
        """Gives up what was opened for this client."""


class Line:
    """The server's side of one RTSP connection. A client that reads too slowly is dropped."""

    def __init__(self, transport: asyncio.Transport, buffer_limit_bytes: int) -> None:
        self._transport = transport
        self._buffer_limit_bytes = buffer_limit_bytes
        self._talks_between = False
        self._held: list[bytes] = []

    @property
    def waiting_bytes(self) -> int:
        """What was sent and has not left yet."""
        return self._transport.get_write_buffer_size()

    def talk_between(self) -> None:
        """From now on replies wait for the next picture and leave between its packets."""
        self._talks_between = True

    def say(self, text: bytes) -> None:
        """Sends a reply or a request."""
        if not self._talks_between:
            self._transport.write(text)
            return
        self._held.append(text)
        # A stalled camera sends no picture to put it into.
        asyncio.get_running_loop().call_later(_HELD_SECONDS, self._let_go)

    def send(self, wire: Wire, name: str) -> None:
        """Sends packets of the stream ``name``."""
        if self._transport.is_closing():
            return
        waiting = self._transport.get_write_buffer_size()
        if waiting > self._buffer_limit_bytes:
            logger.warning(
                "%s: a client reads too slowly (%d bytes wait); it is dropped", name, waiting
            )
            self._transport.abort()
            return
        if self._held:
            self._send_around(wire)
        else:
            self._transport.write(wire)

    def close(self) -> None:
        """Hangs up after what was sent."""
        self._let_go()
        self._transport.close()

    def drop(self) -> None:
        """Cuts the connection without a word."""
        self._transport.abort()

    def _send_around(self, wire: Wire) -> None:
        packets = [bytes(packet) for packet in packets_in(wire)]
        middle = len(packets) // 2
        self._transport.write(b"".join(packets[:middle]))
        if middle:
            self._let_go()
        self._transport.write(b"".join(packets[middle:]))

    def _let_go(self) -> None:
        held, self._held = b"".join(self._held), []
        if held and not self._transport.is_closing():
            self._transport.write(held)


class InterleavedOutlet:
    """RTP and RTCP over the RTSP connection, on two channels (RFC 2326, 10.12)."""

    def __init__(self, line: Line, name: str, rtp_channel: int, rtcp_channel: int) -> None:
        self.channel = rtp_channel
        self._rtcp_channel = rtcp_channel
        self._line = line
        self._name = name

    def send(self, wire: Wire) -> None:
        self._line.send(wire, self._name)

    def send_report(self, packet: bytes) -> None:
        head = struct.pack(">BBH", 0x24, self._rtcp_channel, len(packet))
        self._line.send(head + packet, self._name)

    def send_garbage(self, data: bytes) -> None:
        self._line.send(data, self._name)

    def close(self) -> None:
        return  # the connection ends with the client


class UdpOutlet:
    """RTP and RTCP as datagrams from a pair of ports, to one client or to a group.

    What the client sends to the RTCP port goes to ``on_report``. A datagram that the system does
    not take at once is lost, as in a camera.
    """

    channel = 0

    def __init__(
        self, sockets: tuple[socket.socket, socket.socket], host: str, ports: tuple[int, int]
    ) -> None:
        self._rtp, self._rtcp = sockets
        self._to_rtp, self._to_rtcp = (host, ports[0]), (host, ports[1])
        self._loop = asyncio.get_running_loop()
        self._has_failed = False
        self._is_closed = False

    @property
    def server_ports(self) -> tuple[int, int]:
        """Where the packets come from."""
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    @property
    def client_ports(self) -> tuple[int, int]:
        """Where the packets go."""
        return self._to_rtp[1], self._to_rtcp[1]

    def listen(self, on_report: Callable[[bytes], None]) -> None:
        """Reads what clients send to the RTCP port."""

        def read() -> None:
            try:
                on_report(self._rtcp.recv(2048))
            except OSError as error:
                self._note(error)

        self._loop.add_reader(self._rtcp, read)

    def send(self, wire: Wire) -> None:
        for packet in packets_in(wire):
            self._send(self._rtp, packet[INTERLEAVING_BYTES:], self._to_rtp)

    def send_report(self, packet: bytes) -> None:
        self._send(self._rtcp, packet, self._to_rtcp)

    def send_garbage(self, data: bytes) -> None:
        self._send(self._rtp, data, self._to_rtp)

    def close(self) -> None:
        self._is_closed = True
        self._loop.remove_reader(self._rtcp)
        self._rtp.close()
        self._rtcp.close()

    def _send(self, way: socket.socket, data: Wire, to: tuple[str, int]) -> None:
        if self._is_closed:
            return  # what a bad network held back until now
        try:
            way.sendto(data, to)
        except OSError as error:
            self._note(error)

    def _note(self, error: OSError) -> None:
        if not self._has_failed:
            self._has_failed = True
            logger.warning("datagrams to %s port %d: %s", *self._to_rtp, error)


def open_port_pair(host: str) -> tuple[socket.socket, socket.socket]:
    """UDP sockets on an even port and the next (RFC 3550, 11). Raises OSError."""
    for _ in range(_PORT_TRIES):
        first = _open_socket(host, 0)
        port = first.getsockname()[1]
        try:
            if port % 2 == 0:
                return first, _open_socket(host, port + 1)
        except OSError:
            # The neighbour is taken: another pair will be free.
            first.close()
            continue
        first.close()
    raise OSError(f"no two free UDP ports side by side on {host}")


def _open_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_DGRAM)
    opened.setblocking(False)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
    try:
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened


def open_group(host: str, group: str, ttl: int) -> UdpOutlet:
    """A way out to an IPv4 multicast group, on a free even port and the next."""
    sockets = open_port_pair(host)
    port = sockets[0].getsockname()[1]
    for each in sockets:
        each.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(host))
        each.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
        each.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
    return UdpOutlet(sockets, group, (port, port + 1))
