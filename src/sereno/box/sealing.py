"""Files sealed with a passphrase, written and read as streams.

Layout: magic, salt (16 bytes), nonce prefix (7 bytes), then chunks of 64 KiB, each sealed with
AES-256-GCM (16 bytes longer). A chunk's nonce is prefix, number (4 bytes, big-endian) and 1 for
the last chunk, else 0, so that none can be moved, dropped or cut off unseen. The key is
scrypt(passphrase, salt). Source: STREAM, in "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance" (Hoang, Reyhanitabar, Rogaway, Vizár, 2015); scrypt: RFC 7914.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sereno.base.errors import Garbled, Words

MAGIC = b"SERENO-SEALED-1\n"
CHUNK_BYTES = 64 * 1024
_SALT_BYTES = 16
_PREFIX_BYTES = 7
_TAG_BYTES = 16
# 64 MB and about a quarter of a second: dear to guess, bearable on a small box.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**16, 8, 1

_NOT_OPENED = Words(
    "The backup cannot be opened: the passphrase is wrong, or the file is damaged or cut off. "
    "Nothing was changed.",
    "No se puede abrir la copia: la frase de paso es incorrecta, o el archivo está dañado o "
    "incompleto. No se cambió nada.",
)


def is_sealed(file: BinaryIO) -> bool:
    """Whether a sealed stream begins here; the position stays."""
    start = file.read(len(MAGIC))
    file.seek(-len(start), os.SEEK_CUR)
    return start == MAGIC


def seal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write all of `source` to `target`, sealed."""
    salt, prefix = os.urandom(_SALT_BYTES), os.urandom(_PREFIX_BYTES)
    cipher = _cipher(passphrase, salt)
    target.write(MAGIC + salt + prefix)
    for number, (chunk, is_last) in enumerate(_chunks(source, CHUNK_BYTES)):
        target.write(cipher.encrypt(_nonce(prefix, number, is_last=is_last), chunk, None))


def unseal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write what `source` sealed to `target`. Raises Garbled, maybe after some was written."""
    magic, salt = source.read(len(MAGIC)), source.read(_SALT_BYTES)
    prefix = source.read(_PREFIX_BYTES)
    if magic != MAGIC or len(prefix) != _PREFIX_BYTES:
        raise Garbled("backup_not_opened", _NOT_OPENED)
    cipher = _cipher(passphrase, salt)
    try:
        for number, (chunk, is_last) in enumerate(_chunks(source, CHUNK_BYTES + _TAG_BYTES)):
            target.write(cipher.decrypt(_nonce(prefix, number, is_last=is_last), chunk, None))
    except InvalidTag:
        raise Garbled("backup_not_opened", _NOT_OPENED) from None


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    derived = Scrypt(salt=salt, length=32, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
    return AESGCM(derived.derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, is_last)


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of `size` bytes, and whether each is the last; an empty source has an empty one."""
    chunk = source.read(size)
    while following := source.read(size):
        yield chunk, False
        chunk = following
    yield chunk, True
