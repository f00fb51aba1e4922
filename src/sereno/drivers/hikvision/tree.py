"""What a device wrote, XML or JSON, as one tree of plain parts.

Firmware differs in namespaces, in the order of elements, in whether a list of one is a list, and in
what its `size` says; none of that is kept. Source: PSIA and ISAPI schemas ver10 and ver20, and what
recorders really send.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sereno.drivers.reasons import garbled
from sereno.drivers.tree import Part

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LIMIT_BYTES = 4 << 20
_DEEPEST = 32
_MOST_PARTS = 100_000
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ROOT = re.compile(r"<(?![?!])([\w:.-]+)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def looks_written(data: bytes) -> bool:
    """Whether these bytes begin as XML or JSON does, and not as footage."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"{")


def read(data: bytes) -> Part:
    """The tree in `data`. Raises Garbled for what is neither XML nor JSON, for entities and bombs,
    and for what is larger or deeper than any device means."""
    if len(data) > LIMIT_BYTES or data.count(b"<") > 2 * _MOST_PARTS:
        raise garbled("too long")
    trimmed = _as_utf8(data).strip(b"\xef\xbb\xbf \t\r\n\0")
    if trimmed[:1] == b"{":
        return _read_json(trimmed)
    return _from_element(_read_xml(trimmed))


def _as_utf8(data: bytes) -> bytes:
    return data.decode("utf-16", "replace").encode() if data[:2] in _UTF_16 else data


def _read_xml(data: bytes) -> Element:
    try:
        return _strict(data)
    except (SyntaxError, ValueError, LookupError):  # a parse error is a SyntaxError
        return _mended(data)


def _mended(data: bytes) -> Element:
    """Once more, without control characters, a declared encoding that is not the real one, and
    what stands before and behind."""
    text = _UNPRINTABLE.sub("", data.decode("utf-8", "replace"))
    text = _DECLARATION.sub("", text, count=1)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise garbled("entities in XML")
    try:
        return _strict(_document_in(text).encode())
    except (SyntaxError, ValueError, LookupError) as trouble:
        raise garbled("not XML") from trouble


def _document_in(text: str) -> str:
    """From the first tag to its end; all of it where that does not come."""
    root = _ROOT.search(text)
    if root is None:
        return text
    end = re.compile(rf"</{re.escape(root[1])}\s*>").search(text, root.end())
    return text[root.start() : end.end()] if end is not None else text


def _strict(data: bytes) -> Element:
    try:
        element: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as trouble:
        raise garbled("entities in XML") from trouble
    return element


def _from_element(root: Element) -> Part:
    def made(element: Element, depth: int) -> Part:
        if depth > _DEEPEST:
            raise garbled("too deep")
        return Part(
            element.tag.rpartition("}")[2],
            (element.text or "").strip(),
            tuple(made(child, depth + 1) for child in element),
            {name.rpartition("}")[2]: value for name, value in element.attrib.items()},
        )

    return made(root, 0)


def _read_json(data: bytes) -> Part:
    try:
        value = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as trouble:
        raise garbled("not JSON") from trouble
    parts = tuple(_from_member("", value, 0))
    (whole,) = parts
    if len(whole.inside) == 1 and whole.inside[0].inside:
        return whole.inside[0]
    return whole


def _from_member(name: str, value: object, depth: int) -> Iterator[Part]:
    """One part, or one for each item of a list."""
    if depth > _DEEPEST:
        raise garbled("too deep")
    if isinstance(value, dict):
        inside = (_from_member(str(key), item, depth + 1) for key, item in value.items())
        yield Part(name, "", tuple(part for parts in inside for part in parts))
    elif isinstance(value, list):
        for item in value:
            yield from _from_member(name, item, depth + 1)
    else:
        yield Part(name, _plain(value))


def _plain(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
