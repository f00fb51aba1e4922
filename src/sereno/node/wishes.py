"""How each stream of the orders is to be now, and what follows where that differs from what is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from pydantic import SecretStr

from sereno.policy.knobs import Manner
from sereno.wire.reports import ReasonReport, StreamState


@dataclass(frozen=True, slots=True)
class Wish:
    """A stream that runs now. `profile` and `version` say where its manner comes from.

    `is_recorded`: whether the manner has this stream recorded at all.
    """

    address: str
    username: str
    password: SecretStr
    manner: Manner = field(default_factory=Manner)
    is_recorded: bool = True
    profile: str = ""
    version: str = ""
    restart_number: int = 0
    retry_number: int = 0
    enforce_number: int = 0

    @property
    def source(self) -> tuple[object, ...]:
        """Where the pictures come from."""
        return self.address, self.username, self.password, self.retry_number

    @property
    def recorder(self) -> tuple[object, ...]:
        """What a recorder was told, and cannot be told anew without a new start."""
        manner = self.manner
        return (
            self.is_recorded, manner.engine, manner.rtsp_transport, manner.records_sound,
            manner.segment_seconds, manner.fragment_ms, manner.extra_cli, manner.nice,
            manner.cpu_affinity,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rest:
    """A stream that does not run now. `ends_with` is why a run that goes on is ended.

    `until` is when that changes, if anybody knows.
    """

    state: StreamState
    reason: ReasonReport
    ends_with: ReasonReport
    manner: Manner
    until: datetime | None = None


class Step(Enum):
    """From how a stream runs to how it should."""

    NONE = auto()  # what differs does not concern the recorder
    LATER = auto()  # it waits for the stream's next start
    NOW = auto()


def step_between(given: Wish, wish: Wish, *, is_idle: bool) -> Step:
    """What follows for a stream that was started as `given`.

    `is_idle`: it waits for its next try or for a person, so that a new start costs nothing.
    """
    is_enforced = wish.enforce_number > given.enforce_number
    if given.source != wish.source or (is_enforced and is_idle):
        return Step.NOW
    if given.recorder == wish.recorder:
        return Step.NONE
    is_asked = given.profile != wish.profile or wish.restart_number > given.restart_number
    return Step.NOW if is_asked or is_enforced or is_idle else Step.LATER


class Place(NamedTuple):
    """The volume that a stream is written to."""

    folder: Path
    volume_id: UUID | None = None


class Terms(NamedTuple):
    """What the streams of one runner have in common.

    The volume is among them: a process whose disk never answers cannot even be killed, so it
    must not hold streams that go to another disk.
    """

    place: Place
    nice: int = 0
    cpu_affinity: tuple[int, ...] = ()
