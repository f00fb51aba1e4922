"""`.env.example`, made from the settings themselves, so that it cannot tell otherwise."""

from __future__ import annotations

import textwrap

from sereno.box.settings import Settings, explained, variable_of

_HEADER = """\
# Settings of Sereno. Everything has a default that works; set only what you must.
# Copy this file to .env, in the folder where Sereno is started or in the data folder,
# and remove the # before what you set. The environment wins over both files.
# Made by `sereno settings example`.
"""


def example() -> str:
    """The text of `.env.example`."""
    return "\n".join([_HEADER, *map(_entry, Settings.model_fields)])


def _entry(field: str) -> str:
    about = explained(field)
    paragraphs = [*about.text.split("\n"), f"Default: {about.default}."]
    lines = [line for paragraph in paragraphs for line in _comment(paragraph)]
    return "\n".join([*lines, f"#{variable_of(field)}={about.example}", ""])


def _comment(paragraph: str) -> list[str]:
    """`paragraph` as comment lines; one that begins with spaces is a command and stays whole."""
    width = 1000 if paragraph.startswith(" ") else 96
    return textwrap.wrap(paragraph, width, initial_indent="# ", subsequent_indent="# ")
