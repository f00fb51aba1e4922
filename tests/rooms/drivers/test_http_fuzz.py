"""Whatever a device sends, it is an answer or one of our errors, and shows no password."""

from __future__ import annotations

import asyncio
import re

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from sereno.base.clock import SystemClock
from sereno.drivers.contract import Login
from sereno.drivers.errors import DeviceError, Refused
from sereno.drivers.fingerprint import PATHS, Seen, vendors_of
from sereno.drivers.http.answers import Answer
from sereno.drivers.http.digest_auth import Signer
from sereno.drivers.memory import ShortMemory
from sereno.drivers.tools import Tools

from .scripted import PASSWORD, USER, Asked, Door, Mind, answer, scripted

LOGIN = Login("192.0.2.1", username=USER, password=PASSWORD)
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
PARAMETERS = st.lists(
    st.sampled_from(
        ["Digest", "Basic", 'realm="a, b"', 'nonce="n"', "nonce=n", 'qop="auth,auth-int"',
         "qop=auth", "algorithm=MD5", 'algorithm="SHA-256"', "algorithm=MD5-sess", 'stale="TRUE"',
         'domain="::"', 'opaque=""', ",", "=", '"', "\\"]
    )
    | PRINTABLE,
    max_size=12,
).map(" ".join)  # fmt: skip
HEADS = st.sampled_from(
    [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 401 No\r\n", b"HTTP/1.1 403 No\r\n", b"HTTP/1.0 302 X\r\n",
     b"HTTP/1.1 100 Go\r\n", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"\r\n", b"hello",
     b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"Connection: close\r\n",
     b'WWW-Authenticate: Digest realm="x", nonce="n"\r\n', b"WWW-Authenticate: Basic\r\n",
     b"Location: https://[::1/\r\n", b"Location: https://x/\r\n"]
)  # fmt: skip
SENT = st.lists(HEADS | st.binary(max_size=20), max_size=8).map(b"".join)


@given(text=PARAMETERS)
def test_any_challenge_is_answered_or_refused(text: str) -> None:
    try:
        said = Signer(LOGIN, httpx.Headers({"WWW-Authenticate": text})).sign("GET", "/a")
    except Refused as error:
        assert error.reason.key in ("login_unknown", "login_unsafe")
        return
    assert said.startswith("Digest ")
    assert "\n" not in said
    assert PASSWORD not in said


@given(realm=PRINTABLE)
def test_any_realm_is_understood_as_the_device_means_it(realm: str) -> None:
    door = Door(realm=realm)
    name, _, value = door.challenge().partition(": ")
    said = Signer(LOGIN, httpx.Headers({name: value})).sign("GET", "/a?b=[0]")
    assert door.is_right(Asked("GET", "/a?b=[0]", {"authorization": said}, b""))


@given(status=st.integers(100, 599), challenge=PARAMETERS, body=st.binary(max_size=60))
def test_any_answer_to_a_stranger_is_looked_at(status: int, challenge: str, body: bytes) -> None:
    headers = httpx.Headers({"WWW-Authenticate": challenge})
    found = vendors_of([Seen(path, status, headers, body) for path in PATHS])
    assert set(found) <= {"hikvision", "dahua"}


async def _ask_once(sent: bytes) -> Answer | DeviceError:
    """What comes of a device that sends this and hangs up."""

    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        writer.close()

    server = await asyncio.start_server(answering, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    login = Login("127.0.0.1", port, username=USER, password=PASSWORD)
    http = Tools(ShortMemory(), SystemClock()).http(login, Mind())
    async with server:
        try:
            return await http.ask("GET", "/a", limit_bytes=1000)
        except DeviceError as error:
            return error
        finally:
            await http.close()


@settings(deadline=None, max_examples=60)
@given(sent=SENT)
def test_any_bytes_are_an_answer_or_one_of_our_errors(sent: bytes) -> None:
    came = asyncio.run(_ask_once(sent))
    if isinstance(came, Answer):
        assert re.match(rb"HTTP/1\.[01] ", sent)
        assert len(came.body) <= 1000


async def test_no_attempt_is_made_of_an_answer_that_makes_no_sense() -> None:
    device = scripted(lambda asked: answer(401, b"", 'WWW-Authenticate: Digest realm="x'))
    async with device.served():
        http = Tools(ShortMemory(), SystemClock()).http(device.login, Mind())
        try:
            await http.ask("GET", "/a")
        except Refused as error:
            assert error.reason.key == "login_unknown"
        await http.close()
    assert device.signed == []
