"""A small API to talk to, on a real port, and the command as people run it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sereno.box.paths import DataDir
from sereno.cli import main

if TYPE_CHECKING:
    from sereno.accounts.queries import Asker
    from sereno.sites.models import Camera

TOKEN = "cli-token"
CAMERA = {
    "id": "4a3e8f7c-0000-4000-8000-000000000001",
    "name": "Patio [1]",
    "address": "rtsp://10.0.0.7/main",
    "username": "ana",
    "engine": "auto",
    "transport": "tcp",
    "records_sound": True,
    "budget_bytes": 2_500_000_000,
    "sub_address": "",
    "profile": None,
    "pause": None,
    "manual": None,
    "lease": None,
    "why": {"en": "It is always recorded.", "es": "Se graba siempre."},
    "status": {
        "state": "failed",
        "reason": {"en": "Wrong password.", "es": "Contraseña incorrecta."},
        "codec": "avc1.64001f",
        "width": 1280,
        "height": 720,
        "fps": 25.0,
        "bitrate_bps": 1_500_000,
        "newest_at": None,
        "engine": "ffmpeg",
        "engine_reason": {"en": "It sends MJPEG.", "es": "Envía MJPEG."},
        "transport": "tcp",
        "clock": "arrival",
        "sound": "",
        "lost_packets": 31,
        "notices": [{"en": "Its sound is not kept.", "es": "Su sonido no se guarda."}],
        "effective_args": "sereno stream record --camera x",
    },
}


@dataclass
class FakeApi:
    """What the box answers, and what it was asked."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


def _handler(api: FakeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(size)) if size else None
            path = self.path.partition("?")[0]
            api.asked.append((self.command, self.path, body))
            status, content = api.answers.get(f"{self.command} {path}", (404, {}))
            if self.headers["Authorization"] not in {f"Bearer {TOKEN}", "Bearer ticket"}:
                status, content = 401, {"error": {"key": "who", "en": "Who?", "es": "¿Quién?"}}
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(raw))} | api.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PATCH = do_DELETE = _answer

        def log_message(self, *message: object) -> None:
            """Tests look at `asked`."""

    return Handler


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    """A box that runs, with one camera, found through the data folder as always."""
    found = FakeApi({"GET /api/v1/cameras": (200, [CAMERA])})
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    data = DataDir(tmp_path / "data")
    data.prepare()
    data.cli_token.write_text(TOKEN + "\n")
    url = f"http://127.0.0.1:{server.server_port}"
    data.address_file.write_text(
        json.dumps({"url": url, "public_url": url, "ca_file": None, "pid": 1})
    )
    monkeypatch.setenv("SERENO_DATA", str(data.root))
    monkeypatch.setenv("SERENO_TIME_ZONE", "America/Guatemala")
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hub(admin: Asker, camera: Camera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hub with one camera, “Patio”, and its real database; only the wire is left out."""
    from django.core import signals
    from django.core.wsgi import get_wsgi_application
    from django.db import close_old_connections

    from sereno.accounts.actions import make_api_token

    assert admin.user is not None
    data = DataDir(tmp_path / "data")
    data.prepare()
    data.cli_token.write_text(make_api_token(admin, admin.user, "cli") + "\n")
    told = {"url": "http://localhost", "public_url": "http://localhost", "ca_file": None, "pid": 1}
    data.address_file.write_text(json.dumps(told))
    monkeypatch.setenv("SERENO_DATA", str(data.root))
    monkeypatch.setenv("SERENO_TIME_ZONE", "America/Guayaquil")
    # A request's begin and end would close the connection that the test stands in.
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    wire = httpx.WSGITransport(app=get_wsgi_application())
    monkeypatch.setattr("sereno.box.api.httpx.Client", partial(httpx.Client, transport=wire))
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def sereno(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    """Runs `sereno` with arguments, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SERENO_DEBUG", raising=False)
    monkeypatch.setattr("logging.root.handlers", [])

    def run(*arguments: str) -> Said:
        monkeypatch.setattr("sys.argv", ["sereno", *arguments])
        with pytest.raises(SystemExit) as ended:
            main.run()
        captured = capfd.readouterr()
        return Said(int(ended.value.code or 0), captured.out, captured.err)

    return run
