"""How devices write the same XML: prefixes, and what is wrong with it."""

from __future__ import annotations

import re

from sereno.sim.onvif.soap import NAMESPACES
from sereno.sim.quirks import Quirks

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_PREFIXED = re.compile(rf"(?<![\w:-])({'|'.join(NAMESPACES)}):(?=[A-Za-z])")
_DECLARED = re.compile(rf"xmlns:({'|'.join(NAMESPACES)})=")
_OPENED = re.compile(rf"<({'|'.join(NAMESPACES)}):(\w+)")
_CLOSED = re.compile(rf"</(?:{'|'.join(NAMESPACES)}):(\w+)")
_NAMES = re.compile(r"(</tt:Name>|</tds:Name>|</tr2:Name>)")
_MODEL = re.compile(r"(<tds:Model>)([^<]*)")
_PREFIX_OF = {
    "env": "SOAP-ENV",
    **{name: f"ns{place}" for place, name in enumerate(list(NAMESPACES)[1:], 1)},
}


def dressed(message: str, quirks: Quirks) -> bytes:
    """A message as this device writes it."""
    if "control-characters" in quirks:
        message = _NAMES.sub("\x08\\1", message)
    if "mismatched-tags" in quirks:
        message = message.replace("</tds:HardwareId>", "</tds:Hardware>")
    if "xml-entity" in quirks:
        declared = '<!DOCTYPE answer [<!ENTITY model "entity">]>'
        message = message.replace(_HEAD, _HEAD + declared)
        message = _MODEL.sub(r"\1&model;", message)
    if "unbound-prefix" in quirks:
        message = message.replace(f' xmlns:tt="{NAMESPACES["tt"]}"', "")
    if "gsoap-prefixes" in quirks:
        message = _PREFIXED.sub(lambda found: f"{_PREFIX_OF[found[1]]}:", message)
        message = _DECLARED.sub(lambda found: f"xmlns:{_PREFIX_OF[found[1]]}=", message)
    if "default-namespaces" in quirks:
        message = _OPENED.sub(lambda f: f'<{f[2]} xmlns="{NAMESPACES[f[1]]}"', message)
        message = _CLOSED.sub(r"</\1", message)
    if "wrong-encoding" in quirks:
        message = message.replace('encoding="UTF-8"', 'encoding="GB2312"', 1)
    return message.encode()
