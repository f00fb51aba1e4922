"""What a Dahua device says over HTTP: lines of ``name=value``, and its several errors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from sereno.sim.recorders.http import HttpAnswer, HttpRequest

Value = str | int | float | bool | Mapping[str, "Value"] | Mapping[int, "Value"] | Sequence["Value"]
"""A mapping by numbers is a list of which only some places are told."""
Facts = Mapping[str, Value]
LOCKED_CODE = 268632081
_TEXT = [("Content-Type", "text/plain;charset=utf-8")]


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(self, answer: HttpAnswer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def bad_request() -> Refusal:
    """400, whatever was wrong with it."""
    return Refusal(plain("Error\r\nBad Request!\r\n", 400))


def not_implemented() -> Refusal:
    """501, as newer firmware says of what it lacks."""
    return Refusal(plain("Error\r\nNot Implemented!\r\n", 501))


def no_authority() -> Refusal:
    """403, of what this account may not read and of what nobody knows."""
    return Refusal(plain("Error\r\nAuthority:check failure.\r\n", 403))


def parameter_error(name: str) -> Refusal:
    """200, and yet an error."""
    return Refusal(plain(f"Error: Error -1 getting param in name={name}\r\n"))


def plain(text: str, status: int = 200) -> HttpAnswer:
    """Text as it is. Every answer ends its connection."""
    return HttpAnswer(status, list(_TEXT), text.encode(), is_closed_after=True)


def done() -> HttpAnswer:
    """OK."""
    return plain("OK\r\n")


def told(facts: Facts) -> HttpAnswer:
    """Facts as lines, nested ones by their path."""
    return plain("".join(f"{line}\r\n" for line in lines(facts)))


def as_json(facts: Facts, status: int = 200) -> HttpAnswer:
    """Facts as JSON."""
    body = json.dumps(facts).encode()
    headers = [("Content-Type", "application/json")]
    return HttpAnswer(status, headers, body, is_closed_after=True)


def lines(value: Value, path: str = "") -> Iterator[str]:
    """``name.part[0].part=value`` for each fact in it."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from lines(part, _joined(path, name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, part in enumerate(value):
            yield from lines(part, f"{path}[{number}]")
    else:
        yield f"{path}={_text(value)}"


def _joined(path: str, name: str | int) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else name


def _text(value: str | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def fields_of(request: HttpRequest) -> dict[str, str]:
    """The fields of a query as these devices read it: a plus is a plus, never a space."""
    pairs = (each.partition("=") for each in request.raw_query.split("&") if each)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def number(text: str | None) -> int:
    """A whole number. Raises Refusal."""
    if text is None or not text.isdecimal():
        raise bad_request()
    return int(text)
