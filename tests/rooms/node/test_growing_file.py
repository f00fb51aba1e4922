from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from sereno.node.growing_file import GrowingFile


async def test_what_is_written_meanwhile_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "segment.mp4"
    path.write_bytes(b"a" * 200_000)

    async def answer(_: Any) -> GrowingFile:
        found = GrowingFile(path, stat_result=path.stat())
        with path.open("ab") as file:
            file.write(b"b" * 100_000)
        return found

    transport = httpx.ASGITransport(Starlette(routes=[Route("/file", answer)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://node", timeout=60) as client:
        whole = await client.get("/file")
        assert (whole.content, whole.headers["content-length"]) == (b"a" * 200_000, "200000")
        part = await client.get("/file", headers={"Range": "bytes=199998-200001"})
        assert (part.status_code, part.content) == (206, b"aabb")
