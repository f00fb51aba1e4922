"""Front as a process: TLS, and an end in time with viewers still watching."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import sys
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

from sereno.box.paths import DataDir
from sereno.box.secrets import ensure_secrets
from sereno.box.settings import Settings

from .conftest import WAIT_SECONDS, ScriptedNode, key_pair, serving, unix_listener, until

SERVE = (
    "from sereno.box.settings import load_settings;"
    "from sereno.front.serve import serve; serve(load_settings())"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_front_serves_tls_and_ends_in_time_with_open_sockets(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    data.prepare()
    ensure_secrets(data)
    private, public = key_pair()
    data.ticket_public_key.write_text(public)
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "SERENO_DATA": str(data.root),
        "SERENO_PORT": str(port),
        "SERENO_LISTEN": "0.0.0.0",  # noqa: S104  not loopback alone, hence TLS
        "SERENO_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, env=environment, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
    )
    try:
        log = await _watch_and_stop(process, data, private, port)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert "ticket" not in log
    assert process.returncode in (0, -signal.SIGTERM)


async def _watch_and_stop(
    process: asyncio.subprocess.Process, data: DataDir, private: str, port: int
) -> str:
    from datetime import UTC, datetime
    from uuid import uuid4

    from sereno.wire.tickets import Ticket, sign

    ticket = sign(
        Ticket(user_id=1, camera_id=uuid4(), purpose="live", node_id=uuid4(), is_own_node=True),
        private,
        datetime.now(UTC),
    )
    await until(data.tls_certificate.exists, "a certificate")
    context = ssl.create_default_context(cafile=data.tls_certificate)
    older = ssl.create_default_context(cafile=data.tls_certificate)
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    node = ScriptedNode()
    async with serving((node.app(), unix_listener(data.node_socket))):
        async with httpx.AsyncClient(
            verify=older, base_url=f"https://127.0.0.1:{port}", timeout=WAIT_SECONDS
        ) as client:
            await _until_it_answers(client)
            answer = await client.get("/api/v1/cameras", params={"ticket": "secret"})
            assert answer.status_code == 503  # no hub here, and yet front lives
            assert "server" not in answer.headers
            cipher, *_ = answer.extensions["network_stream"].get_extra_info("ssl_object").cipher()
            assert cipher.startswith("ECDHE")
            assert "GCM" in cipher or "CHACHA20" in cipher
        url = f"wss://127.0.0.1:{port}/media/v1/live"
        async with connect(url, ssl=context, compression=None) as viewer:
            await viewer.send(json.dumps({"ticket": ticket}))
            await viewer.recv()
            process.send_signal(signal.SIGTERM)
            _, log = await asyncio.wait_for(process.communicate(), WAIT_SECONDS)
    return log.decode()


async def _until_it_answers(client: httpx.AsyncClient) -> None:
    for _ in range(1200):
        try:
            await client.get("/")
        except httpx.TransportError:
            await asyncio.sleep(0.05)
        else:
            return
    raise AssertionError("front does not answer")


def test_settings_for_this_machine_alone_need_no_tls(tmp_path: Path) -> None:
    assert not Settings(_env_file=None, data=tmp_path).is_tls
