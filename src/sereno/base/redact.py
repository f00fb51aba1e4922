"""Keeps secrets out of everything that is written down for people."""

from __future__ import annotations

import logging
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "***"
# Greedy up to the last @ before the path: a password may itself contain an @.
_URL_CREDENTIALS = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/?#'\"<>]*@", re.IGNORECASE)
_AUTHORIZATION = re.compile(
    r"(?P<name>\b(?:proxy-)?authorization['\"]?\s*[:=]\s*)[^\r\n]+", re.IGNORECASE
)
# What sereno.accounts.tokens makes.
_TOKENS = re.compile(r"\b(?P<kind>setup|sereno|node)_[A-Za-z0-9_-]{43}")
_PARAMETERS = re.compile(
    r"(?P<name>(?<![a-z])(?:ticket|token|(?:user)?pass(?:w|wd|word)?|pwd|psw|loginpas|secret)=)"
    r"[^\s&'\"]+",
    re.IGNORECASE,
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without URL credentials, authorization headers, tokens, secret parameters
    and `secrets`.

    Each of `secrets` is removed as it stands, percent-encoded and in Base64.
    """
    text = _URL_CREDENTIALS.sub(rf"\g<scheme>{MASK}@", text)
    text = _AUTHORIZATION.sub(rf"\g<name>{MASK}", text)
    text = _TOKENS.sub(rf"\g<kind>_{MASK}", text)
    text = _PARAMETERS.sub(rf"\g<name>{MASK}", text)
    for secret in filter(None, secrets):
        text = re.sub("|".join(map(re.escape, _forms(secret))), MASK, text, flags=re.IGNORECASE)
    return text


def _forms(secret: str) -> list[str]:
    """As it may stand in a text, the longest first. Base64 comes with or without its padding."""
    data = secret.encode()
    encoded = {text.decode() for text in (b64encode(data), urlsafe_b64encode(data))}
    forms = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), *encoded}
    forms |= {text.rstrip("=") for text in encoded}
    return sorted(forms, key=len, reverse=True)


class RedactingFormatter(logging.Formatter):
    """A log formatter whose every line, traceback included, has passed `redact`."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
