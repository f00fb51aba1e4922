from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.media.faults import StreamFault
from sereno.media.rtsp.connection import Connection
from sereno.media.rtsp.flood import LARGEST_BITRATE
from sereno.media.rtsp.resync import LARGEST_GARBAGE_BYTES

from .camera import interleaved, rtp_packet

REPLY = b"RTSP/1.0 200 OK\r\nCSeq: %d\r\nContent-Length: 4\r\n\r\nbody"


class Wire(asyncio.Transport):
    """The other end of a connection: remembers what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def get_write_buffer_size(self) -> int:
        return 0  # all is read at once

    def abort(self) -> None:
        pass


def receive(connection: Connection, data: bytes) -> None:
    while data:
        room = connection.get_buffer(-1)
        size = min(len(room), len(data))
        room[:size] = data[:size]
        connection.buffer_updated(size)
        data = data[size:]


def connect(*, has_media: bool = True) -> tuple[Connection, Wire, list[bytes]]:
    wire, packets = Wire(), []
    connection = Connection("192.0.2.1", asyncio.get_running_loop())
    connection.connection_made(wire)

    def on_packet(data: bytearray, view: memoryview, start: int, end: int) -> None:
        assert data[start:end] == view[start:end]
        packets.append(bytes(data[start:end]))

    if has_media:
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


@pytest.mark.parametrize(
    ("method", "status"),
    [("OPTIONS", b"200 OK"), ("ANNOUNCE", b"200 OK"), ("SET_PARAMETER", b"200 OK"),
     ("GET_PARAMETER", b"200 OK"), ("RECORD", b"501 Not Implemented")],
)  # fmt: skip
async def test_a_server_that_asks_is_answered_and_nothing_stops(method: str, status: bytes) -> None:
    connection, wire, packets = connect()
    question = f"{method} * RTSP/1.0\r\ncseq: 88\r\nContent-Length: 2\r\n\r\nhi".encode()
    receive(connection, question + interleaved(4, b"x"))
    assert wire.written.startswith(b"RTSP/1.0 " + status + b"\r\nCSeq: 88\r\n")
    assert packets == [b"x"]


@pytest.mark.parametrize("method", ["TEARDOWN", "REDIRECT"])
async def test_a_server_may_end_the_session(method: str) -> None:
    connection, wire, _ = connect()
    receive(connection, f"{method} rtsp://h/ RTSP/1.0\r\nCSeq: 3\r\n\r\n".encode())
    assert wire.written.startswith(b"RTSP/1.0 200 OK\r\nCSeq: 3\r\n")
    error = connection.ended.exception()
    assert isinstance(error, StreamFault)
    assert (error.reason.key, error.reason.params) == ("session_ended", {"status": method})


async def test_a_reply_with_a_wrong_number_answers_the_oldest_question() -> None:
    connection, _, _ = connect()
    question = await _ask(connection)
    receive(connection, REPLY % 999)
    assert await question == b"body"


async def test_a_late_reply_answers_nothing_else() -> None:
    connection, _, _ = connect()
    given_up = await _ask(connection)
    given_up.cancel()
    await asyncio.wait([given_up])
    question = await _ask(connection)
    receive(connection, REPLY % 1)
    assert not question.done()
    receive(connection, REPLY % 2)
    assert await question == b"body"


async def test_tracks_have_their_own_channels_and_reports_go_back() -> None:
    connection, wire, packets = connect()
    connection.route(6, lambda data, _, at, end: packets.append(b"sound" + data[at:end]), 7, print)
    receive(connection, interleaved(6, b"1") + interleaved(4, b"2"))
    assert packets == [b"sound1", b"2"]
    connection.send_frame(7, b"report")
    assert wire.written == interleaved(7, b"report")


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\x02\x03\x04", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"RTSP" * 5000,
     b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n"],
)  # fmt: skip
async def test_what_is_no_rtsp_ends_the_connection(data: bytes) -> None:
    connection, _, _ = connect(has_media=False)
    question = await _ask(connection)
    receive(connection, data)
    with pytest.raises(StreamFault) as caught:
        await question
    assert caught.value.reason.key == "garbled"
    assert caught.value.reason.params == {"host": "192.0.2.1"}
    with pytest.raises(StreamFault):
        await connection.request("PLAY", "rtsp://h/", {})


def rtp(number: int, size: int = 60) -> bytes:
    return rtp_packet(number, 0, bytes((number & 0xFF,)) * size, marker=False)


@given(st.binary(min_size=1, max_size=600), st.integers(1, 400), st.booleans())
def test_behind_garbage_the_stream_goes_on(garbage: bytes, cut: int, is_reply: bool) -> None:
    async def trial() -> None:
        connection, _, packets = connect()
        rest = [rtp(number) for number in range(40)]
        stream = interleaved(4, rtp(99)) + garbage
        stream += REPLY % 7 if is_reply else b""
        stream += b"".join(interleaved(4, each) for each in rest)
        for at in range(0, len(stream), cut):
            receive(connection, stream[at : at + cut])
        # Garbage may look like a frame of another channel, and swallow some of what is behind it.
        assert not connection.ended.done()
        assert packets[0] == rtp(99)

    asyncio.run(trial())


async def test_a_frame_written_into_another_costs_only_these_two() -> None:
    connection, _, packets = connect()
    frames = [interleaved(4, rtp(number, 700)) for number in range(6)]
    frames[2] = frames[2][:300]  # the rest of it never came

    receive(connection, b"".join(frames))

    assert packets[:2] == [rtp(0, 700), rtp(1, 700)]
    assert packets[-2:] == [rtp(4, 700), rtp(5, 700)]


async def test_too_much_garbage_ends_the_connection() -> None:
    connection, _, _ = connect()
    for _ in range(LARGEST_GARBAGE_BYTES // 1000 + 1):
        receive(connection, b"\x80" * 1000)
    error = connection.ended.exception()
    assert isinstance(error, StreamFault)
    assert error.reason.key == "garbled"


async def test_a_camera_gone_mad_is_cut_off() -> None:
    connection, _, _ = connect()
    frames = interleaved(4, bytes(1400)) * 100
    for _ in range(2 * LARGEST_BITRATE // 8 // len(frames) + 1):
        receive(connection, frames)
    error = connection.ended.exception()
    assert isinstance(error, StreamFault)
    assert error.reason.key == "camera_floods"
    assert float(error.reason.params["mbps"]) > 64


async def test_tiny_packets_are_a_flood_much_sooner() -> None:
    connection, _, packets = connect()
    receive(connection, interleaved(9, b"") * 50_000)
    assert connection.ended.done()
    assert packets == []


async def test_at_the_beat_all_that_came_is_read_and_an_end_is_seen() -> None:
    loop = asyncio.get_running_loop()
    ends: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    server = await asyncio.start_server(lambda _, end: ends.put_nowait(end), "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, connection = await loop.create_connection(
            lambda: Connection("192.0.2.1", loop), "127.0.0.1", port
        )
        camera, packets = await ends.get(), list[bytes]()
        news = asyncio.Event()

        def on_packet(data: bytearray, _: memoryview, start: int, end: int) -> None:
            packets.append(bytes(data[start:end]))
            news.set()

        connection.route(4, on_packet, 5, packets.append)
        connection.read_at_beat()
        for number in range(3):  # each is less than the kernel waits for
            camera.write(interleaved(4, rtp(number)))
            await asyncio.wait_for(news.wait(), 30)
            news.clear()
        assert packets == [rtp(number) for number in range(3)]
        camera.write(interleaved(4, rtp(3)))
        camera.close()
        with pytest.raises(StreamFault) as caught:
            await asyncio.wait_for(connection.ended, 30)
        assert caught.value.reason.key == "camera_closed"
        assert packets[-1] == rtp(3)


async def test_a_camera_that_asks_and_never_reads_is_given_up() -> None:
    """Our answers must not pile up in memory."""
    asked = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nSession: " + b"s" * 8000 + b"\r\n\r\n"

    async def ask_for_ever(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(asked)
                await writer.drain()

    server = await asyncio.start_server(ask_for_ever, "127.0.0.1", 0, limit=1)
    loop = asyncio.get_running_loop()
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, connection = await loop.create_connection(
            lambda: Connection("127.0.0.1", loop), "127.0.0.1", port
        )
        with pytest.raises(StreamFault) as raised:
            async with asyncio.timeout(30):
                await connection.ended
    assert raised.value.reason.key == "garbled"
