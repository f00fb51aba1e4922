"""SOAP 1.2 as ONVIF devices speak it: requests read, answers and faults written.

Sources: SOAP 1.2 (faults: chapter 5.4), ONVIF Core Specification (names of faults: 5.8.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

NAMESPACES = {
    "env": "http://www.w3.org/2003/05/soap-envelope",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wstop": "http://docs.oasis-open.org/wsn/t-1",
    "tt": "http://www.onvif.org/ver10/schema",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tr2": "http://www.onvif.org/ver20/media/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "trc": "http://www.onvif.org/ver10/recording/wsdl",
    "tse": "http://www.onvif.org/ver10/search/wsdl",
    "trp": "http://www.onvif.org/ver10/replay/wsdl",
    "ter": "http://www.onvif.org/ver10/error",
    "tns1": "http://www.onvif.org/ver10/topics",
}
"""By the prefix with which this device writes them."""
CONTENT_TYPE = "application/soap+xml; charset=utf-8"
_ENVELOPE = f"{{{NAMESPACES['env']}}}"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Markup(str):
    """Text that is XML already."""


def tag(name: str, *content: object, **attributes: object) -> Markup:
    """One element; content that is not Markup is text."""
    head = name + "".join(f" {key}={quoteattr(_text(value))}" for key, value in attributes.items())
    inner = "".join(each if isinstance(each, Markup) else escape(_text(each)) for each in content)
    return Markup(f"<{head}>{inner}</{name}>")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def envelope(*body: Markup) -> str:
    """A whole message; all prefixes are declared on its outermost element."""
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    inner = tag("env:Body", *body)
    return f"{_HEAD}<env:Envelope{declared}><env:Header></env:Header>{inner}</env:Envelope>"


@dataclass(frozen=True, slots=True)
class Call:
    """What a client asks for: the operation with its namespace, and the message around it.

    ``target`` is the address that it came to, path and query.
    """

    namespace: str
    operation: str
    body: Element
    message: Element
    target: str

    def texts(self, name: str) -> list[str]:
        """The texts of all elements of a local name in the operation."""
        return [(each.text or "").strip() for each in elements(self.body, name)]

    def text(self, name: str, default: str | None = None) -> str:
        """The first such text. Raises Fault where there is none and no default."""
        found = self.texts(name)
        if found and found[0]:
            return found[0]
        if default is None:
            raise bad_argument(f"{name} is missing")
        return default


class Fault(Exception):
    """A call that is answered with a fault. ``codes`` are its subcodes from the outermost on.

    ``status`` is the one of HTTP; ``headers`` go with it.
    """

    def __init__(
        self,
        words: str,
        *codes: str,
        is_ours: bool = False,
        status: int | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(words)
        self.words, self.codes, self.headers = words, codes, headers
        self.side = "env:Receiver" if is_ours else "env:Sender"
        self.status = status or (500 if is_ours else 400)

    def message(self) -> str:
        """The fault as a message."""
        subcode = Markup("")
        for code in reversed(self.codes):
            subcode = tag("env:Subcode", tag("env:Value", code), subcode)
        words = Markup(f'<env:Text xml:lang="en">{escape(self.words)}</env:Text>')
        code = tag("env:Code", tag("env:Value", self.side), subcode)
        return envelope(tag("env:Fault", code, tag("env:Reason", words)))


def bad_argument(words: str, *codes: str) -> Fault:
    """Something in the request makes no sense."""
    return Fault(words, "ter:InvalidArgVal", *codes)


def no_such_token(words: str) -> Fault:
    """A token that the device did not give out."""
    return bad_argument(words, "ter:NoEntity")


def not_supported() -> Fault:
    """An operation that this device lacks."""
    words = "Optional Action Not Implemented"
    return Fault(words, "ter:ActionNotSupported", is_ours=True)


def not_authorized(words: str, *headers: tuple[str, str], status: int | None = None) -> Fault:
    """Who asks may not."""
    return Fault(words, "ter:NotAuthorized", status=status, headers=headers)


def exhausted(words: str) -> Fault:
    """All that it can do at once is being done."""
    return Fault(words, "ter:OutofMemory", is_ours=True)


def read(body: bytes, target: str) -> Call:
    """What a message asks for. Raises Fault."""
    try:
        message: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Fault("Well-formed violation", "ter:WellFormed") from None
    inner = message.find(f"{_ENVELOPE}Body")
    if message.tag != f"{_ENVELOPE}Envelope" or inner is None or len(inner) != 1:
        raise Fault("Tag mismatch", "ter:TagMismatch")
    namespace, _, operation = str(inner[0].tag).lstrip("{").rpartition("}")
    return Call(namespace, operation, inner[0], message, target)


def elements(root: Element, name: str) -> Iterator[Element]:
    """All elements of a local name, the outermost included."""
    return (each for each in root.iter() if str(each.tag).rpartition("}")[2] == name)
