"""A small simulated Dahua recorder, and an HTTP client that is nobody's driver."""

from __future__ import annotations

import hashlib
import re
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from sereno.sim import Picture, read_sei
from sereno.sim.dahua import DahuaRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

USER, PASSWORD = "operator", "p@ss:w#rd% &/?"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody, and so is made in no time; these devices speak plain HTTP."""
NOW = datetime(2026, 7, 21, 10, 0, 30, tzinfo=UTC)
"""Noon in Madrid, in summer."""
CHANNELS = (
    ChannelSpec(1, "Entrance", "entrance", sound="pcma"),
    ChannelSpec(2, "Yard ñ", "entrance", gaps_per_day=2),
    ChannelSpec(4, "Store", "entrance", recording="motion", is_online=False),
)
FINDER = "/cgi-bin/mediaFileFind.cgi?action="
CONFIG = "/cgi-bin/configManager.cgi?action=getConfig&name="


class HandClock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.seconds = now.timestamp()

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True)
class DhavFrame:
    kind: int
    number: int
    wall: datetime
    milliseconds: int
    extensions: bytes
    payload: bytes

    @property
    def utc_us(self) -> int:
        """What the picture itself says."""
        stamps = (read_sei(nal) for nal in re.split(rb"\x00\x00\x00?\x01", self.payload)[1:])
        return next(stamp.utc_us for stamp in stamps if stamp is not None)


def dhav_frames(data: bytes) -> list[DhavFrame]:
    """All frames, of which nothing may be out of place."""
    frames, at = [], 0
    while at < len(data):
        head = struct.unpack_from("<4sBBBBIIIHBB", data, at)
        mark, kind, _, _, _, number, size, packed, milliseconds, extended, check = head
        assert mark == b"DHAV"
        assert check == sum(data[at : at + 23]) & 0xFF
        assert data[at + size - 8 : at + size] == b"dhav" + struct.pack("<I", size)
        body = data[at + 24 : at + size - 8]
        frames.append(
            DhavFrame(kind, number, _wall(packed), milliseconds, body[:extended], body[extended:])
        )
        at += size
    return frames


def _wall(packed: int) -> datetime:
    return datetime(  # noqa: DTZ001
        2000 + (packed >> 26),
        packed >> 22 & 0xF,
        packed >> 17 & 0x1F,
        packed >> 12 & 0x1F,
        packed >> 6 & 0x3F,
        packed & 0x3F,
    )


@dataclass
class Asker:
    """Asks one recorder; ``http`` is httpx with its own digest."""

    recorder: DahuaRecorder
    http: httpx.AsyncClient
    clock: HandClock

    async def get(self, target: str) -> httpx.Response:
        return await self.http.get(target)

    async def facts(self, target: str) -> dict[str, str]:
        answer = await self.get(target)
        assert answer.status_code == 200, answer.text
        return dict(line.split("=", 1) for line in answer.text.splitlines())

    async def find(self, **conditions: str) -> tuple[str, httpx.Response]:
        """Makes a finder and points it at a span; its handle and the answer."""
        handle = (await self.facts(f"{FINDER}factory.create"))["result"]
        asked = {"Channel": "1", "StartTime": _DAY, "EndTime": f"{_DAY[:10]}%2023:59:59"}
        fields = "&".join(f"condition.{k}={v}" for k, v in {**asked, **conditions}.items())
        return handle, await self.get(f"{FINDER}findFile&object={handle}&{fields}")

    async def page(self, handle: str, count: int = 100) -> list[dict[str, str]]:
        facts = await self.facts(f"{FINDER}findNextFile&object={handle}&count={count}")
        rows: list[dict[str, str]] = [{} for _ in range(int(facts["found"]))]
        for name, value in facts.items():
            if found := re.fullmatch(r"items\[(\d+)\]\.(.+)", name):
                rows[int(found[1])][found[2]] = value
        return rows

    async def end(self, handle: str) -> None:
        for action in ("close", "destroy"):
            assert (await self.get(f"{FINDER}{action}&object={handle}")).text == "OK\r\n"

    async def rows(self, **conditions: str) -> list[dict[str, str]]:
        """All that a search finds."""
        handle, answer = await self.find(**conditions)
        assert answer.text == "OK\r\n", answer.text
        rows: list[dict[str, str]] = []
        while page := await self.page(handle):
            rows += page
        await self.end(handle)
        return rows

    async def load(
        self, start: str, end: str, day: str = "2026-07-21", **more: str
    ) -> httpx.Response:
        fields = {
            "channel": "1", "startTime": f"{day}%20{start}", "endTime": f"{day}%20{end}",
            "subtype": "0", **more,
        }  # fmt: skip
        query = "&".join(f"{name}={value}" for name, value in fields.items())
        return await self.get(f"/cgi-bin/loadfile.cgi?action=startLoad&{query}")

    async def rpc(self, call: dict[str, Any], path: str = "/RPC2") -> dict[str, Any]:
        answer = await self.http.post(path, json={"id": 1, **call})
        facts: dict[str, Any] = answer.json()
        return facts

    async def log_in(self, password: str = PASSWORD, user: str = USER) -> dict[str, Any]:
        """Both steps of RPC2's login."""
        params = {"userName": user, "password": "", "clientType": "Web3.0"}
        first = await self.rpc({"method": "global.login", "params": params}, "/RPC2_Login")
        assert first["error"]["code"] == 268632079
        asked = first["params"]
        secret = _md5(f"{user}:{asked['realm']}:{password}")
        params["password"] = _md5(f"{user}:{asked['random']}:{secret}")
        call = {"method": "global.login", "params": params, "session": first["session"]}
        return await self.rpc(call, "/RPC2_Login")


_DAY = "2026-07-21%2000:00:00"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def dahua_config(cache_dir: Path, *quirks: str, **changes: Any) -> RecorderConfig:
    settings: dict[str, Any] = {
        "channels": CHANNELS,
        "user": USER,
        "password": PASSWORD,
        "serial": "4A0000BPAZ00001",
        "main": Picture(320, 180, 300_000),
        "sub": Picture(160, 90, 100_000),
        "loop_seconds": 4,
        "key_seconds": 1,
        "quirks": frozenset(quirks),
    }
    return RecorderConfig(cache_dir, **{**settings, **changes})


@asynccontextmanager
async def served(cache_dir: Path, *quirks: str, **changes: Any) -> AsyncIterator[Asker]:
    """A running recorder with a clock that stands."""
    clock = HandClock(changes.pop("now", NOW))
    auth = httpx.DigestAuth(USER, changes.pop("typed", PASSWORD))
    config = dahua_config(cache_dir, *quirks, **changes)
    async with (
        DahuaRecorder(config, clock=clock) as recorder,
        httpx.AsyncClient(
            base_url=f"http://{recorder.host}:{recorder.port}", auth=auth, timeout=90, verify=NO_TLS
        ) as http,
    ):
        yield Asker(recorder, http, clock)


async def said_until(stream: httpx.Response, pattern: str) -> str:
    """What a stream of events says until it says this."""
    said = ""
    async for piece in stream.aiter_text():
        said += piece
        if re.search(pattern, said, re.DOTALL):
            return said
    raise AssertionError(f"the stream ended after {said!r}")
