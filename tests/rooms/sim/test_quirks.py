"""Every quirk does what its sentence says; one check for each."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sereno.sim
from sereno.sim import QUIRKS, CameraSpec, SimConfig, SimServer
from sereno.sim.quirks import Quirks

Configured = Callable[..., SimConfig]
CONTROL = re.compile(r"^a=control:(\S+)$", re.MULTILINE)
NTP_EPOCH = 2_208_988_800


class Scene:
    """A server with the quirk on, and clients of it."""

    def __init__(self, configured: Configured, watch: Any) -> None:
        self._configured = configured
        self._watch = watch

    @asynccontextmanager
    async def client(self, quirk: str, **spec: Any) -> AsyncIterator[Any]:
        async with self.server(quirk, **spec) as server:
            yield await self.watch(server)

    @asynccontextmanager
    async def server(self, quirk: str, **spec: Any) -> AsyncIterator[SimServer]:
        camera = CameraSpec("Door", "entrance", quirks=frozenset({quirk}), **spec)
        async with SimServer(self._configured(cameras=(camera,), user=None)) as server:
            yield server

    async def watch(self, server: SimServer) -> Any:
        return await self._watch(server.address(1), user=None)


Check = Callable[[Scene], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def shows(name: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return keep


@pytest.mark.parametrize("name", QUIRKS)
async def test_a_quirk_does_what_it_says(configured: Configured, watch: Any, name: str) -> None:
    await CHECKS[name](Scene(configured, watch))


@cache
def texts_by_module() -> dict[str, set[object]]:
    """The constants in the simulator's modules, but for those that list all quirks."""
    return {
        path.stem: {
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant)
        }
        for path in Path(sereno.sim.__file__).parent.glob("*.py")
        if path.stem not in ("quirks", "request_quirks", "media_quirks", "spec")
    }


@pytest.mark.parametrize("name", QUIRKS)
def test_a_quirk_acts_where_the_table_says_and_nowhere_else(name: str) -> None:
    found = {module for module, texts in texts_by_module().items() if name in texts}
    assert found == {QUIRKS[name].acts_in}
    assert QUIRKS[name].words.en
    assert QUIRKS[name].words.es


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("moonlight", "no quirk is called 'moonlight'"),
        ("no-rtcp=3", "takes no number"),
        ("loss=much", "not 'much'"),
        ("loss=0", "above zero"),
        ("loss=inf", "above zero"),
        ("loss=nan", "above zero"),
    ],
)
def test_quirks_that_make_no_sense_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        SimConfig(tmp_path, quirks=frozenset({text}))
    with pytest.raises(ValueError, match=said):
        CameraSpec("Door", "entrance", quirks=frozenset({text}))


def test_a_cameras_own_number_wins() -> None:
    quirks = Quirks.of({"loss=3", "no-rtcp"}, {"loss=7", "drift"})
    assert dict(quirks) == {"loss": 7.0, "no-rtcp": 0.0, "drift": 200.0}


# How a session is described.


async def described(client: Any) -> Any:
    reply = await client.ask("DESCRIBE", Accept="application/sdp")
    assert reply.status == 200
    return reply


@shows("wrong-content-base")
async def _(scene: Scene) -> None:
    async with scene.client("wrong-content-base") as client:
        base = (await described(client)).headers["content-base"]
        assert base.startswith("rtsp://192.0.2.1/")
        assert client.url not in base


@shows("no-content-base")
async def _(scene: Scene) -> None:
    async with scene.client("no-content-base") as client:
        assert "content-base" not in (await described(client)).headers


@shows("absolute-control")
async def _(scene: Scene) -> None:
    async with scene.client("absolute-control") as client:
        found = CONTROL.findall((await described(client)).body.replace("\r", ""))
        assert found == [client.url, f"{client.url}/trackID=0"]


@shows("relative-control")
async def _(scene: Scene) -> None:
    async with scene.client("relative-control") as client:
        reply = await described(client)
        assert reply.headers["content-base"] == client.url
        assert CONTROL.findall(reply.body.replace("\r", "")) == ["*", "trackID=0"]


@shows("query-control")
async def _(scene: Scene) -> None:
    async with scene.client("query-control") as client:
        control = CONTROL.findall((await described(client)).body.replace("\r", ""))[1]
        tcp = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
        assert (await client.ask("SETUP", "/trackID=0", **tcp)).status == 404
        assert (await client.ask("SETUP", f"/{control}", **tcp)).status == 200


@shows("sets-in-band-only")
async def _(scene: Scene) -> None:
    async with scene.client("sets-in-band-only") as client:
        assert "sprop" not in (await described(client)).body
        await client.play()
        assert any(frame.is_key for frame in await client.frames(26))


@shows("sets-out-of-band-only")
async def _(scene: Scene) -> None:
    async with scene.client("sets-out-of-band-only") as client:
        assert "sprop-parameter-sets=" in (await described(client)).body
        await client.play()
        kinds = [kind for frame in await client.frames(26) for kind in frame.kinds]
        assert 5 in kinds
        assert not {7, 8} & set(kinds)


@shows("unknown-codec")
async def _(scene: Scene) -> None:
    async with scene.client("unknown-codec") as client:
        assert "a=rtpmap:96 X-SMART264/90000" in (await described(client)).body


@shows("unknown-sound")
async def _(scene: Scene) -> None:
    async with scene.client("unknown-sound", sound="aac") as client:
        body = (await described(client)).body
        assert "a=rtpmap:97 X-VOICE/16000" in body
        assert "a=fmtp:97" not in body


@shows("no-video")
async def _(scene: Scene) -> None:
    async with scene.client("no-video", sound="aac") as client:
        body = (await described(client)).body
        assert "m=audio" in body
        assert "m=video" not in body


@shows("two-video-tracks")
async def _(scene: Scene) -> None:
    async with scene.client("two-video-tracks") as client:
        assert (await described(client)).body.count("m=video") == 2
        await client.set_up(0)
        await client.set_up(2, "RTP/AVP/TCP;unicast;interleaved=2-3")
        info = (await client.ask("PLAY")).headers["rtp-info"]
        assert info.count("url=") == 2
        channels: set[int] = set()
        while not {0, 2} <= channels:
            channels.add((await client.packet()).channel)


@shows("backchannel-track")
async def _(scene: Scene) -> None:
    async with scene.client("backchannel-track", sound="pcma") as client:
        body = (await described(client)).body
        assert body.index("PCMA") < body.index("PCMU") < body.index("a=sendonly")
        await client.set_up(3)
        reply = await client.ask("PLAY")
        assert reply.status == 200
        assert "rtp-info" not in reply.headers


@shows("metadata-track")
async def _(scene: Scene) -> None:
    async with scene.client("metadata-track") as client:
        assert "vnd.onvif.metadata" in (await described(client)).body
        await client.set_up(4)
        assert (await client.ask("PLAY")).status == 200


# How requests are answered.


async def session_header(scene: Scene, quirk: str) -> str:
    async with scene.client(quirk) as client:
        reply = await client.set_up()
        assert (await client.ask("PLAY")).status == 200
        return str(reply.headers["session"])


@shows("odd-session-timeout")
async def _(scene: Scene) -> None:
    header = await session_header(scene, "odd-session-timeout=7")
    assert re.fullmatch(r"\w+ ; timeout = 7", header)


@shows("session-timeout-zero")
async def _(scene: Scene) -> None:
    assert (await session_header(scene, "session-timeout-zero")).endswith(";timeout=0")


@shows("no-session-timeout")
async def _(scene: Scene) -> None:
    assert re.fullmatch(r"\w+", await session_header(scene, "no-session-timeout"))


@shows("missing-cseq")
async def _(scene: Scene) -> None:
    async with scene.client("missing-cseq") as client:
        assert "cseq" not in (await described(client)).headers


@shows("lowercase-headers")
async def _(scene: Scene) -> None:
    async with scene.client("lowercase-headers") as client:
        head = (await described(client)).head
        assert "content-base: " in head
        assert "Content-Type" not in head


@shows("no-get-parameter")
async def _(scene: Scene) -> None:
    async with scene.client("no-get-parameter") as client:
        assert "GET_PARAMETER" not in (await client.ask("OPTIONS")).headers["public"]
        assert (await client.ask("GET_PARAMETER")).status == 501


@shows("options-refused")
async def _(scene: Scene) -> None:
    async with scene.client("options-refused") as client:
        assert (await client.ask("OPTIONS")).status == 405
        await described(client)


async def statuses(scene: Scene, quirk: str) -> list[int]:
    """Of SETUP by TCP, UDP, multicast."""
    offers = ("RTP/AVP/TCP", "RTP/AVP;unicast;client_port=50000-50001", "RTP/AVP;multicast")
    found = []
    async with scene.server(quirk) as server:
        for offer in offers:
            client = await scene.watch(server)
            found.append((await client.ask("SETUP", "/trackID=0", Transport=offer)).status)
    return found


@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"])
def test_each_method_can_be_refused(method: str) -> None:
    assert f"{method.lower()}-status" in QUIRKS


async def refused_with(scene: Scene, method: str) -> int:
    async with scene.client(f"{method.lower()}-status=551") as client:
        if method == "PLAY":
            await client.set_up()
        return int((await client.ask(method)).status)


@shows("options-status")
async def _(scene: Scene) -> None:
    assert await refused_with(scene, "OPTIONS") == 551


@shows("describe-status")
async def _(scene: Scene) -> None:
    assert await refused_with(scene, "DESCRIBE") == 551


@shows("setup-status")
async def _(scene: Scene) -> None:
    assert await refused_with(scene, "SETUP") == 551


@shows("play-status")
async def _(scene: Scene) -> None:
    assert await refused_with(scene, "PLAY") == 551


@shows("too-many-viewers")
async def _(scene: Scene) -> None:
    async with scene.client("too-many-viewers") as client:
        assert (await client.ask("DESCRIBE")).head.startswith("RTSP/1.0 503 Too Many Sessions\r\n")


@shows("account-locked")
async def _(scene: Scene) -> None:
    async with scene.client("account-locked=90") as client:
        assert (await client.ask("OPTIONS")).status == 200
        reply = await client.ask("DESCRIBE")
        assert (reply.status, reply.headers["retry-after"]) == (401, "90")
        assert "<unlockTime>90</unlockTime>" in reply.body
        assert reply.head.startswith("RTSP/1.0 401 Unauthorized (account locked)")


@shows("locks-after")
async def _(scene: Scene) -> None:
    camera = CameraSpec("Door", "entrance", quirks=frozenset({"locks-after=2"}))
    async with SimServer(scene._configured(cameras=(camera,))) as server:
        for _ in range(2):
            client = await scene._watch(server.address(1), password="wrong")
            assert (await client.ask("DESCRIBE")).status == 401
        assert server.refused_logins == 2
        client = await scene._watch(server.address(1))
        client.send("DESCRIBE")
        assert "lockStatus>lock<" in (await client.reply()).body


@shows("tcp-only")
async def _(scene: Scene) -> None:
    assert await statuses(scene, "tcp-only") == [200, 461, 461]


@shows("udp-only")
async def _(scene: Scene) -> None:
    assert await statuses(scene, "udp-only") == [461, 200, 200]


@shows("wrong-transport")
async def _(scene: Scene) -> None:
    async with scene.client("wrong-transport") as client:
        reply = await client.ask("SETUP", "/trackID=0", Transport="RTP/AVP/TCP")
        assert reply.headers["transport"].startswith("RTP/AVP;unicast;client_port=")


@shows("redirect")
async def _(scene: Scene) -> None:
    async with scene.client("redirect") as client:
        reply = await client.ask("DESCRIBE")
        assert (reply.status, reply.headers["location"]) == (302, moved(client.url))
        client.url = reply.headers["location"]
        await described(client)
        await client.play()
        await client.frame()


@shows("redirect-loop")
async def _(scene: Scene) -> None:
    async with scene.client("redirect-loop") as client:
        addresses = [client.url, moved(client.url)]
        for here, there in (addresses, addresses[::-1]):
            client.url = here
            reply = await client.ask("DESCRIBE")
            assert (reply.status, reply.headers["location"]) == (302, there)


def moved(url: str) -> str:
    return str(url.replace("/cam/", "/moved/cam/"))


@shows("session-limit-453")
async def _(scene: Scene) -> None:
    async with scene.server("session-limit-453=2") as server:
        clients = [await scene.watch(server) for _ in range(3)]
        for client in clients[:2]:
            await client.play()
        tcp = {"Transport": "RTP/AVP/TCP"}
        assert (await clients[2].ask("SETUP", "/trackID=0", **tcp)).status == 453
        await clients[0].ask("TEARDOWN")
        assert (await clients[2].ask("SETUP", "/trackID=0", **tcp)).status == 200


@shows("server-limit-500")
async def _(scene: Scene) -> None:
    async with scene.server("server-limit-500=2") as server:
        addresses = [server.address(1, kind) for kind in ("main", "sub", "main")]
        clients = [await scene._watch(address, user=None) for address in addresses]
        for client in clients[:2]:
            await client.play()
        tcp = {"Transport": "RTP/AVP/TCP"}
        assert (await clients[2].ask("SETUP", "/trackID=0", **tcp)).status == 500
        await clients[0].ask("TEARDOWN")
        assert (await clients[2].ask("SETUP", "/trackID=0", **tcp)).status == 200


@shows("aggregate-refused")
async def _(scene: Scene) -> None:
    async with scene.client("aggregate-refused") as client:
        await client.set_up()
        assert (await client.ask("PLAY")).status == 459
        assert (await client.ask("PLAY", "/trackID=0")).status == 200
        await client.frame()


@shows("http-on-port")
async def _(scene: Scene) -> None:
    config = scene._configured(quirks=frozenset({"http-on-port"}))
    async with SimServer(config) as server:
        client = await scene.watch(server)
        client.send("OPTIONS")
        page = await client.reader.read()
    assert page.startswith(b"HTTP/1.1 400 ")
    head, _, body = page.partition(b"\r\n\r\n")
    assert b"Content-Length: %d\r\n" % len(body) in head


@shows("no-reply")
async def _(scene: Scene) -> None:
    async with scene.client("no-reply") as client:
        client.send("OPTIONS")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await client.reader.read(1)


@shows("hangs-up")
async def _(scene: Scene) -> None:
    async with scene.client("hangs-up") as client:
        client.send("OPTIONS")
        assert await client.reader.read() == b""


# What happens in the course of a session.


@shows("no-media")
async def _(scene: Scene) -> None:
    async with scene.client("no-media") as client:
        await client.play()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await client.reader.read(1)


@shows("reply-between-frames")
async def _(scene: Scene) -> None:
    async with scene.client("reply-between-frames") as client:
        await client.set_up()
        client.send("PLAY")
        client.send("GET_PARAMETER")
        assert (await client.packet()).channel == 1
        first = await client.packet()
        assert not first.is_last
        client._packets.append(first)
        client._cseq -= 1
        assert (await client.reply()).status == 200
        client._cseq += 1
        assert (await client.reply()).status == 200
        frames = await client.frames(3)
        assert first in frames[0].packets
        assert len({packet.timestamp for packet in frames[0].packets}) == 1


async def frames_until_silence(client: Any) -> int:
    """How many frames come before nothing does for a while."""
    count = 0
    while True:
        try:
            async with asyncio.timeout(2.0):
                await client.frame()
        except TimeoutError:
            return count
        count += 1


@shows("stall-after")
async def _(scene: Scene) -> None:
    async with scene.client("stall-after=0.4") as client:
        await client.play()
        assert await frames_until_silence(client) >= 5
        assert (await client.ask("GET_PARAMETER")).status == 200


@shows("session-gone-454")
async def _(scene: Scene) -> None:
    async with scene.client("session-gone-454=0.4") as client:
        await client.play()
        assert await frames_until_silence(client) >= 5
        for method in ("GET_PARAMETER", "PLAY", "TEARDOWN"):
            assert (await client.ask(method)).status == 454


@shows("bye")
async def _(scene: Scene) -> None:
    async with scene.client("bye=0.4") as client:
        await client.play()
        assert await frames_until_silence(client) >= 5
        assert client.reports[-1].data[8:10] == b"\x81\xcb"
        assert (await client.ask("GET_PARAMETER")).status == 200


@shows("teardown-by-server")
async def _(scene: Scene) -> None:
    async with scene.client("teardown-by-server=0.3") as client:
        await client.play()
        while (packet := await client._packet_or_text()) is not None:
            last = packet
        assert last.data[8:10] == b"\x81\xcb"
        request = (await client.reader.readuntil(b"\r\n\r\n")).decode()
        assert request.startswith(f"TEARDOWN {client.url} RTSP/1.0\r\n")
        assert f"Session: {client.session}" in request
        client.writer.write(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")
        assert await client.reader.read() == b""


@shows("redirect-later")
async def _(scene: Scene) -> None:
    async with scene.client("redirect-later=0.3") as client:
        await client.play()
        while await client._packet_or_text() is not None:
            pass
        request = (await client.reader.readuntil(b"\r\n\r\n")).decode()
        assert request.startswith(f"REDIRECT {client.url} RTSP/1.0\r\n")
        assert f"Location: {client.url.replace('/cam/', '/moved/cam/')}\r\n" in request


@shows("cached-gop")
async def _(scene: Scene) -> None:
    async with scene.client("cached-gop") as client:
        await client.play()
        frames = await client.frames(26)
        assert frames[0].is_key
        numbers = [frame.stamp.frame_number for frame in frames]
        assert numbers == list(range(numbers[0], numbers[0] + 26))


# What pictures and packets look like.


@shows("stap-a")
async def _(scene: Scene) -> None:
    async with scene.client("stap-a") as client:
        await client.play()
        key = next(frame for frame in await client.frames(26) if frame.is_key)
        assert key.packets[0].data[12] & 0x1F == 24
        assert key.kinds[:2] == [7, 8]


@shows("marker-every-slice")
async def _(scene: Scene) -> None:
    async with scene.client("marker-every-slice") as client:
        await client.play()
        packets = [await client.packet() for _ in range(40)]
        media = [packet for packet in packets if packet.channel == 0]
        by_time: dict[int, int] = {}
        for packet in media[:-10]:
            by_time[packet.timestamp] = by_time.get(packet.timestamp, 0) + packet.is_last
        assert max(by_time.values()) > 1


@shows("no-marker")
async def _(scene: Scene) -> None:
    async with scene.client("no-marker") as client:
        await client.play()
        packets = [await client.packet() for _ in range(40)]
        assert not any(packet.is_last for packet in packets if packet.channel == 0)


@shows("sets-change")
async def _(scene: Scene) -> None:
    async with scene.client("sets-change=1") as client:
        await client.play()
        keys = [frame for frame in await client.frames(51) if frame.is_key]
        assert len({key.nals[0] for key in keys[:2]}) == 2


@shows("codec-change")
async def _(scene: Scene) -> None:
    async with scene.server("codec-change=0.6") as server:
        client = await scene.watch(server)
        assert "H264/90000" in (await described(client)).body
        await client.play()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await client.frames(50)
        client = await scene.watch(server)
        assert "H265/90000" in (await described(client)).body
        client.codec = "h265"
        await client.play()
        assert (await client.frame()).stamp.frame_number


@shows("slow-first-key")
async def _(scene: Scene) -> None:
    async with scene.client("slow-first-key=1.2") as client:
        await client.play()
        frames = [await client.frame()]
        while not frames[-1].is_key:
            frames.append(await client.frame())
        assert frames[-1].stamp.frame_number - frames[0].stamp.frame_number >= 29
        sequences = [packet.sequence for frame in frames for packet in frame.packets]
        assert sequences == [(sequences[0] + n) & 0xFFFF for n in range(len(sequences))]


@shows("flood")
async def _(scene: Scene) -> None:
    async with scene.client("flood=80") as client:
        await client.play()
        frames = (await client.frames(11))[1:]
        size = sum(len(packet.data) for frame in frames for packet in frame.packets)
        assert size * 8 > 0.4 * 80_000_000
        assert {5, 12} <= set(frames[-1].kinds) or {1, 12} <= set(frames[-1].kinds)


# Clocks.


async def timestamps(client: Any, count: int) -> list[tuple[int, int]]:
    """RTP time and frame number of some frames."""
    frames = await client.frames(count)
    return [(frame.packets[0].timestamp, frame.stamp.frame_number) for frame in frames]


@shows("rtp-jump")
async def _(scene: Scene) -> None:
    async with scene.client("rtp-jump=0.4") as client:
        await client.play()
        times = await timestamps(client, 22)
        steps = {(b[0] - a[0] + 2**31) % 2**32 - 2**31 for a, b in zip(times, times[1:])}  # noqa: B905, RUF007
        assert steps == {3600, 3600 + 3600 * 90_000, 3600 - 3600 * 90_000}


@shows("rtp-wrap")
async def _(scene: Scene) -> None:
    async with scene.client("rtp-wrap=0.4") as client:
        await client.play()
        times = await timestamps(client, 12)
        assert times[0][0] == 2**32 - 36_000
        assert times[-1][0] == 3600


@shows("drift")
async def _(scene: Scene) -> None:
    async with scene.client("drift=10000") as client:
        await client.play()
        (first, start), *_, (last, end) = await timestamps(client, 26)
        assert (last - first) % 2**32 == round((end - start) * 3600 * 1.01)


@shows("no-rtcp")
async def _(scene: Scene) -> None:
    async with scene.client("no-rtcp") as client:
        await client.play()
        await client.frames(5)
        assert client.reports == []


async def told_behind(scene: Scene, quirk: str) -> float:
    """How many seconds the first sender report is behind the true time."""
    async with scene.client(quirk) as client:
        await client.play()
        report = await client.packet()
        assert report.channel == 1
        return report.arrived - int.from_bytes(report.data[8:16], "big") / 2**32 + NTP_EPOCH


@shows("sr-wrong-decade")
async def _(scene: Scene) -> None:
    behind = await told_behind(scene, "sr-wrong-decade")
    assert behind / (365.25 * 86_400) == pytest.approx(30, abs=0.01)


@shows("sr-offset")
async def _(scene: Scene) -> None:
    assert await told_behind(scene, "sr-offset=12") == pytest.approx(12, abs=0.5)


# What the network does.


async def sequences(client: Any, count: int) -> list[int]:
    """Sequence numbers as they come, counted from the first, without wraps."""
    await client.play()
    numbers: list[int] = []
    while len(numbers) < count:
        packet = await client.packet()
        if packet.channel == 0:
            numbers.append(packet.sequence)
    return [(number - numbers[0] + 2**15) % 2**16 - 2**15 for number in numbers]


@shows("loss")
async def _(scene: Scene) -> None:
    async with scene.client("loss=30") as client:
        came = await sequences(client, 100)
        assert came == sorted(set(came))
        assert came[-1] > 110


@shows("reorder")
async def _(scene: Scene) -> None:
    async with scene.client("reorder=30") as client:
        came = await sequences(client, 100)
        assert came != sorted(came)
        assert len(set(came)) == 100
        assert max(abs(number - place) for place, number in enumerate(came)) <= 3


@shows("duplicate")
async def _(scene: Scene) -> None:
    async with scene.client("duplicate=30") as client:
        came = await sequences(client, 100)
        assert came == sorted(came)
        assert len(set(came)) < 95


@shows("jitter")
async def _(scene: Scene) -> None:
    async with scene.client("jitter=200") as client:
        await client.play()
        frames = await client.frames(30)
        late = [frame.packets[0].arrived - frame.stamp.utc_us / 1e6 for frame in frames]
        assert max(late) - min(late) > 0.05
        numbers = [frame.stamp.frame_number for frame in frames]
        assert numbers == list(range(numbers[0], numbers[0] + 30))


@shows("garbage")
async def _(scene: Scene) -> None:
    async with scene.client("garbage=5") as client:
        await client.play()
        seen = 0
        for _ in range(200):
            mark = await client.reader.readexactly(1)
            if mark == b"$":
                head = await client.reader.readexactly(3)
                await client.reader.readexactly(int.from_bytes(head[1:], "big"))
            else:
                seen += 1
        assert seen


def test_every_quirk_has_its_check() -> None:
    assert CHECKS.keys() == QUIRKS.keys()


def test_the_guide_lists_them_all() -> None:
    rows = []
    for quirk in QUIRKS.values():
        name = f"`{quirk.name}`"
        if quirk.number is not None:
            name = f"`{quirk.name}={quirk.number:g}` ({quirk.unit})"
        met_on = quirk.met_on.en if quirk.met_on else ""
        rows.append(f"| {name} | {quirk.words.en} | {met_on} |")
    guide = Path(__file__).parents[3] / "docs" / "guide" / "simulator.md"
    assert "\n".join(rows) in guide.read_text()
