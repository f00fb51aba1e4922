from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sereno.media.faults import StreamFault
from sereno.media.rtsp.tls import CA_FILE_VARIABLE

from .camera import Video
from .odd_camera import OddCamera
from .playing import play, session

BASIC = 'RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'


def certificate(folder: Path, address: str) -> Path:
    """A self-signed certificate for an IP address, with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{address}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Private(OddCamera):
    """A camera behind TLS."""

    @property
    def address(self) -> str:
        return f"rtsps://127.0.0.1:{self.port}/cam/1"


def context(path: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(path)
    return made


@pytest.fixture
async def private(
    video: Video, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Private]:
    """A camera whose certificate the site was told to trust."""
    path = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv(CA_FILE_VARIABLE, str(path))
    camera = Private(video)
    async with camera.served(context(path)):
        yield camera


async def failure(camera: OddCamera) -> StreamFault:
    with pytest.raises(StreamFault) as caught:
        async with session(camera):
            pass
    return caught.value


async def test_a_trusted_camera_plays(private: Private) -> None:
    collected, transport = await play(private, 60)
    assert transport == "tls"
    assert collected.lost == 0


async def test_media_never_travel_beside_the_encrypted_connection(private: Private) -> None:
    private.transports = ("udp",)
    with pytest.raises(StreamFault) as caught:
        await play(private, 1)
    assert caught.value.reason.key == "transport_refused"
    assert private.requests.count("SETUP") == 1


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    private: Private, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CA_FILE_VARIABLE)
    error = await failure(private)
    assert error.reason.key == "tls_untrusted"
    assert private.requests == []


async def test_a_certificate_of_another_host_is_refused(
    video: Video, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(tmp_path, "192.0.2.9")
    monkeypatch.setenv(CA_FILE_VARIABLE, str(path))
    async with Private(video).served(context(path)) as camera:
        error = await failure(camera)
    assert error.reason.key == "tls_untrusted"
    assert "192.0.2.9" in error.reason.raw or "127.0.0.1" in error.reason.raw


async def test_a_trust_file_that_is_not_there_is_said_so(
    private: Private, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CA_FILE_VARIABLE, "/nowhere/ca.pem")
    error = await failure(private)
    assert error.reason.key == "tls_untrusted"
    assert "/nowhere/ca.pem" in error.reason.raw


class Plain(Private):
    """A server that answers a handshake in its own way."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"RTSP/1.0 400 Bad Request\r\n\r\n")
        await reader.read()
        writer.close()


async def test_a_server_without_tls_is_told_so(video: Video) -> None:
    async with Plain(video).served() as camera:
        error = await failure(camera)
    assert error.reason.key == "tls_failed"
    assert error.reason.raw.startswith("TLS")


async def test_behind_a_redirect_into_tls_media_stay_inside(
    private: Private, odd: OddCamera
) -> None:
    odd.answers["DESCRIBE"] = (
        f"RTSP/1.0 302 Moved\r\nCSeq: {{cseq}}\r\nLocation: {private.address}\r\n\r\n"
    )
    _, transport = await play(odd, 5, remembered="udp")
    assert (transport, private.agreed) == ("tls", ["tcp"])


async def test_basic_is_answered_inside_tls(private: Private) -> None:
    def ask_for_basic(method: str, head: str, reply: str) -> str:
        if method == "DESCRIBE" and "Authorization: Basic" not in head:
            return BASIC.replace("{cseq}", str(len(private.requests)))
        return reply

    private.changes.append(ask_for_basic)
    await play(private, 3)
    assert "Authorization: Basic b3BlcmF0b3I6czNjcmV0IHdvcmQ=\r\n" in private.heads[-1]


async def test_basic_is_never_answered_for_another_host(private: Private) -> None:
    private.answers["DESCRIBE"] = BASIC
    async with session(private) as playing:
        playing._dialogue._host = "192.0.2.1"  # as after a redirect from there
        with pytest.raises(StreamFault) as caught:
            await playing._dialogue.describe()
    assert caught.value.reason.key == "auth_unsafe"
    assert not any("Authorization" in head for head in private.heads)


async def test_a_redirect_out_of_tls_is_not_followed(private: Private) -> None:
    private.answers["DESCRIBE"] = (
        "RTSP/1.0 302 Moved\r\nCSeq: {cseq}\r\nLocation: rtsp://127.0.0.1:1/x\r\n\r\n"
    )
    with pytest.raises(StreamFault) as caught:
        await play(private, 1)
    assert caught.value.reason.key == "device_error"
    assert "without encryption" in caught.value.reason.raw
