"""What single models and firmwares do differently: found out by how a device answers, remembered
of it, and never looked up by its model's name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sereno.drivers.memory import Memory


class Quirk(StrEnum):
    """The fact by which it is remembered."""

    TOKEN_SHIFT = "onvif.token_shift"  # noqa: S105  a fact's name
    SOURCES = "onvif.sources"


class Why(NamedTuple):
    """What the device does, what we do instead, and who saw it."""

    symptom: str
    cure: str
    source: str


LEARNED: dict[Quirk, Why] = {
    Quirk.TOKEN_SHIFT: Why(
        "refuses tokens that are made by its own clock: it tells local time as UTC, or leaves out "
        "summer time where it checks",
        "the moment is moved by the hours by which its clock is off, or by an hour where it says "
        "that it is the time",
        "agsh/onvif 249, onvif-rs 79 and 121, OpenIPC 292, home-assistant 121952",
    ),
    Quirk.SOURCES: Why(
        "lists its video inputs in another order after a restart, or leaves out those without a "
        "camera",
        "an input keeps the number under which it was first seen",
        "ONVIF promises no order",
    ),
}

ALWAYS: dict[str, Why] = {
    "wrong-host": Why(
        "tells addresses of its other network card, or of the inside of a router",
        "the host that answers takes their place; path, query and RTSP port are kept",
        "go2rtc; every device behind a router",
    ),
    "blanks-in-addresses": Why(
        "writes line ends and blanks into addresses",
        "they are taken out",
        "go2rtc, recorded of a Dahua camera",
    ),
    "broken-xml": Why(
        "writes prefixes that are bound to nothing, control characters, wrong encodings, tags "
        "that do not match",
        "read once more by a parser that goes by names alone, where the envelope came to its end",
        "easy_onvif and agsh/onvif, recorded answers",
    ),
    "empty-media2": Why(
        "lists profiles in media 2 without what is in them",
        "those of media 1 are taken",
        "easy_onvif, recorded of a SUNBA camera",
    ),
    "state-beside-list": Why(
        "writes the state of a search inside or beside the list of results",
        "it is looked for in both places",
        "GeoVision",
    ),
    "escaped-twice": Why(
        "writes &amp;amp; in addresses",
        "read as &",
        "go2rtc",
    ),
    "no-time-for-strangers": Why(
        "refuses to tell its time to strangers",
        "what its web server says with each answer (Date) takes its place",
        "ONVIF says otherwise; HTTP semantics, RFC 9110, 6.6.1",
    ),
    "no-serial": Why(
        "tells no serial number",
        "the hardware address of its network card takes its place",
        "cheap cameras of many names",
    ),
    "no-capability-extension": Why(
        "answers GetServices with a fault",
        "GetCapabilities tells most of the same",
        "ONVIF before 2.1",
    ),
}


@dataclass(slots=True)
class Known:
    """What was learned of one device. `device` is the name by which it is remembered: its serial
    number once that is known, for another may stand at the same address tomorrow."""

    memory: Memory
    device: str

    def fact(self, quirk: Quirk) -> str:
        """Empty where it is not known."""
        return self.memory.facts(self.device).get(quirk.value, "")

    def rename(self, device: str) -> None:
        """Remember it by another name, with what was learned under the first."""
        learned = {quirk: fact for quirk in Quirk if (fact := self.fact(quirk))}
        self.device = device
        for quirk, fact in learned.items():
            if not self.fact(quirk):
                self.learn(quirk, fact)

    def learn(self, quirk: Quirk, value: str) -> None:
        self.memory.learn(self.device, quirk.value, value)
