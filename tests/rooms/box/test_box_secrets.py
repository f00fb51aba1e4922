"""Secrets are made once; the certificate is one that programs accept."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from sereno.base.errors import Garbled, Invalid
from sereno.box.certificate import LIFE, ensure_certificate
from sereno.box.paths import DataDir
from sereno.box.secrets import ensure_secrets, fernet
from sereno.box.settings import Settings, load_settings
from sereno.wire.tickets import Ticket, sign, verify

NOW = datetime.now(UTC)


def test_what_exists_is_never_replaced(data: DataDir) -> None:
    before = {path: path.read_bytes() for path in data.secrets.iterdir()}
    data.ticket_public_key.unlink()
    ensure_secrets(data)
    assert {path: path.read_bytes() for path in data.secrets.iterdir()} == before


def test_the_ticket_keys_are_a_pair(data: DataDir) -> None:
    ticket = Ticket(
        user_id=1,
        camera_id="4a3e8f7c-0000-4000-8000-000000000000",
        purpose="live",
        node_id="4a3e8f7c-0000-4000-8000-000000000001",
    )
    token = sign(ticket, data.ticket_key.read_text(), NOW)
    assert verify(token, data.ticket_public_key.read_text(), "live", NOW) == ticket


def test_a_new_key_in_front_still_opens_what_the_old_one_closed(
    data: DataDir, settings: Settings
) -> None:
    closed = fernet(settings).encrypt(b"x")
    keys = f"{Fernet.generate_key().decode()},{data.fernet_key.read_text().strip()}"
    rotated = load_settings(data=data.root, fernet_key=keys)
    assert fernet(rotated).decrypt(closed) == b"x"


def test_a_damaged_key_file_is_told(data: DataDir, settings: Settings) -> None:
    data.fernet_key.write_text("no key")
    with pytest.raises(Garbled, match="not a Fernet key"):
        fernet(settings)


def greet_by_tls(certificate: Path, key: Path, name: str) -> None:
    """A handshake in which the client checks the server by its certificate file alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with context.wrap_socket(connection, server_side=True) as greeted:
                greeted.recv(1)

        server = threading.Thread(target=serve)
        server.start()
        trusting = ssl.create_default_context(cafile=certificate)
        with (
            socket.create_connection(listener.getsockname()) as raw,
            trusting.wrap_socket(raw, server_hostname=name) as greeted,
        ):
            greeted.send(b"x")
        server.join()


def test_programs_accept_the_certificate_by_every_name(data: DataDir) -> None:
    settings = load_settings(data=data.root, listen="192.0.2.7", allowed_hosts="box.example")
    certificate, key = ensure_certificate(settings, NOW)
    names = ["localhost", "127.0.0.1", "::1", "192.0.2.7", "box.example", socket.gethostname()]
    for name in names:
        greet_by_tls(certificate, key, name)


def test_it_is_kept_until_it_soon_expires(data: DataDir, settings: Settings) -> None:
    certificate, _ = ensure_certificate(settings, NOW)
    first = certificate.read_bytes()
    ensure_certificate(settings, NOW + LIFE - timedelta(days=31))
    assert certificate.read_bytes() == first
    ensure_certificate(settings, NOW + LIFE - timedelta(days=29))
    assert certificate.read_bytes() != first


def test_it_is_made_anew_for_a_new_name_and_a_lost_key(data: DataDir, settings: Settings) -> None:
    certificate, key = ensure_certificate(settings, NOW)
    first = certificate.read_bytes()
    named = load_settings(data=data.root, allowed_hosts="new.example")
    second = ensure_certificate(named, NOW)[0].read_bytes()
    assert second != first
    key.unlink()
    assert ensure_certificate(named, NOW)[0].read_bytes() != second


def test_a_pair_that_does_not_match_is_refused(tmp_path: Path) -> None:
    pairs = []
    for name in ("a", "b"):
        settings = load_settings(data=tmp_path / name)
        settings.data_dir.prepare()
        pairs.append(ensure_certificate(settings, NOW))
    mixed = load_settings(data=tmp_path / "a", tls_cert=pairs[0][0], tls_key=pairs[1][1])
    with pytest.raises(Invalid, match="cannot be used with its key"):
        ensure_certificate(mixed, NOW)
