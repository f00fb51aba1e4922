"""Where may be looked: this machine's own networks, and the private addresses around it.

Interfaces: netdevice(7). Private addresses: RFC 1918, and RFC 6598 for networks behind a carrier.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from sereno.base.errors import Invalid, Words

LOOPBACK_VARIABLE = "SERENO_DISCOVER_LOOPBACK"
"""Set to 1, simulated devices of this machine are discovered too."""

MOST_BITS = 10
"""A subnet of /22: 1022 addresses."""

_LOOPBACK = "127.0.0.1"
_LOOPBACK_NETWORK = IPv4Network("127.0.0.0/8")
_LINK_LOCAL = IPv4Network("169.254.0.0/16")
_PRIVATE = tuple(
    map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
)
_GET_FLAGS, _GET_ADDRESS = 0x8913, 0x8915  # SIOCGIFFLAGS, SIOCGIFADDR
_UP, _IS_LOOPBACK, _MULTICAST = 0x1, 0x8, 0x1000

_UNCLEAR = Words(
    "“{text}” is no subnet. Write one such as 192.168.1.0/24.",
    "«{text}» no es una subred. Escriba una como 192.168.1.0/24.",
)
_TOO_LARGE = Words(
    "{text} has {count} addresses; at most a /{least} is looked through at once. Choose a part of "
    "it.",
    "{text} tiene {count} direcciones; como mucho se recorre una /{least} de una vez. Elija una "
    "parte.",
)
_NOT_PRIVATE = Words(
    "{text} is not looked through: only private networks are (10.0.0.0/8, 172.16.0.0/12, "
    "192.168.0.0/16, 100.64.0.0/10). Add a device elsewhere by its address.",
    "{text} no se recorre: solo redes privadas (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, "
    "100.64.0.0/10). Añada por su dirección un dispositivo que esté en otra parte.",
)


@dataclass(frozen=True, slots=True)
class Lan:
    """Where WS-Discovery goes: out of `interfaces` (our addresses there), to `group` and `port`."""

    interfaces: tuple[str, ...]
    group: str = "239.255.255.250"
    port: int = 3702
    has_loopback: bool = False


def own_lan(environ: Mapping[str, str] = os.environ) -> Lan:
    """All own networks that can be asked, IPv4."""
    has_loopback = environ.get(LOOPBACK_VARIABLE) == "1"
    addresses = tuple(filter(None, (_address(name) for _, name in socket.if_nameindex())))
    return Lan(addresses + ((_LOOPBACK,) if has_loopback else ()), has_loopback=has_loopback)


def subnet_of(text: str, *, has_loopback: bool = False) -> IPv4Network:
    """A subnet that may be looked through, its host bits cleared. Raises Invalid."""
    try:
        subnet = IPv4Network(text.strip(), strict=False)
    except (AddressValueError, ValueError):
        raise Invalid("subnet_unclear", _UNCLEAR.fill(text=text[:100]), field="subnet") from None
    if not _is_within(subnet, has_loopback=has_loopback):
        raise Invalid("subnet_not_private", _NOT_PRIVATE.fill(text=subnet), field="subnet")
    if subnet.prefixlen < 32 - MOST_BITS:
        words = _TOO_LARGE.fill(text=subnet, count=subnet.num_addresses, least=32 - MOST_BITS)
        raise Invalid("subnet_too_large", words, field="subnet")
    return subnet


def may_ask(host: str, *, has_loopback: bool = False) -> bool:
    """Whether a stranger's questions may go there: a private address, not a name."""
    try:
        return _is_within(IPv4Network(host), has_loopback=has_loopback)
    except (AddressValueError, ValueError):
        return False


def may_list(host: str, *, has_loopback: bool = False) -> bool:
    """As `may_ask`, and devices that got no address of their network: people want to know of them,
    nobody asks them anything."""
    return may_ask(host, has_loopback=has_loopback) or _is_link_local(host)


def _is_link_local(host: str) -> bool:
    try:
        return IPv4Address(host) in _LINK_LOCAL
    except AddressValueError:
        return False


def _is_within(subnet: IPv4Network, *, has_loopback: bool) -> bool:
    allowed = (*_PRIVATE, _LOOPBACK_NETWORK) if has_loopback else _PRIVATE
    return any(subnet.subnet_of(each) for each in allowed)


def _address(name: str) -> str | None:
    """The IPv4 address of an interface that reaches a network, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            (flags,) = struct.unpack_from("H", _asked(asking, _GET_FLAGS, name), 16)
            if flags & (_UP | _IS_LOOPBACK | _MULTICAST) != _UP | _MULTICAST:
                return None
            return socket.inet_ntoa(_asked(asking, _GET_ADDRESS, name)[20:24])
        except OSError:  # it has no IPv4 address, or is gone by now
            return None


def _asked(asking: socket.socket, what: int, name: str) -> bytes:
    return fcntl.ioctl(asking.fileno(), what, struct.pack("256s", os.fsencode(name)[:15]))
