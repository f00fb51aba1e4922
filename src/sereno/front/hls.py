"""`/hls/<stream id>/…`: playlists for players that know nothing but an address.

A stream id is a ticket. It stands in the path, where the relative addresses of a playlist keep it
by themselves; below `/media/v1/hls/` it goes on as every other ticket does, in the query.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sereno.front.media import MediaRelay
from sereno.front.openings import MEDIA_PREFIX


def hls_route(media: MediaRelay) -> Route:
    """The route, answered by whom `/media/v1/` is."""

    async def answer(request: Request) -> Response:
        return await media.answer(_as_media(request))

    return Route("/hls/{stream_id}/{rest:path}", answer)


def _as_media(request: Request) -> Request:
    """The same call at its address below `/media/v1/`."""
    path = f"{MEDIA_PREFIX}hls/{request.path_params['rest']}"
    given = [pair for pair in request.query_params.multi_items() if pair[0] != "ticket"]
    query = urlencode([*given, ("ticket", request.path_params["stream_id"])])
    scope = {
        **request.scope,
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query.encode(),
        "headers": [pair for pair in request.scope["headers"] if pair[0] != b"authorization"],
    }
    return Request(scope, request.receive)
