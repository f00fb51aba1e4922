"""The keys that encrypt secrets at rest, as they are changed: a new one first, later it alone."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from sereno.base.errors import Conflict, Words
from sereno.box.files import write_atomic
from sereno.box.secrets import fernet, read_secret
from sereno.box.settings import Settings

_FROM_SETTING = Words(
    "The keys come from the setting SERENO_FERNET_KEY (FERNET_KEY). Change them there: the new one "
    "first, a comma, the old ones.",
    "Las claves vienen de la opción SERENO_FERNET_KEY (FERNET_KEY). Cámbielas allí: la nueva "
    "primero, una coma, las antiguas.",
)
_RESTART_FIRST = Words(
    "Sereno runs with the keys of before. Restart it, then do this again.",
    "Sereno está funcionando con las claves de antes. Reinícielo y vuelva a hacer esto.",
)


def add_key(settings: Settings) -> None:
    """A new key before the others, for what is encrypted from the next start on.

    Raises Conflict where the keys are a setting.
    """
    path = _file(settings)
    write_atomic(path, f"{Fernet.generate_key().decode()},{read_secret(path)}\n")


def keep_first_key(settings: Settings) -> None:
    """Forget all keys but the first; nothing may need them any more. Raises Conflict likewise."""
    path = _file(settings)
    write_atomic(path, read_secret(path).partition(",")[0] + "\n")


def check_keys_are_in_use(settings: Settings) -> None:
    """Raises Conflict where the box runs since before its keys changed: it could not read what is
    encrypted with a new one."""
    data = settings.data_dir
    if settings.fernet_key is not None or not data.address_file.exists():
        return
    # It is written as the box starts.
    if data.address_file.stat().st_mtime < data.fernet_key.stat().st_mtime:
        raise Conflict("keys_not_in_use", _RESTART_FIRST)


def reseal_orders(settings: Settings) -> None:
    """Encrypt the own node's last orders with the first key; it fetches them again if need be."""
    path = settings.data_dir.orders
    try:
        write_atomic(path, fernet(settings).rotate(path.read_bytes()))
    except (FileNotFoundError, InvalidToken):
        return  # none are kept, or none that could be read


def _file(settings: Settings) -> Path:
    if settings.fernet_key is not None:
        raise Conflict("keys_from_setting", _FROM_SETTING)
    return settings.data_dir.fernet_key
