"""Every switch of the simulated Dahua recorder does what its sentence says; one check for each."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

import sereno.sim
from sereno.base.clock import from_us
from sereno.sim.dahua import DAHUA_QUIRKS, DahuaRecorder
from sereno.sim.recorders.quirks import SHARED_QUIRKS

from .dahua_kit import (
    CONFIG,
    FINDER,
    PASSWORD,
    USER,
    Asker,
    dahua_config,
    dhav_frames,
    said_until,
    served,
)

MADRID = ZoneInfo("Europe/Madrid")
SERIAL = "/cgi-bin/magicBox.cgi?action=getSerialNo"
STORAGE = "/cgi-bin/storageDevice.cgi?action=getDeviceAllInfo"
ATTACH = "/cgi-bin/eventManager.cgi?action=attach&codes=[All]&heartbeat=5"
FILE_ROWS = {"StartTime": "2026-07-21%2010:00:00", "EndTime": "2026-07-21%2010:00:30"}


class Scene:
    """Recorders with the quirk on, and RTSP clients."""

    def __init__(self, cache_dir: Path, watch: Any, name: str) -> None:
        self._cache_dir = cache_dir
        self._watch = watch
        self.name = name

    def asker(
        self, number: float | None = None, **changes: Any
    ) -> AbstractAsyncContextManager[Asker]:
        text = self.name if number is None else f"{self.name}={number:g}"
        return served(self._cache_dir, text, **changes)

    async def watch(self, asker: Asker, path: str) -> Any:
        url = f"rtsp://127.0.0.1:{asker.recorder.rtsp_port}/cam/{path}"
        return await self._watch(url, user=USER, password=PASSWORD)


Check = Callable[[Scene], Awaitable[None]]
CHECKS: dict[str, Check] = {}
TIMES = "channel=1&subtype=0&starttime=2026_07_21_08_40_10&endtime=2026_07_21_08_40_11"


def shows(name: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return keep


@pytest.mark.parametrize("name", DAHUA_QUIRKS)
async def test_a_quirk_does_what_it_says(cache_dir: Path, watch: Any, name: str) -> None:
    await CHECKS[name](Scene(cache_dir, watch, name))


@cache
def texts_by_module() -> dict[str, set[object]]:
    """The constants in the recorder's modules and the shared ones, but for the lists of quirks."""
    root = Path(sereno.sim.__file__).parent
    return {
        f"{path.parent.name}/{path.stem}": {
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant)
        }
        for folder in ("dahua", "recorders")
        for path in (root / folder).glob("*.py")
        if path.stem != "quirks"
    }


@pytest.mark.parametrize("name", DAHUA_QUIRKS)
def test_a_quirk_acts_where_the_table_says_and_nowhere_else(name: str) -> None:
    found = {module for module, texts in texts_by_module().items() if name in texts}
    assert found == {DAHUA_QUIRKS[name].acts_in}
    assert DAHUA_QUIRKS[name].words.en
    assert DAHUA_QUIRKS[name].words.es


def test_the_shared_switches_are_among_them() -> None:
    assert {quirk.name for quirk in SHARED_QUIRKS} <= set(DAHUA_QUIRKS)


def test_switches_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no quirk is called 'moonlight'"):
        DahuaRecorder(dahua_config(tmp_path, "moonlight"))


def test_a_zone_of_half_hours_cannot_lose_its_summer(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="whole hours, not Australia/Adelaide"):
        DahuaRecorder(dahua_config(tmp_path, "dst-off", zone="Australia/Adelaide"))


def test_the_guide_lists_them_all() -> None:
    rows = []
    for quirk in DAHUA_QUIRKS.values():
        name = f"`{quirk.name}`"
        if quirk.number is not None:
            name = f"`{quirk.name}={quirk.number:g}` ({quirk.unit})"
        met_on = quirk.met_on.en if quirk.met_on else ""
        rows.append(f"| {name} | {quirk.words.en} | {met_on} |")
    guide = Path(__file__).parents[3] / "docs" / "guide" / "simulator.md"
    assert "\n".join(rows) in guide.read_text()


# The door.


async def challenge(asker: Asker) -> str:
    answer = await asker.http.get(SERIAL, auth=None)
    return str(answer.headers["www-authenticate"])


@shows("account-locked")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        answer = await asker.get(SERIAL)
        assert answer.status_code == 403
        assert answer.json()["RmLock"] == 1800


@shows("sha256-only")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert "algorithm=SHA-256" in await challenge(asker)
        assert (await asker.get(SERIAL)).status_code == 200


@shows("nonce-uses")
async def _(scene: Scene) -> None:
    async with scene.asker(1) as asker:
        for _ in range(2):
            assert (await asker.get(SERIAL)).status_code == 200
        assert [each.status for each in asker.recorder.log] == [401, 200, 401, 200]


@shows("serial-swap")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert (await asker.facts(SERIAL))["sn"] != (await asker.facts(SERIAL))["sn"]


@shows("qop-list")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert 'qop="auth,auth-int"' in await challenge(asker)
        assert (await asker.get(SERIAL)).status_code == 200


@shows("comma-realm")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert 'realm="Login to recorder, channel 1"' in await challenge(asker)
        assert (await asker.get(SERIAL)).status_code == 200


@shows("basic-only")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert (await challenge(asker)).startswith("Basic realm=")
        basic = httpx.BasicAuth(USER, PASSWORD)
        assert (await asker.http.get(SERIAL, auth=basic)).status_code == 200
        guess = httpx.BasicAuth(USER, "guess")
        assert (await asker.http.get(SERIAL, auth=guess)).status_code == 401
        assert asker.recorder.door.keeper.wrong_logins == 1


@shows("few-connections")
async def _(scene: Scene) -> None:
    async with scene.asker(2) as asker:
        held = [
            await asyncio.open_connection(asker.recorder.host, asker.recorder.port)
            for _ in range(2)
        ]
        with pytest.raises(httpx.TransportError):
            await asker.get(SERIAL)
        assert asker.recorder.http.refused_connections == 1
        for _, writer in held:
            writer.close()


@shows("audio-reboots")
async def _(scene: Scene) -> None:
    async with scene.asker(10) as asker:
        with pytest.raises(httpx.TransportError):
            await asker.get("/cgi-bin/audio.cgi?action=getAudio&channel=1")
        with pytest.raises(httpx.TransportError):
            await asker.get(SERIAL)
        assert asker.recorder.restarts.count == 1
        asker.clock.seconds += 10
        assert (await asker.get(SERIAL)).status_code == 200


@shows("lacks-right")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert (await asker.get(SERIAL)).status_code == 200
        for target in (STORAGE, f"{CONFIG}Encode", f"{FINDER}factory.create"):
            answer = await asker.get(target)
            assert answer.status_code == 403
            assert "Authority:check failure." in answer.text
        assert (await asker.load("10:40:10", "10:40:11")).status_code == 403


# What the model lacks or says of itself.


@shows("errors-with-200")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        answer = await asker.get(f"{CONFIG}Lighting")
        assert (answer.status_code, answer.text) == (
            200,
            "Error: Error -1 getting param in name=Lighting\r\n",
        )


@shows("no-remote-channels")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert (await asker.get(f"{CONFIG}RemoteChannel")).status_code == 400
        assert (await asker.get(f"{CONFIG}RemoteDevice")).status_code == 200


@shows("removed-cameras")
async def _(scene: Scene) -> None:
    async with scene.asker(1) as asker:
        remote = await asker.facts(f"{CONFIG}RemoteDevice")
        key = "table.RemoteDevice.uuid:System_CONFIG_NETCAMERA_INFO_2"
        assert remote[f"{key}.Enable"] == "true"
        assert (await asker.get("/cgi-bin/snapshot.cgi?channel=3")).status_code == 400


@shows("no-camera-state")
async def _(scene: Scene) -> None:
    path = "/cgi-bin/LogicDeviceManager.cgi?action="
    async with scene.asker() as asker:
        answer = await asker.get(f"{path}getCameraState&uniqueChannels=[0]")
        assert answer.status_code == 501
        assert (await asker.get(f"{path}getCameraAll")).status_code == 200


@shows("no-disk")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert await asker.facts(STORAGE) == {}


@shows("disk-error")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        disk = await asker.facts(STORAGE)
        assert disk["list.info[0].State"] == "Error"
        assert disk["list.info[0].Detail[0].IsError"] == "true"


@shows("snapshot-base-0")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        statuses = [
            (await asker.get(f"/cgi-bin/snapshot.cgi?channel={n}")).status_code for n in (0, 2)
        ]
        assert statuses == [200, 400]


# Time.


@shows("dst-off")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        now = await asker.facts("/cgi-bin/global.cgi?action=getCurrentTime")
        assert now == {"result": "2026-07-21 11:00:30"}
        locales = await asker.facts(f"{CONFIG}Locales")
        assert locales["table.Locales.DSTEnable"] == "false"


@shows("dst-of-last-year")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        now = await asker.facts("/cgi-bin/global.cgi?action=getCurrentTime")
        assert now == {"result": "2026-07-21 11:00:30"}
        locales = await asker.facts(f"{CONFIG}Locales")
        assert locales["table.Locales.DSTEnable"] == "true"
        assert locales["table.Locales.DSTStart.Year"] == "2025"


@shows("unpadded-times")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        rows = await asker.rows()
        assert all(row["StartTime"].startswith("2026-7-2") for row in rows)


# Search.


@shows("few-finders")
async def _(scene: Scene) -> None:
    async with scene.asker(1) as asker:
        await asker.find()
        assert (await asker.get(f"{FINDER}factory.create")).status_code == 400


@shows("old-years-refused")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        _, refused = await asker.find(StartTime="2000-01-01%2000:00:00")
        assert refused.status_code == 400
        assert await asker.rows(StartTime="2020-01-01%2000:00:00")


@shows("no-cgi-search")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert (await asker.get(f"{FINDER}factory.create")).status_code == 400
        session = (await asker.log_in())["session"]
        call = {"method": "mediaFileFind.factory.create", "session": session}
        assert (await asker.rpc(call))["result"] > 0


@shows("flags-ignored")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        rows = await asker.rows(**{"Flags[0]": "Event"})
        assert {row["Flags[0]"] for row in rows} == {"Timing"}


@shows("short-pages")
async def _(scene: Scene) -> None:
    async with scene.asker(file_seconds=600) as asker:
        handle, _ = await asker.find()
        pages = [await asker.page(handle, 50) for _ in range(3)]
        assert [len(page) for page in pages] == [7, 7, 7]
        assert pages[0] != pages[1]


@shows("error-after-last-page")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        handle, _ = await asker.find()
        assert await asker.page(handle)
        after = await asker.get(f"{FINDER}findNextFile&object={handle}&count=100")
        assert after.status_code == 400


@shows("sparse-rows")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        rows = await asker.rows()
        assert ["EndTime" in row for row in rows[:4]] == [True, False, True, False]
        assert all("FilePath" in row for row in rows)


# Download.


def starts_at(answer: httpx.Response) -> datetime:
    """When the first picture of a download was taken, as it says itself."""
    first = next(frame for frame in dhav_frames(answer.content) if frame.kind == 0xFD)
    return from_us(first.utc_us).astimezone(MADRID).replace(tzinfo=None)


def asked(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-07-21 {text}")


async def file_path(asker: Asker) -> str:
    row = (await asker.rows(**FILE_ROWS))[0]
    return "/cgi-bin/RPC_Loadfile" + row["FilePath"].replace("[", "%5B").replace("]", "%5D")


@shows("no-loadfile")
async def _(scene: Scene) -> None:
    async with scene.asker(file_seconds=20) as asker:
        assert (await asker.load("10:40:10", "10:40:11")).status_code == 501
        whole = await asker.get(await file_path(asker))
        assert dhav_frames(whole.content)


@shows("loadfile-hours")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert (await asker.load("10:40:10", "11:40:11")).status_code == 400
        assert (await asker.load("10:40:10", "10:40:11")).status_code == 200


@shows("five-minute-mark")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        query = "channel=1&startTime=2026-07-21%2010:40:00&endTime=2026-07-21%2010:40:10"
        target = f"/cgi-bin/loadfile.cgi?action=startLoad&{query}"
        received = 0
        with pytest.raises(httpx.RemoteProtocolError):
            async with asker.http.stream("GET", target) as answer:
                assert int(answer.headers["content-length"]) > 100_000
                async for piece in answer.aiter_bytes():
                    received += len(piece)
        assert received == 0
        assert len((await asker.load("10:39:59", "10:40:10")).content) > 100_000


@shows("cut-at-the-hour")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        query = "channel=1&startTime=2026-07-21%2010:59:50&endTime=2026-07-21%2011:00:10"
        target = f"/cgi-bin/loadfile.cgi?action=startLoad&{query}"
        received = b""
        with pytest.raises(httpx.RemoteProtocolError):
            async with asker.http.stream("GET", target) as answer:
                async for piece in answer.aiter_bytes():
                    received += piece
        frames = dhav_frames(received)
        assert asked("10:59:59") <= frames[-1].wall < asked("11:00:00")


@shows("starts-late")
async def _(scene: Scene) -> None:
    async with scene.asker(15) as asker:
        start = starts_at(await asker.load("10:40:10", "10:40:11"))
        assert timedelta(seconds=14) <= start - asked("10:40:10") <= timedelta(seconds=15)


@shows("starts-early")
async def _(scene: Scene) -> None:
    async with scene.asker(15) as asker:
        start = starts_at(await asker.load("10:40:10", "10:40:11"))
        assert timedelta(seconds=15) <= asked("10:40:10") - start <= timedelta(seconds=16)


@shows("unsettled-tail")
async def _(scene: Scene) -> None:
    async with scene.asker(30) as asker:
        frames = dhav_frames((await asker.load("11:59:50", "12:00:30")).content)
        assert frames[-1].wall == asked("11:59:59")
        asker.clock.seconds += 30
        frames = dhav_frames((await asker.load("11:59:50", "12:00:30")).content)
        assert frames[-1].wall == asked("12:00:29")


@shows("wedge-after-aborts")
async def _(scene: Scene) -> None:
    async with scene.asker(2) as asker:
        query = "channel=1&startTime=2026-07-21%2008:00:10&endTime=2026-07-21%2010:00:10"
        for done in range(2):
            assert (await asker.load("10:40:10", "10:40:11")).status_code == 200
            assert asker.recorder.loading.aborted == done
            target = f"/cgi-bin/loadfile.cgi?action=startLoad&{query}"
            async with asker.http.stream("GET", target) as answer:
                await anext(answer.aiter_bytes())
            await asker.recorder.loading.wait_until_idle()
        assert (await asker.load("10:40:10", "10:40:11")).status_code == 400
        asker.recorder.restarts.restart()
        assert (await asker.load("10:40:10", "10:40:11")).status_code == 200


@shows("preamble")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        lengths = set()
        for second in (10, 11):
            data = (await asker.load(f"10:40:{second}", "10:40:12")).content
            length = data.index(b"DHAV")
            assert 9 * 1024 <= length <= 13 * 1024
            assert dhav_frames(data[length:])
            lengths.add(length)
        assert len(lengths) == 2


@shows("dahua-header")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        data = (await asker.load("10:40:10", "10:40:11")).content
        assert data.startswith(b"DAHUA\0")
        assert dhav_frames(data[0x400:])


@shows("multipart-file")
async def _(scene: Scene) -> None:
    async with scene.asker(file_seconds=20) as asker:
        answer = await asker.get(await file_path(asker))
        assert answer.headers["content-type"].startswith("multipart/")
        status, file = answer.content.split(b"--myboundary\r\n")[1:]
        assert b'"result": true' in status
        head, _, data = file.partition(b"\r\n\r\n")
        assert head.startswith(b"Content-Type: application/http")
        assert dhav_frames(data.removesuffix(b"\r\n--myboundary--\r\n"))


@shows("empty-file")
async def _(scene: Scene) -> None:
    async with scene.asker(file_seconds=20) as asker:
        answer = await asker.get(await file_path(asker))
        assert (answer.status_code, answer.content) == (200, b"")


# Playback.


@shows("one-playback")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        first = await scene.watch(asker, f"playback?{TIMES}")
        await first.play()
        second = await scene.watch(asker, f"playback?{TIMES}")
        tcp = "RTP/AVP/TCP;unicast;interleaved=0-1"
        assert (await second.ask("SETUP", "/trackID=0", Transport=tcp)).status == 453


@shows("runs-past-end")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        client = await scene.watch(asker, f"playback?{TIMES}")
        await client.play()
        end = datetime(2026, 7, 21, 8, 40, 11, tzinfo=MADRID)
        while from_us((await client.frame()).stamp.utc_us) <= end:
            assert not client.reports


@shows("playback-on-monitor")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        client = await scene.watch(asker, f"playback?{TIMES}")
        assert (await client.ask("DESCRIBE")).status == 404
        client = await scene.watch(asker, f"realmonitor?{TIMES}")
        assert "a=range:npt=0-1.000" in (await client.ask("DESCRIBE")).body


# Events.


@shows("no-event-list")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        several = ATTACH.replace("[All]", "[VideoMotion,VideoLoss]")
        assert (await asker.get(several)).status_code == 400
        async with asker.http.stream("GET", ATTACH) as stream:
            assert stream.status_code == 200


async def said(asker: Asker, count: int, **data: str) -> str:
    """What a listener hears of so many events and one more."""
    async with asker.http.stream("GET", ATTACH) as stream:
        await asker.recorder.events.wait_for_listeners(1)
        for place in range(count):
            asker.recorder.emit("VideoMotion", "Start", place, data or None)
        asker.recorder.emit("VideoLoss", "Pulse", 9)
        return await said_until(stream, "VideoLoss;action=Pulse;index=9\r\n")


@shows("event-head-varies")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        parts = (await said(asker, 2)).split("--myboundary\r\n")[1:]
        assert [part.split("\r\n").index("") + 1 for part in parts] == [3, 4, 5]


@shows("event-length-lies")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        with_data = (await said(asker, 1, Name="Entrance")).split("--myboundary\r\n")[1]
        head, _, body = with_data.partition("\r\n\r\n")
        assert int(head.rpartition(" ")[2]) < len(body.removesuffix("\r\n"))
        assert '"Name": "Entrance"' in body


@shows("events-in-crumbs")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        pieces = []
        async with asker.http.stream("GET", ATTACH) as stream:
            await asker.recorder.events.wait_for_listeners(1)
            asker.recorder.emit("VideoMotion", "Start", 0)
            async for piece in stream.aiter_raw():
                pieces.append(piece)
                if b"index=0" in b"".join(pieces):
                    break
        assert len(pieces) > 1


@shows("no-events")
async def _(scene: Scene) -> None:
    async with scene.asker() as asker:
        assert (await asker.get(ATTACH)).status_code == 501
