"""The states of a stream and what leads from one to another; pure. docs/design/states.md draws it.

Whatever happens has one answer in every state, so that an event that comes late, twice or in odd
order leaves a stream in a state that is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from sereno.wire.reports import StreamState

S = StreamState


class Happening(StrEnum):
    """What can happen to a stream."""

    WANTED = "wanted"  # it is to be recorded from now on
    PAUSED = "paused"  # by a person
    UNSCHEDULED = "unscheduled"  # nothing asks for it now
    STANDS_BY = "stands by"  # another node runs the camera
    NO_VOLUME = "no volume"  # there is no disk to write to
    DIALS = "dials"  # an attempt begins, or waits for its turn
    PLAYS = "plays"  # the first key frame came: a run begins
    PICTURE = "picture"  # a fragment is in the file
    BREAKS = "breaks"  # the run ended
    FAILS = "fails"  # the attempt or the session ended, and another follows by itself
    GIVES_UP = "gives up"  # likewise, and no other follows before a person acts
    DISK_FAILS = "disk fails"  # likewise, for what is written to
    SILENCE = "silence"  # nothing has come for some seconds
    DISK_SILENCE = "disk silence"  # likewise, because the disk stands still


class Says(StrEnum):
    """What becomes of the reason that a stream shows."""

    NEW = "new"  # that of what happened
    KEPT = "kept"  # why it failed before tells more than what happens now
    NOTHING = "nothing"


class Move(NamedTuple):
    """Where a happening leads, and what is said there. `only_from`: from any other state it leads
    nowhere; None: it leads there from all."""

    to: StreamState
    says: Says
    only_from: StreamState | None = None


MOVES: Mapping[Happening, Move] = {
    Happening.WANTED: Move(S.CONNECTING, Says.NOTHING),
    Happening.PAUSED: Move(S.PAUSED, Says.NEW),
    Happening.UNSCHEDULED: Move(S.NOT_SCHEDULED, Says.NEW),
    Happening.STANDS_BY: Move(S.STANDBY, Says.NEW),
    Happening.NO_VOLUME: Move(S.NO_DISK, Says.NEW),
    Happening.DIALS: Move(S.CONNECTING, Says.KEPT),
    Happening.PLAYS: Move(S.RECORDING, Says.NOTHING),
    Happening.PICTURE: Move(S.RECORDING, Says.NOTHING),
    Happening.BREAKS: Move(S.CONNECTING, Says.NEW),
    Happening.FAILS: Move(S.WAITING, Says.NEW),
    Happening.GIVES_UP: Move(S.FAILED, Says.NEW),
    Happening.DISK_FAILS: Move(S.NO_DISK, Says.NEW),
    Happening.SILENCE: Move(S.STALLED, Says.NEW, only_from=S.RECORDING),
    Happening.DISK_SILENCE: Move(S.NO_DISK, Says.NEW, only_from=S.RECORDING),
}

AT_REST = frozenset({S.PAUSED, S.NOT_SCHEDULED, S.STANDBY})
"""States in which nothing is recorded by intent: nothing is wrong."""

HAS_NEXT_TRY = frozenset({S.WAITING, S.NO_DISK})
"""States in which it may be known when the next attempt is."""

RESTS: Mapping[StreamState, Happening] = {
    S.PAUSED: Happening.PAUSED,
    S.NOT_SCHEDULED: Happening.UNSCHEDULED,
    S.STANDBY: Happening.STANDS_BY,
    S.NO_DISK: Happening.NO_VOLUME,
}
"""By what an ordered stream comes into the state in which it is not recorded."""


def move_from(state: StreamState, happening: Happening) -> Move | None:
    """What follows; None: nothing."""
    move = MOVES[happening]
    return move if move.only_from in (None, state) else None
