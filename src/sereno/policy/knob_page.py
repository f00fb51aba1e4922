"""The reference page of knobs, from their table: `python -m sereno.policy.knob_page`."""

from __future__ import annotations

from collections.abc import Iterator

from sereno.policy.ffmpeg_options import ALLOWED
from sereno.policy.knob_list import KNOBS, Knob

_CONCERNS = {
    "recording": "recording: its stream is started anew for it, now or at the next start",
    "analysis": "analysis: takes effect at once, recording is not touched",
    "reporting": "reporting: takes effect at once, recording is not touched",
}
_HEAD = """\
# Stream profiles

A profile says how a camera's streams are run. What it leaves unsaid comes from the profile that \
it is based on, then from the camera's own fields, then from the default below. A schedule may \
name another profile for its hours.

This page is made from the table in `policy/knob_table.py` by `python -m \
sereno.policy.knob_page`; a test says when it is out of date.
"""
_EXTRA = """\
## What `extra_cli` may hold

Options of ffmpeg, written as in a shell; each is put where it belongs, before the input or after \
it. `-stimeout` is translated to `-timeout`. Everything that is not in this list is refused, and \
the refusal says why: it could replace the recording's input or output, read or write other files \
and addresses, or carry a password.
"""


def page() -> str:
    """The whole page, Markdown."""
    parts = [_HEAD, *(_knob(knob) for knob in KNOBS), _EXTRA, *_options()]
    return "\n".join(parts) + "\n"


def _knob(knob: Knob) -> str:
    rows = {"default": _shown(knob.default), "allowed": _allowed(knob), "example": knob.example}
    lines = [f"* {name}: `{value}`" for name, value in rows.items() if value]
    lines.append(f"* concerns {_CONCERNS[knob.concerns]}")
    told = f"## `{knob.name}`: {knob.label.en}\n\n{knob.what.en} {knob.why.en}\n"
    return told + "\n" + "\n".join(lines) + "\n"


def _allowed(knob: Knob) -> str:
    if knob.choices:
        return ", ".join(knob.choices)
    if knob.least is None or knob.most is None:
        return ""
    return f"{knob.least:g} to {knob.most:g} {knob.unit}".strip()


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _options() -> Iterator[str]:
    yield "| option | stands | example |\n| --- | --- | --- |"
    for name, option in ALLOWED.items():
        place = "after the input" if option.place == "after" else "before the input"
        yield f"| `-{name}` | {place} | `{option.example}` |"


if __name__ == "__main__":
    print(page(), end="")
