"""What is sent to a device: SOAP 1.2 envelopes, and the token that says who asks.

Sources: SOAP 1.2; ONVIF Core Specification; WS-Security UsernameToken Profile 1.0, whose digest is
Base64(SHA-1(nonce + created + password)).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from xml.sax.saxutils import escape

from sereno.drivers.onvif.times import written

CONTENT_TYPE = "application/soap+xml; charset=utf-8"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_ANYONE = "http://www.w3.org/2005/08/addressing/anonymous"


class Service(StrEnum):
    """A service, by the namespace that `GetServices` tells it by."""

    DEVICE = "http://www.onvif.org/ver10/device/wsdl"
    MEDIA = "http://www.onvif.org/ver10/media/wsdl"
    MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
    EVENTS = "http://www.onvif.org/ver10/events/wsdl"
    RECORDING = "http://www.onvif.org/ver10/recording/wsdl"
    SEARCH = "http://www.onvif.org/ver10/search/wsdl"
    REPLAY = "http://www.onvif.org/ver10/replay/wsdl"


STREAM_SETUP = (
    "<n:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream>"
    "<tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></n:StreamSetup>"
)
"""How video is to come, as media 1 and replay want to be told."""

NOTIFICATION = "http://docs.oasis-open.org/wsn/b-2"
_PREFIX_OF = {
    Service.DEVICE: "tds",
    Service.MEDIA: "trt",
    Service.MEDIA2: "tr2",
    Service.EVENTS: "tev",
    Service.RECORDING: "trc",
    Service.SEARCH: "tse",
    Service.REPLAY: "trp",
    NOTIFICATION: "wsnt",
}
"""As everybody calls them: some devices look for these letters and know nothing of namespaces."""

_PREFIXES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://www.w3.org/2005/08/addressing",
    "tt": "http://www.onvif.org/ver10/schema",
    "wsnt": NOTIFICATION,
    "tns1": "http://www.onvif.org/ver10/topics",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _PREFIXES.items())


@dataclass(frozen=True, slots=True)
class Operation:
    """A request. `inside` is XML, already escaped, with `n:` for the operation's own namespace and
    the usual prefixes `tt`, `wsnt` and `tns1`. `action` and `header` are for WS-Addressing, which
    only subscriptions need."""

    name: str
    namespace: str
    inside: str = ""
    action: str = ""
    header: str = ""

    def envelope(self, security: str = "") -> bytes:
        """The whole request."""
        head = security + self.header
        if self.action:
            head += (
                f'<a:Action s:mustUnderstand="1">{escape(self.action)}</a:Action>'
                f"<a:MessageID>urn:uuid:{uuid.uuid4()}</a:MessageID>"
                f"<a:ReplyTo><a:Address>{_ANYONE}</a:Address></a:ReplyTo>"
            )
        prefix = _PREFIX_OF[self.namespace]
        own = "" if prefix in _PREFIXES else f' xmlns:{prefix}="{self.namespace}"'
        body = f"<n:{self.name}>{self.inside}</n:{self.name}>"
        body = body.replace("<n:", f"<{prefix}:").replace("</n:", f"</{prefix}:")
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {_DECLARED}{own}>'
            f"<s:Header>{head}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
        return text.encode()

    @property
    def content_type(self) -> str:
        """With the action, which some devices go by."""
        action = self.action or f"{self.namespace}/{self.name}"
        return f'{CONTENT_TYPE}; action="{action}"'


def element(name: str, text: str) -> str:
    """One element of text."""
    return f"<{name}>{escape(text)}</{name}>"


def token(username: str, password: str, created: datetime) -> str:
    """The header that says who asks, good once; `created` is the device's time, aware UTC."""
    nonce = secrets.token_bytes(16)
    moment = written(created)
    mixed = hashlib.sha1(nonce + moment.encode() + password.encode(), usedforsecurity=False)
    digest = base64.b64encode(mixed.digest()).decode()
    return (
        f'<wsse:Security s:mustUnderstand="1" xmlns:wsse="{_WSS}-wssecurity-secext-1.0.xsd" '
        f'xmlns:wsu="{_WSS}-wssecurity-utility-1.0.xsd"><wsse:UsernameToken>'
        f"{element('wsse:Username', username)}"
        f'<wsse:Password Type="{_WSS}-username-token-profile-1.0#PasswordDigest">'
        f"{digest}</wsse:Password>"
        f'<wsse:Nonce EncodingType="{_WSS}-soap-message-security-1.0#Base64Binary">'
        f"{base64.b64encode(nonce).decode()}</wsse:Nonce>"
        f"<wsu:Created>{moment}</wsu:Created></wsse:UsernameToken></wsse:Security>"
    )
