"""What runs in a box: each process's command, environment and sign of being ready."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import httpx

from sereno.box import database, leash, postgres
from sereno.box.children import Child
from sereno.box.ports import takes_connections
from sereno.box.settings import Settings

# Given to single commands by people, and no business of what runs on.
_NOT_INHERITED = {"SERENO_CAMERA_PASSWORD", "SERENO_BACKUP_PASSPHRASE", "SERENO_ENROLMENT_CODE"}


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of our own processes, with the settings that a command line changed."""
    inherited = {name: text for name, text in os.environ.items() if name not in _NOT_INHERITED}
    return inherited | {
        "SERENO_DATA": str(settings.data),
        "SERENO_PORT": str(settings.port),
        "SERENO_LISTEN": settings.listen,
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def own_command(*words: str) -> list[str]:
    """One of Sereno's own commands, with this interpreter; it dies at once with `up`."""
    # -P: a folder named sereno where `up` was started is not taken for the program.
    argv = [sys.executable, "-P", "-m", "sereno.cli", *words]
    return leash.command(argv, at_death=signal.SIGKILL)


def postgres_child(settings: Settings) -> Child:
    data = settings.data_dir

    async def is_ready() -> bool:
        return await asyncio.to_thread(database.answers, settings)

    return Child(
        name="postgres",
        argv=postgres.server_command(data),
        environment=postgres.clean_environment(),
        before_start=lambda: postgres.clear_stale_locks(data),
        is_ready=is_ready,
        stop_signal=signal.SIGINT,
    )


def hub_child(settings: Settings) -> Child:
    hub_socket = settings.data_dir.hub_socket
    return Child(
        name="hub",
        argv=own_command("hub", "serve"),
        environment=environment(settings),
        before_start=lambda: hub_socket.unlink(missing_ok=True),
        is_ready=lambda: takes_connections(hub_socket),
        stop_seconds=2.0,
    )


def worker_child(settings: Settings) -> Child:
    return Child(name="worker", argv=own_command("hub", "work"), environment=environment(settings))


def front_child(settings: Settings) -> Child:
    return Child(
        name="front",
        argv=own_command("front", "serve"),
        environment=environment(settings),
        is_ready=lambda: answers_on_port(settings),
    )


def node_child(settings: Settings, enrolment_code: str | None) -> Child:
    node_socket = settings.data_dir.node_socket
    more = {"SERENO_HUB_URL": settings.local_url}
    if settings.ca_file is not None:
        more["SERENO_HUB_CA"] = str(settings.ca_file)
    if enrolment_code is not None:
        more["SERENO_ENROLMENT_CODE"] = enrolment_code
    return Child(
        name="node",
        argv=own_command("node", "run"),
        environment=environment(settings, **more),
        before_start=lambda: node_socket.unlink(missing_ok=True),
        is_ready=lambda: takes_connections(node_socket),
        stop_seconds=4.0,
        secrets=(enrolment_code,) if enrolment_code else (),
    )


def cameras_child(
    settings: Settings,
    count: int,
    port: int,
    credentials: tuple[str, str],
    on_line: Callable[[str], None],
    were_told: Callable[[], bool],
) -> Child:
    """The simulated cameras; their addresses come as one line of JSON."""
    username, password = credentials
    more = {"SERENO_SIM_USERNAME": username, "SERENO_SIM_PASSWORD": password}

    async def is_ready() -> bool:
        return were_told()

    return Child(
        name="cameras",
        argv=own_command("sim", "cameras", "--count", str(count), "--port", str(port), "--json"),
        environment=environment(settings, **more),
        is_ready=is_ready,
        on_line=on_line,
        secrets=(password,),
    )


def recorders_child(
    settings: Settings,
    ports: Sequence[tuple[int, int]],
    credentials: tuple[str, str],
    on_line: Callable[[str], None],
    were_told: Callable[[], bool],
) -> Child:
    """A simulated recorder of each kind on these ports (HTTP, RTSP); told of as `cameras_child`."""
    username, password = credentials

    async def is_ready() -> bool:
        return were_told()

    places = [
        word
        for port, rtsp_port in ports
        for word in ("--port", str(port), "--rtsp-port", str(rtsp_port))
    ]
    return Child(
        name="recorders",
        argv=own_command("sim", "recorders", "--user", username, *places, "--json"),
        environment=environment(settings, SERENO_SIM_PASSWORD=password),
        is_ready=is_ready,
        on_line=on_line,
        secrets=(password,),
    )


async def answers_on_port(settings: Settings) -> bool:
    """Whether the whole way through front to the hub answers."""
    context = _tls_context(settings.ca_file)
    try:
        async with httpx.AsyncClient(verify=context, timeout=5, trust_env=False) as client:
            answer = await client.get(f"{settings.local_url}/api/v1/session")
    except httpx.HTTPError:
        return False
    return answer.is_success


@cache
def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Dear to make, and asked for many times while front starts."""
    return ssl.create_default_context(cafile=ca_file)
