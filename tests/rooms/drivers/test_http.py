"""A device's HTTP: signed as the device wants it, bounded, and told apart when it fails."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.drivers.contract import Login
from sereno.drivers.errors import DeviceError, Garbled, Refused, Unreachable
from sereno.drivers.http.client import DeviceHttp
from sereno.drivers.http.coding import Unpacking
from sereno.drivers.memory import ShortMemory
from sereno.drivers.tools import Tools
from sereno.media.rtsp.clear_text import HOSTS_VARIABLE
from sereno.media.rtsp.tls import CA_FILE_VARIABLE
from sereno.sim.tls import make_certificate

from .scripted import PASSWORD, USER, Asked, Door, Mind, Scripted, answer, scripted


@asynccontextmanager
async def opened(login: Login) -> AsyncIterator[DeviceHttp]:
    http = Tools(ShortMemory(), SystemClock()).http(login, Mind())
    try:
        yield http
    finally:
        await http.close()


@asynccontextmanager
async def asking(device: Scripted) -> AsyncIterator[DeviceHttp]:
    async with device.served(), opened(device.login) as http:
        yield http


async def failure(device: Scripted, *, seconds: float = 30, limit: int = 1000) -> DeviceError:
    """What asking it raises."""
    async with device.served():
        return await refusal(device.login, seconds, limit)


async def refusal(login: Login, seconds: float = 30, limit: int = 1000) -> DeviceError:
    """What asking raises."""
    async with opened(login) as http:
        with pytest.raises(DeviceError) as caught:
            await http.ask("GET", "/a", timeout_seconds=seconds, limit_bytes=limit)
    assert PASSWORD not in repr(caught.value.reason)
    return caught.value


DOORS = [
    Door(),
    Door(realm="Login to 3B02, Recorder 1", says=('qop="auth,auth-int"',)),
    Door(says=('qop="auth"', 'domain="::"', 'opaque=""', 'stale="FALSE"')),
    Door(algorithm="SHA-256", says=('qop="auth"', "algorithm=SHA-256")),
    Door(says=()),
    Door(realm='with "quotes" and \\', says=('qop="auth"', "algorithm=MD5")),
]


@pytest.mark.parametrize("door", DOORS)
async def test_a_challenge_of_any_form_is_answered(door: Door) -> None:
    device = scripted(Door(**vars(door)))
    async with asking(device) as http:
        told = await http.ask("POST", "/a%20b?x=[0]&y=1%5B2%5D", body=b"<q/>", content_type="t/x")
    assert (told.status, told.body) == (200, b"well")
    first, second = device.asked
    assert "authorization" not in first.headers
    assert second.target == "/a%20b?x=[0]&y=1%5B2%5D"
    assert second.body == b"<q/>"
    assert second.headers["content-type"] == "t/x"
    assert PASSWORD not in str(device.asked)


async def test_names_and_passwords_of_any_language_are_signed() -> None:
    device = scripted(Door(password="contraseña €", realm="Grabador 1, salón"))
    async with device.served():
        login = replace(device.login, username="niño", password="contraseña €")
        async with opened(login) as http:
            assert (await http.ask("GET", "/a")).status == 200
    assert device.signed[0].fields["username"] == "niño"


async def test_a_nonce_is_used_again_with_a_new_count() -> None:
    device = scripted(Door())
    async with asking(device) as http:
        for _ in range(3):
            await http.ask("GET", "/a")
    assert [each.fields.get("nc") for each in device.asked] == [
        None, "00000001", "00000002", "00000003",
    ]  # fmt: skip


@pytest.mark.parametrize("uses", [1, 2])
async def test_a_nonce_that_is_good_once_or_twice_is_learned(uses: int) -> None:
    """Of FAILURES 5: what is refused is not shown again and again."""
    device = scripted(Door(uses=uses))
    async with asking(device) as http:
        for _ in range(6):
            assert (await http.ask("GET", "/a")).status == 200
        assert http.gate.is_proven
    refused = [each for each in device.signed if int(each.fields["nc"], 16) > uses]
    assert len(refused) == 1


async def test_a_worn_nonce_may_be_refused_without_a_challenge() -> None:
    door = Door(uses=2)

    def script(asked: Asked) -> bytes:
        said = door(asked)
        return answer(401, b"<userCheck/>") if asked.nonce and b"401" in said[:12] else said

    device = scripted(script)
    async with asking(device) as http:
        for _ in range(4):
            assert (await http.ask("GET", "/a")).body == b"well"


async def test_a_stale_nonce_is_no_wrong_password() -> None:
    door = Door()

    def script(asked: Asked) -> bytes:
        if asked.nonce == "n1":
            return answer(401, b"", door.challenge("stale=TRUE"))
        return door(asked)

    async with asking(scripted(script)) as http:
        assert (await http.ask("GET", "/a")).status == 200


async def test_nothing_is_signed_that_nobody_asks_for() -> None:
    device = scripted(lambda asked: answer(200, b"open"))
    async with asking(device) as http:
        assert (await http.ask("GET", "/a")).body == b"open"
        assert not http.gate.is_proven
    assert device.signed == []


@pytest.mark.provokes("login_unsafe")
async def test_basic_alone_is_not_answered_in_clear() -> None:
    device = scripted(lambda asked: answer(401, b"", 'WWW-Authenticate: Basic realm="x"'))
    error = await failure(device)
    assert isinstance(error, Refused)
    assert error.reason.key == "login_unsafe"
    assert device.signed == []


async def test_basic_is_answered_where_somebody_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(asked: Asked) -> bytes:
        if asked.headers.get("authorization", "").startswith("Basic "):
            return answer(200)
        return answer(401, b"", 'WWW-Authenticate: Basic realm="x"')

    monkeypatch.setenv(HOSTS_VARIABLE, "127.0.0.1")
    async with asking(scripted(script)) as http:
        assert (await http.ask("GET", "/a")).status == 200


@pytest.mark.provokes("login_unknown")
async def test_a_scheme_that_is_not_known_is_told() -> None:
    device = scripted(lambda asked: answer(401, b"", "WWW-Authenticate: Bearer"))
    error = await failure(device)
    assert isinstance(error, Refused)
    assert error.reason.params["schemes"] == "bearer"


@pytest.mark.provokes("login_needed")
async def test_a_device_without_credentials_is_told_to_need_them() -> None:
    device = scripted(Door())
    async with device.served():
        login = replace(device.login, username="", password="")
        error = await refusal(login)
    assert isinstance(error, Refused)
    assert error.reason.key == "login_needed"
    assert device.signed == []


@pytest.mark.provokes("api_moved")
async def test_a_redirect_to_encryption_is_told_and_not_followed() -> None:
    location = f"Location: HTTPS://{USER}:secret@192.0.2.1:8443/doc"
    error = await failure(scripted(lambda asked: answer(302, b"", location)))
    assert isinstance(error, Unreachable)
    assert error.reason.params["location"] == "https://192.0.2.1:8443"


@pytest.mark.provokes("api_tls_untrusted")
async def test_a_certificate_must_be_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, context = make_certificate(tmp_path, "127.0.0.1")
    async with scripted(Door()).served(context) as device:
        login = replace(device.login, is_tls=True)
        error = await refusal(login)
        assert isinstance(error, Unreachable)
        assert error.reason.key == "api_tls_untrusted"
        assert device.asked == []
        monkeypatch.setenv(CA_FILE_VARIABLE, str(certificate))
        async with opened(login) as http:
            assert (await http.ask("GET", "/a")).status == 200


@pytest.mark.provokes("api_tls_failed")
async def test_a_port_without_encryption_is_told() -> None:
    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(400, b"", "Connection: close"))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answering, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        error = await refusal(Login("127.0.0.1", port, is_tls=True))
    assert isinstance(error, Unreachable)
    assert error.reason.key == "api_tls_failed"


@pytest.mark.provokes("api_closed")
async def test_a_closed_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        error = await refusal(Login("127.0.0.1", port))
    assert isinstance(error, Unreachable)
    assert error.reason.key == "api_closed"
    assert error.reason.params["port"] == str(port)


@pytest.mark.parametrize("host", ["no such host", "a" * 300, "x.invalid"])
async def test_a_name_that_nobody_knows_is_told(host: str) -> None:
    error = await refusal(Login(host, 80))
    assert isinstance(error, Unreachable)
    assert error.reason.key == "name_unknown"


LONG = 1 << 20


@pytest.mark.provokes("api_too_large")
@pytest.mark.parametrize("told", [f"Content-Length: {LONG}", "Connection: close"])
async def test_an_answer_has_a_limit(told: str) -> None:
    head = f"HTTP/1.1 200 X\r\n{told}\r\n\r\n".encode()
    error = await failure(scripted(lambda asked: head + bytes(LONG)))
    assert isinstance(error, Garbled)
    assert error.reason.key == "api_too_large"


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("Deflate", zlib.compress), ("deflate", _raw_deflate)],
    ids=["gzip", "deflate", "raw"],
)
async def test_what_is_packed_unasked_is_unpacked(
    coding: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = answer(200, pack(b"well" * 99), f"Content-Encoding: {coding}")
    async with asking(scripted(lambda asked: packed)) as http:
        assert (await http.ask("GET", "/a")).body == b"well" * 99
        async with http.stream("GET", "/a", silence_seconds=30) as stream:
            assert b"".join([chunk async for chunk in stream.chunks()]) == b"well" * 99
            assert stream.expected_bytes is None


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 70_000, 131_072, 131_073])
def test_what_is_packed_comes_whole_whatever_its_size(size: int) -> None:
    data = bytes(size)
    unpacking = Unpacking("deflate")
    assert b"".join(unpacking.add(_raw_deflate(data))) == data
    unpacking.finish()


async def test_what_is_packed_has_the_same_limit() -> None:
    bomb = answer(200, gzip.compress(bytes(LONG)), "Content-Encoding: gzip")
    error = await failure(scripted(lambda asked: bomb))
    assert error.reason.key == "api_too_large"


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"well" * 99)[:-9]], ids=["other", "cut_off"]
)
async def test_what_is_packed_badly_is_told(body: bytes) -> None:
    error = await failure(scripted(lambda asked: answer(200, body, "Content-Encoding: gzip")))
    assert isinstance(error, Garbled)


async def test_what_was_moved_on_the_same_server_is_asked_there() -> None:
    door = Door()

    def script(asked: Asked) -> bytes:
        if asked.target == "/a?b=1":
            return answer(301, b"gone", "Location: /c/?b=1")
        return door(asked)

    async with asking(device := scripted(script)) as http:
        told = await http.ask("GET", "/a?b=1")
    assert told.body == b"well"
    assert [each.target for each in device.signed] == ["/c/?b=1"]


@pytest.mark.parametrize(
    "location", ["http://192.0.2.1/c", "/c", "http://[", "//x y", "https:c", "?a", ""]
)
async def test_who_is_sent_round_in_circles_or_elsewhere_stays(location: str) -> None:
    device = scripted(lambda asked: answer(302, b"", f"Location: {location}"))
    async with asking(device) as http:
        assert (await http.ask("GET", "/a")).status == 302
    assert 1 <= len(device.asked) <= 3


def _hang_up(text: bytes) -> Scripted:
    async def answering(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()
        writer.close()

    return Scripted(answering)


@pytest.mark.provokes("api_broke_off")
@pytest.mark.parametrize(
    "text",
    [b"", b"HTTP/1.1 200 OK\r\nContent-", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"],
)
async def test_an_answer_that_breaks_off_is_told(text: bytes) -> None:
    error = await failure(_hang_up(text))
    assert isinstance(error, Unreachable)
    assert error.reason.key == "api_broke_off"


@pytest.mark.provokes("api_garbled")
@pytest.mark.parametrize(
    "text",
    [
        b"RTSP/1.0 400 Bad Request\r\n\r\n",
        b"\x00\x01\x02" * 50,
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 30_000 + b"\r\n",
    ],
)
async def test_what_does_not_speak_http_is_told(text: bytes) -> None:
    error = await failure(scripted(lambda asked: text))
    assert isinstance(error, Garbled)
    assert error.reason.key == "api_garbled"


async def test_a_device_that_says_nothing_is_told() -> None:
    error = await failure(scripted(lambda asked: b""), seconds=0.05)
    assert isinstance(error, Unreachable)
    assert error.reason.key == "no_answer"


async def test_a_device_that_never_ends_is_told() -> None:
    async def answering(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    error = await failure(Scripted(answering), seconds=0.1)
    assert isinstance(error, Unreachable)
    assert error.reason.key == "no_answer"


async def test_a_target_is_encoded_by_whoever_asks() -> None:
    async with opened(Login("127.0.0.1", 9)) as http:
        for target in ("/a b", "a", "/á", "/a\r\nX: y", "/a#b"):
            with pytest.raises(ValueError, match="target"):
                await http.ask("GET", target)


async def test_a_stream_is_signed_and_comes_as_it_is_sent() -> None:
    door, gate = Door(), asyncio.Event()

    async def answering(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if not asked.nonce:
            writer.write(door(asked))
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: Multipart/Mixed; boundary=x\r\n\r\none")
        await writer.drain()
        await gate.wait()
        writer.write(b"two")
        writer.close()

    async with (
        asking(Scripted(answering)) as http,
        http.stream("GET", "/events", silence_seconds=30) as told,
    ):
        assert (told.status, told.content_type) == (200, "multipart/mixed")
        assert told.expected_bytes is None
        chunks = told.chunks()
        assert await anext(chunks) == b"one"
        gate.set()
        assert [chunk async for chunk in chunks] == [b"two"]


async def test_silence_of_a_stream_is_told() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\none"
    async with (
        asking(scripted(lambda asked: head)) as http,
        http.stream("GET", "/events", silence_seconds=0.05) as told,
    ):
        assert told.expected_bytes == 9
        with pytest.raises(Unreachable) as caught:
            async for _ in told.chunks():
                pass
    assert caught.value.reason.key == "no_answer"


async def test_what_is_not_read_holds_the_device_back() -> None:
    total, sent = 64 << 20, 0

    async def answering(asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n\r\n".encode())
        block = bytes(1 << 20)
        while sent < total:
            writer.write(block)
            await writer.drain()
            sent += len(block)

    device = Scripted(answering)
    async with asking(device) as http:
        async with http.stream("GET", "/file", silence_seconds=30) as told:
            chunks = told.chunks()
            await anext(chunks)
            before = -1
            while sent != before:  # until the pipe is full
                before = sent
                await asyncio.sleep(0.1)
            assert sent < total
        await device.until(lambda: device.open_now == 0)  # leaving broke it off


async def test_a_refusal_of_a_stream_can_be_read() -> None:
    door = Door()

    def script(asked: Asked) -> bytes:
        return answer(403, b"not here") if asked.nonce else door(asked)

    async with (
        asking(scripted(script)) as http,
        http.stream("GET", "/file", silence_seconds=30) as told,
    ):
        assert told.status == 403
        assert [chunk async for chunk in told.chunks()] == [b"not here"]


async def test_no_more_connections_than_a_device_stands() -> None:
    go = asyncio.Event()

    async def answering(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await go.wait()
        writer.write(answer(200))

    device = Scripted(answering)
    async with device.served():
        tools, login = Tools(ShortMemory(), SystemClock()), replace(device.login, username="")
        clients = [tools.http(login, Mind()) for _ in range(3)]
        asks = [
            asyncio.create_task(client.ask("GET", f"/{number}"))
            for number in range(4)
            for client in clients
        ]
        await device.until(lambda: len(device.asked) == 4)
        go.set()
        await asyncio.gather(*asks)
        assert len(device.asked) == 12
        for client in clients:
            await client.close()
    # In flight 4, and at most one idle one of each other client.
    assert device.most_open <= 4 + 2
