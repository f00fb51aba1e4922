"""What is judged, and what a judgement is; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal
from uuid import UUID

from sereno.base.errors import Words
from sereno.policy.reasons import Reason

SubjectKind = Literal["camera", "device", "disk", "node", "hub", "clock", "site"]
SeverityName = Literal["minor", "serious", "critical"]
# Pages of the interface.
SYSTEM_PAGE, CAMERAS_PAGE = "/system", "/cameras"


class Severity(IntEnum):
    """How bad it is; the higher is told first."""

    MINOR = 1  # nothing is lost; people should know
    SERIOUS = 2  # a camera's footage is being lost, or soon will be, or is worth less
    CRITICAL = 3  # so is that of a whole site, or nobody would hear of it

    @property
    def title(self) -> SeverityName:
        """As programs read it."""
        return _TITLES[self]


_TITLES: dict[Severity, SeverityName] = {
    Severity.MINOR: "minor",
    Severity.SERIOUS: "serious",
    Severity.CRITICAL: "critical",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A site, as people call it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class CameraFact:
    """A camera; `host` is the machine it is reached at, empty for one that is plugged in."""

    id: UUID
    name: str
    host: str
    site: Place
    node_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StreamFact:
    """A stream as people are shown it; `notices` stop nothing.

    `analysis` is why its pictures are not decoded, `decoder` why not by the card that was asked
    for, `probe` what a try before its next window met.
    """

    camera: CameraFact
    stream: str
    state: str
    since: datetime
    reason: Reason | None = None
    last_error: Reason | None = None
    notices: tuple[Reason, ...] = ()
    probe: Reason | None = None
    analysis: Reason | None = None
    decoder: Reason | None = None
    restarts: int = 0
    bitrate_bps: int = 0


@dataclass(frozen=True, slots=True)
class VolumeFact:
    """A folder for footage; `budget_bytes` None: no limit of ours. 0: nobody knows."""

    id: str
    path: str
    state: str
    total_bytes: int = 0
    free_bytes: int = 0
    footage_bytes: int = 0
    budget_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class NodeFact:
    """A node as it told of itself. `clock_offset_seconds`: its clock's lead over the hub's."""

    id: UUID
    name: str
    site: Place
    is_online: bool
    silent_since: datetime
    started_at: datetime | None = None
    version: str = ""
    is_clock_synchronised: bool | None = None
    clock_offset_seconds: float | None = None
    backlog: int = 0
    volumes: tuple[VolumeFact, ...] = ()


@dataclass(frozen=True, slots=True)
class DiskFact:
    """A disk of a device; `state` as in `sereno.wire.devices.DeviceDisk`."""

    id: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """A device as people are shown it. `cameras` were made of its channels, `missing_channels` are
    the names of those among them that it does not list any more."""

    id: UUID
    name: str
    site: Place
    node_id: UUID | None
    state: str
    since: datetime | None = None
    reason: Reason | None = None
    disks: tuple[DiskFact, ...] = ()
    clock_offset_seconds: float | None = None
    cameras: tuple[CameraFact, ...] = ()
    missing_channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmFact:
    """A promise that is being broken."""

    since: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class HubFact:
    """The hub's own machine. None: nobody knows, or there is nothing of the kind.

    `worker_heard_at` is the hub's own start where no worker was ever heard. `first_day`: since
    when there is something to back up. `has_own_certificate`: Sereno made it.
    """

    version: str
    data_path: str
    free_bytes: int
    worker_heard_at: datetime
    database_bytes: int | None = None
    certificate_ends_at: datetime | None = None
    certificate_path: str = ""
    has_own_certificate: bool = True
    open_secrets: tuple[str, ...] = ()
    newest_backup_at: datetime | None = None
    first_day: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known at `now`.

    `alarms` are those that are on; `damaged_seconds` is what losses may have damaged in the last
    hour; both by camera.
    """

    now: datetime
    hub: HubFact
    nodes: tuple[NodeFact, ...] = ()
    streams: tuple[StreamFact, ...] = ()
    devices: tuple[DeviceFact, ...] = ()
    alarms: Mapping[UUID, AlarmFact] = field(default_factory=dict)
    damaged_seconds: Mapping[UUID, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a problem is of; `id` is unique among its kind."""

    kind: SubjectKind
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One cause, told once, however many `cameras` it concerns.

    `words` say what happened, `advice` what to do, `raw` what a device or the system said. `since`
    None: since somebody first noticed it. `link` is a page of the interface.
    """

    key: str
    severity: Severity
    subject: Subject
    since: datetime | None
    words: Words
    advice: Words
    link: str
    raw: str = ""
    cameras: tuple[CameraFact, ...] = ()
    site: Place | None = None

    @property
    def id(self) -> str:
        """The same as long as the problem is the same."""
        return f"{self.key} {self.subject.kind} {self.subject.id}"
