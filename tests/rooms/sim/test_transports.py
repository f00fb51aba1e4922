"""Packets over UDP, to one client and to a group, and sessions over TLS."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sereno.sim import CameraSpec, SimConfig, SimServer

Watch = Callable[..., Awaitable[Any]]
Configured = Callable[..., SimConfig]
ONE = (CameraSpec("Door", "entrance"),)


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[bytes, tuple[str, int]]] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.queue.put_nowait((data, addr))

    async def get(self) -> tuple[bytes, tuple[str, int]]:
        async with asyncio.timeout(90):
            return await self.queue.get()


@asynccontextmanager
async def listening(
    group: str | None = None, port: int = 0
) -> AsyncIterator[tuple[Datagrams, asyncio.DatagramTransport, int]]:
    """What comes to a port, of ours or of a group."""
    way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    way.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    way.bind((group or "127.0.0.1", port))
    if group is not None:
        membership = socket.inet_aton(group) + socket.inet_aton("127.0.0.1")
        way.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        Datagrams, sock=way
    )
    yield protocol, transport, way.getsockname()[1]
    transport.close()


async def test_udp_sends_from_a_pair_of_ports_and_reads_receiver_reports(
    server: SimServer, watch: Watch
) -> None:
    client = await watch(server.address(1))
    async with listening() as (media, _, rtp), listening() as (reports, way, rtcp):
        reply = await client.play(f"RTP/AVP;unicast;client_port={rtp}-{rtcp}")
        setup = re.fullmatch(
            rf"RTP/AVP;unicast;client_port={rtp}-{rtcp};server_port=(\d+)-(\d+);ssrc=(\w+);.*",
            client.transport,
        )
        assert setup
        ports, ssrc = (int(setup[1]), int(setup[2])), int(setup[3], 16)
        assert ports[0] % 2 == 0
        assert ports[1] == ports[0] + 1
        packets = [await media.get() for _ in range(20)]
        assert {source for _, source in packets} == {("127.0.0.1", ports[0])}
        sequences = [int.from_bytes(data[2:4], "big") for data, _ in packets]
        assert sequences == [(sequences[0] + step) & 0xFFFF for step in range(20)]
        assert f"seq={sequences[0]};" in reply.headers["rtp-info"]
        report, source = await reports.get()
        assert (report[1], int.from_bytes(report[4:8], "big")) == (200, ssrc)
        assert source == ("127.0.0.1", ports[1])
        way.sendto(receiver_report(ssrc, 64, 3, sequences[-1]), source)
        while not server.camera(1).receiver_reports:
            await media.get()
        (told,) = server.camera(1).receiver_reports
        assert (told.ssrc, told.lost_share, told.lost_packets) == (ssrc, 0.25, 3)
        assert told.highest_sequence == sequences[-1]
    assert (await client.ask("TEARDOWN")).status == 200
    assert server.camera(1).viewer_count == 0


def receiver_report(ssrc: int, lost_share: int, lost: int, highest: int) -> bytes:
    return struct.pack(
        ">BBHIIIIIII", 0x81, 201, 7, 1, ssrc, lost_share << 24 | lost, highest, 0, 0, 0
    )


async def test_receiver_reports_come_over_tcp_too(server: SimServer, watch: Watch) -> None:
    client = await watch(server.address(1))
    await client.play()
    report = receiver_report(7, 128, 1, 9)
    client.writer.write(struct.pack(">BBH", 0x24, 1, len(report)) + report)
    assert (await client.ask("GET_PARAMETER")).status == 200
    assert [told.ssrc for told in server.camera(1).receiver_reports] == [7]


async def test_a_group_gets_one_stream_for_all_until_the_last_leaves(
    server: SimServer, watch: Watch
) -> None:
    one, two = await watch(server.address(1)), await watch(server.address(1))
    await one.play("RTP/AVP;multicast")
    setup = re.fullmatch(
        r"RTP/AVP;multicast;destination=([\d.]+);port=(\d+)-\d+;ttl=1", one.transport
    )
    assert setup
    group, port = setup[1], int(setup[2])
    async with listening(group, port) as (media, _, _):
        first, _ = await media.get()
        await two.play("RTP/AVP;multicast")
        assert two.transport == one.transport
        packets = [first, *[(await media.get())[0] for _ in range(20)]]
        await one.ask("TEARDOWN")
        packets += [(await media.get())[0] for _ in range(20)]
        sequences = [int.from_bytes(data[2:4], "big") for data in packets]
        assert sequences == [(sequences[0] + step) & 0xFFFF for step in range(len(sequences))]
        await two.ask("TEARDOWN")
        other = await watch(server.address(2))
        await other.play()
        await other.frames(5)  # by then what was on its way has come
        while not media.queue.empty():
            media.queue.get_nowait()
        await other.frames(5)
        assert media.queue.empty()


async def test_tls_needs_the_certificate_that_is_offered(
    configured: Configured, watch: Watch
) -> None:
    async with SimServer(configured(cameras=ONE, has_tls=True)) as server:
        address = server.address(1, scheme="rtsps")
        assert address.startswith("rtsps://127.0.0.1:")
        with pytest.raises(ssl.SSLCertVerificationError):
            await watch(address, trust=ssl.create_default_context())
        trust = ssl.create_default_context(cafile=str(server.certificate_path))
        client = await watch(address, trust=trust)
        await client.play()
        frames = await client.frames(5)
        assert frames[-1].stamp.frame_number == frames[0].stamp.frame_number + 4
        plain = await watch(server.address(1))
        await plain.play()
        await plain.frame()
        certificate = server.certificate_path
    assert not certificate.exists()


async def test_without_tls_there_is_no_such_port(server: SimServer) -> None:
    with pytest.raises(RuntimeError, match="TLS"):
        server.address(1, scheme="rtsps")
    with pytest.raises(RuntimeError, match="TLS"):
        _ = server.certificate_path
