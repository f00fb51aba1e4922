"""Answers in XML and JSON as ISAPI gives them."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape, quoteattr

from sereno.sim.recorders.http import HttpAnswer

HIKVISION = "http://www.hikvision.com/ver20/XMLSchema"
ISAPI = "http://www.isapi.org/ver20/XMLSchema"
PSIA = "urn:psialliance-org"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_STATUS_STRINGS = {
    1: "OK",
    2: "Device Busy",
    3: "Device Error",
    4: "Invalid Operation",
    5: "Invalid XML Format",
    6: "Invalid XML Content",
    7: "Reboot Required",
}


class Markup(str):
    """Text that is XML already."""


def tag(name: str, *content: object, **attributes: object) -> Markup:
    """One element; content that is not Markup is text. None of it makes an empty element."""
    head = name + "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items())
    inner = "".join(each if isinstance(each, Markup) else escape(_text(each)) for each in content)
    return Markup(f"<{head}>{inner}</{name}>" if inner else f"<{head}/>")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def document(name: str, *content: object, xmlns: str = HIKVISION, **more: object) -> HttpAnswer:
    """A whole answer whose outermost element is ``name``."""
    root = tag(name, *content, version="2.0", xmlns=xmlns, **more)
    return xml_answer(root)


def xml_answer(root: Markup, status: int = 200) -> HttpAnswer:
    """An answer of one element."""
    body = (_HEAD + root + "\n").encode()
    return HttpAnswer(status, [("Content-Type", 'application/xml; charset="UTF-8"')], body)


def plain(text: str) -> HttpAnswer:
    """An answer that is a bare word."""
    return HttpAnswer(200, [("Content-Type", "text/plain")], text.encode())


def told(
    url: str,
    status: int = 200,
    code: int = 1,
    sub: str = "ok",
    *,
    words: str = "",
    as_json: bool = False,
) -> HttpAnswer:
    """A ResponseStatus; ``words`` are a description besides the codes."""
    string = _STATUS_STRINGS[code]
    if as_json:
        facts = {
            "requestURL": url,
            "statusCode": code,
            "statusString": string,
            "subStatusCode": sub,
            "errorCode": 1 if code == 1 else 1_073_741_830,
            "errorMsg": words or sub,
        }
        body = json.dumps(facts).encode()
        return HttpAnswer(status, [("Content-Type", "application/json")], body)
    return xml_answer(
        tag(
            "ResponseStatus",
            tag("requestURL", url),
            tag("statusCode", code),
            tag("statusString", string),
            tag("subStatusCode", sub),
            *([tag("description", words)] if words else []),
            version="2.0",
            xmlns=HIKVISION,
        ),
        status,
    )


class Refusal(Exception):
    """A request that is answered with a ResponseStatus."""

    def __init__(self, status: int, code: int, sub: str, words: str = "") -> None:
        super().__init__(sub)
        self.status, self.code, self.sub, self.words = status, code, sub, words


def not_supported() -> Refusal:
    """What this model does not have."""
    return Refusal(403, 4, "notSupport")


def busy() -> Refusal:
    """All that it can do at once is being done."""
    return Refusal(503, 2, "deviceBusy")


def bad_content(words: str = "") -> Refusal:
    """A request in XML that this firmware does not take."""
    return Refusal(400, 6, "badXmlContent", words)


def lacks_right(status: int = 403, sub: str = "lowPrivilege") -> Refusal:
    """The account may not do it."""
    return Refusal(status, 4, sub)
