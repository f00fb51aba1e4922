"""How often the node does what it does by the clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """All in seconds, but for `batch_rows`."""

    heartbeat_seconds: float = 5.0
    orders_seconds: float = 30.0
    reports_seconds: float = 5.0
    shortest_seconds: float = 1.0  # between two heartbeats or reports, however much happens
    retry_base_seconds: float = 1.0
    retry_cap_seconds: float = 30.0
    batch_rows: int = 500
    commit_seconds: float = 1.0  # what a kill may leave to be read from the files again
    budget_seconds: float = 2.0  # between two looks at the disks
    supervise_seconds: float = 0.5  # between two comparisons of what is wanted and what runs
    probe_seconds: float = 5.0  # between two looks for streams that are to be tried
    picture_seconds: float = 1.0  # between two looks for cameras whose picture is due
    mend_again_seconds: float = 5.0  # after a file could not be mended
