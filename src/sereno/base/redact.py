"""Keeps secrets out of everything that is written down for people."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote

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

    Each of `secrets` is removed as it stands and percent-encoded.
    """
    text = _URL_CREDENTIALS.sub(rf"\g<scheme>{MASK}@", text)
    text = _AUTHORIZATION.sub(rf"\g<name>{MASK}", text)
    text = _TOKENS.sub(rf"\g<kind>_{MASK}", text)
    text = _PARAMETERS.sub(rf"\g<name>{MASK}", text)
    for secret in filter(None, secrets):
        for form in {secret, quote(secret, safe=""), quote(secret)}:
            text = text.replace(form, MASK)
    return text


class RedactingFormatter(logging.Formatter):
    """A log formatter whose every line, traceback included, has passed `redact`."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
