"""RTSP manners: authentication, refusals, sessions, and cameras that misbehave on purpose."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest

from sereno.sim import SimConfig, SimServer
from sereno.sim.rtsp import (
    MalformedRequest,
    TransportOffer,
    chosen_transport,
    stream_path,
    take_request,
)

Watch = Callable[..., Awaitable[Any]]
Configured = Callable[..., SimConfig]


@pytest.mark.parametrize(
    ("user", "password"), [("operator", "wrong"), ("somebody", "s3cret word"), (None, "")]
)
async def test_wrong_credentials_are_refused(
    server: SimServer, watch: Watch, user: str | None, password: str
) -> None:
    client = await watch(server.address(1), user=user, password=password)
    for method in ("DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER"):
        assert (await client.ask(method)).status == 401


async def test_a_nonce_holds_for_its_own_connection_only(server: SimServer, watch: Watch) -> None:
    one, two = await watch(server.address(1)), await watch(server.address(1))
    assert (await one.ask("DESCRIBE")).status == 200
    await two.ask("DESCRIBE")
    assert one.nonce != two.nonce
    two.nonce = one.nonce
    assert (await two.ask("DESCRIBE")).status == 401


async def test_without_a_user_nobody_is_asked(configured: Configured, watch: Watch) -> None:
    async with SimServer(configured(user=None)) as server:
        client = await watch(server.address(2, "sub"), user=None)
        await client.play()
        assert (await client.frame()).stamp.frame_number > 0


async def test_options_and_description(server: SimServer, watch: Watch) -> None:
    client = await watch(server.address(1))
    offered = (await client.ask("OPTIONS")).headers["public"].split(", ")
    assert {"DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER", "TEARDOWN"} <= set(offered)
    reply = await client.ask("DESCRIBE")
    assert reply.headers["content-base"] == client.url + "/"
    for line in ("s=Door (main)", "a=range:npt=now-", "a=framerate:25", "a=control:trackID=0"):
        assert line in reply.body.split("\r\n")


@pytest.mark.parametrize(
    "transport",
    ["RTP/SAVP;unicast;client_port=5000-5001", "RTP/AVP/UDP;unicast", "RTP/AVP/TCP;multicast", ""],
)
async def test_other_transports_are_refused(
    server: SimServer, watch: Watch, transport: str
) -> None:
    client = await watch(server.address(1))
    assert (await client.ask("SETUP", "/trackID=0", Transport=transport)).status == 461


async def test_the_client_chooses_the_channels(server: SimServer, watch: Watch) -> None:
    client = await watch(server.address(1))
    await client.play("RAW/RAW/UDP;unicast;client_port=5000-5001,RTP/AVP/TCP;interleaved=6-7")
    channels = {(await client.packet()).channel for _ in range(8)}
    assert channels == {6, 7}


async def test_sessions_are_asked_for_by_name(server: SimServer, watch: Watch) -> None:
    client = await watch(server.address(1))
    assert (await client.ask("PLAY")).status == 454
    await client.play()
    real, client.session = client.session, "0123"
    for method in ("PLAY", "TEARDOWN", "GET_PARAMETER"):
        assert (await client.ask(method)).status == 454
    client.session = real
    assert (await client.ask("GET_PARAMETER")).headers["session"] == f"{real};timeout=60"
    assert (await client.ask("SET_PARAMETER")).status == 200
    assert (await client.ask("RECORD")).status == 405


async def test_a_method_can_be_answered_with_any_status(
    configured: Configured, watch: Watch
) -> None:
    async with SimServer(configured(answers={"DESCRIBE": 453, "PLAY": 571})) as server:
        client = await watch(server.address(1))
        assert (await client.ask("DESCRIBE")).head.startswith("RTSP/1.0 453 Not Enough Bandwidth")
        await client.set_up()
        assert (await client.ask("PLAY")).head.startswith("RTSP/1.0 571 Unknown")


async def test_unknown_addresses_are_not_found(server: SimServer, watch: Watch) -> None:
    for path in ("/cam/3/main", "/cam/0/main", "/cam/1/third", "/", "/cam/x/main"):
        url = server.address(1).replace("/cam/1/main", path)
        client = await watch(url)
        assert (await client.ask("DESCRIBE")).status == 404


async def test_what_is_no_rtsp_ends_the_connection(server: SimServer, watch: Watch) -> None:
    client = await watch(server.address(1))
    client.writer.write(b"hello\r\n\r\n")
    assert (await client.reply()).status == 400
    assert await client.reader.read() == b""


async def test_teardown_ends_session_and_connection(server: SimServer, watch: Watch) -> None:
    client = await watch(server.address(1))
    await client.play()
    await client.frame()
    assert (await client.ask("TEARDOWN")).status == 200
    assert server.camera(1).viewer_count == 0
    assert await client.reader.read() == b""


async def test_a_stalled_camera_keeps_its_clients_and_goes_on_live(
    server: SimServer, watch: Watch
) -> None:
    stalled, other = await watch(server.address(1)), await watch(server.address(2))
    await stalled.play()
    await other.play()
    before = await stalled.frame()
    server.camera(1).stall()
    await other.frames(20)
    assert (await stalled.ask("GET_PARAMETER")).status == 200
    server.camera(1).resume()
    resumed = time.time()
    frames = [before, *await stalled.frames(20)]
    pairs = list(pairwise(frames))
    gaps = [b.stamp.frame_number - a.stamp.frame_number for a, b in pairs]
    assert sum(gap > 1 for gap in gaps) == 1
    assert max(gaps) > 10
    assert all(b.packets[0].sequence == (a.packets[-1].sequence + 1) & 0xFFFF for a, b in pairs)
    after = frames[gaps.index(max(gaps)) + 1]
    assert after.stamp.utc_us / 1e6 > resumed - 0.1


@pytest.mark.parametrize("status", [404, 453])
async def test_an_offline_camera_cuts_and_refuses(
    server: SimServer, watch: Watch, status: int
) -> None:
    watching, other = await watch(server.address(1)), await watch(server.address(2))
    await watching.play()
    await other.play()
    server.camera(1).offline(status)
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await watching.frames(100)
    assert server.camera(1).viewer_count == 0
    assert (await (await watch(server.address(1))).ask("DESCRIBE")).status == status
    await other.frames(3)
    server.camera(1).online()
    back = await watch(server.address(1))
    await back.play()
    await back.frame()


async def test_a_silent_camera_never_answers(server: SimServer, watch: Watch) -> None:
    server.camera(1).offline(None)
    client, other = await watch(server.address(1)), await watch(server.address(2))
    client.send("OPTIONS")
    await other.play()
    await other.frames(5)
    assert not client.reader._buffer
    assert not client.reader.at_eof()
    server.camera(1).online()
    assert (await client.ask("OPTIONS")).status == 200


async def test_silent_clients_are_cut_off_and_live_ones_kept(
    configured: Configured, watch: Watch
) -> None:
    async with SimServer(configured(session_timeout_seconds=2.0)) as server:
        silent, alive = await watch(server.address(1)), await watch(server.address(2))
        await silent.play()
        await alive.play()
        async with asyncio.timeout(90):
            while server.camera(1).viewer_count:
                await alive.frame()
                assert (await alive.ask("GET_PARAMETER")).status == 200
        await alive.frame()
        assert server.camera(2).viewer_count == 1


async def test_leaving_the_server_cuts_everybody(configured: Configured, watch: Watch) -> None:
    async with SimServer(configured()) as server:
        client = await watch(server.address(1))
        await client.play()
        await client.frame()
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await client.frames(100)


def test_requests_may_come_in_pieces_and_between_packets() -> None:
    buffer = bytearray()
    wire = b"$\1\0\3abc" + b"OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\nContent-Length: 2\r\n\r\nhi"
    for byte in wire[:-1]:
        buffer.append(byte)
        assert take_request(buffer) is None
    buffer += wire[-1:] + b"$"
    request = take_request(buffer)
    assert request is not None
    assert (request.method, request.headers["cseq"]) == ("OPTIONS", "7")
    assert buffer == b"$"


@pytest.mark.parametrize(
    "wire",
    [
        b"x" * 20_000,
        b"A b\r\n\r\n",
        b"A b RTSP/1.0\r\nnonsense\r\n\r\n",
        b"A b RTSP/1.0\r\nContent-Length: -1\r\n\r\n",
        b"\xff\xfe b RTSP/1.0\r\n\r\n",
    ],
)
def test_nonsense_is_malformed(wire: bytes) -> None:
    with pytest.raises(MalformedRequest):
        take_request(bytearray(wire))


def test_addresses_and_transports_are_read_as_they_are_written_in_the_field() -> None:
    path = stream_path("rtsp://10.0.0.1:554/cam/12/sub/trackID=0")
    assert path is not None
    assert (path.camera, path.kind) == (12, "sub")
    assert stream_path("rtsp://[broken/cam/1/main") is None
    ways = ("tcp", "udp", "multicast")
    for header, expected in {
        "RTP/AVP/TCP;unicast;interleaved=4": TransportOffer("tcp", (4, 5)),
        "RTP/AVP/TCP": TransportOffer("tcp"),
        "RTP/AVP/TCP;interleaved=300-301": None,
        "RTP/AVP;unicast;client_port=5000-5001": TransportOffer("udp", (5000, 5001)),
        "RTP/AVP/UDP;unicast;client_port=99999": None,
        "RTP/AVP;multicast": TransportOffer("multicast"),
        "RTP/AVP/TCP;interleaved=x, RTP/AVP;multicast": TransportOffer("multicast"),
    }.items():
        assert chosen_transport(header, ways) == expected
    assert chosen_transport("RTP/AVP;multicast", ("tcp",)) is None
