"""WHEP over HTTP (draft-ietf-wish-whep): an offer in, an answer out, and a place to end it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import SecretStr

from sereno.base.errors import Invalid, Words
from sereno.box.settings import Settings
from sereno.media.whep.contract import IceSettings
from sereno.node.access import Doorkeeper, token_of
from sereno.node.webrtc import WebRtc

WHEP_PATH = "/media/v1/whep"
LARGEST_OFFER_BYTES = 64 * 1024
_SDP = "application/sdp"

_NO_OFFER = Words(
    "Send the player's SDP offer, at most 64 KiB, with Content-Type application/sdp.",
    "Envíe la oferta SDP del reproductor, de 64 KiB como máximo, con Content-Type application/sdp.",
)


@dataclass(frozen=True, slots=True)
class Whep:
    """Opens and ends sessions for who has a ticket."""

    doorkeeper: Doorkeeper
    web_rtc: WebRtc

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/whep", self.open, methods=["POST"])
        router.add_api_route("/whep/{session_id}", self.end, methods=["DELETE"])
        return router

    async def open(self, request: Request) -> Response:
        """201 with the answer; where to end it is in `Location`. Candidates are not trickled."""
        visit = self.doorkeeper.admit(token_of(request), "live")
        opened = await self.web_rtc.open(visit.key, await _offer(request))
        headers = {
            "Location": f"{WHEP_PATH}/{opened.session_id}",
            "Cache-Control": "no-store",
        }
        if links := ice_links(self.web_rtc.ice):
            headers["Link"] = links
        return Response(opened.answer, HTTPStatus.CREATED, headers, media_type=_SDP)

    async def end(self, session_id: str) -> Response:
        """Only who opened it knows the id: that it is known is leave enough."""
        self.web_rtc.end(session_id)
        return Response(status_code=HTTPStatus.OK)


def ice_of(settings: Settings) -> IceSettings:
    """What the settings say of WebRTC's own connections."""
    ports = settings.ice_ports
    credential = settings.ice_credential
    return IceSettings(
        addresses=settings.ice_addresses,
        ports=(ports.first, ports.last) if ports is not None else None,
        public_address=settings.ice_public_address or "",
        servers=settings.ice_servers,
        username=settings.ice_username or "",
        credential=credential if credential is not None else SecretStr(""),
    )


async def _offer(request: Request) -> str:
    """The SDP in the body. Raises Invalid."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = b""
    if kind == _SDP:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_OFFER_BYTES:
                break
    if not 0 < len(body) <= LARGEST_OFFER_BYTES:
        raise Invalid("whep_offer", _NO_OFFER)
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Invalid("whep_offer", _NO_OFFER) from None


def ice_links(ice: IceSettings) -> str:
    """The servers that a player may use too, as a `Link` header (WHEP, 4.6); empty: none."""
    links = []
    for uri in ice.servers:
        link = f'<{uri}>; rel="ice-server"'
        if uri.startswith("turn"):
            credential = ice.credential.get_secret_value()
            link += (
                f"; username={_quoted(ice.username)}; credential={_quoted(credential)}"
                '; credential-type="password"'
            )
        links.append(link)
    return ", ".join(links)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
