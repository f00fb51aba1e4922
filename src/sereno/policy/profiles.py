"""How profile, camera and defaults become one manner, and where each value came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from sereno.policy.knobs import KNOB_NAMES, Knobs, Manner

OriginKind = Literal["profile", "camera", "default"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who gave a value: a profile or a camera by its name, or the default."""

    kind: OriginKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one of them says."""

    knobs: Knobs
    origin: Origin


@dataclass(frozen=True, slots=True)
class Merged:
    """A whole manner, and for each knob where it came from."""

    manner: Manner
    origins: Mapping[str, Origin]


_DEFAULT = Origin("default")


def merge(layers: Sequence[Layer]) -> Merged:
    """Of each knob the first word counts: profile, what it is based on, the camera's own fields.

    `layers` come strongest first; what none of them says is the default.
    """
    said: dict[str, object] = {}
    origins = dict.fromkeys(KNOB_NAMES, _DEFAULT)
    for layer in reversed(layers):
        for name in KNOB_NAMES:
            if (value := getattr(layer.knobs, name)) is not None:
                said[name], origins[name] = value, layer.origin
    return Merged(replace(Manner(), **said), origins)  # type: ignore[arg-type]


def said_in(knobs: Knobs) -> dict[str, object]:
    """Only what is said, by name: as it is stored and shown."""
    return {
        field.name: value
        for field in fields(knobs)
        if (value := getattr(knobs, field.name)) is not None
    }


def differing(one: Manner, other: Manner) -> frozenset[str]:
    """The names of the knobs in which two manners differ."""
    return frozenset(name for name in KNOB_NAMES if getattr(one, name) != getattr(other, name))
