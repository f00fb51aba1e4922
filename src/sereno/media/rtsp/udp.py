"""Media as datagrams: a pair of sockets for RTP and RTCP, alone or in a multicast group."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
from collections.abc import Callable
from struct import Struct
from time import monotonic_ns

from sereno.base.errors import Garbled
from sereno.media.faults import fault
from sereno.media.rtsp.connection import PacketHandler, ReportHandler
from sereno.media.rtsp.flood import FloodGuard
from sereno.media.rtsp.jitter import JitterBuffer
from sereno.media.rtsp.transports import Transport

RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024
"""A key frame of a sharp camera, sent in one burst, must fit while we do something else."""

_SO_RCVBUFFORCE = 33  # socket(7); the module has no name for it
_LARGEST_DATAGRAM = 65_536
_MOST_AT_ONCE = 64
_BIND_ATTEMPTS = 50
_PORTS = range(20_000, 60_000, 2)
_HEADER_BYTES = 12
_VERSION_2 = 2
_PUNCH = bytes((0x80, 96, *[0] * 10))
_PUNCH_REPORT = bytes((0x80, 201, 0, 1, 0, 0, 0, 0))
_membership = Struct("4s4s").pack
_membership6 = Struct("16sI").pack

Fail = Callable[[Exception], None]


class PortPair:
    """Two UDP sockets at an even port and the next, for one track.

    Close it; nothing is handed on afterwards, nor behind an error of a handler.
    """

    def __init__(self, rtp: socket.socket, rtcp: socket.socket, server: str) -> None:
        self._rtp = rtp
        self._rtcp = rtcp
        self._server = server
        self._senders: set[str] = {server}
        self._rtp_port = 0
        self._report_to: tuple[str, int] | None = None
        self._data = bytearray(_LARGEST_DATAGRAM)
        self._view = memoryview(self._data)
        self._jitter: JitterBuffer | None = None
        self._on_report: ReportHandler | None = None
        self._fail: Fail | None = None
        self._flood = FloodGuard(asyncio.get_running_loop().time)

    @property
    def port(self) -> int:
        port: int = self._rtp.getsockname()[1]
        return port

    def receive(
        self, transport: Transport, on_packet: PacketHandler, on_report: ReportHandler, fail: Fail
    ) -> None:
        """From now on hand on what the server sends us as it said that it would.

        Errors of the handlers go to `fail`.
        """
        if transport.source:
            self._senders.add(transport.source)
        self._jitter = JitterBuffer(on_packet)
        self._on_report, self._fail = on_report, fail
        if transport.server_ports is not None and transport.kind == "udp":
            self._punch(*transport.server_ports)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._rtp, self._read_packets)
        loop.add_reader(self._rtcp, self._read_reports)

    def send_report(self, packet: bytes) -> None:
        """Send a receiver report to the port that the server named, if it did."""
        if self._report_to is not None:
            _send(self._rtcp, packet, self._report_to)

    def expire(self) -> None:
        """Hand on what waits for packets that will not come any more, where none follow."""
        if self._jitter is not None:
            try:
                self._jitter.expire(_now_us())
            except Exception as error:
                self._give_up(error)

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for each in (self._rtp, self._rtcp):
            loop.remove_reader(each)
            each.close()

    def _punch(self, rtp_port: int, rtcp_port: int) -> None:
        """Open the way back through address translation and stateful firewalls."""
        self._report_to = (self._server, rtcp_port)
        _send(self._rtp, _PUNCH, (self._server, rtp_port))
        _send(self._rtcp, _PUNCH_REPORT, self._report_to)

    def _read_packets(self) -> None:
        jitter = self._jitter
        if jitter is None:
            return
        now_us, data, view = _now_us(), self._data, self._view
        for _ in range(_MOST_AT_ONCE):
            try:
                size, sender = self._rtp.recvfrom_into(data)
            except OSError:  # nothing more, or an ICMP answer to what we sent
                return
            if size < _HEADER_BYTES or data[0] >> 6 != _VERSION_2 or not self._trusts(sender):
                continue
            try:
                jitter.put(data, view, 0, size, now_us)
                self._flood.meet(size, 1)
            except Exception as error:
                self._give_up(error)
                return

    def _trusts(self, sender: tuple[str, int]) -> bool:
        """The first port that the server sends from is the one to trust, whatever it said:
        address translation may have changed it."""
        if sender[0] not in self._senders:
            return False
        if not self._rtp_port:
            self._rtp_port = sender[1]
        return sender[1] == self._rtp_port

    def _read_reports(self) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                packet, sender = self._rtcp.recvfrom(_LARGEST_DATAGRAM)
            except OSError:
                return
            if sender[0] in self._senders and self._on_report is not None:
                try:
                    self._on_report(packet)
                    self._flood.meet(len(packet), 1)
                except Exception as error:
                    self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """An error ends the session, as one in a TCP connection's data does."""
        self._jitter = self._on_report = None
        if self._fail is not None:
            is_theirs = isinstance(error, Garbled)
            self._fail(fault("garbled", str(error), host=self._server) if is_theirs else error)


def open_pair(local: str, server: str) -> PortPair:
    """An even port and the next, at the address from which we reach the server.

    Raises StreamFault `transport_refused`: there are no free ports.
    """
    last = ""
    for _ in range(_BIND_ATTEMPTS):
        port = secrets.choice(_PORTS)
        try:
            return _bind(local, port, port + 1, server)
        except OSError as error:
            last = str(error)
    raise fault("transport_refused", f"no free UDP ports: {last}")


def join_group(local: str, server: str, group: str, ports: tuple[int, int]) -> PortPair:
    """Sockets that take what comes to this multicast group. Raises StreamFault."""
    try:
        if not ipaddress.ip_address(group).is_multicast:
            raise fault("transport_refused", f"{group} is no multicast group")
        return _bind(group, *ports, server, join_by=local)
    except (OSError, ValueError, OverflowError) as error:
        raise fault("transport_refused", f"multicast group {group}: {error}") from None


def _bind(host: str, rtp_port: int, rtcp_port: int, server: str, join_by: str = "") -> PortPair:
    made: list[socket.socket] = []
    try:
        for port in (rtp_port, rtcp_port):
            each = socket.socket(_family(host), socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            made.append(each)
            if join_by:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            _enlarge(each)
            each.bind((host, port))
            if join_by:
                _join(each, host, join_by)
    except (OSError, OverflowError):
        for each in made:
            each.close()
        raise
    return PortPair(made[0], made[1], server)


def _enlarge(each: socket.socket) -> None:
    try:  # beyond what the system lets anybody have, where we may
        each.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
    except PermissionError:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)


def _join(each: socket.socket, group: str, local: str) -> None:
    """Join on the network card by which we reach the server; IPv6 leaves that to the routes."""
    if each.family == socket.AF_INET6:
        value = _membership6(socket.inet_pton(socket.AF_INET6, group), 0)
        each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, value)
        return
    value = _membership(socket.inet_aton(group), socket.inet_aton(local))
    each.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, value)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _send(each: socket.socket, packet: bytes, to: tuple[str, int]) -> None:
    try:
        each.sendto(packet, to)
    except OSError:
        return  # the way to the server is closed: what it sends tells, or that nothing comes


def _now_us() -> int:
    return monotonic_ns() // 1000
