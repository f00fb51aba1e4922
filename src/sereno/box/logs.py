"""Logs: one rotated file a process, every line redacted and readable by its owner alone."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sereno.base.redact import RedactingFormatter, redact

FILE_BYTES = 10_000_000
FILES_KEPT = 5
LONGEST_LINE_BYTES = 16_384


class _UtcFormatter(RedactingFormatter):
    converter = staticmethod(time.gmtime)


def formatter() -> logging.Formatter:
    """Time in UTC, level, who, what; without secrets."""
    return _UtcFormatter(
        "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
    )


def configure_logging(level: str) -> None:
    """Send this process's log to standard error, from where `up` takes it to its file."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # One line a request is for those who look for faults.
    for chatty in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(chatty).setLevel("DEBUG" if level == "debug" else "WARNING")


def has_log() -> bool:
    """Whether this process writes a log, rather than speaking to a person."""
    return any(isinstance(each.formatter, _UtcFormatter) for each in logging.root.handlers)


class _QuietFile(RotatingFileHandler):
    """A log that cannot be written, as on a full disk, must not stop what it tells about."""

    def handleError(self, record: logging.LogRecord) -> None:
        return


class LineLog:
    """Writes a child's lines to its file as they are, redacted; keeps a few older files."""

    def __init__(self, path: Path, secrets: Iterable[str] = ()) -> None:
        self._handler = _QuietFile(
            path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8", delay=True
        )
        self._handler.setFormatter(logging.Formatter("%(message)s"))
        self._secrets = tuple(secrets)

    def write(self, line: str) -> None:
        text = redact(line, self._secrets)
        self._handler.handle(logging.LogRecord("child", logging.INFO, "", 0, text, None, None))

    def close(self) -> None:
        self._handler.close()
