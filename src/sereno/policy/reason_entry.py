"""What the list of reasons says of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sereno.base.errors import Words


class Retry(StrEnum):
    """What the enforcer does next, by class of failure."""

    NEVER = "never"  # a person must act; asking again could lock the account
    BACKOFF = "backoff"  # the network or the device may come back by itself
    BUSY = "busy"  # the device asked us to wait
    NONE = "none"  # not a failure


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason of the list."""

    words: Words
    retry: Retry
