"""A hub that keeps to the wire, simulated cameras, and a node between them."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.clock import SystemClock
from sereno.box.settings import Settings
from sereno.node.daemon import Node
from sereno.node.pace import Pace
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer
from sereno.wire.clips import ClipReport
from sereno.wire.devices import DeviceErrandReport, DeviceReport
from sereno.wire.errands import DiagnosisReport, Errand, Errands
from sereno.wire.orders import (
    CameraOrder,
    ClipOrder,
    DeviceOrder,
    LeaseOrder,
    Orders,
    StreamOrder,
)
from sereno.wire.reports import (
    AbsenceReport,
    Heartbeat,
    HeartbeatAnswer,
    Reports,
    RunReport,
    StreamStatus,
)
from sereno.wire.secret import REVEAL
from sereno.wire.tickets import Ticket, sign

WAIT_SECONDS = 90.0  # only guards against hanging
USER, PASSWORD = "watcher", "s3cret word"
QUICK = Pace(
    heartbeat_seconds=0.1,
    orders_seconds=30.0,
    reports_seconds=0.05,
    shortest_seconds=0.02,
    retry_base_seconds=0.05,
    retry_cap_seconds=0.2,
    commit_seconds=0.03,
    budget_seconds=0.1,
    supervise_seconds=0.2,  # ten of them make a runner stubborn
    probe_seconds=0.1,
    picture_seconds=0.05,
    mend_again_seconds=0.05,
)


async def until(
    is_true: Callable[[], object], what: str = "condition", wait_seconds: float = WAIT_SECONDS
) -> None:
    """Wait for a condition; it must come true in time."""
    deadline = time.monotonic() + wait_seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not in time: {what}")
        await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(app: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """A real server on `listener` for as long as the block lasts."""
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_config=None, lifespan="off", ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    task = asyncio.create_task(server._serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


def tcp_listener(port: int = 0, host: str = "127.0.0.1") -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    return listener


@dataclass
class HubDouble:
    """The hub's side of `/api/v1/node/`, and a memory of what it was told."""

    code: str = "code-1"
    token: str = "token-1"
    node_id: UUID = field(default_factory=uuid4)
    cameras: tuple[CameraOrder, ...] = ()
    etag: str = '"1"'
    calls: list[str] = field(default_factory=list)
    heartbeats: list[Heartbeat] = field(default_factory=list)
    batches: list[Reports] = field(default_factory=list)
    runs: dict[UUID, RunReport] = field(default_factory=dict)
    absences: dict[UUID, AbsenceReport] = field(default_factory=dict)
    sockets: set[WebSocket] = field(default_factory=set)
    refuse_reports: bool = False
    # Ids of cameras that are not this node's, and of runs and absences that it will never take.
    foreign: set[UUID] = field(default_factory=set)
    poison: set[UUID] = field(default_factory=set)
    # Of runs over which it fails; over everything where `is_broken`.
    stumbles: set[UUID] = field(default_factory=set)
    is_broken: bool = False
    refusals: int = 0
    # What each heartbeat is answered of leases; and whether heartbeats fail.
    leases: Callable[[], dict[UUID, LeaseOrder]] = dict
    to_release: dict[UUID, UUID] = field(default_factory=dict)
    # What people wait for; what was told of each, as often as it was; an old hub knows of none.
    errands: list[Errand] = field(default_factory=list)
    found: dict[UUID, list[DiagnosisReport]] = field(default_factory=dict)
    is_old: bool = False
    refuse_heartbeats: bool = False
    # The clips that there shall be, and all that was told of each.
    clips: tuple[ClipOrder, ...] | None = None
    told_clips: dict[UUID, list[ClipReport]] = field(default_factory=dict)
    # The devices to be looked after, and all that was told of each, and of errands about them.
    devices: tuple[DeviceOrder, ...] | None = None
    told_devices: dict[UUID, list[DeviceReport]] = field(default_factory=dict)
    told_errands: dict[UUID, list[DeviceErrandReport]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        key = Ed25519PrivateKey.generate()
        self.private_key = key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()
        self.public_key = (
            key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        )

    @property
    def orders(self) -> Orders:
        return Orders(
            node_id=self.node_id,
            site_name="Escuela Central",
            ticket_public_key=self.public_key,
            cameras=self.cameras,
            clips=self.clips,
            devices=self.devices,
        )

    def order(self, *cameras: CameraOrder) -> None:
        self.cameras = cameras
        self.etag = f'"{int(self.etag.strip(chr(34))) + 1}"'

    def ticket(self, camera_id: UUID, purpose: str = "live", **more: Any) -> str:
        now = more.pop("now", datetime.now(UTC))
        values = {
            "user_id": 1,
            "camera_id": camera_id,
            "purpose": purpose,
            "node_id": self.node_id,
        }
        return sign(Ticket.model_validate(values | more), self.private_key, now)

    def app(self) -> Starlette:
        prefix = "/api/v1/node"
        return Starlette(
            routes=[
                Route(f"{prefix}/enrol", self._enrol, methods=["POST"]),
                Route(f"{prefix}/orders", self._orders),
                Route(f"{prefix}/reports", self._reports, methods=["POST"]),
                Route(f"{prefix}/heartbeat", self._heartbeat, methods=["POST"]),
                Route(f"{prefix}/errands", self._errands),
                Route(f"{prefix}/errands/{{errand_id}}", self._found, methods=["POST"]),
                Route(f"{prefix}/clips/{{clip_id}}", self._clip, methods=["POST"]),
                Route(f"{prefix}/devices/{{device_id}}", self._device, methods=["POST"]),
                Route(f"{prefix}/device-errands/{{errand_id}}", self._errand, methods=["POST"]),
                WebSocketRoute(f"{prefix}/wake", self._wake),
            ]
        )

    def _is_known(self, call: Request | WebSocket) -> bool:
        return call.headers.get("authorization") == f"Bearer {self.token}"

    async def _enrol(self, request: Request) -> Response:
        self.calls.append("enrol")
        said = await request.json()
        if said["code"] != self.code:
            return Response(status_code=401)
        self.code = ""
        return JSONResponse({"node_id": str(self.node_id), "token": self.token})

    async def _orders(self, request: Request) -> Response:
        if not self._is_known(request):
            return Response(status_code=401)
        if request.headers.get("if-none-match") == self.etag:
            self.calls.append("orders 304")
            return Response(status_code=304, headers={"ETag": self.etag})
        self.calls.append("orders 200")
        return Response(self.orders.model_dump_json(context=REVEAL), headers={"ETag": self.etag})

    async def _reports(self, request: Request) -> Response:
        if not self._is_known(request):
            return Response(status_code=401)
        if self.refuse_reports:
            return Response(status_code=503)
        reports = Reports.model_validate_json(await request.body())
        if (refusal := self._refusal(reports)) is not None:
            self.refusals += 1
            return refusal
        self.batches.append(reports)
        for run in reports.runs:
            known = self.runs.get(run.run_id)
            if known is None or known.revision < run.revision:
                self.runs[run.run_id] = run
        for absence in reports.absences:
            self.absences[absence.absence_id] = absence
        return Response(status_code=204)

    def _refusal(self, reports: Reports) -> Response | None:
        """As the real hub says no, to a batch whole."""
        items = (*reports.runs, *reports.absences, *reports.horizons)
        if self.foreign & {item.camera_id for item in items}:
            words = {"key": "not_your_camera", "field": None, "en": "Not yours.", "es": "No."}
            return JSONResponse({"error": words}, 404)
        ids = {run.run_id for run in reports.runs} | {each.absence_id for each in reports.absences}
        if self.is_broken or self.stumbles & ids:
            return JSONResponse({"error": {"key": "incident", "en": "Oh.", "es": "Ay."}}, 500)
        if self.poison & ids:
            words = {"key": "invalid", "field": None, "en": "Unreadable.", "es": "Ilegible."}
            return JSONResponse({"error": words}, 422)
        return None

    async def _heartbeat(self, request: Request) -> Response:
        if not self._is_known(request):
            return Response(status_code=401)
        if self.refuse_heartbeats:
            return Response(status_code=503)
        self.heartbeats.append(Heartbeat.model_validate_json(await request.body()))
        answer = HeartbeatAnswer(
            hub_time=datetime.now(UTC),
            orders_etag=self.etag,
            leases=self.leases(),
            to_release=self.to_release,
            has_errands=bool(self.errands),
        )
        return JSONResponse(answer.model_dump(mode="json"))

    async def _errands(self, request: Request) -> Response:
        if self.is_old:
            return Response(status_code=404)
        self.calls.append("errands")
        told = Errands(errands=tuple(self.errands))
        return Response(told.model_dump_json(context=REVEAL))

    async def _found(self, request: Request) -> Response:
        report = DiagnosisReport.model_validate_json(await request.body())
        errand_id = UUID(request.path_params["errand_id"])
        if errand_id not in {errand.errand_id for errand in self.errands}:
            return Response(status_code=404)
        self.found.setdefault(errand_id, []).append(report)
        if report.is_done:
            self.errands = [each for each in self.errands if each.errand_id != errand_id]
        return Response(status_code=204)

    def order_clips(self, *clips: ClipOrder) -> None:
        self.clips = clips
        self.order(*self.cameras)

    async def _clip(self, request: Request) -> Response:
        clip_id = UUID(request.path_params["clip_id"])
        if clip_id not in {clip.clip_id for clip in self.clips or ()}:
            return Response(status_code=404)
        report = ClipReport.model_validate_json(await request.body())
        self.told_clips.setdefault(clip_id, []).append(report)
        return Response(status_code=204)

    def order_devices(self, *devices: DeviceOrder) -> None:
        self.devices = devices
        self.order(*self.cameras)

    async def _device(self, request: Request) -> Response:
        device_id = UUID(request.path_params["device_id"])
        if device_id not in {device.device_id for device in self.devices or ()}:
            return Response(status_code=404)
        report = DeviceReport.model_validate_json(await request.body())
        self.told_devices.setdefault(device_id, []).append(report)
        return Response(status_code=204)

    async def _errand(self, request: Request) -> Response:
        errand_id = UUID(request.path_params["errand_id"])
        if errand_id not in {errand.errand_id for errand in self.errands}:
            return Response(status_code=404)
        report = DeviceErrandReport.model_validate_json(await request.body())
        self.told_errands.setdefault(errand_id, []).append(report)
        if report.is_done:
            self.errands = [each for each in self.errands if each.errand_id != errand_id]
        return Response(status_code=204)

    async def _wake(self, socket: WebSocket) -> None:
        await socket.accept()
        self.sockets.add(socket)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            self.sockets.discard(socket)

    async def wake(self) -> None:
        for each in self.sockets:
            await each.send_text(json.dumps({"wake": "orders", "sent_at": "2026-11-21T00:00:00Z"}))

    def states(self) -> dict[UUID, str]:
        """The newest word on each camera."""
        return {each.camera_id: each.state.value for each in self.statuses().values()}

    def status(self, order: CameraOrder) -> StreamStatus | None:
        """The newest word on the camera's main stream."""
        return self.statuses().get((order.camera_id, "main"))

    def statuses(self) -> dict[tuple[UUID, str], StreamStatus]:
        """The newest word on each ordered stream: a heartbeat carries what changed or is due."""
        ordered = {camera.camera_id for camera in self.cameras}
        told = {
            (each.camera_id, each.stream): each
            for heartbeat in self.heartbeats
            for each in heartbeat.streams
        }
        return {key: each for key, each in told.items() if key[0] in ordered}


@pytest.fixture
def hub() -> HubDouble:
    return HubDouble()


@pytest.fixture(scope="session")
def sim_config(tmp_path_factory: pytest.TempPathFactory) -> SimConfig:
    """Three small cameras with a key frame every ten pictures; encoded once a test run."""
    scenes = ("entrance", "yard", "shop")
    return SimConfig(
        cache_dir=tmp_path_factory.mktemp("loops"),
        cameras=tuple(CameraSpec(name, name) for name in scenes),
        user=USER,
        password=PASSWORD,
        main=Picture(160, 90, 150_000),
        sub=Picture(96, 64, 50_000),
        fps=25,
        loop_seconds=4,
        key_seconds=0.4,
    )


@pytest.fixture
async def cameras(sim_config: SimConfig) -> AsyncIterator[SimServer]:
    async with SimServer(sim_config) as server:
        yield server


def camera_order(cameras: SimServer, number: int, **more: Any) -> CameraOrder:
    """An order to record a simulated camera."""
    values: dict[str, Any] = {
        "camera_id": uuid4(),
        "name": f"Camera {number}",
        "username": USER,
        "password": PASSWORD,
        "streams": (StreamOrder(stream="main", address=cameras.address(number)),),
    }
    return CameraOrder.model_validate(values | more)


def settings_for(folder: Path, port: int, code: str | None = "code-1") -> Settings:
    return Settings(
        _env_file=None,
        data=folder,
        hub_url=f"http://127.0.0.1:{port}",
        enrolment_code=code,
        time_zone="UTC",
    )


@asynccontextmanager
async def running(settings: Settings, **more: Any) -> AsyncIterator[Node]:
    """A node in this process, with real runners; stopped in good order at the end."""
    node = Node(settings, SystemClock(), **{"pace": QUICK} | more)
    task = asyncio.create_task(node.run())
    try:
        yield node
    finally:
        node.stop()
        await asyncio.wait_for(task, WAIT_SECONDS)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder; its path is short enough for a unix socket."""
    return tmp_path / "data"


def media_client(data: Path) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(uds=str(data / "run" / "node.sock"))
    return httpx.AsyncClient(transport=transport, base_url="http://node", timeout=WAIT_SECONDS)
