"""The device service: who it is, what it has, what time it holds.

Source: ONVIF Core Specification, chapter 8 (device management).
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from sereno.sim.onvif.addresses import Addresses
from sereno.sim.onvif.device import Device, Operations
from sereno.sim.onvif.services import Service, services_of
from sereno.sim.onvif.soap import NAMESPACES, Call, Markup, not_supported, tag
from sereno.sim.onvif.times import date_and_time, posix_zone

_HARDWARE_ADDRESS = "02:00:5e:10:00:01"
_INTERFACE = "eth0"
_SCOPE = "onvif://www.onvif.org"
_IS_PULL_POINT = tag("tt:WSPullPointSupport", True)
_FURTHER = ("Recording", "Search", "Replay")


def scopes_of(device: Device) -> list[str]:
    """What it says of itself to everybody, also in discovery."""
    profiles = ["Streaming", "G", *([] if device.is_camera else ["T"])]
    return [
        f"{_SCOPE}/type/{'video_encoder' if device.is_camera else 'NetworkVideoStorage'}",
        *(f"{_SCOPE}/Profile/{profile}" for profile in profiles),
        f"{_SCOPE}/name/{quote(device.config.name)}",
        f"{_SCOPE}/hardware/{quote(device.model)}",
        f"{_SCOPE}/location/",
    ]


class System:
    """Answers about the device itself."""

    def __init__(self, device: Device, addresses: Addresses) -> None:
        self._device = device
        self._addresses = addresses

    def operations(self) -> Operations:
        """What it answers."""
        return {
            ("tds", "GetSystemDateAndTime"): self.time,
            ("tds", "GetDeviceInformation"): self.information,
            ("tds", "GetServices"): self.services,
            ("tds", "GetServiceCapabilities"): self.service_capabilities,
            ("tds", "GetCapabilities"): self.capabilities,
            ("tds", "GetScopes"): self.scopes,
            ("tds", "GetHostname"): self.hostname,
            ("tds", "GetEndpointReference"): self.endpoint,
            ("tds", "GetNetworkInterfaces"): self.interfaces,
            ("tds", "GetNetworkProtocols"): self.protocols,
        }

    async def time(self, _: Call) -> Markup:
        clock, quirks = self._device.clock, self._device.quirks
        true = clock.true_now()
        wall = clock.wall(true)
        told = wall if "local-as-utc" in quirks else clock.utc_shown(true)
        utc = [] if "no-utc" in quirks else [date_and_time("tt:UTCDateTime", told)]
        return tag(
            "tds:GetSystemDateAndTimeResponse",
            tag(
                "tds:SystemDateAndTime",
                tag("tt:DateTimeType", "Manual"),
                tag("tt:DaylightSavings", clock.is_summer(true)),
                tag("tt:TimeZone", tag("tt:TZ", posix_zone(clock.zone.key))),
                *utc,
                date_and_time("tt:LocalDateTime", wall),
            ),
        )

    async def information(self, _: Call) -> Markup:
        device = self._device
        return tag(
            "tds:GetDeviceInformationResponse",
            tag("tds:Manufacturer", device.maker),
            tag("tds:Model", device.model),
            tag("tds:FirmwareVersion", device.firmware),
            tag("tds:SerialNumber", device.serial.tell()),
            tag("tds:HardwareId", "1.0"),
        )

    async def services(self, _: Call) -> Markup:
        if "no-services" in self._device.quirks:
            raise not_supported()
        found = services_of(self._device.quirks)
        return tag("tds:GetServicesResponse", *(self._service(each) for each in found))

    async def service_capabilities(self, _: Call) -> Markup:
        security = tag(
            "tds:Security", UsernameToken=True, HttpDigest=True, MaxUsers=16, RELToken=False
        )
        network = tag("tds:Network", NTP=1, DynDNS=False)
        system = tag("tds:System", DiscoveryBye=True, SystemBackup=False)
        parts = tag("tds:Capabilities", network, security, system)
        return tag("tds:GetServiceCapabilitiesResponse", parts)

    async def capabilities(self, _: Call) -> Markup:
        found = [each for each in services_of(self._device.quirks) if each.capability]
        usual = [self._capability(each) for each in found if each.capability not in _FURTHER]
        further = [self._capability(each) for each in found if each.capability in _FURTHER]
        extension = [tag("tt:Extension", *further)] if further else []
        return tag("tds:GetCapabilitiesResponse", tag("tds:Capabilities", *usual, *extension))

    async def scopes(self, _: Call) -> Markup:
        return tag("tds:GetScopesResponse", *_scopes(scopes_of(self._device)))

    async def hostname(self, _: Call) -> Markup:
        name = tag("tt:Name", self._device.config.name)
        information = tag("tds:HostnameInformation", tag("tt:FromDHCP", False), name)
        return tag("tds:GetHostnameResponse", information)

    async def endpoint(self, _: Call) -> Markup:
        guid = tag("tds:GUID", self._device.endpoint)
        return tag("tds:GetEndpointReferenceResponse", guid)

    async def interfaces(self, _: Call) -> Markup:
        address = tag("tt:Address", self._device.host)
        manual = tag("tt:Manual", address, tag("tt:PrefixLength", 24))
        config = tag("tt:Config", manual, tag("tt:DHCP", False))
        return tag(
            "tds:GetNetworkInterfacesResponse",
            tag(
                "tds:NetworkInterfaces",
                tag("tt:Enabled", True),
                tag("tt:Info", tag("tt:Name", _INTERFACE), tag("tt:HwAddress", _HARDWARE_ADDRESS)),
                tag("tt:IPv4", tag("tt:Enabled", True), config),
                token=_INTERFACE,
            ),
        )

    async def protocols(self, _: Call) -> Markup:
        ports = {"HTTP": self._device.http_port, "RTSP": self._device.rtsp_port}
        return tag(
            "tds:GetNetworkProtocolsResponse",
            *(
                tag(
                    "tds:NetworkProtocols",
                    tag("tt:Name", name),
                    tag("tt:Enabled", True),
                    tag("tt:Port", port),
                )
                for name, port in ports.items()
            ),
        )

    def _service(self, service: Service) -> Markup:
        major, minor = service.version
        return tag(
            "tds:Service",
            tag("tds:Namespace", NAMESPACES[service.prefix]),
            tag("tds:XAddr", self._addresses.service(service.path)),
            tag("tds:Version", tag("tt:Major", major), tag("tt:Minor", minor)),
        )

    def _capability(self, service: Service) -> Markup:
        address = tag("tt:XAddr", self._addresses.service(service.path))
        more = [_IS_PULL_POINT] if service.capability == "Events" else []
        return tag(f"tt:{service.capability}", address, *more)


def _scopes(texts: Iterable[str]) -> list[Markup]:
    return [
        tag("tds:Scopes", tag("tt:ScopeDef", "Fixed"), tag("tt:ScopeItem", text)) for text in texts
    ]
