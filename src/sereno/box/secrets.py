"""The secret files of a box: made once, read by whoever needs them, each mode 0600."""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sereno.base.errors import Garbled, Words
from sereno.box.files import write_atomic
from sereno.box.paths import DataDir
from sereno.box.settings import Settings

_BAD_FERNET_FILE = Words(
    "The key file {path} is not a Fernet key. Restore it from a backup.",
    "El archivo de clave {path} no es una clave Fernet. Restáurelo desde una copia de seguridad.",
)


def ensure_secrets(data: DataDir) -> None:
    """Make the secret files that are missing; what exists is never replaced."""
    makers = {
        data.fernet_key: lambda: Fernet.generate_key().decode(),
        data.django_key: lambda: secrets.token_urlsafe(48),
        data.database_password: lambda: secrets.token_urlsafe(32),
        data.ticket_key: _new_ticket_key,
    }
    for path, make in makers.items():
        if not path.exists():
            write_atomic(path, make() + "\n")
    if not data.ticket_public_key.exists():
        write_atomic(data.ticket_public_key, _public_part(data.ticket_key.read_bytes()))


def read_secret(path: Path) -> str:
    """The content of a secret file without its line end. Raises FileNotFoundError."""
    return path.read_text(encoding="utf-8").strip()


def fernet(settings: Settings) -> MultiFernet:
    """What encrypts secrets at rest: the first key encrypts, every key decrypts.

    Raises Garbled when the key file holds no key.
    """
    path = settings.data_dir.fernet_key
    text = settings.fernet_key.get_secret_value() if settings.fernet_key else read_secret(path)
    try:
        return MultiFernet([Fernet(key.strip()) for key in text.split(",")])
    except ValueError:
        raise Garbled("fernet_key_bad", _BAD_FERNET_FILE.fill(path=path)) from None


def _new_ticket_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().strip()


def _public_part(private_pem: bytes) -> bytes:
    public = load_pem_private_key(private_pem, None).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
