"""What firmware of this make does otherwise, and why we do what we do.

`LEARNED` are found out by how a device answers, and remembered of it; all others hold for every
device, because nothing is lost by it where the firmware is better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sereno.drivers.memory import Memory

NO_EVENTS: Final = "no-events"
EVENTS_LIST_REFUSED: Final = "events-list-refused"
SNAPSHOT_FROM_ONE: Final = "snapshot-from-one"
SNAPSHOT_FROM_ZERO: Final = "snapshot-from-zero"
FIND_BY_RPC2: Final = "find-by-rpc2"

_YES = "yes"
PLAYBACK_AS_USUAL: Final = "playback-as-usual"
PLAYBACK_ON_MONITOR: Final = "playback-on-monitor"


@dataclass(frozen=True, slots=True)
class Quirk:
    """`reason`: what the firmware does and what follows. `source`: where it was seen."""

    name: str
    reason: str
    source: str


LEARNED: tuple[Quirk, ...] = (
    Quirk(
        NO_EVENTS,
        "Answers 404 or 501 to eventManager.cgi: it has no events for us.",
        "rroller/dahua",
    ),
    Quirk(
        EVENTS_LIST_REFUSED,
        "Answers 400 or 500 to a long list of event codes: all are asked for and sifted here.",
        "rroller/dahua 728, 832",
    ),
    Quirk(
        SNAPSHOT_FROM_ZERO,
        "Counts channels of snapshot.cgi from 0: known by its last channel refused and 0 given.",
        "aiodahua, docs/hardware.md",
    ),
    Quirk(
        FIND_BY_RPC2,
        "Has no mediaFileFind.cgi: searched by RPC2, where channels count from 0.",
        "RCooLeR/DahuaBridge, bridge/docs/dahua-api.md",
    ),
    Quirk(
        PLAYBACK_ON_MONITOR,
        "Refuses /cam/playback for footage that it finds: played at /cam/realmonitor with times.",
        "NVR5232-EI, DahuaBridge",
    ),
)

ALWAYS: tuple[Quirk, ...] = (
    Quirk(
        "model-is-a-number",
        "Recorders tell a number as their type: the model is what updates are called.",
        "NVR5232-EI, DahuaBridge",
    ),
    Quirk(
        "titles-of-empty-slots",
        "ChannelTitle names all slots; a removed camera may stay enabled: what is bound counts.",
        "NVR5464-16P-EI, rroller/dahua",
    ),
    Quirk(
        "camera-state-missing",
        "getCameraState is answered with 501: getCameraAll tells which channels there are.",
        "NVR608H-128-4KS3, DVRtool",
    ),
    Quirk(
        "finders-leak",
        "A finder that is not closed and destroyed is lost until the device restarts.",
        "DVRtool",
    ),
    Quirk(
        "loadfile-hour",
        "Windows above six hours are refused, those over a full hour come back cut: one hour each.",
        "NVR608H-128-4KS3, LTN6416",
    ),
    Quirk(
        "loadfile-five-minutes",
        "A start on a mark of five minutes gives an empty body: asked from a second earlier.",
        "LTN6416, aiodahua",
    ),
    Quirk(
        "loadfile-drift",
        "Starts seconds to minutes off: told by the frames' clock, asked again as much earlier.",
        "LTN6416, NV4108E-HS, aiodahua",
    ),
    Quirk(
        "loadfile-wedges",
        "Refuses all downloads after some that were broken off: ours are read to their end.",
        "NV4108E-HS, aiodahua",
    ),
    Quirk(
        "loadfile-preamble",
        "9 to 13 KB of something else come before the first frame: taken off.",
        "LTN6416, aiodahua",
    ),
    Quirk(
        "audio-restarts",
        "One request to audio.cgi restarts the camera: it is never asked.",
        "Lorex E891AB, aiodahua",
    ),
)

QUIRKS: dict[str, Quirk] = {quirk.name: quirk for quirk in (*LEARNED, *ALWAYS)}


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned of one device, across restarts; `device` is its name in the memory."""

    memory: Memory
    device: str

    def has(self, name: str) -> bool:
        """Whether this was learned."""
        return self.memory.facts(self.device).get(_fact(name)) == _YES

    def learn(self, name: str) -> None:
        """It is so from now on."""
        self.memory.learn(self.device, _fact(name), _YES)


def _fact(name: str) -> str:
    return f"dahua.{name}"
