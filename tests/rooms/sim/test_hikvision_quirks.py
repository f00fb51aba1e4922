"""Every quirk of a simulated Hikvision recorder does what its sentence says; one check for each."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import sereno.sim
from sereno.sim import QUIRKS
from sereno.sim.hikvision import HIKVISION_QUIRKS

from .hikvision_kit import (
    PASSWORD,
    USER,
    Asker,
    find,
    hikvision_config,
    said_until,
    served,
    until,
    words,
)

INFO = "/ISAPI/System/deviceInfo"
EVENTS = "/ISAPI/Event/notification/alertStream"
PICTURE = "/ISAPI/Streaming/channels/101/picture"


class Bench:
    """Runs devices with and without quirks."""

    def __init__(self, cache_dir: Path, watch: Any) -> None:
        self.cache_dir, self.watch = cache_dir, watch

    def served(self, *quirks: str, **changes: Any) -> Any:
        return served(self.cache_dir, *quirks, **changes)


Check = Callable[[Bench], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    def keep(act: Check) -> Check:
        CHECKS[name] = act
        return act

    return keep


@pytest.mark.parametrize("name", HIKVISION_QUIRKS)
async def test_a_quirk_does_what_it_says(cache_dir: Path, watch: Any, name: str) -> None:
    await CHECKS[name](Bench(cache_dir, watch))


def test_every_quirk_has_its_check() -> None:
    assert CHECKS.keys() == HIKVISION_QUIRKS.keys()


@pytest.mark.parametrize("name", HIKVISION_QUIRKS)
def test_a_quirk_acts_where_the_table_says(name: str) -> None:
    quirk = HIKVISION_QUIRKS[name]
    tree = ast.parse((Path(sereno.sim.__file__).parent / f"{quirk.acts_in}.py").read_text())
    assert name in {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert quirk.words.en != quirk.words.es


def test_every_failure_that_it_can_bring_about_has_a_quirk() -> None:
    rows = {row for quirk in (*HIKVISION_QUIRKS.values(), *QUIRKS.values()) for row in quirk.rows}
    wanted = {1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21}
    assert wanted | {28, 29, 30, 33, 34, 35, 36, 44, 47, 48} <= rows


@pytest.mark.parametrize(("quirk", "status"), [("udp-only", 461), ("server-limit-500=1", 500)])
async def test_quirks_of_cameras_act_on_its_rtsp_port(
    cache_dir: Path, watch: Any, quirk: str, status: int
) -> None:
    async with served(cache_dir, quirk) as asker:
        url = f"rtsp://127.0.0.1:{asker.recorder.rtsp_port}/Streaming/Channels/102"
        clients = [await watch(url, user=USER, password=PASSWORD) for _ in range(2)]
        await set_up(clients[0])
        assert await set_up(clients[1]) == status


def test_the_guide_lists_them_all() -> None:
    rows = []
    for quirk in HIKVISION_QUIRKS.values():
        name = f"`{quirk.name}`"
        if quirk.number is not None:
            name = f"`{quirk.name}={quirk.number:g}` ({quirk.unit})"
        met_on = quirk.met_on.en if quirk.met_on else ""
        rows.append(f"| {name} | {quirk.words.en} | {met_on} |")
    guide = Path(__file__).parents[3] / "docs" / "guide" / "simulator.md"
    assert "\n".join(rows) in guide.read_text()


@pytest.mark.parametrize(
    ("text", "said"), [("moonlight", "no quirk is called"), ("no-disk=3", "takes no number")]
)
def test_quirks_that_make_no_sense_are_refused(cache_dir: Path, text: str, said: str) -> None:
    config = hikvision_config(cache_dir, text)
    with pytest.raises(ValueError, match=said):
        sereno.sim.hikvision.HikvisionRecorder(config)


async def answers(asker: Asker, path: str, **options: Any) -> tuple[int, str]:
    answer = await asker.get(path, **options)
    return answer.status_code, answer.text


# The door.


@check("account-locked")
async def _(bench: Bench) -> None:
    async with bench.served("account-locked") as asker:
        status, text = await answers(asker, INFO)
        assert (status, words_in(text, "lockStatus")) == (401, ["lock"])
        stream = f"rtsp://127.0.0.1:{asker.recorder.rtsp_port}/Streaming/Channels/101"
        reply = await (await bench.watch(stream, user=None)).ask("DESCRIBE")
        assert (reply.status, "<lockStatus>lock" in reply.body) == (401, True)


def words_in(text: str, name: str) -> list[str]:
    return re.findall(f"<{name}>([^<]*)</{name}>", text)


@check("sha256-only")
async def _(bench: Bench) -> None:
    async with bench.served("sha256-only") as asker:
        asked = await asker.get(INFO, auth=None)
        assert "algorithm=SHA-256" in asked.headers["www-authenticate"]
        assert (await asker.get(INFO)).status_code == 200


@check("nonce-uses")
async def _(bench: Bench) -> None:
    async with bench.served("nonce-uses=2") as asker:
        for _ in range(2):
            assert (await asker.get(INFO)).status_code == 200
        worn = await asker.get(INFO)
        assert worn.status_code == 401
        assert words_in(worn.text, "statusValue") == ["401"]
        assert "www-authenticate" not in worn.headers
        asker.http.auth = httpx.DigestAuth(USER, PASSWORD)
        assert (await asker.get(INFO)).status_code == 200
        assert asker.recorder.wrong_logins == 0


@check("serial-swap")
async def _(bench: Bench) -> None:
    async with bench.served("serial-swap=2") as asker:
        told = [words(await asker.xml(INFO), "serialNumber") for _ in range(3)]
        assert told[0] == told[1] != told[2]


@check("odd-challenge")
async def _(bench: Bench) -> None:
    async with bench.served("odd-challenge") as asker:
        answer = await asker.get(INFO, auth=None)
        assert 'domain="::", opaque="", stale="FALSE"' in answer.headers["www-authenticate"]


@check("old-user-check")
async def _(bench: Bench) -> None:
    async with bench.served("old-user-check") as asker:
        asker.http.auth = httpx.DigestAuth(USER, "wrong")
        status, text = await answers(asker, INFO)
        assert (status, words_in(text, "statusString")) == (401, ["Unauthorized"])
        assert "retryLoginTime" not in text


@check("lacks-right")
async def _(bench: Bench) -> None:
    async with bench.served("lacks-right") as asker:
        status, text = await answers(asker, "/ISAPI/ContentMgmt/Storage")
        assert (status, words_in(text, "subStatusCode")) == (403, ["lowPrivilege"])
        assert (await asker.get(INFO)).status_code == 200


@check("lacks-playback-right")
async def _(bench: Bench) -> None:
    async with bench.served("lacks-playback-right") as asker:
        answer = await asker.search_raw()
        assert answer.status_code == 403
        assert words_in(answer.text, "subStatusCode") == ["badAuthorization"]
        assert (await asker.get("/ISAPI/ContentMgmt/Storage")).status_code == 200


@check("lacks-right-401")
async def _(bench: Bench) -> None:
    async with bench.served("lacks-right-401") as asker:
        answer = await asker.get("/ISAPI/ContentMgmt/Storage")
        assert answer.status_code == 401
        assert words_in(answer.text, "subStatusCode") == ["lowPrivilege"]
        assert answer.headers["www-authenticate"].startswith("Digest ")
        assert (await asker.get(INFO)).status_code == 200
        assert asker.recorder.wrong_logins == 0


@check("not-activated")
async def _(bench: Bench) -> None:
    async with bench.served("not-activated") as asker:
        answer = await asker.get(INFO, auth=None)
        assert answer.status_code == 403
        assert words_in(answer.text, "subStatusCode") == ["notActivated"]


@check("errors-with-200")
async def _(bench: Bench) -> None:
    uri = "rtsp://127.0.0.1/Streaming/tracks/901?starttime=20260721T100000Z"
    async with bench.served() as asker:
        assert (await asker.download(uri)).status_code == 400
    async with bench.served("errors-with-200") as asker:
        answer = await asker.download(uri)
        assert answer.status_code == 200
        assert words_in(answer.text, "subStatusCode") == ["badParameters"]
        assert (await asker.get("/ISAPI/System/IO/inputs")).status_code == 200


@check("psia-namespace")
async def _(bench: Bench) -> None:
    async with bench.served("psia-namespace") as asker:
        assert (await asker.xml(INFO)).tag == "{urn:psialliance-org}DeviceInfo"
    async with bench.served() as asker:
        assert "hikvision" in (await asker.xml(INFO)).tag


# What the model lacks or says of itself.


@check("few-endpoints")
async def _(bench: Bench) -> None:
    paths = (
        "/ISAPI/Security/adminAccesses", "/ISAPI/ContentMgmt/search/profile",
        "/ISAPI/ContentMgmt/download/capabilities", "/ISAPI/System/status",
    )  # fmt: skip
    async with bench.served() as asker:
        assert {(await asker.get(path)).status_code for path in paths} == {200}
    async with bench.served("few-endpoints") as asker:
        for path in paths:
            status, text = await answers(asker, path)
            assert (status, words_in(text, "subStatusCode")) == (403, ["notSupport"])


async def disks(bench: Bench, *quirks: str) -> list[tuple[str, str]]:
    async with bench.served(*quirks) as asker:
        told = await asker.xml("/ISAPI/ContentMgmt/Storage")
        return list(zip(words(told, "status"), words(told, "freeSpace"), strict=True))


@check("no-disk")
async def _(bench: Bench) -> None:
    assert await disks(bench, "no-disk") == []


@check("ghost-disk")
async def _(bench: Bench) -> None:
    assert [state for state, _ in await disks(bench, "ghost-disk")] == ["ok", "notexist"]


@check("disk-error")
async def _(bench: Bench) -> None:
    assert [state for state, _ in await disks(bench, "disk-error")] == ["error"]


@check("overwriting-disk")
async def _(bench: Bench) -> None:
    assert await disks(bench, "overwriting-disk") == [("ok", "0")]
    assert await disks(bench) != [("ok", "0")]


async def inputs(bench: Bench, *quirks: str) -> tuple[str, int, list[str]]:
    async with bench.served(*quirks) as asker:
        told = await asker.xml("/ISAPI/ContentMgmt/InputProxy/channels")
        states = await asker.xml("/ISAPI/ContentMgmt/InputProxy/channels/status")
        count = len(find(told, "InputProxyChannel"))
        return told.attrib["size"], count, words(states, "chanDetectResult")


@check("list-size-lies")
async def _(bench: Bench) -> None:
    assert (await inputs(bench))[:2] == ("3", 3)
    assert (await inputs(bench, "list-size-lies"))[:2] == ("6", 3)


@check("ghost-channels")
async def _(bench: Bench) -> None:
    _, count, states = await inputs(bench, "ghost-channels=5")
    assert count == 8
    assert states == ["connect", "connect", "netUnreachable", *["notExist"] * 5]


@check("third-stream")
async def _(bench: Bench) -> None:
    async with bench.served("third-stream") as asker:
        assert words(await asker.xml("/ISAPI/Streaming/channels"), "id")[:3] == [
            "101",
            "102",
            "104",
        ]


@check("full-frame-rate")
async def _(bench: Bench) -> None:
    async with bench.served("full-frame-rate") as asker:
        told = await asker.xml("/ISAPI/Streaming/channels")
        assert set(words(told, "maxFrameRate")) == {"0"}


@check("smart-codec")
async def _(bench: Bench) -> None:
    for quirks, is_on in ((("smart-codec",), "true"), ((), "false")):
        async with bench.served(*quirks) as asker:
            told = await asker.xml("/ISAPI/Streaming/channels")
            (smart, *_) = find(told, "SmartCodec")
            assert words(smart, "enabled") == [is_on]


@check("snapshot-400")
async def _(bench: Bench) -> None:
    async with bench.served("snapshot-400") as asker:
        status, text = await answers(asker, PICTURE)
        assert (status, words_in(text, "subStatusCode")) == (400, ["badXmlContent"])
        other = PICTURE.replace("Streaming/", "ContentMgmt/StreamingProxy/")
        assert (await asker.get(other)).content[:2] == b"\xff\xd8"


@check("snapshot-busy")
async def _(bench: Bench) -> None:
    async with bench.served("snapshot-busy=2") as asker:
        statuses = [(await asker.get(PICTURE)).status_code for _ in range(3)]
        assert statuses == [503, 503, 200]


# Time.


@check("footage-in-utc")
async def _(bench: Bench) -> None:
    async with bench.served("footage-in-utc") as asker:
        newest = await asker.search(start="2026-07-21T09:59:00Z")
        assert words(newest, "endTime")[-1] == "2026-07-21T10:00:30Z"


@check("winter-offset")
async def _(bench: Bench) -> None:
    path = "/ISAPI/System/time/localTime"
    async with bench.served("winter-offset") as asker:
        assert (await asker.get(path)).text == "2026-07-21T12:00:30+01:00"
        asker.clock.seconds = datetime(2026, 1, 5, 10, tzinfo=UTC).timestamp()
        assert (await asker.get(path)).text == "2026-01-05T11:00:00+01:00"


@check("more-time-fields")
async def _(bench: Bench) -> None:
    path = "/ISAPI/System/time"
    async with bench.served("more-time-fields") as asker:
        read = (await asker.get(path)).text
        less = re.sub("<satelliteInterval>.*</satelliteInterval>", "", read)
        assert (await asker.http.put(path, content=less)).status_code == 400
        assert (await asker.http.put(path, content=read)).status_code == 200


# Search.


@check("position-ignored")
async def _(bench: Bench) -> None:
    async with bench.served("position-ignored") as asker:
        pages = [await asker.search(position=position) for position in (0, 40, 80)]
        assert [words(page, "responseStatusStrg") for page in pages] == [["MORE"]] * 3
        assert len({tuple(words(page, "playbackURI")) for page in pages}) == 1


@check("match-count-lies")
async def _(bench: Bench) -> None:
    async with bench.served("match-count-lies", file_seconds=60) as asker:
        page = await asker.search(most=1)
        assert len(find(page, "searchMatchItem")) == 1
        assert int(words(page, "numOfMatches")[0]) > 100


@check("guid-only")
async def _(bench: Bench) -> None:
    async with bench.served("guid-only") as asker:
        for identity in ("1", "9f1b6c6e-0b3e-4c0c-8d2b-0123456789ab"):
            answer = await asker.search_raw(identity=identity)
            assert answer.status_code == 400
            assert "Tag 13 is invalid (two root tags)" in answer.text
        assert (await asker.search_raw()).status_code == 200
    async with bench.served() as asker:
        assert (await asker.search_raw(identity="1")).status_code == 200


@check("wide-search-500")
async def _(bench: Bench) -> None:
    async with bench.served("wide-search-500") as asker:
        assert (await asker.search_raw(start="2026-06-21T00:00:00Z")).status_code == 200
        wide = await asker.search_raw(start="2026-06-20T00:00:00Z")
        assert wide.status_code == 500
        assert words_in(wide.text, "subStatusCode") == ["deviceError"]


@check("first-search-500")
async def _(bench: Bench) -> None:
    async with bench.served("first-search-500") as asker:
        statuses = [
            (await asker.search_raw(identity=identity)).status_code
            for identity in ("A", "A", "B", "B", "C")
        ]
        assert statuses == [500, 500, 200, 200, 500]


@check("empty-match-list")
async def _(bench: Bench) -> None:
    async with bench.served("empty-match-list") as asker:
        page = await asker.search(start="2026-09-01T00:00:00Z", end="2026-09-02T00:00:00Z")
        assert words(page, "responseStatusStrg") == ["NO MATCHES"]
        assert [len(each) for each in find(page, "matchList")] == [0]


@check("http-port-in-uri")
async def _(bench: Bench) -> None:
    async with bench.served("http-port-in-uri") as asker:
        uri = words(await asker.search(), "playbackURI")[0]
        assert f":{asker.recorder.port}/Streaming/tracks/101/" in uri
        assert (await asker.download(uri)).content[24:28] == b"IMKH"


# Playback.


async def playback(bench: Bench, asker: Asker) -> Any:
    span = "starttime=20260721T100000Z&endtime=20260721T100002Z"
    base = f"rtsp://127.0.0.1:{asker.recorder.rtsp_port}/Streaming/tracks/101?{span}"
    return await bench.watch(base, user=USER, password=PASSWORD)


async def set_up(client: Any) -> int:
    await client.ask("DESCRIBE")
    how = "RTP/AVP/TCP;unicast;interleaved=0-1"
    return int((await client.ask("SETUP", "/trackID=0", Transport=how)).status)


@check("one-playback")
async def _(bench: Bench) -> None:
    async with bench.served("one-playback") as asker:
        assert await set_up(await playback(bench, asker)) == 200
        assert await set_up(await playback(bench, asker)) == 453
    async with bench.served() as asker:
        assert await set_up(await playback(bench, asker)) == 200
        assert await set_up(await playback(bench, asker)) == 200


@check("runs-past-end")
async def _(bench: Bench) -> None:
    async with bench.served("runs-past-end") as asker:
        assert asker.recorder.rtsp.playback.runs_on
    async with bench.served() as asker:
        assert not asker.recorder.rtsp.playback.runs_on


# Download.


async def newest(asker: Asker, place: int = -1) -> tuple[str, int]:
    """The address and size of the newest file, or of another."""
    uri = words(await asker.search(start="2026-07-21T11:00:00Z", most=64), "playbackURI")[place]
    return uri, int(uri.rpartition("=")[2])


@check("post-download-only")
async def _(bench: Bench) -> None:
    async with bench.served("post-download-only", file_seconds=20) as asker:
        uri, size = await newest(asker)
        empty = await asker.download(uri)
        assert (empty.status_code, empty.content) == (200, b"")
        assert len((await asker.download(uri, "POST")).content) == size + 64


@check("no-get-download")
async def _(bench: Bench) -> None:
    async with bench.served("no-get-download", file_seconds=20) as asker:
        uri, size = await newest(asker)
        refused = await asker.download(uri)
        assert refused.status_code == 405
        assert words_in(refused.text, "subStatusCode") == ["methodNotAllowed"]
        assert len((await asker.download(uri, "POST")).content) == size + 64


@check("no-download-by-time")
async def _(bench: Bench) -> None:
    async with bench.served("no-download-by-time", file_seconds=20) as asker:
        able = await asker.xml("/ISAPI/ContentMgmt/download/capabilities")
        assert words(able, "isSupportDownloadbyTime") == ["false"]
        uri, size = await newest(asker)
        by_time = await asker.download(uri.partition("&name=")[0])
        assert by_time.status_code == 403
        assert len((await asker.download(uri)).content) == size + 64


@check("imkh-at-0")
async def _(bench: Bench) -> None:
    async with bench.served("imkh-at-0", file_seconds=20) as asker:
        media = (await asker.download((await newest(asker))[0])).content
        assert media[:4] == b"IMKH"
        assert media[40:44] == b"\0\0\1\xba"


@check("unsettled-tail")
async def _(bench: Bench) -> None:
    async with bench.served("unsettled-tail=60", file_seconds=100) as asker:
        uri, size = await newest(asker)
        assert len((await asker.download(uri)).content) < size
        asker.clock.seconds += 60
        assert len((await asker.download(uri)).content) > size


@check("cut-download")
async def _(bench: Bench) -> None:
    async with bench.served("cut-download", file_seconds=20) as asker:
        uri, size = await newest(asker, 0)
        with pytest.raises(httpx.RemoteProtocolError):
            await asker.download(uri)
        assert len((await asker.download(uri)).content) == size + 64


@check("no-length")
async def _(bench: Bench) -> None:
    async with bench.served("no-length", file_seconds=20) as asker:
        uri, size = await newest(asker)
        answer = await asker.download(uri)
        assert "content-length" not in answer.headers
        assert len(answer.content) == size + 64


# Events.


async def heard(asker: Asker, pattern: str, kind: str = "VMD") -> tuple[str, str]:
    """The type of the answer and what it says until the pattern, after one event."""
    async with asker.http.stream("GET", EVENTS) as stream:
        reading = asyncio.ensure_future(said_until(stream, pattern))
        await until(lambda: bool(asker.recorder.events.listeners))
        asker.recorder.emit(kind, 1, words="Motion at the entrance")
        return stream.headers["content-type"], await reading


@check("events-not-ticked")
async def _(bench: Bench) -> None:
    async with bench.served() as asker:
        ticked = await asker.xml("/ISAPI/Event/triggers")
        assert "center" in words(ticked, "notificationMethod")
    async with bench.served("events-not-ticked", keep_alive_seconds=0.01) as asker:
        triggers = await asker.xml("/ISAPI/Event/triggers")
        assert set(words(triggers, "notificationMethod")) == {"record"}
        assert "VMD" not in (await heard(asker, "(videoloss</eventType>.*){5}"))[1]


@check("bad-event-packets")
async def _(bench: Bench) -> None:
    async with bench.served("bad-event-packets") as asker:
        _, text = await heard(asker, "at the entrance.*</EventNoti")
        assert "<activePostCount/>" in text
        assert "2021-04-06T18:04:2800:00" in text
        assert text.count("<EventNotificationAlert") == text.count("</EventNotificationAlert") + 1


@check("silent-events")
async def _(bench: Bench) -> None:
    async with bench.served("silent-events", keep_alive_seconds=0.01) as asker:
        _, text = await heard(asker, "</EventNoti")
        assert "VMD" in text
        assert "videoloss" not in text
    async with bench.served(keep_alive_seconds=0.01) as asker:
        assert (await heard(asker, "VMD.*videoloss"))[1].count("videoloss</eventType>") > 1


@check("held-event-slot")
async def _(bench: Bench) -> None:
    async with bench.served("held-event-slot=60") as asker:
        await heard(asker, "VMD")
        await until(lambda: not asker.recorder.events.listeners)
        assert [(await asker.get(EVENTS)).status_code for _ in range(2)] == [404, 403]
        with pytest.raises(httpx.RemoteProtocolError):
            await asker.get(EVENTS)
        asker.clock.seconds += 61
        assert "VMD" in (await heard(asker, "VMD"))[1]


@check("wrong-boundary")
async def _(bench: Bench) -> None:
    async with bench.served("wrong-boundary") as asker:
        kind, text = await heard(asker, "VMD")
        assert kind == "multipart/mixed; boundary=MIME_boundary"
        assert text.startswith("--boundary\r\n")


@check("event-length-lies")
async def _(bench: Bench) -> None:
    async with bench.served("event-length-lies") as asker:
        _, text = await heard(asker, "VMD.*</EventNoti")
        first, second = text.split("--boundary\r\n")[1:]
        assert "Content-Length" not in first
        length = int(re.findall(r"Content-Length: (\d+)", second)[0])
        assert length < len(second.partition("\r\n\r\n")[2]) - 100


@check("json-events")
async def _(bench: Bench) -> None:
    async with bench.served("json-events") as asker:
        _, text = await heard(asker, r'"eventType": "VMD"')
        assert "Content-Type: application/json" in text


@check("dyn-channel-id")
async def _(bench: Bench) -> None:
    async with bench.served("dyn-channel-id") as asker:
        _, text = await heard(asker, "VMD")
        assert "<dynChannelID>1</dynChannelID>" in text
        assert "<channelID>" not in text


@check("event-pictures")
async def _(bench: Bench) -> None:
    async with bench.served("event-pictures") as asker:
        assert "VMD" in (await heard(asker, "Content-Type: image/jpeg"))[1]
