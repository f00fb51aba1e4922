"""Cameras' passwords at rest: encrypted with the first key, readable with any of them.

Fernet: AES-128-CBC with HMAC-SHA256 (github.com/fernet/spec).
"""

from __future__ import annotations

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from pydantic import SecretStr

from sereno.base.errors import Unavailable, Words

_KEY_LOST = Words(
    "A stored password cannot be read: the key it was encrypted with is missing. "
    "Restore the key, or enter the camera's password again.",
    "No se puede leer una contraseña guardada: falta la llave con que se cifró. "
    "Restaure la llave o vuelva a escribir la contraseña de la cámara.",
)


def _box() -> MultiFernet:
    keys: MultiFernet = settings.SERENO_FERNET
    return keys


def seal(secret: str) -> str:
    """The secret as it may lie in the database; nothing stays nothing."""
    return _box().encrypt(secret.encode()).decode("ascii") if secret else ""


def unseal(sealed: str) -> SecretStr:
    """The secret again. Raises Unavailable when its key is gone."""
    if not sealed:
        return SecretStr("")
    try:
        return SecretStr(_box().decrypt(sealed.encode("ascii")).decode())
    except InvalidToken:
        raise Unavailable("key_lost", _KEY_LOST) from None
