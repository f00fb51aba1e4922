from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.media.faults import StreamFault
from sereno.media.rtsp.connection import Connection

from .camera import interleaved

REPLY = b"RTSP/1.0 200 OK\r\nCSeq: %d\r\nContent-Length: 4\r\n\r\nbody"


class Wire(asyncio.Transport):
    """The other end of a connection: remembers what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        pass


def receive(connection: Connection, data: bytes) -> None:
    while data:
        room = connection.get_buffer(-1)
        size = min(len(room), len(data))
        room[:size] = data[:size]
        connection.buffer_updated(size)
        data = data[size:]


def connect() -> tuple[Connection, Wire, list[bytes]]:
    wire, packets = Wire(), []
    connection = Connection("192.0.2.1", asyncio.get_running_loop())
    connection.connection_made(wire)

    def on_packet(data: bytearray, view: memoryview, start: int, end: int) -> None:
        assert data[start:end] == view[start:end]
        packets.append(bytes(data[start:end]))

    connection.route(4, on_packet, 5, lambda report: packets.append(b"rtcp" + report))
    return connection, wire, packets


async def _ask(connection: Connection) -> asyncio.Task[bytes]:
    async def ask() -> bytes:
        return (await connection.request("OPTIONS", "rtsp://h/", {})).body

    task = asyncio.ensure_future(ask())
    await asyncio.sleep(0)
    return task


@given(
    st.lists(st.binary(max_size=2000), max_size=12),
    st.lists(st.integers(1, 3000), min_size=1, max_size=8),
)
def test_however_it_is_cut_everything_arrives_in_order(sent: list[bytes], cuts: list[int]) -> None:
    async def trial() -> None:
        connection, _, packets = connect()
        answer = await _ask(connection)
        stream = b"\r\n" + b"".join(interleaved(4, each) for each in sent) + REPLY % 1
        stream += interleaved(9, b"nobody's") + b"".join(interleaved(5, each) for each in sent)
        at = 0
        while at < len(stream):
            for cut in cuts:
                receive(connection, stream[at : at + cut])
                at += cut
        assert packets == [*sent, *(b"rtcp" + each for each in sent)]
        assert await answer == b"body"

    asyncio.run(trial())


@given(st.binary(max_size=400))
def test_any_bytes_are_taken_or_end_the_connection(data: bytes) -> None:
    async def trial() -> None:
        connection, _, _ = connect()
        receive(connection, data)
        if connection.ended.done():
            assert isinstance(connection.ended.exception(), StreamFault)

    asyncio.run(trial())


async def test_large_frames_fit_however_they_lie() -> None:
    connection, _, packets = connect()
    frames = [bytes((number,)) * 65_535 for number in range(9)]
    receive(connection, b"".join(interleaved(4, each) for each in frames))
    assert packets == frames


async def test_a_reply_without_number_answers_the_oldest_question() -> None:
    connection, _, _ = connect()
    first, second = await _ask(connection), await _ask(connection)
    receive(connection, b"RTSP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na" + REPLY % 2)
    assert (await first, await second) == (b"a", b"body")


async def test_a_server_that_asks_is_refused_and_nothing_stops() -> None:
    connection, wire, packets = connect()
    receive(connection, b"OPTIONS * RTSP/1.0\r\nCSeq: 88\r\n\r\n" + interleaved(4, b"x"))
    assert wire.written == b"RTSP/1.0 501 Not Implemented\r\nCSeq: 88\r\n\r\n"
    assert packets == [b"x"]


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\x02\x03\x04", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"RTSP" * 5000,
     b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n"],
)  # fmt: skip
async def test_what_is_no_rtsp_ends_the_connection(data: bytes) -> None:
    connection, _, _ = connect()
    question = await _ask(connection)
    receive(connection, data)
    with pytest.raises(StreamFault) as caught:
        await question
    assert caught.value.reason.key == "garbled"
    assert caught.value.reason.params == {"host": "192.0.2.1"}
    with pytest.raises(StreamFault):
        await connection.request("PLAY", "rtsp://h/", {})
