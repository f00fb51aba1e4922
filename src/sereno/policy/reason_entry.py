"""What the list of reasons says of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sereno.base.errors import Words


class Retry(StrEnum):
    """What is done next by itself, by class of failure."""

    NEVER = "never"  # a person must act; asking again could lock the account
    LOCKED = "locked"  # the device locked the account: once, when that should be over
    NETWORK = "network"  # nothing answers; it may be back at any moment
    BUSY = "busy"  # the device asked us to wait
    UNFIT = "unfit"  # what is asked for is not to be had: by another way once, then rarely
    DATA = "data"  # it broke off or made no sense: once more at once, then as a network's fault
    BACKOFF = "backoff"  # our own machine: its disk, its processes, its programs
    NONE = "none"  # not a failure


class Wait(StrEnum):
    """What has to pass before a failure is known for one; see `LIMIT_SECONDS`."""

    NOTHING = "nothing"
    CONNECTION = "connection"
    ANSWER = "answer"
    PICTURE = "picture"


LIMIT_SECONDS = {
    Wait.NOTHING: 0.0,
    Wait.CONNECTION: 10.0,
    Wait.ANSWER: 10.0,
    Wait.PICTURE: 10.0,
}
"""After so long it is told. A camera that never sent a picture has all three of them."""

NO_ADVICE = Words("", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason of the list: what happened, what follows by itself, and what people can do."""

    what: Words
    retry: Retry
    advice: Words = NO_ADVICE
    wait: Wait = Wait.NOTHING

    @property
    def words(self) -> Words:
        """What happened and what to do next."""
        pairs = zip(self.what, self.advice, strict=True)
        return Words(*(" ".join(filter(None, pair)) for pair in pairs))
