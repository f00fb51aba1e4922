"""The node's media API, on a unix socket that only front and this user can open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from sereno.base.errors import Invalid, NotFound, SerenoError, Unauthenticated, Unavailable, Words
from sereno.node.clip_routes import ClipRoutes
from sereno.node.devices.pictures import ShowingChannels
from sereno.node.live_hls import LiveHls
from sereno.node.pictures import PicturesOfFootage
from sereno.node.playback import Playback
from sereno.node.recorder_view import RecorderWatching
from sereno.node.snapshots import Showing
from sereno.node.state import NodeState
from sereno.node.watching import Watching
from sereno.node.whep import Whep

_STATUS: tuple[tuple[type[SerenoError], HTTPStatus], ...] = (
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
# What players nobody here wrote go by: RFC 9110, 15.5.17, and RFC 8216bis, 6.2.5.2.
_STATUS_OF_KEY = {
    "range_outside": HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    "too_far_ahead": HTTPStatus.BAD_REQUEST,
    "number_unclear": HTTPStatus.BAD_REQUEST,
}


def make_app(
    state: NodeState,
    playback: Playback,
    live_hls: LiveHls,
    watching: Watching,
    recorder_watching: RecorderWatching,
    whep: Whep,
    showing: Showing,
    pictures: PicturesOfFootage,
    clips: ClipRoutes,
    channels: ShowingChannels,
    hub_troubles: Callable[[], Mapping[str, Words]],
) -> FastAPI:
    """`/media/v1/…` for viewers with tickets, `/health` and `/status` for this machine."""
    app = FastAPI(title="Sereno node", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(playback.router(), prefix="/media/v1")
    app.include_router(live_hls.router(), prefix="/media/v1")
    app.include_router(showing.router(), prefix="/media/v1")
    app.include_router(pictures.router(), prefix="/media/v1")
    app.include_router(clips.router(), prefix="/media/v1")
    app.include_router(channels.router(), prefix="/media/v1")
    app.include_router(whep.router(), prefix="/media/v1")
    app.add_api_websocket_route("/media/v1/live", watching.watch)
    app.add_api_websocket_route("/media/v1/recorder", recorder_watching.watch)

    @app.get("/health")
    async def health() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/status")
    async def status() -> JSONResponse:
        heartbeat = await state.whole()
        troubles = [{"key": key, **words._asdict()} for key, words in hub_troubles().items()]
        return JSONResponse(heartbeat.model_dump(mode="json") | {"hub_troubles": troubles})

    @app.exception_handler(SerenoError)
    async def refuse(_: Request, error: SerenoError) -> JSONResponse:
        return JSONResponse(error_body(error), status_of_error(error))

    return app


def error_body(error: SerenoError) -> dict[str, dict[str, str | None]]:
    en, es = error.words
    return {"error": {"key": error.key, "field": error.field, "en": en, "es": es}}


def status_of_error(error: SerenoError) -> int:
    if (known := _STATUS_OF_KEY.get(error.key)) is not None:
        return known
    return next(
        (status for kind, status in _STATUS if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
