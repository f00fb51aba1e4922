"""What single models and firmwares do differently: met once, remembered for the device.

Nothing is looked up by model name: too many are rebadged, and an update changes them. Each is found
out by what the device does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sereno.drivers.memory import Memory


class Quirk(StrEnum):
    """The fact by which it is remembered."""

    POST_DOWNLOAD = "hikvision.post_download"
    PROXY_PICTURE = "hikvision.proxy_picture"
    SHORT_SEARCHES = "hikvision.short_searches"
    FIRST_PAGE_ONLY = "hikvision.first_page_only"


class Why(NamedTuple):
    """What the device does, what we do instead, and who saw it."""

    symptom: str
    cure: str
    source: str


QUIRKS: dict[Quirk, Why] = {
    Quirk.POST_DOWNLOAD: Why(
        "answers GET of a download with nothing, a refusal, or an error in XML",
        "POST of the same body",
        "DVRtool, on several NVRs; the classic form is GET with a body",
    ),
    Quirk.PROXY_PICTURE: Why(
        "400 badXmlContent for /Streaming/channels/n01/picture",
        "/ContentMgmt/StreamingProxy/channels/n01/picture",
        "hikvision_next, on a DS-7608NI-Q2 V4.30.090",
    ),
    Quirk.SHORT_SEARCHES: Why(
        "500 deviceError where a day has thousands of files",
        "six hours at a time",
        "DVRtool, DS-9632NI-M8 V5.04.081",
    ),
    Quirk.FIRST_PAGE_ONLY: Why(
        "gives the first page whatever position is asked",
        "a new search from the end of the last file found",
        "DVRtool; clients that spelled the position rightly met the same",
    ),
}


@dataclass(slots=True)
class Known:
    """What was learned of one device. `device` is the name by which it is remembered: its serial
    number once that is known, for another may stand at the same address tomorrow."""

    memory: Memory
    device: str

    def has(self, quirk: Quirk) -> bool:
        return bool(self.fact(quirk.value))

    def note(self, quirk: Quirk) -> None:
        """The device does so."""
        self.learn(quirk.value, "yes")

    def fact(self, name: str) -> str:
        """Empty where it is not known."""
        return self.memory.facts(self.device).get(name, "")

    def learn(self, name: str, value: str) -> None:
        self.memory.learn(self.device, name, value)
