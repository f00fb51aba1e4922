"""Challenges and their answers, judged by another implementation of the same standards (httpx)."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from sereno.sim import CameraSpec, SimConfig, SimServer

Watch = Callable[..., Awaitable[Any]]
Configured = Callable[..., SimConfig]
ONE = (CameraSpec("Door", "entrance"),)
USER, PASSWORD = "operator", "s3cret word"


class Answerer:
    """Answers challenges as httpx does."""

    def __init__(self, url: str, password: str = PASSWORD) -> None:
        self._auth = httpx.DigestAuth(USER, password)
        self._url = url.replace("rtsp://", "http://")

    def answer(self, method: str, challenge: str) -> str:
        request = httpx.Request(method, self._url)
        flow = self._auth.auth_flow(request)
        next(flow)
        asked = httpx.Response(401, headers={"www-authenticate": challenge}, request=request)
        return str(flow.send(asked).headers["authorization"])


@pytest.mark.parametrize(
    ("scheme", "algorithm"),
    [("digest", None), ("digest-qop", "MD5"), ("digest-sess", "MD5-sess"), ("sha256", "SHA-256")],
)
async def test_right_answers_pass_and_wrong_ones_do_not(
    configured: Configured, watch: Watch, scheme: str, algorithm: str | None
) -> None:
    async with SimServer(configured(cameras=ONE, auth=(scheme,))) as server:
        client = await watch(server.address(1), user=None)
        challenge = (await client.ask("DESCRIBE")).headers["www-authenticate"]
        assert (f"algorithm={algorithm}" in challenge) == (algorithm is not None)
        for password, status in (("other", 401), (PASSWORD, 200)):
            answer = Answerer(client.url, password).answer("DESCRIBE", challenge)
            assert (await client.ask("DESCRIBE", Authorization=answer)).status == status
        assert (await client.ask("SETUP", "/trackID=0", Authorization=answer)).status == 401


async def test_basic_is_taken_where_it_is_offered(configured: Configured, watch: Watch) -> None:
    right = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    wrong = "Basic " + base64.b64encode(f"{USER}:other".encode()).decode()
    async with SimServer(configured(cameras=ONE, auth=("basic",))) as server:
        client = await watch(server.address(1), user=None)
        assert (await client.ask("DESCRIBE", Authorization=wrong)).status == 401
        assert (await client.ask("DESCRIBE", Authorization=right)).status == 200
    async with SimServer(configured(cameras=ONE)) as server:
        client = await watch(server.address(1), user=None)
        assert (await client.ask("DESCRIBE", Authorization=right)).status == 401


async def test_several_challenges_come_in_the_order_asked_for(
    configured: Configured, watch: Watch
) -> None:
    schemes = ("sha256", "digest", "basic")
    async with SimServer(configured(cameras=ONE, auth=schemes)) as server:
        client = await watch(server.address(1), user=None)
        reply = await client.ask("DESCRIBE")
        assert [text.partition(" ")[0] for text in reply.challenges] == [
            "Digest",
            "Digest",
            "Basic",
        ]
        for challenge in reply.challenges[:2]:
            answer = Answerer(client.url).answer("DESCRIBE", challenge)
            assert (await client.ask("DESCRIBE", Authorization=answer)).status == 200


async def test_a_nonce_grows_stale(configured: Configured, watch: Watch) -> None:
    config = configured(cameras=ONE, auth=("digest-qop",), nonce_requests=2)
    async with SimServer(config) as server:
        client = await watch(server.address(1), user=None)
        challenge = (await client.ask("DESCRIBE")).headers["www-authenticate"]
        answer = Answerer(client.url).answer("DESCRIBE", challenge)
        for _ in range(2):
            assert (await client.ask("DESCRIBE", Authorization=answer)).status == 200
        stale = await client.ask("DESCRIBE", Authorization=answer)
        assert (stale.status, "stale=TRUE" in stale.headers["www-authenticate"]) == (401, True)
        fresh = Answerer(client.url).answer("DESCRIBE", stale.headers["www-authenticate"])
        assert (await client.ask("DESCRIBE", Authorization=fresh)).status == 200
