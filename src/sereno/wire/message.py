"""What every message of the wire is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A message of the wire: immutable; unknown fields of a newer peer are ignored.

    Infinity and NaN are refused: JSON has no such numbers, and browsers cannot read them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
