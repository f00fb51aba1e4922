"""Everything that is the hub's goes to the hub, over its unix socket."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import httpx
from starlette.requests import Request
from starlette.responses import Response

from sereno.front.relay import relay
from sereno.front.troubles import HUB_AWAY, refusal


@dataclass(frozen=True, slots=True)
class HubProxy:
    """Passes calls on; says so in words when the hub is away."""

    client: httpx.AsyncClient

    async def answer(self, request: Request) -> Response:
        try:
            return await relay(request, self.client, is_session_passed=True)
        except httpx.TransportError:
            return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, "hub_away", HUB_AWAY)
