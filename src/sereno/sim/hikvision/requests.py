"""Reading what clients send: XML by local names, times, channel and track numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from sereno.sim.hikvision.xml import Refusal, bad_content

_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.\d+)?Z?")


def parse(body: bytes) -> Element:
    """The outermost element. Raises Refusal."""
    try:
        root: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Refusal(400, 5, "badXmlFormat") from None
    return root


def elements(root: Element, name: str) -> Iterator[Element]:
    """All elements of a local name, the outermost included."""
    return (each for each in root.iter() if local_name(each) == name)


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def texts(root: Element, name: str) -> list[str]:
    """The texts of all elements of a local name."""
    return [(each.text or "").strip() for each in elements(root, name)]


def text(root: Element, name: str) -> str:
    """The first such text. Raises Refusal where there is none."""
    found = texts(root, name)
    if not found or not found[0]:
        raise bad_content(f"{name} is missing")
    return found[0]


def number(root: Element, name: str) -> int:
    """The first such number. Raises Refusal."""
    digits = text(root, name)
    if not digits.isdecimal():
        raise bad_content(f"{name} is no number")
    return int(digits)


def time_of(written: str) -> datetime:
    """A time as it was written, naive, with or without dashes and colons. Raises Refusal."""
    match = _TIME.fullmatch(written.strip())
    if match is None:
        raise bad_content("a time cannot be read")
    try:
        return datetime(*map(int, match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        raise bad_content("a time does not exist") from None
