"""A secret that shows itself only when asked to, and never in a log or a repr."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainSerializer, SecretStr, SerializationInfo

REVEAL = {"reveal": True}


def _serialize(value: SecretStr, info: SerializationInfo) -> str:
    is_revealed = isinstance(info.context, dict) and bool(info.context.get("reveal"))
    return value.get_secret_value() if is_revealed else "***"


Secret = Annotated[SecretStr, PlainSerializer(_serialize, return_type=str)]
"""Serialises as `***`, and in the clear with `model_dump_json(context=REVEAL)`."""
