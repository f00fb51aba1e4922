from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.media.faults import StreamFault
from sereno.media.rtsp.transports import Attempt, Transport, next_kind, offer, parse_transport
from sereno.media.rtsp.udp import open_pair

from .camera import rtp_packet, until
from .odd_camera import OddCamera
from .playing import PATIENCE, play, session
from .sinks import Collected


def is_what_was_sent(collected: Collected, odd: OddCamera) -> bool:
    sent = [odd.video.sample(place) for place in range(len(odd.video.pictures))]
    return all(sample == sent[n % len(sent)] for n, sample in enumerate(collected.samples))


async def test_tcp_is_taken_where_nothing_speaks_against_it(odd: OddCamera) -> None:
    collected, transport = await play(odd, 60)
    assert (transport, odd.agreed) == ("tcp", ["tcp"])
    assert is_what_was_sent(collected, odd)


async def test_a_refused_transport_is_followed_by_the_next(odd: OddCamera) -> None:
    odd.transports = ("udp",)
    collected, transport = await play(odd, 60)
    assert transport == "udp"
    assert is_what_was_sent(collected, odd)
    assert collected.lost == 0
    assert odd.punches == 1
    assert odd.requests.count("DESCRIBE") == 1


async def test_a_server_that_hangs_up_behind_its_refusal_is_dialled_again(odd: OddCamera) -> None:
    def hang_up(method: str, head: str, reply: str) -> str:
        if method == "SETUP" and odd.requests.count("SETUP") == 2:
            raise ConnectionError
        return reply

    odd.transports = ("udp",)
    odd.changes.append(hang_up)
    _, transport = await play(odd, 5)
    assert transport == "udp"
    assert odd.requests.count("DESCRIBE") == 2


async def test_what_worked_before_is_tried_first(odd: OddCamera) -> None:
    _, transport = await play(odd, 3, remembered="udp")
    assert (transport, odd.agreed) == ("udp", ["udp"])


async def test_datagrams_that_a_firewall_keeps_are_replaced_by_tcp(odd: OddCamera) -> None:
    odd.mute = ("udp",)
    patience = replace(PATIENCE, datagram_seconds=0.3)
    _, transport = await play(odd, 3, remembered="udp", patience=patience)
    assert (transport, odd.agreed) == ("tcp", ["udp", "tcp"])


async def test_a_server_that_answers_another_transport_is_asked_for_that(odd: OddCamera) -> None:
    odd.transports = ("udp",)
    odd.changes.append(lambda _, __, reply: reply.replace("461 Unsupported Transport", "200 OK"))
    odd.changes.append(
        lambda method, head, reply: (
            reply.replace("200 OK", "200 OK\r\nTransport: RTP/AVP;unicast;client_port=1-2")
            if method == "SETUP" and "TCP" in head
            else reply
        )
    )
    _, transport = await play(odd, 3)
    assert transport == "udp"


async def test_only_the_transport_that_was_asked_for_is_tried(odd: OddCamera) -> None:
    odd.transports = ("tcp",)
    with pytest.raises(StreamFault) as caught:
        await play(odd, 1, wanted="udp")
    assert caught.value.reason.key == "transport_refused"
    assert odd.requests.count("SETUP") == 1


async def test_disorder_on_the_way_is_no_loss(odd: OddCamera) -> None:
    odd.disorder = lambda packets: packets[::-1]
    collected, _ = await play(odd, 60, wanted="udp")
    # All that the first picture lacks is what came before its first packet.
    assert collected.lost <= 1
    sent = [odd.video.sample(place) for place in range(len(odd.video.pictures))]
    assert all(sample in sent for sample in collected.samples)


async def test_a_lost_datagram_costs_its_picture_and_is_told(odd: OddCamera) -> None:
    pictures = 0

    def lose(packets: list[bytes]) -> list[bytes]:
        nonlocal pictures
        pictures += 1
        return packets[1:] if pictures == 15 else packets

    odd.disorder = lose
    collected, _ = await play(odd, 60, wanted="udp")
    assert collected.lost == 1
    assert odd.video.sample(14) not in collected.samples[:20]


async def test_strangers_are_not_heard(odd: OddCamera) -> None:
    stranger = socket.socket(type=socket.SOCK_DGRAM)
    collected = Collected()
    async with session(odd, wanted="udp") as playing:
        await playing.play(collected)
        await collected.wait(5)
        for sequence in range(200):
            packet = b"\x80\x60" + sequence.to_bytes(2, "big") + b"\0" * 8 + b"\x65stranger"
            stranger.sendto(packet, ("127.0.0.1", odd._ports[0]))
        await collected.wait(60)
    stranger.close()
    assert collected.lost == 0
    assert is_what_was_sent(collected, odd)


@pytest.mark.parametrize("is_report", [False, True])
async def test_behind_an_error_nothing_is_handed_on(is_report: bool) -> None:
    taken: list[bytes] = []
    faults: list[Exception] = []

    def take(*_: object) -> None:
        taken.append(b"")
        raise ValueError("ours")

    pair = open_pair("127.0.0.1", "127.0.0.1")
    with closing(pair), socket.socket(type=socket.SOCK_DGRAM) as server:
        pair.receive(Transport("udp"), take, take, faults.append)
        for number in range(3):
            server.sendto(rtp_packet(number, 0, b"x", marker=False), ("127.0.0.1", pair.port))
            server.sendto(bytes(8), ("127.0.0.1", pair.port + is_report))
        await until(lambda: bool(faults))
        await asyncio.sleep(0)
    assert [str(error) for error in faults] == ["ours"]
    assert len(taken) == 1


async def test_multicast_is_joined_on_the_way_to_the_camera(odd: OddCamera) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        odd.group_port = free.getsockname()[1]
    odd.transports = ("multicast",)
    collected, transport = await play(odd, 60)
    assert transport == "multicast"
    assert is_what_was_sent(collected, odd)


async def test_a_silent_camera_is_called_so_and_not_a_refusing_one(
    odd: OddCamera,
) -> None:
    odd.mute = ("tcp", "udp", "multicast")
    with pytest.raises(StreamFault) as caught:
        await play(odd, 1, patience=replace(PATIENCE, silence_seconds=0.4, datagram_seconds=0.3))
    assert caught.value.reason.key == "no_picture"
    assert odd.agreed == ["tcp", "udp"]


async def test_a_session_over_datagrams_ends_with_its_connection(odd: OddCamera) -> None:
    collected = Collected()
    async with session(odd, wanted="udp") as playing:
        await playing.play(collected)
        playing.fail(ValueError("ours"))
        with pytest.raises(ValueError, match="ours"):
            await playing.watch()


async def test_what_failed_before_it_was_connected_stays_so(odd: OddCamera) -> None:
    playing = session(odd)
    playing.fail(ValueError("ours"))
    with pytest.raises(ValueError, match="ours"):
        async with playing:
            pass


@pytest.mark.parametrize(
    ("text", "kind", "channels", "server_ports"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=0-1", "tcp", (0, 1), None),
        ("rtp/avp/tcp;interleaved=4;ssrc=AB", "tcp", (4, 5), None),
        ("RTP/AVP/TCP;unicast", "tcp", None, None),
        ("RTP/AVP;unicast;interleaved=0-300", "tcp", None, None),
        ("RTP/AVP/UDP;unicast;client_port=1-2;server_port=6970-6971", "udp", None, (6970, 6971)),
        ("RTP/AVP;unicast;server_port=99999-100000", "udp", None, None),
        ("RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001;ttl=12", "multicast", None, None),
        ("", "udp", None, None),
    ],
)
def test_transport_headers(
    text: str, kind: str, channels: tuple[int, int], server_ports: tuple[int, int]
) -> None:
    transport = parse_transport(text)
    assert (transport.kind, transport.channels, transport.server_ports) == (
        kind, channels, server_ports,
    )  # fmt: skip


def test_a_group_is_read() -> None:
    transport = parse_transport(
        'RTP/AVP;multicast;destination="239.1.1.1";source=192.0.2.7;port=5000-5001;ttl=12'
    )
    assert (transport.destination, transport.source) == ("239.1.1.1", "192.0.2.7")
    assert transport.group_ports == (5000, 5001)


@given(st.text())
def test_any_transport_header_gives_a_value(text: str) -> None:
    transport = parse_transport(text)
    assert transport.kind in ("tcp", "udp", "multicast")
    for pair in (transport.channels, transport.server_ports, transport.group_ports):
        assert pair is None or max(pair) < 65536


def ways(wanted: str, remembered: str, outcome: dict[str, bool], *, tls: bool = False) -> list[str]:
    """The order of attempts, where `outcome` says whether each way is refused (else: silent)."""
    tried: list[Attempt] = []
    while (kind := next_kind(wanted, remembered, tls, tried)) is not None:
        tried.append(Attempt(kind, outcome[kind]))
    return [attempt.kind for attempt in tried]


REFUSED = {"tcp": True, "udp": True, "multicast": True}
SILENT = {"tcp": False, "udp": False, "multicast": False}


@pytest.mark.parametrize(
    ("wanted", "remembered", "outcome", "expected"),
    [
        ("auto", "", REFUSED, ["tcp", "udp", "multicast"]),
        ("auto", "", SILENT, ["tcp", "udp"]),
        ("auto", "udp", REFUSED, ["udp", "tcp", "multicast"]),
        ("auto", "multicast", SILENT, ["multicast", "tcp", "udp"]),
        ("auto", "http", SILENT, ["tcp", "udp"]),
        ("multicast", "tcp", SILENT, ["multicast"]),
        ("tcp", "udp", REFUSED, ["tcp"]),
    ],
)
def test_the_order_of_ways(
    wanted: str, remembered: str, outcome: dict[str, bool], expected: list[str]
) -> None:
    assert ways(wanted, remembered, outcome) == expected


def test_nothing_travels_beside_an_encrypted_connection() -> None:
    assert ways("auto", "udp", REFUSED, tls=True) == ["tcp"]
    assert ways("udp", "", REFUSED, tls=True) == []


def test_offers() -> None:
    assert offer("udp", 5000) == "RTP/AVP;unicast;client_port=5000-5001"
    assert offer("multicast") == "RTP/AVP;multicast"
