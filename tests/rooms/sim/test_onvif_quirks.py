"""Every switch of the simulated ONVIF recorder does what its sentence says; one check for each."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

import httpx
import pytest
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

import sereno.sim
from sereno.base.clock import from_us
from sereno.sim.onvif import ONVIF_QUIRKS, OnvifRecorder
from sereno.sim.onvif.discovery import Meeting
from sereno.sim.recorders.quirks import SHARED_QUIRKS

from .dahua_kit import NOW, PASSWORD, USER
from .onvif_kit import Soap, Told, find_events, item, local, onvif_config, served
from .test_onvif import ALL_PROFILES, INFORMATION, PROBE, RECORDING, WANTED, heard, played

HOUR = timedelta(hours=1)
CLOCK = "GetSystemDateAndTime"
OCCUPIED = "ter:ResourceProblem"


class Scene:
    """Recorders with the quirk on, and RTSP clients."""

    def __init__(self, cache_dir: Path, watch: Any, name: str) -> None:
        self.cache_dir = cache_dir
        self.watch = watch
        self.name = name

    def soap(self, *more: str, **changes: Any) -> AbstractAsyncContextManager[Soap]:
        return served(self.cache_dir, self.name, *more, **changes)

    async def found(self, count: int) -> list[bytes]:
        """So many answers to a probe."""
        meeting = Meeting(group="127.0.0.1", port=0)
        config = onvif_config(self.cache_dir, self.name)
        async with OnvifRecorder(config, meeting=meeting) as recorder:
            assert recorder.discovery is not None
            return await heard(meeting, recorder.discovery, PROBE.format(WANTED).encode(), count)


Check = Callable[[Scene], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def shows(name: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return keep


@pytest.mark.parametrize("name", ONVIF_QUIRKS)
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
        for folder in ("onvif", "recorders")
        for path in (root / folder).glob("*.py")
        if path.stem != "quirks"
    }


@pytest.mark.parametrize("name", ONVIF_QUIRKS)
def test_a_quirk_acts_where_the_table_says_and_nowhere_else(name: str) -> None:
    found = {module for module, texts in texts_by_module().items() if name in texts}
    assert found == {ONVIF_QUIRKS[name].acts_in}
    assert ONVIF_QUIRKS[name].words.en
    assert ONVIF_QUIRKS[name].words.es


def test_the_shared_switches_are_among_them() -> None:
    assert {quirk.name for quirk in SHARED_QUIRKS} <= set(ONVIF_QUIRKS)


def test_switches_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no quirk is called 'moonlight'"):
        OnvifRecorder(onvif_config(tmp_path, "moonlight"))


def test_the_guide_lists_them_all() -> None:
    rows = []
    for quirk in ONVIF_QUIRKS.values():
        name = f"`{quirk.name}`"
        if quirk.number is not None:
            name = f"`{quirk.name}={quirk.number:g}` ({quirk.unit})"
        met_on = quirk.met_on.en if quirk.met_on else ""
        rows.append(f"| {name} | {quirk.words.en} | {met_on} |")
    guide = Path(__file__).parents[3] / "docs" / "guide" / "simulator.md"
    assert "\n".join(rows) in guide.read_text()


def refused(told: Told) -> bool:
    """Whether a call was sent away for want of a right."""
    return told.codes[-1] == "ter:NotAuthorized"


def told_time(told: Told, name: str = "UTCDateTime") -> datetime:
    (element,) = told.elements(name)
    parts = ("Year", "Month", "Day", "Hour", "Minute", "Second")
    year, month, day, hour, minute, second = (int(local(element, part)) for part in parts)
    return datetime(year, month, day, hour, minute, second, tzinfo=NOW.tzinfo)


# The door.


@shows("account-locked")
async def locked(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.ask("tds", INFORMATION)
        assert refused(told)
        assert told.headers["retry-after"] == "1800"


@shows("sha256-only")
async def sha256(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.stranger("tds", INFORMATION)
        assert "algorithm=SHA-256" in told.headers["www-authenticate"]
        assert (await soap.digest("tds", INFORMATION)).status == 200


@shows("nonce-uses")
async def nonce_uses(scene: Scene) -> None:
    async with scene.soap() as soap:
        asked = "<trt:GetSnapshotUri><trt:ProfileToken>ProfileToken001</trt:ProfileToken>"
        uri = (await soap.well("trt", f"{asked}</trt:GetSnapshotUri>")).one("Uri")
        auth = httpx.DigestAuth(USER, PASSWORD)
        statuses = [(await soap.http.get(uri, auth=auth)).status_code for _ in range(3)]
        uses = [request.status for request in soap.recorder.log if request.method == "GET"]
    assert statuses == [200, 200, 200]
    assert uses == [401, 200, 200, 401, 200]


@shows("serial-swap")
async def serial_swap(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = [(await soap.well("tds", INFORMATION)).one("SerialNumber") for _ in range(2)]
    assert told == ["ON0000001", "ON00000019"]


@shows("digest-only")
async def digest_only(scene: Scene) -> None:
    async with scene.soap() as soap:
        by_token = await soap.ask("tds", INFORMATION)
        assert by_token.status == 401
        assert by_token.headers["www-authenticate"].startswith("Digest ")
        assert (await soap.digest("tds", INFORMATION)).status == 200
        assert soap.recorder.wrong_logins == 0


@shows("username-token-only")
async def token_only(scene: Scene) -> None:
    async with scene.soap() as soap:
        strange = await soap.stranger("tds", INFORMATION)
        assert (strange.status, refused(strange)) == (400, True)
        assert "www-authenticate" not in strange.headers
        assert (await soap.ask("tds", INFORMATION)).status == 200


@shows("date-needs-login")
async def date_needs_login(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert (await soap.stranger("tds", CLOCK)).status == 401
        assert (await soap.digest("tds", CLOCK)).status == 200
        assert (await soap.stranger("tds", "GetServices")).status == 200


@shows("services-need-login")
async def services_need_login(scene: Scene) -> None:
    async with scene.soap() as soap:
        for operation in ("GetServices", "GetCapabilities"):
            assert (await soap.stranger("tds", operation)).status == 401
            assert (await soap.ask("tds", operation)).status == 200
        assert (await soap.stranger("tds", CLOCK)).status == 200


@shows("plain-refusals")
async def plain_refusals(scene: Scene) -> None:
    async with scene.soap() as soap:
        early = await soap.ask("tds", INFORMATION, created=NOW - HOUR)
        wrong = await soap.ask("tds", INFORMATION, password="wrong")
    assert early.content == wrong.content


@shows("tight-clock")
async def tight_clock(scene: Scene) -> None:
    async with scene.soap() as soap:
        statuses = [
            (await soap.ask("tds", INFORMATION, created=NOW + timedelta(seconds=seconds))).status
            for seconds in (-6, -5, 5, 6)
        ]
    assert statuses == [400, 200, 200, 400]


@shows("check-off-an-hour")
async def check_off(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert told_time(await soap.stranger("tds", CLOCK)) == NOW
        assert refused(await soap.ask("tds", INFORMATION))
        assert (await soap.ask("tds", INFORMATION, created=NOW + HOUR)).status == 200


@shows("lacks-right")
async def lacks_right(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert refused(await soap.ask("tse", "FindRecordings"))
        assert refused(await soap.ask("trp", "GetReplayUri"))
        assert (await soap.ask("trt", "GetProfiles")).status == 200
        assert soap.recorder.wrong_logins == 0


# The clock.


@shows("clock-off-an-hour")
async def clock_off(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert told_time(await soap.stranger("tds", CLOCK)) == NOW + HOUR
        assert refused(await soap.ask("tds", INFORMATION))
        assert (await soap.ask("tds", INFORMATION, created=NOW + HOUR)).status == 200


@shows("local-as-utc")
async def local_as_utc(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert told_time(await soap.stranger("tds", CLOCK)) == NOW + 2 * HOUR
        assert refused(await soap.ask("tds", INFORMATION, created=NOW + 2 * HOUR))
        assert (await soap.ask("tds", INFORMATION)).status == 200


@shows("no-utc")
async def no_utc(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.stranger("tds", CLOCK)
    assert not told.elements("UTCDateTime")
    assert told_time(told, "LocalDateTime") == NOW + 2 * HOUR


# Services.


@shows("no-services")
async def no_services(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert (await soap.stranger("tds", "GetServices")).codes[-1] == "ter:ActionNotSupported"
        told = await soap.stranger("tds", "GetCapabilities")
    paths = [urlsplit(address).path for address in told.texts("XAddr")]
    assert "/onvif/search_service" in paths
    assert "/onvif/media_service" in paths


@shows("media2-only")
async def media2_only(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.stranger("tds", "GetServices")
        assert (await soap.http.post("/onvif/media_service")).status_code == 404
        assert (await soap.ask("tr2", ALL_PROFILES)).status == 200
    assert "http://www.onvif.org/ver10/media/wsdl" not in told.texts("Namespace")


@shows("no-media2")
async def no_media2(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert (await soap.http.post("/onvif/media2_service")).status_code == 404
        assert (await soap.ask("trt", "GetProfiles")).status == 200


@shows("no-events")
async def no_events(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert (await soap.http.post("/onvif/event_service")).status_code == 404
        told = await soap.stranger("tds", "GetServices")
    assert "http://www.onvif.org/ver10/events/wsdl" not in told.texts("Namespace")


@shows("no-recordings")
async def no_recordings(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.stranger("tds", "GetServices")
        for name in ("recording", "search", "replay"):
            assert (await soap.http.post(f"/onvif/{name}_service")).status_code == 404
            assert not any(f"/{name}/" in each for each in told.texts("Namespace"))


@shows("slow-answers")
async def slow_answers(scene: Scene) -> None:
    async with scene.soap() as soap:
        answer = await soap.http.get("/")
    assert answer.elapsed >= timedelta(seconds=0.1)


@shows("faults-with-200")
async def faults_with_200(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.ask("tds", "SystemReboot")
        assert (await soap.stranger("tds", INFORMATION)).status == 401
    assert (told.status, told.codes[-1]) == (200, "ter:ActionNotSupported")


@shows("garbled-answers")
async def garbled_answers(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert (await soap.stranger("tds", CLOCK)).one("UTCDateTime") is not None
        told = await soap.ask("tds", INFORMATION)
    assert told.status == 200
    with pytest.raises(ParseError):
        fromstring(told.content)


# How XML is written.


@shows("gsoap-prefixes")
async def gsoap_prefixes(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.well("tds", INFORMATION)
        fault = await soap.ask("tds", "SystemReboot")
        path = await soap.subscribe()
        events = await soap.pull(path)
    assert told.one("Model") == "ONR-3216"
    assert "<SOAP-ENV:Envelope" in told.text
    assert not re.search(r"<(tds|tt|env):", told.text)
    prefix = fault.codes[-1].partition(":")[0]
    assert f'xmlns:{prefix}="http://www.onvif.org/ver10/error"' in fault.text
    topics = (
        f'xmlns:{events.texts("Topic")[0].partition(":")[0]}="http://www.onvif.org/ver10/topics"'
    )
    assert topics in events.text


@shows("default-namespaces")
async def default_namespaces(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.well("tds", INFORMATION)
    assert told.one("Model") == "ONR-3216"
    assert '<Model xmlns="http://www.onvif.org/ver10/device/wsdl">' in told.text


@shows("unbound-prefix")
async def unbound_prefix(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.ask("trt", "GetProfiles")
    with pytest.raises(ParseError, match="unbound prefix"):
        fromstring(told.content)


@shows("wrong-encoding")
async def wrong_encoding(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.ask("trt", "GetProfiles")
    assert told.text.startswith('<?xml version="1.0" encoding="GB2312"?>')
    assert "Yard ñ".encode() in told.content


@shows("mismatched-tags")
async def mismatched_tags(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.ask("tds", INFORMATION)
    assert "<tds:HardwareId>1.0</tds:Hardware>" in told.text
    with pytest.raises(ParseError, match="mismatched tag"):
        fromstring(told.content)


@shows("control-characters")
async def control_characters(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.ask("trt", "GetProfiles")
    assert b"<tt:Name>Entrance\x08</tt:Name>" in told.content
    with pytest.raises(ParseError):
        fromstring(told.content)


@shows("xml-entity")
async def xml_entity(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.ask("tds", INFORMATION)
    assert "<tds:Model>&model;</tds:Model>" in told.text
    with pytest.raises(DefusedXmlException):
        fromstring(told.content)


# Pictures.


@shows("profiles-without-encoder")
async def profiles_without_encoder(scene: Scene) -> None:
    async with scene.soap() as soap:
        for told in (await soap.well("trt", "GetProfiles"), await soap.well("tr2", ALL_PROFILES)):
            profiles = told.elements("Profiles")
            assert len(profiles) == 8
            assert not [each for each in profiles[:2] for _ in each.iter() if "Encoder" in _.tag]
            assert local(profiles[2], "Encoding") == "H264"


@shows("empty-channel")
async def empty_channel(scene: Scene) -> None:
    async with scene.soap() as soap:
        sources = await soap.well("trt", "GetVideoSources")
        profiles = await soap.well("trt", "GetProfiles")
    tokens = {each.get("token") for each in sources.elements("VideoSources")}
    assert tokens - set(profiles.texts("SourceToken")) == {"VideoSource_Empty"}


@shows("no-snapshot")
async def no_snapshot(scene: Scene) -> None:
    asked = "<{0}:GetSnapshotUri><{0}:ProfileToken>ProfileToken001</{0}:ProfileToken>"
    async with scene.soap() as soap:
        for prefix in ("trt", "tr2"):
            told = await soap.ask(prefix, f"{asked.format(prefix)}</{prefix}:GetSnapshotUri>")
            assert told.codes[-1] == "ter:ActionNotSupported"
        capabilities = await soap.stranger("trt", "GetServiceCapabilities")
    assert capabilities.elements("Capabilities")[0].get("SnapshotUri") == "false"


@shows("wrong-host")
async def wrong_host(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.stranger("tds", "GetServices")
        addresses = [*told.texts("XAddr"), await soap.stream(), await soap.replay()]
    assert {urlsplit(each).hostname for each in addresses} == {"192.0.2.10"}


@shows("space-in-uri")
async def space_in_uri(scene: Scene) -> None:
    async with scene.soap() as soap:
        for address in (await soap.stream(), await soap.replay()):
            assert address.startswith("\n\t  rtsp://")
            assert address.endswith(" \n\t")  # parsers read a line break of any kind as one


@shows("double-escaped-uri")
async def double_escaped_uri(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert "channel=1&amp;subtype=0&amp;" in await soap.stream()


# Events.


@shows("one-pull-point")
async def one_pull_point(scene: Scene) -> None:
    async with scene.soap() as soap:
        await soap.subscribe("PT60S")
        assert (await soap.ask("tev", "CreatePullPointSubscription")).status == 500
        soap.clock.seconds += 61
        assert (await soap.ask("tev", "CreatePullPointSubscription")).status == 200


@shows("short-termination")
async def short_termination(scene: Scene) -> None:
    async with scene.soap() as soap:
        path = await soap.subscribe("PT600S")
        assert (await soap.pull(path)).one("TerminationTime") == "2026-07-21T10:00:35Z"
        soap.clock.seconds += 5
        assert (await soap.pull(path)).status == 400


@shows("no-renew")
async def no_renew(scene: Scene) -> None:
    asked = "<wsnt:Renew><wsnt:TerminationTime>PT60S</wsnt:TerminationTime></wsnt:Renew>"
    async with scene.soap() as soap:
        path = await soap.subscribe("PT60S")
        assert (await soap.ask("wsnt", asked, path)).codes[-1] == "ter:ActionNotSupported"
        for _ in range(3):
            soap.clock.seconds += 50
            assert (await soap.pull(path, 0.01)).status == 200


@shows("pull-returns-at-once")
async def pull_returns_at_once(scene: Scene) -> None:
    async with scene.soap() as soap:
        path = await soap.subscribe()
        await soap.pull(path)
        assert not (await soap.pull(path, 59)).elements("NotificationMessage")


@shows("cell-motion")
async def cell_motion(scene: Scene) -> None:
    async with scene.soap() as soap:
        path = await soap.subscribe()
        await soap.pull(path)
        soap.recorder.emit("motion", 1)
        (told,) = (await soap.pull(path)).elements("NotificationMessage")
    assert local(told, "Topic") == "tns1:RuleEngine/CellMotionDetector/Motion"
    assert item(told, "VideoSourceConfigurationToken") == "VideoSourceConfig_1"
    assert item(told, "IsMotion") == "true"


@shows("bad-notifications")
async def bad_notifications(scene: Scene) -> None:
    async with scene.soap() as soap:
        path = await soap.subscribe()
        await soap.pull(path)
        soap.recorder.emit("motion", 1)
        empty, impossible, good = (await soap.pull(path)).elements("NotificationMessage")
    times = [
        [each.get("UtcTime") for each in told.iter() if "UtcTime" in each.attrib]
        for told in (empty, impossible, good)
    ]
    assert times == [[], ["2026-13-45T25:61:00Z"], ["2026-07-21T10:00:30Z"]]


# Search.


@shows("slow-search")
async def slow_search(scene: Scene) -> None:
    async with scene.soap() as soap:
        begun = (await soap.well("tse", "FindRecordings")).one("SearchToken")
        page = "<tse:GetRecordingSearchResults><tse:SearchToken>{}</tse:SearchToken>"
        asked = f"{page.format(begun)}</tse:GetRecordingSearchResults>"
        pages = [await soap.well("tse", asked) for _ in range(3)]
    assert [page.one("SearchState") for page in pages] == ["Queued", "Searching", "Completed"]
    assert [len(page.elements("RecordingInformation")) for page in pages] == [0, 0, 3]


@shows("state-outside")
async def state_outside(scene: Scene) -> None:
    async with scene.soap() as soap:
        begun = (await soap.well("tse", "FindRecordings")).one("SearchToken")
        page = "<tse:GetRecordingSearchResults><tse:SearchToken>{}</tse:SearchToken>"
        told = await soap.well("tse", f"{page.format(begun)}</tse:GetRecordingSearchResults>")
    (results,) = told.elements("ResultList")
    assert not [each for each in results.iter() if each.tag.endswith("SearchState")]
    assert told.one("SearchState") == "Completed"


@shows("no-event-search")
async def no_event_search(scene: Scene) -> None:
    async with scene.soap() as soap:
        told = await soap.ask("tse", find_events(RECORDING, NOW - HOUR, NOW))
        assert (await soap.ask("tse", "FindRecordings")).status == 200
    assert told.codes[-1] == "ter:ActionNotSupported"


@shows("few-searches")
async def few_searches(scene: Scene) -> None:
    async with scene.soap() as soap:
        begun = (await soap.well("tse", "FindRecordings")).one("SearchToken")
        assert (await soap.ask("tse", "FindRecordings")).codes[-1] == OCCUPIED
        ended = f"<tse:EndSearch><tse:SearchToken>{begun}</tse:SearchToken></tse:EndSearch>"
        await soap.well("tse", ended)
        await soap.well("tse", "FindRecordings")
        soap.clock.seconds += 11
        await soap.well("tse", "FindRecordings")


@shows("epoch-begin")
async def epoch_begin(scene: Scene) -> None:
    async with scene.soap() as soap:
        assert (await soap.well("tse", "GetRecordingSummary")).one("DataFrom") == (
            "1970-01-01T00:00:00Z"
        )


# Replay.


@shows("replay-needs-range")
async def replay_needs_range(scene: Scene) -> None:
    start = NOW - HOUR
    async with scene.soap(days=0.5) as soap:
        client, _ = await played(soap, scene.watch, start, NOW)
        there = (await client.frame()).stamp
        client, _ = await played(soap, scene.watch, start, NOW, Require="")
        beginning = (await client.frame()).stamp
    assert abs(from_us(there.utc_us) - start) < timedelta(seconds=2)
    assert abs(from_us(beginning.utc_us) - (NOW - timedelta(days=0.5))) < timedelta(seconds=2)


@shows("one-playback")
async def one_playback(scene: Scene) -> None:
    async with scene.soap() as soap:
        first = await scene.watch(await soap.replay(), user=USER, password=PASSWORD)
        await first.set_up()
        second = await scene.watch(await soap.replay(), user=USER, password=PASSWORD)
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        assert (await second.ask("SETUP", "/trackID=0", Transport=transport)).status == 453


@shows("runs-past-end")
async def runs_past_end(scene: Scene) -> None:
    start = NOW - 2 * HOUR
    end = start + timedelta(seconds=1)
    async with scene.soap() as soap:
        client, _ = await played(soap, scene.watch, start, end, **{"Rate-Control": "no"})
        while from_us((await client.frame()).stamp.utc_us) < end + timedelta(seconds=5):
            assert not client.reports


@shows("no-rate-control")
async def no_rate_control(scene: Scene) -> None:
    start = NOW - 2 * HOUR
    async with scene.soap() as soap:
        loop = asyncio.get_running_loop()
        began = loop.time()
        client, _ = await played(soap, scene.watch, start, NOW, **{"Rate-Control": "no"})
        await client.frames(11)
        assert loop.time() - began >= 0.4  # the eleventh picture is 0.4 s later than the first


@shows("replay-without-times")
async def replay_without_times(scene: Scene) -> None:
    async with scene.soap() as soap:
        client, _ = await played(soap, scene.watch, NOW - HOUR, NOW)
        assert not (await client.frame()).packets[0].extension


# Discovery.


@shows("discovery-many-addresses")
async def many_addresses(scene: Scene) -> None:
    (data,) = await scene.found(1)
    first, second, usual = Told(200, httpx.Headers(), data).one("XAddrs").split()
    assert first.startswith("http://[fe80::")
    assert second.startswith("https://192.0.2.10/")
    assert usual.startswith("http://127.0.0.1:")


@shows("discovery-twice")
async def twice(scene: Scene) -> None:
    one, other = await scene.found(2)
    known_as = [Told(200, httpx.Headers(), data).texts("Address") for data in (one, other)]
    assert known_as[0] == known_as[1]


@shows("discovery-garbage")
async def garbage(scene: Scene) -> None:
    noise, good = await scene.found(2)
    with pytest.raises(ParseError):
        fromstring(noise)
    assert Told(200, httpx.Headers(), good).one("XAddrs")


@shows("discovery-silent")
async def silent(scene: Scene) -> None:
    meeting = Meeting(group="127.0.0.1", port=0)
    config = onvif_config(scene.cache_dir, scene.name)
    async with OnvifRecorder(config, meeting=meeting) as recorder:
        discovery = recorder.discovery
        assert discovery is not None
        said: list[bytes] = []

        class Way:
            def sendto(self, data: bytes, _: tuple[str, int]) -> None:
                said.append(data)

            def close(self) -> None:
                return

        transport, discovery._transport = discovery._transport, Way()  # type: ignore[assignment]
        discovery.datagram_received(PROBE.format(WANTED).encode(), ("127.0.0.1", 9))
        discovery._transport = transport
    assert (discovery.probes, said) == (1, [])
