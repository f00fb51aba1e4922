"""Secrets made here and kept only as hashes."""

from __future__ import annotations

import secrets
from hashlib import sha256

# No vowels and no look-alikes: a code that is read out loud, and never spells a word.
CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
CODE_LENGTH = 20


def new_token(prefix: str) -> str:
    """A token of 256 random bits; the prefix tells a finder what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def new_code() -> str:
    """A code that a person types: 95 random bits in groups of five."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(letters[at : at + 5] for at in range(0, CODE_LENGTH, 5))


def digest_of(token: str) -> str:
    """What the database keeps of a token.

    A plain hash is enough for secrets as random as these: there is nothing to guess.
    """
    return sha256(token.encode()).hexdigest()


def digest_of_code(code: str) -> str:
    """What the database keeps of a code, however it was typed."""
    return digest_of("".join(code.split()).replace("-", "").upper())
