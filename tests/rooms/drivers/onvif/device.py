"""A device that speaks SOAP as its test says, on a real socket."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from tests.rooms.drivers.scripted import PASSWORD, USER, Asked, Door, Scripted, answer, scripted

from sereno.base.clock import SystemClock
from sereno.drivers.memory import Memory, ShortMemory
from sereno.drivers.onvif.driver import OnvifDriver
from sereno.drivers.tools import Tools

Says = str | bytes | list[str]
Lets = Literal["all", "token", "digest"]
_OPERATION = re.compile(rb"<s:Body><(\w+):(\w+)")
_TOKEN = re.compile(r"<ws(?:se|u):(Username|Password|Nonce|Created)[^>]*>([^<]*)(?=<)")
_TIME = ("GetSystemDateAndTime",)

SERVICES = {
    "device": "http://www.onvif.org/ver10/device/wsdl",
    "media": "http://www.onvif.org/ver10/media/wsdl",
    "media2": "http://www.onvif.org/ver20/media/wsdl",
    "events": "http://www.onvif.org/ver10/events/wsdl",
    "recording": "http://www.onvif.org/ver10/recording/wsdl",
    "search": "http://www.onvif.org/ver10/search/wsdl",
    "replay": "http://www.onvif.org/ver10/replay/wsdl",
}
_PREFIXES = {
    "tds": "device",
    "trt": "media",
    "tr2": "media2",
    "tev": "events",
    "trc": "recording",
    "tse": "search",
    "trp": "replay",
}
INFORMATION = (
    "<Manufacturer>Maker</Manufacturer><Model>NVR-4</Model><FirmwareVersion>1.2</FirmwareVersion>"
    "<SerialNumber>SN1</SerialNumber><HardwareId>1</HardwareId>"
)
FAULT = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{code}</s:Value></s:Subcode>"
    "</s:Code><s:Reason><s:Text>{text}</s:Text></s:Reason></s:Fault>"
)


def envelope(inside: str) -> bytes:
    """A whole answer."""
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:a="http://www.w3.org/2005/08/addressing"'
        f"><s:Body>{inside}</s:Body></s:Envelope>"
    ).encode()


def fault(code: str, text: str = "") -> str:
    return FAULT.format(code=code, text=text)


def services(*names: str) -> str:
    """`GetServices` of these; addresses are of a network that is not ours."""
    return "".join(
        f"<Service><Namespace>{SERVICES[name]}</Namespace>"
        f"<XAddr>http://10.9.8.7:8899/onvif/{name}</XAddr></Service>"
        for name in names
    )


def told_time(at: datetime, zone: str = "UTC0") -> str:
    """`GetSystemDateAndTime`."""
    return (
        "<SystemDateAndTime><DateTimeType>Manual</DateTimeType><DaylightSavings>false"
        f"</DaylightSavings><TimeZone><tt:TZ>{zone}</tt:TZ></TimeZone><UTCDateTime><Time>"
        f"<Hour>{at.hour}</Hour><Minute>{at.minute}</Minute><Second>{at.second}</Second></Time>"
        f"<Date><Year>{at.year}</Year><Month>{at.month}</Month><Day>{at.day}</Day></Date>"
        "</UTCDateTime></SystemDateAndTime>"
    )


@dataclass
class Device:
    """Answers by operation: text is put inside `…Response`, a fault as it is, bytes go out whole;
    of a list each in turn, the last for ever.

    `lets`: whom it answers; tokens are good for thirty seconds of `checks_by`, which is its clock
    (`offset`) unless a test says otherwise. `refuses`: what the account may not ask.
    """

    answers: dict[str, Says] = field(default_factory=dict)
    lets: Lets = "token"
    password: str = PASSWORD
    offset: timedelta = timedelta(0)
    checks_by: timedelta | None = None
    time_words: str = ""
    refuses: tuple[str, ...] = ()
    open_to_all: tuple[str, ...] = ()
    zone: str = "UTC0"
    pages: Mapping[str, bytes] = field(default_factory=dict)
    door: Door = field(default_factory=Door)
    page_door: Door | None = None
    memory: Memory = field(default_factory=ShortMemory)
    tokens: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    served: Scripted = field(init=False)

    def __post_init__(self) -> None:
        self.served = scripted(self._says)
        self.door.password = self.password
        self.answers = {"GetDeviceInformation": INFORMATION, **self.answers}

    @property
    def operations(self) -> list[str]:
        """What was asked, in order."""
        return [operation_of(asked) for asked in self.served.asked]

    def _says(self, asked: Asked) -> bytes:
        if asked.method == "GET":
            page = self.pages.get(asked.target)
            return answer(404) if page is None else (self.page_door or self.door)(asked, page)
        operation = operation_of(asked)
        if operation in _TIME and operation not in self.answers:
            return self._answer(operation, told_time(datetime.now(UTC) + self.offset, self.zone))
        if (refusal := self._refusal(asked, operation)) is not None:
            return refusal
        service = _PREFIXES.get((_OPERATION.search(asked.body) or [b"", b""])[1].decode(), "")
        body = self.answers.get(f"{operation}@{service}", self.answers.get(operation))
        if isinstance(body, list):
            body = body.pop(0) if len(body) > 1 else body[0]
        if body is None:
            body = fault("ter:ActionNotSupported", "Optional Action Not Implemented")
        return self._answer(operation, body)

    def _answer(self, operation: str, body: str | bytes) -> bytes:
        if isinstance(body, bytes):
            return answer(200, body)
        if body.startswith("<s:Fault"):
            return answer(400, envelope(body))
        return answer(200, envelope(f"<{operation}Response>{body}</{operation}Response>"))

    def _refusal(self, asked: Asked, operation: str) -> bytes | None:
        if operation in self.open_to_all:
            return None
        if self.lets == "digest":
            said = self.door(asked)
            if not said.startswith(b"HTTP/1.1 200"):
                return said
        elif self.lets == "token" and (words := self._wrong_token(asked)) is not None:
            return answer(400, envelope(fault("ter:NotAuthorized", words)))
        if operation in self.refuses:
            return answer(400, envelope(fault("ter:NotAuthorized", "Sender not authorized")))
        return None

    def _wrong_token(self, asked: Asked) -> str | None:
        """Why a token is not taken, or None."""
        parts = dict(_TOKEN.findall(asked.body.decode()))
        if not parts:
            return "Sender not authorized"
        self.tokens.append(parts["Created"])
        created = datetime.fromisoformat(parts["Created"])
        offset = self.offset if self.checks_by is None else self.checks_by
        if abs(created - datetime.now(UTC) - offset) > timedelta(seconds=30):
            return self.time_words or "Sender not authorized"
        nonce = base64.b64decode(parts["Nonce"])
        mixed = hashlib.sha1(nonce + parts["Created"].encode() + self.password.encode())  # noqa: S324
        is_right = base64.b64encode(mixed.digest()).decode() == parts["Password"]
        if not is_right or parts["Username"] != USER or parts["Nonce"] in self.nonces:
            return "Sender not authorized"
        self.nonces.add(parts["Nonce"])
        return None

    @asynccontextmanager
    async def driver(self, **login: object) -> AsyncIterator[OnvifDriver]:
        """A driver of it, while it serves."""
        async with self.served.served(), self.again(**login) as driver:
            yield driver

    @asynccontextmanager
    async def again(self, **login: object) -> AsyncIterator[OnvifDriver]:
        """Another driver of it, as after a restart, with the same memory."""
        tools = Tools(self.memory, SystemClock())
        driver = OnvifDriver(replace(self.served.login, **login), tools)  # type: ignore[arg-type]
        try:
            yield driver
        finally:
            await driver.close()


def operation_of(asked: Asked) -> str:
    """The name of what a request asks; of a page, its path."""
    found = _OPERATION.search(asked.body)
    return found[2].decode() if found else asked.target
