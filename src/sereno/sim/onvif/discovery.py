"""WS-Discovery: the device answers who asks the whole network for cameras.

Sources: WS-Discovery (April 2005), 2.4 (the group and port), 5.2 and 5.3 (Probe, ProbeMatches);
ONVIF Core Specification, 7.3 (types and scopes).
"""

from __future__ import annotations

import asyncio
import socket
import uuid
from dataclasses import dataclass
from typing import cast

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from sereno.sim.onvif.addresses import Addresses
from sereno.sim.onvif.device import Device
from sereno.sim.onvif.services import DEVICE_PATH
from sereno.sim.onvif.soap import Markup, elements, tag
from sereno.sim.onvif.system import scopes_of

GROUP, PORT = "239.255.255.250", 3702
_NAMESPACES = {
    "env": "http://www.w3.org/2003/05/soap-envelope",
    "wsadis": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "d": "http://schemas.xmlsoap.org/ws/2005/04/discovery",
    "dn": "http://www.onvif.org/ver10/network/wsdl",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
_MATCHES = "http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches"
_ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
_LINK_LOCAL = "fe80::5eff:fe10:1"
_KNOWN_TYPES = {"NetworkVideoTransmitter", "Device", "NetworkVideoDisplay"}
_GARBAGE = b"\x7f\x00\x01not a message"


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where probes are heard: a multicast group (or one address) and port, on the interface that
    has ``interface`` for its address. A port of 0 is any free one."""

    interface: str = "127.0.0.1"
    group: str = GROUP
    port: int = PORT


class Discovery(asyncio.DatagramProtocol):
    """``await open()``, then it answers until ``close()``. ``probes`` counts what was heard."""

    def __init__(self, device: Device, addresses: Addresses, meeting: Meeting) -> None:
        self.probes = 0
        self._device = device
        self._addresses = addresses
        self._meeting = meeting
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Joins the group. Raises OSError."""
        way = _joined(self._meeting)
        loop = asyncio.get_running_loop()
        try:
            self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=way)
        except BaseException:
            way.close()
            raise

    def close(self) -> None:
        """Leaves it."""
        if self._transport is not None:
            self._transport.close()

    @property
    def port(self) -> int:
        """The port listened on."""
        if self._transport is None:
            raise RuntimeError("discovery is not open")
        return cast(int, self._transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answers a probe for what this device is; all else is not for it."""
        identity = _probe_in(data)
        if identity is None or self._transport is None:
            return
        self.probes += 1
        quirks = self._device.quirks
        if "discovery-silent" in quirks:
            return
        if "discovery-garbage" in quirks:
            self._transport.sendto(_GARBAGE, addr)
        for _ in range(2 if "discovery-twice" in quirks else 1):
            self._transport.sendto(self._match(identity, addr), addr)

    def _match(self, identity: str, asker: tuple[str, int]) -> bytes:
        head = tag(
            "env:Header",
            tag("wsadis:MessageID", f"urn:uuid:{uuid.uuid4()}"),
            tag("wsadis:RelatesTo", identity),
            tag("wsadis:To", _ANONYMOUS),
            tag("wsadis:Action", _MATCHES),
        )
        known_as = tag("wsadis:Address", self._device.endpoint)
        match = tag(
            "d:ProbeMatch",
            tag("wsadis:EndpointReference", known_as),
            tag("d:Types", "dn:NetworkVideoTransmitter tds:Device"),
            tag("d:Scopes", " ".join(scopes_of(self._device))),
            tag("d:XAddrs", " ".join(self._whereabouts(asker))),
            tag("d:MetadataVersion", 10),
        )
        body = tag("env:Body", tag("d:ProbeMatches", match))
        whole = Markup(f"<env:Envelope {_DECLARED}>{head}{body}</env:Envelope>")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}'.encode()

    def _whereabouts(self, asker: tuple[str, int]) -> list[str]:
        usual = self._addresses.service(DEVICE_PATH, _address_towards(asker))
        if "discovery-many-addresses" not in self._device.quirks:
            return [usual]
        port = self._device.http_port
        further = f"http://[{_LINK_LOCAL}]:{port}{DEVICE_PATH}"
        return [further, f"https://192.0.2.10{DEVICE_PATH}", usual]


def _address_towards(asker: tuple[str, int]) -> str:
    """This machine's address as who asks sees it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect(asker)
        return str(way.getsockname()[0])


def _joined(meeting: Meeting) -> socket.socket:
    way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    way.setblocking(False)
    try:
        is_group = meeting.group.startswith(("22", "23"))
        if is_group:
            way.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        way.bind((meeting.group, meeting.port))
        if is_group:
            wanted = socket.inet_aton(meeting.group) + socket.inet_aton(meeting.interface)
            way.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, wanted)
    except OSError:
        way.close()
        raise
    return way


def _probe_in(data: bytes) -> str | None:
    """The id of a probe for a device such as this, or None."""
    try:
        message = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    probe = next(elements(message, "Probe"), None)
    identity = next((each.text for each in elements(message, "MessageID")), None)
    if probe is None or not identity:
        return None
    types = " ".join(each.text or "" for each in elements(probe, "Types")).split()
    wanted = {each.rpartition(":")[2] for each in types}
    return identity.strip() if wanted <= _KNOWN_TYPES else None
