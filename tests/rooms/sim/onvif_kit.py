"""A small simulated ONVIF recorder, and a SOAP client that is nobody's driver."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import httpx
from defusedxml.ElementTree import fromstring

from sereno.sim import Picture
from sereno.sim.onvif import OnvifRecorder
from sereno.sim.onvif.discovery import Meeting
from sereno.sim.onvif.soap import NAMESPACES
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

from .dahua_kit import NO_TLS, NOW, PASSWORD, USER, HandClock

CHANNELS = (
    ChannelSpec(1, "Entrance", "entrance", sound="pcma"),
    ChannelSpec(2, "Yard ñ", "entrance", gaps_per_day=2),
    ChannelSpec(4, "Store", "entrance", recording="motion", is_online=False),
)
PATHS = {
    "tds": "/onvif/device_service",
    "trt": "/onvif/media_service",
    "tr2": "/onvif/media2_service",
    "tev": "/onvif/event_service",
    "trc": "/onvif/recording_service",
    "tse": "/onvif/search_service",
    "trp": "/onvif/replay_service",
}
STREAM = (
    "<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream>"
    "<tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup>"
)
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_KIND = (
    "http://docs.oasis-open.org/wss/2004/01/"
    "oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
)


def token(
    created: datetime,
    *,
    user: str = USER,
    password: str = PASSWORD,
    nonce: bytes | None = None,
    kind: str = _KIND,
) -> str:
    """A UsernameToken; the digest as WS-Security says."""
    raw = nonce or secrets.token_bytes(16)
    at = f"{created:%Y-%m-%dT%H:%M:%S}Z"
    digest = hashlib.sha1(raw + at.encode() + password.encode(), usedforsecurity=False).digest()
    return (
        f'<wsse:Security xmlns:wsse="{_WSSE}" xmlns:wsu="{_WSU}"><wsse:UsernameToken>'
        f"<wsse:Username>{user}</wsse:Username>"
        f'<wsse:Password Type="{kind}">{base64.b64encode(digest).decode()}</wsse:Password>'
        f"<wsse:Nonce>{base64.b64encode(raw).decode()}</wsse:Nonce>"
        f"<wsu:Created>{at}</wsu:Created></wsse:UsernameToken></wsse:Security>"
    )


@dataclass
class Told:
    """An answer: its status, headers and text, read by local names."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def root(self) -> Element:
        root: Element = fromstring(self.content)
        return root

    def elements(self, name: str) -> list[Element]:
        return [each for each in self.root.iter() if str(each.tag).rpartition("}")[2] == name]

    def texts(self, name: str) -> list[str]:
        return [each.text or "" for each in self.elements(name)]

    def one(self, name: str) -> str:
        (found,) = self.texts(name)
        return found

    @property
    def codes(self) -> list[str]:
        """The codes of a fault, from the outermost on."""
        return [text for text in self.texts("Value") if ":" in text]


@dataclass
class Soap:
    """Asks one recorder; ``shift`` is what its tokens' time differs from the device's."""

    recorder: OnvifRecorder
    http: httpx.AsyncClient
    clock: HandClock
    shift: timedelta = timedelta()

    @property
    def device_now(self) -> datetime:
        skew = self.recorder.config.clock_skew_seconds
        return datetime.fromtimestamp(self.clock.seconds + skew, NOW.tzinfo)

    async def stranger(self, prefix: str, body: str, path: str = "") -> Told:
        """A call without credentials; ``body`` is an element, or just a name."""
        return await self._ask(prefix, body, path, "")

    async def ask(self, prefix: str, body: str, path: str = "", **changes: Any) -> Told:
        """A call with a token, whose fields can be changed."""
        made = token(changes.pop("created", self.device_now + self.shift), **changes)
        return await self._ask(prefix, body, path, made)

    async def digest(self, prefix: str, body: str, password: str = PASSWORD) -> Told:
        """A call with HTTP digest."""
        auth = httpx.DigestAuth(USER, password)
        return await self._ask(prefix, body, "", "", auth=auth)

    async def well(self, prefix: str, body: str, path: str = "") -> Told:
        """A call with a token that is not to fail."""
        told = await self.ask(prefix, body, path)
        assert told.status == 200, told.text
        return told

    async def events(self, recording: str, start: datetime, end: datetime) -> list[Any]:
        """All results of a search for what a recording holds."""
        begun = await self.well("tse", find_events(recording, start, end))
        return await self.results("GetEventSearchResults", begun.one("SearchToken"))

    async def results(self, name: str, search: str, most: int = 50) -> list[Any]:
        """All results of a search, page by page; then it is ended."""
        found: list[Any] = []
        while True:
            body = (
                f"<tse:{name}><tse:SearchToken>{search}</tse:SearchToken>"
                f"<tse:MaxResults>{most}</tse:MaxResults><tse:WaitTime>PT5S</tse:WaitTime>"
                f"</tse:{name}>"
            )
            page = await self.well("tse", body)
            found += page.elements("Result") or page.elements("RecordingInformation")
            if page.one("SearchState") == "Completed":
                break
        ended = f"<tse:EndSearch><tse:SearchToken>{search}</tse:SearchToken></tse:EndSearch>"
        await self.well("tse", ended)
        return found

    async def subscribe(self, life: str = "PT60S") -> str:
        """A pull point's path."""
        asked = (
            "<tev:CreatePullPointSubscription><tev:InitialTerminationTime>"
            f"{life}</tev:InitialTerminationTime></tev:CreatePullPointSubscription>"
        )
        made = await self.well("tev", asked)
        return made.one("Address").partition(f":{self.recorder.port}")[2]

    async def pull(self, path: str, seconds: float = 5) -> Told:
        asked = (
            f"<tev:PullMessages><tev:Timeout>PT{seconds}S</tev:Timeout>"
            "<tev:MessageLimit>50</tev:MessageLimit></tev:PullMessages>"
        )
        return await self.ask("tev", asked, path)

    async def stream(self, profile: str = "ProfileToken001") -> str:
        """A live address as it is told."""
        asked = f"<trt:GetStreamUri>{STREAM}<trt:ProfileToken>{profile}</trt:ProfileToken>"
        return (await self.well("trt", f"{asked}</trt:GetStreamUri>")).one("Uri")

    async def replay(self, recording: str = "OnvifRecordingToken_1") -> str:
        """Where footage plays, as it is told."""
        stream = STREAM.replace("trt:", "trp:")
        asked = f"<trp:GetReplayUri>{stream}<trp:RecordingToken>{recording}</trp:RecordingToken>"
        return (await self.well("trp", f"{asked}</trp:GetReplayUri>")).one("Uri")

    async def _ask(
        self, prefix: str, body: str, path: str, header: str, auth: httpx.Auth | None = None
    ) -> Told:
        element = body if body.startswith("<") else f"<{prefix}:{body}/>"
        message = (
            f'<?xml version="1.0" encoding="UTF-8"?><env:Envelope {_DECLARED}>'
            f"<env:Header>{header}</env:Header><env:Body>{element}</env:Body></env:Envelope>"
        )
        answer = await self.http.post(
            path or PATHS[prefix],
            content=message,
            headers={"Content-Type": "application/soap+xml; charset=utf-8"},
            auth=auth or httpx.USE_CLIENT_DEFAULT,
        )
        return Told(answer.status_code, answer.headers, answer.content)


def find_events(recording: str, start: datetime, end: datetime) -> str:
    """A search for when a recording holds anything."""
    return (
        f"<tse:FindEvents><tse:StartPoint>{start:%Y-%m-%dT%H:%M:%SZ}</tse:StartPoint>"
        f"<tse:EndPoint>{end:%Y-%m-%dT%H:%M:%SZ}</tse:EndPoint>"
        f"<tse:Scope><tt:IncludedRecordings>{recording}</tt:IncludedRecordings></tse:Scope>"
        "<tse:SearchFilter/><tse:IncludeStartState>true</tse:IncludeStartState>"
        "<tse:KeepAliveTime>PT30S</tse:KeepAliveTime></tse:FindEvents>"
    )


def item(element: Element, name: str) -> str:
    """The value of a SimpleItem."""
    return next(each.get("Value", "") for each in element.iter() if each.get("Name") == name)


def local(element: Element, name: str) -> str:
    """The text of the first element of a local name."""
    return next(
        each.text or "" for each in element.iter() if re.fullmatch(rf"(\{{.*\}})?{name}", each.tag)
    )


def onvif_config(cache_dir: Path, *quirks: str, **changes: Any) -> RecorderConfig:
    settings: dict[str, Any] = {
        "channels": CHANNELS,
        "user": USER,
        "password": PASSWORD,
        "serial": "ON0000001",
        "main": Picture(320, 180, 300_000),
        "sub": Picture(160, 90, 100_000),
        "loop_seconds": 4,
        "key_seconds": 1,
        "quirks": frozenset(quirks),
    }
    return RecorderConfig(cache_dir, **{**settings, **changes})


@asynccontextmanager
async def served(cache_dir: Path, *quirks: str, **changes: Any) -> AsyncIterator[Soap]:
    """A running recorder with a clock that stands."""
    clock = HandClock(changes.pop("now", NOW))
    meeting: Meeting | None = changes.pop("meeting", None)
    config = onvif_config(cache_dir, *quirks, **changes)
    async with (
        OnvifRecorder(config, clock=clock, meeting=meeting) as recorder,
        httpx.AsyncClient(
            base_url=f"http://{recorder.host}:{recorder.port}", timeout=90, verify=NO_TLS
        ) as http,
    ):
        yield Soap(recorder, http, clock)
