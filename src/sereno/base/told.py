"""What another process or a device told, as it may be kept: no secrets, and no NUL, which no column
takes."""

from __future__ import annotations

from typing import Any

from sereno.base.redact import redact


def told_text(told: str) -> str:
    """One text; no longer than it was told, which fits."""
    return redact(told.replace("\0", ""))[: len(told)]


def readable(text: str) -> str:
    """Half a sign, which JSON can bring, is no text: a question mark stands for it."""
    return text.encode(errors="replace").decode()


def told_value(told: Any) -> Any:
    """What JSON can say, each text of it fit to be kept."""
    if isinstance(told, dict):
        return {told_text(str(name)): told_value(value) for name, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [told_value(each) for each in told]
    return told_text(told) if isinstance(told, str) else told
