"""What was discovered, in plain types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Discovered:
    """Something that answered a stranger. `vendor` is the likeliest driver's name, or empty;
    `known_as` its WS-Discovery endpoint, or empty. All texts are the device's own words, short."""

    host: str
    port: int
    is_tls: bool = False
    vendor: str = ""
    maker: str = ""
    model: str = ""
    name: str = ""
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """How far it is, from 0 to 1, and what was found so far, by address."""

    progress: float
    found: tuple[Discovered, ...]


OnLooked = Callable[[Looked], None]
