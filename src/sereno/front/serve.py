"""`sereno front serve`: the one open port."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import uvicorn

from sereno.base.clock import SystemClock
from sereno.box.certificate import ensure_certificate
from sereno.box.database import connection_url
from sereno.box.logs import configure_logging
from sereno.box.settings import Settings
from sereno.front.app import Places, make_app

STOP_SECONDS = 2
# Of TLS 1.2 only what is authenticated and forward secret (RFC 9325); 1.3 has nothing else.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
# A viewer on a thin line may be this late with its sign of life.
PING_SECONDS = 20.0
PONG_SECONDS = 60.0
LARGEST_MESSAGE_BYTES = 64 * 1024  # what viewers and nodes say is a ticket at most


def serve(settings: Settings) -> None:
    """Serve until a signal to end. Raises Invalid when the certificate cannot be used."""
    configure_logging(settings.log_level)
    # Its lines name addresses, tickets included; what went wrong is logged by us.
    logging.getLogger("uvicorn.access").disabled = True
    uvicorn.Server(config_of(settings)).run()


def config_of(settings: Settings) -> uvicorn.Config:
    """How uvicorn serves front."""
    data = settings.data_dir
    places = Places(
        hub_socket=data.hub_socket,
        node_socket=data.node_socket,
        ticket_public_key=data.ticket_public_key,
        hub_static=data.cache / "static",
        database_url=connection_url(settings),
        # One of our own making may be replaced by none: no browser must insist on it.
        has_trusted_certificate=settings.tls_cert is not None,
        relays_per_node=settings.relays_per_node,
    )
    certificate = key = None
    if settings.is_tls:
        certificate, key = ensure_certificate(settings, datetime.now(UTC))
    return uvicorn.Config(
        make_app(places, SystemClock()),
        host=settings.listen,
        port=settings.port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        ssl_ciphers=CIPHERS,
        log_config=None,
        log_level="warning",  # a line for each socket says too much
        access_log=False,
        server_header=False,
        # What callers claim of themselves is not believed; see `forwarding`.
        proxy_headers=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # video does not get smaller
        ws_max_size=LARGEST_MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
