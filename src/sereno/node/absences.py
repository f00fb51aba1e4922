"""The times in which a stream was wanted and not recorded, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from sereno.node.rows import AbsenceRow, StreamKey
from sereno.node.unsaved import Unsaved
from sereno.wire.reports import ReasonReport

STEP_US = 5_000_000


@dataclass(slots=True)
class Absences:
    """At most one is open. Times are microseconds since 1970."""

    key: StreamKey
    unsaved: Unsaved
    open_row: AbsenceRow | None = None

    def go_on(self, reason: ReasonReport, at_us: int) -> None:
        """From `at_us` on the stream is missing for `reason`; the same reason goes on."""
        now = self.open_row
        if now is not None and (now.reason.key, now.reason.params) == (reason.key, reason.params):
            return
        if now is not None:
            at_us = max(at_us, now.start_us)
            self.end(at_us)
        self.open_row = AbsenceRow(uuid4(), self.key, at_us, at_us + 1, reason)
        self.unsaved.touch_absence(self.open_row)

    def grow(self, now_us: int) -> None:
        """Time passes."""
        row = self.open_row
        if row is not None and now_us - row.end_us >= STEP_US:
            row.end_us = now_us
            self.unsaved.touch_absence(row)

    def end(self, at_us: int) -> None:
        """The stream is not missing any more, if it was."""
        row, self.open_row = self.open_row, None
        if row is None:
            return
        if at_us <= row.start_us and row.revision == 0:
            self.unsaved.forget_absence(row)
            return
        row.end_us = max(at_us, row.start_us + 1)
        row.is_open = False
        self.unsaved.touch_absence(row)
