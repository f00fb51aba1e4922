"""The self-signed certificate by which a box serves HTTPS when it was given none."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sereno.base.errors import Invalid, Words
from sereno.box.files import write_atomic
from sereno.box.paths import DataDir
from sereno.box.settings import Settings

# The longest life that every browser accepts.
LIFE = timedelta(days=825)
RENEWED_BEFORE = timedelta(days=30)

_UNUSABLE = Words(
    "The certificate {path} cannot be used with its key. "
    "Check SERENO_TLS_CERT and SERENO_TLS_KEY: both PEM, and belonging together.",
    "El certificado {path} no se puede usar con su clave. "
    "Revise SERENO_TLS_CERT y SERENO_TLS_KEY: ambos en PEM y correspondientes entre sí.",
)


def ensure_certificate(settings: Settings, now: datetime) -> tuple[Path, Path]:
    """Certificate and key for HTTPS: those of the settings, else our own, renewed when needed.

    Our own is made anew when it soon expires or lacks a name. Raises Invalid when the given pair
    cannot be used.
    """
    if settings.tls_cert and settings.tls_key:
        return _checked(settings.tls_cert, settings.tls_key)
    data = settings.data_dir
    names = _names(settings)
    is_good = _is_good(data.tls_certificate, names, now)
    if not is_good or not _are_pair(data.tls_certificate, data.tls_key):
        _make(data, names, now)
    return data.tls_certificate, data.tls_key


def ends_at(settings: Settings) -> datetime | None:
    """When the certificate of HTTPS ends; None where there is none, or nobody can read it."""
    path = settings.tls_cert or settings.data_dir.tls_certificate
    if not settings.is_tls:
        return None
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


def _checked(certificate: Path, key: Path) -> tuple[Path, Path]:
    if not _are_pair(certificate, key):
        raise Invalid("tls_unusable", _UNUSABLE.fill(path=certificate), field="tls_cert")
    return certificate, key


def _are_pair(certificate: Path, key: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=b"")
    except OSError:  # ssl.SSLError is one
        return False
    return True


def _names(settings: Settings) -> set[str]:
    names = {"localhost", "127.0.0.1", "::1", socket.gethostname(), *settings.allowed_hosts}
    if settings.listen not in {"0.0.0.0", "::"}:  # noqa: S104
        names.add(settings.listen.split("%")[0])
    return names


def _is_good(path: Path, names: set[str], now: datetime) -> bool:
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (FileNotFoundError, ValueError, x509.ExtensionNotFound):
        return False
    is_fresh = found.not_valid_after_utc - now > RENEWED_BEFORE
    return is_fresh and {_general_name(name) for name in names} <= set(held)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return x509.DNSName(name)


def _make(data: DataDir, names: set[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sereno")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in sorted(names)]), False
        )
        # An authority of itself: programs that are told to trust this file accept it.
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_atomic(data.tls_key, pem)
    write_atomic(data.tls_certificate, certificate.public_bytes(Encoding.PEM))
