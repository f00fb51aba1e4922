"""Whether a runner is well: how long it has been silent, stubborn, or waiting for its disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sereno.node.rows import StreamKey
from sereno.wire.reports import ReasonReport

# A runner says once a second that it lives.
SILENT_SECONDS = 4.5
STARTING_SECONDS = 30.0  # many runners may start at once on a small machine
STUBBORN_SECONDS = 5.0
DISK_STILL_SECONDS = 2.0  # from then on the disk is why no picture is written
DISK_DEAD_SECONDS = 20.0  # about when the queues of usual streams are full
DYING_SECONDS = 5.0  # whoever does not die of SIGKILL waits for its disk inside the kernel

RUNNER_HUNG = ReasonReport(key="runner_hung")
DISK_SLOW = ReasonReport(key="disk_slow")


class Fault(NamedTuple):
    """Why a runner is to be replaced, as a reason and as the log's words."""

    reason: ReasonReport
    words: str


@dataclass(slots=True)
class RunnerWatch:
    """Of one life. All is counted in the node's own ticks, so that a node that was suspended does
    not blame its runners."""

    is_heard: bool = False
    disk_still_seconds: float = 0.0
    stopping: dict[StreamKey, float] = field(default_factory=dict)  # since it was told to
    _silent_seconds: float = 0.0
    _ending_seconds: float = 0.0

    @property
    def is_disk_still(self) -> bool:
        return self.disk_still_seconds >= DISK_STILL_SECONDS

    def hear(self) -> None:
        """It said something."""
        self.is_heard = True
        self._silent_seconds = 0.0

    def has_stopped(self, key: StreamKey) -> bool:
        """It ended a stream; whether it was told to.

        They are sealed one after the other: while they come, the rest is waiting its turn.
        """
        if self.stopping.pop(key, None) is None:
            return False
        self.stopping = dict.fromkeys(self.stopping, 0.0)
        return True

    def go_on(self, seconds: float) -> Fault | None:
        """So much time has passed: what is wrong with it, if anything is."""
        self._silent_seconds += seconds
        for key in self.stopping:
            self.stopping[key] += seconds
        if self._silent_seconds >= (SILENT_SECONDS if self.is_heard else STARTING_SECONDS):
            return Fault(RUNNER_HUNG, "says nothing")
        if self.disk_still_seconds >= DISK_DEAD_SECONDS:
            return Fault(DISK_SLOW, "waits for a disk that does not answer")
        if any(waited > STUBBORN_SECONDS for waited in self.stopping.values()):
            reason = DISK_SLOW if self.is_disk_still else RUNNER_HUNG
            return Fault(reason, "does not end a stream")
        return None

    def condemn(self) -> None:
        """It is killed without being asked."""
        self._ending_seconds = STUBBORN_SECONDS

    def end(self, seconds: float) -> None:
        """So much time has passed since it was to end."""
        self._ending_seconds += seconds

    @property
    def is_stubborn(self) -> bool:
        """It was to end, and has not."""
        return self._ending_seconds > STUBBORN_SECONDS

    @property
    def is_undying(self) -> bool:
        """Not even killing it helped."""
        return self._ending_seconds > STUBBORN_SECONDS + DYING_SECONDS
