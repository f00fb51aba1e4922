from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sereno.base.clock import SystemClock
from sereno.front.app import make_app

from .conftest import Front, places, serving, tcp_listener, until


async def test_a_call_reaches_the_hub_as_it_was_made(front: Front) -> None:
    answer = await front.client.post(
        "/api/v1/caf%C3%A9%2Funo?a=1&b=%20", content=b"x" * 10, headers={"X-CSRFToken": "t"}
    )
    said = answer.json()
    assert answer.status_code == 201
    assert said["method"] == "POST"
    assert said["path"] == "/api/v1/caf%C3%A9%2Funo"
    assert said["query"] == "a=1&b=%20"
    assert said["size"] == 10
    assert said["headers"]["x-csrftoken"] == "t"
    assert said["headers"]["host"] == front.url.removeprefix("http://")


async def test_what_a_caller_claims_of_itself_is_not_believed(front: Front) -> None:
    claims = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=203.0.113.9",
        "X-Real-IP": "203.0.113.9",
        "Connection": "keep-alive, X-Only-Here",
        "X-Only-Here": "1",
    }
    headers = (await front.client.get("/api/v1/x", headers=claims)).json()["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-host"] == front.url.removeprefix("http://")
    assert not headers.keys() & {"forwarded", "x-real-ip", "x-only-here"}


async def test_every_cookie_comes_back_and_what_is_for_the_hop_does_not(front: Front) -> None:
    answer = await front.client.get("/api/v1/cookies")
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["sessionid", "csrftoken"]
    assert not answer.headers.keys() & {"x-private", "server"}
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_callers_session_is_never_lent_to_another(front: Front) -> None:
    assert (await front.client.get("/api/v1/cookies")).cookies
    async with httpx.AsyncClient(base_url=front.url, timeout=60) as stranger:
        headers = (await stranger.get("/api/v1/x")).json()["headers"]
    assert "cookie" not in headers


async def test_a_call_goes_out_with_the_callers_headers_alone(front: Front) -> None:
    host = front.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"GET /api/v1/x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    said = json.loads(answer.partition("\r\n\r\n")[2])["headers"]
    assert set(said) == {"host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}


async def test_an_answer_comes_in_pieces_as_the_hub_gives_it(front: Front) -> None:
    async with front.client.stream("GET", "/api/v1/slow") as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"first"  # the hub still waits
        front.hub.pause.set()
        assert await anext(pieces) == b"last"


async def test_a_large_body_passes_in_pieces(front: Front) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"y" * 100_000

    answer = await front.client.post("/api/v1/upload", content=body())
    assert answer.json()["size"] == 5_000_000


@pytest.mark.parametrize("is_length_told", [True, False])
async def test_more_than_anybody_has_to_say_is_refused(front: Front, is_length_told: bool) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b"y" * 2**20

    content = b"y" * 9 * 2**20 if is_length_told else body()
    answer = await front.client.post("/api/v1/upload", content=content)
    assert (answer.status_code, answer.json()["error"]["key"]) == (413, "body_too_large")
    assert front.hub.bodies == []


async def test_a_caller_who_leaves_amid_a_call_is_no_accident(
    front: Front, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = front.url.removeprefix("http://").split(":")
    before = asyncio.all_tasks()
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /api/v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
    await writer.drain()
    await until(lambda: asyncio.all_tasks() - before, "the call is being passed on")
    writer.close()
    await writer.wait_closed()
    await until(lambda: not asyncio.all_tasks() - before, "the call has ended")
    assert caplog.text == ""


async def test_without_its_hub_front_says_so_to_people_and_to_programs(
    tmp_path: Path, pages: Path
) -> None:
    listener = tcp_listener()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = make_app(places(tmp_path, pages), SystemClock())
    async with serving((app, listener)), httpx.AsyncClient(base_url=url, timeout=60) as client:
        program = await client.get("/api/v1/cameras")
        person = await client.get("/admin/", headers={"Accept": "text/html"})
        page = await client.get("/")
    assert program.status_code == person.status_code == 503
    assert program.json()["error"]["key"] == "hub_away"
    assert "se siguen grabando" in program.json()["error"]["es"]
    assert person.headers["content-type"].startswith("text/html")
    assert "Cameras go on being recorded" in person.text
    assert page.status_code == 200


async def test_only_the_hubs_addresses_and_writes_go_to_the_hub(front: Front) -> None:
    for path in ("/api/v1/x", "/admin/login/", "/admin"):
        assert (await front.client.get(path)).json()["path"] == path
    assert (await front.client.post("/somewhere")).json()["path"] == "/somewhere"
    assert "<title>Sereno</title>" in (await front.client.get("/administrators")).text
