"""The built user interface and the back office's files, with the headers that keep them safe."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sereno.front.troubles import NO_PAGES, refusal

UI_FOLDER = Path(__file__).parent / "static"
# The names of built files hold a digest of their content: they never change.
HASHED_FOLDER = "assets/"
_KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"
_ASKED_EACH_TIME = "no-cache"

# Video comes as blobs of media source extensions, still pictures as data. Styles may stand in
# pages because the component library writes its computed ones there; scripts may not.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "media-src 'self' blob:",
        "img-src 'self' data: blob:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_FOR_ALL = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
# Browsers that saw it come by HTTPS alone for a year (RFC 6797).
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")


class Files(StaticFiles):
    """A folder's files. One that is not there yet is an empty one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self.config_checked = True  # the check refuses a folder that is made later


class Pages(Files):
    """The interface: its files as they are, and its one page for every other address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        is_hashed = path.startswith(HASHED_FOLDER)
        try:
            answer = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND or is_hashed:
                raise
            answer = await self._page(scope)
        answer.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        answer.headers["Cache-Control"] = _KEPT_FOR_A_YEAR if is_hashed else _ASKED_EACH_TIME
        return answer

    async def _page(self, scope: Scope) -> Response:
        try:
            return await super().get_response("index.html", scope)
        except HTTPException:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            return refusal(Request(scope), status, "no_pages", NO_PAGES)


class SafeHeaders:
    """Adds to every answer what must be said of it, unless it says so itself."""

    def __init__(self, app: ASGIApp, *, is_https_only: bool) -> None:
        self._app = app
        self._headers = (*_FOR_ALL, _HTTPS_ONLY) if is_https_only else _FOR_ALL

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                more = [pair for pair in self._headers if pair[0] not in said]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        await self._app(scope, receive, send_safely)
