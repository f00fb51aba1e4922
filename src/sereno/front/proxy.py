"""Everything that is the hub's goes to the hub, over its unix socket.

Where the hub has checked who may see a picture, it names its place with a ticket; the picture
itself goes from the node to the viewer, and the hub never touches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import httpx
from starlette.requests import Request
from starlette.responses import Response

from sereno.front.media import MediaRelay
from sereno.front.relay import Relayed, relay
from sereno.front.troubles import HUB_AWAY, refusal


@dataclass(frozen=True, slots=True)
class HubProxy:
    """Passes calls on; says so in words when the hub is away."""

    client: httpx.AsyncClient
    media: MediaRelay

    async def answer(self, request: Request) -> Response:
        try:
            answer = await relay(request, self.client, is_session_passed=True)
        except httpx.TransportError:
            return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, "hub_away", HUB_AWAY)
        if isinstance(answer, Relayed) and answer.media:
            await answer.drop()
            return await self.media.answer_with(request, answer.media)
        return answer
