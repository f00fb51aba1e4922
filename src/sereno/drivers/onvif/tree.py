"""What a device wrote in SOAP, as one tree of plain parts.

Makers differ in prefixes, and some write what no strict parser takes: prefixes that are bound to
nothing, control characters, an encoding that is not the declared one, tags that do not match. Such
an answer is read once more, tolerantly, as long as its envelope came to its end. Entities are
refused either way.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree.ElementTree import tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sereno.drivers.reasons import garbled
from sereno.drivers.tree import Part

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LIMIT_BYTES = 4 << 20
_MENDED_BYTES = 1 << 20
_DEEPEST = 64
_MOST_PARTS = 100_000
_BLANK = b"\xef\xbb\xbf \t\r\n\0"


def read_body(data: bytes) -> Part:
    """What is inside the body of an envelope: one part, an answer or a `Fault`.

    Raises Garbled for what is no SOAP, for entities and bombs, and for what was cut off.
    """
    whole = _read(data)
    for body in whole.walk("Body"):
        if body.inside:
            return body.inside[0]
    raise garbled("no SOAP")


def reference_parameters(data: bytes) -> str:
    """What a device wants to see in the header of requests about a subscription, as XML; empty
    where there is nothing, or nothing that can be read."""
    try:
        root: Element = fromstring(data.strip(_BLANK), forbid_dtd=True)
    except (SyntaxError, ValueError, LookupError):  # a parse error is a SyntaxError
        return ""
    for element in root.iter():
        if _local(element.tag) == "ReferenceParameters":
            return "".join(tostring(child, encoding="unicode") for child in element)
    return ""


def _read(data: bytes) -> Part:
    if len(data) > LIMIT_BYTES or data.count(b"<") > 2 * _MOST_PARTS:
        raise garbled("too long")
    trimmed = data.strip(_BLANK)
    if b"<!DOCTYPE" in trimmed or b"<!ENTITY" in trimmed:
        raise garbled("entities in XML")
    try:
        root: Element = fromstring(trimmed, forbid_dtd=True)
    except DefusedXmlException as trouble:
        raise garbled("entities in XML") from trouble
    except (SyntaxError, ValueError, LookupError):
        return _mended(trimmed)
    return _from_element(root, 0)


def _mended(data: bytes) -> Part:
    if len(data) > _MENDED_BYTES:
        raise garbled("not XML")
    return _Mender().read(data.decode("utf-8", "replace"))


def _from_element(element: Element, depth: int) -> Part:
    if depth > _DEEPEST:
        raise garbled("too deep")
    return Part(
        _local(element.tag),
        (element.text or "").strip(),
        tuple(_from_element(child, depth + 1) for child in element),
        {_local(name): value for name, value in element.attrib.items()},
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2]


class _Open:
    """A part whose end has not come."""

    def __init__(self, name: str, notes: dict[str, str]) -> None:
        self.name = name
        self.notes = notes
        self.text: list[str] = []
        self.has_text = False
        self.inside: list[Part] = []

    def closed(self) -> Part:
        return Part(self.name, "".join(self.text).strip(), tuple(self.inside), self.notes)


class _Mender(HTMLParser):
    """Reads tags whatever is wrong between them; names lose their case."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open = [_Open("", {})]
        self._is_whole = False

    def set_cdata_mode(self, elem: str, **_: object) -> None:
        """A part that is called so is none of HTML's scripts."""

    def read(self, text: str) -> Part:
        """All of it. Raises Garbled where no envelope came to its end."""
        self.feed(text)
        self.close()
        if not self._is_whole:
            raise garbled("no SOAP")
        while len(self._open) > 1:
            self._close_last()
        return self._open[0].closed()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self._open) > _DEEPEST:
            raise garbled("too deep")
        notes = {_bare(name): value or "" for name, value in attrs}
        self._open.append(_Open(_bare(tag), notes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._close_last()

    def handle_endtag(self, tag: str) -> None:
        """Ends the innermost part of that name and all in it. An end of nothing ends a text, whose
        name was written wrong; else it is passed over."""
        name = _bare(tag)
        self._is_whole = self._is_whole or name == "envelope"
        if not any(part.name == name for part in self._open[1:]):
            last = self._open[-1]
            if last.name and not last.inside and last.has_text:
                self._close_last()
            return
        while self._open[-1].name != name:
            self._close_last()
        self._close_last()

    def handle_data(self, data: str) -> None:
        last = self._open[-1]
        if not last.inside:
            last.text.append(data)
            last.has_text = last.has_text or not data.isspace()

    def _close_last(self) -> None:
        part = self._open.pop().closed()
        self._open[-1].inside.append(part)


def _bare(name: str) -> str:
    return name.rpartition(":")[2].lower()
