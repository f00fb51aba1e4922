from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from sereno.base.clock import SystemClock
from sereno.front.app import make_app

from .conftest import Front, places, serving, tcp_listener


@pytest.mark.parametrize("path", ["/", "/cameras", "/cameras/7/timeline?at=1", "/setup"])
async def test_every_page_is_the_one_page_and_is_asked_for_each_time(
    front: Front, path: str
) -> None:
    answer = await front.client.get(path)
    assert "<title>Sereno</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy  # thus 'self' alone
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "strict-transport-security" not in answer.headers  # plain, or a certificate of our own


async def test_files_named_by_their_content_are_kept_for_a_year(front: Front) -> None:
    answer = await front.client.get("/assets/index-a1b2c3.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text.startswith("console.log")


async def test_a_missing_asset_is_missing_and_not_a_page(front: Front) -> None:
    answer = await front.client.get("/assets/index-gone.js")
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/../conftest.py", "/%2e%2e/secret", "/assets/../../secret"])
async def test_nothing_outside_the_pages_is_served(front: Front, path: str) -> None:
    (front.folder / "secret").write_text("secret")
    raw = httpx.URL(front.url, raw_path=path.encode())
    assert "secret" not in (await front.client.get(raw)).text


async def test_the_back_offices_files_are_served(front: Front) -> None:
    (front.folder / "static" / "admin").mkdir(parents=True)
    (front.folder / "static" / "admin" / "base.css").write_text("body{}")
    assert (await front.client.get("/static/admin/base.css")).text == "body{}"
    assert (await front.client.get("/static/admin/none.css")).status_code == 404


async def test_without_built_pages_front_says_what_to_do(tmp_path: Path) -> None:
    listener = tcp_listener()
    app = make_app(places(tmp_path, tmp_path / "nowhere"), SystemClock())
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with serving((app, listener)), httpx.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert "make ui" in answer.text


async def test_a_trusted_certificate_is_insisted_on(tmp_path: Path, pages: Path) -> None:
    trusted = replace(places(tmp_path, pages), has_trusted_certificate=True)
    transport = httpx.ASGITransport(make_app(trusted, SystemClock()))
    async with httpx.AsyncClient(transport=transport, base_url="https://box") as client:
        answer = await client.get("/")
    assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize("path", ["/%00", "/assets/%00", "/" + "x" * 5000, "//x", "/static/%00"])
async def test_odd_addresses_are_no_accident(front: Front, path: str) -> None:
    raw = httpx.URL(front.url, raw_path=path.encode())
    assert (await front.client.get(raw)).status_code in {200, 404}
