"""Looks for passwords where none may be: in files, in what was said, in command lines."""

from __future__ import annotations

import mmap
import re
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

# Long enough not to be met by chance.
SHORTEST = 10
LOOK_EVERY_SECONDS = 0.25
_CORE = re.compile(r"core(\.\d+)?")


@dataclass(frozen=True)
class Secret:
    """A password, and whose it is where it travels with a name (RFC 7617: `user:password`)."""

    password: str
    user: str = ""


def forms_of(secret: Secret) -> dict[str, bytes]:
    """Every way in which a password may be written down, by name."""
    plain = secret.password.encode()
    assert len(plain) >= SHORTEST
    forms = {
        "plain": plain,
        "percent-encoded": quote(secret.password, safe="").encode(),
        "percent-encoded path": quote(secret.password).encode(),
        "form": quote_plus(secret.password).encode(),
        "escaped for JSON": secret.password.replace("/", "\\/").encode(),
        "hexadecimal": plain.hex().encode(),
    }
    told = {"password": plain}
    if secret.user:
        told["user:password"] = f"{secret.user}:{secret.password}".encode()
    for name, raw in told.items():
        for offset in range(3):
            core = _base64_core(raw, offset)
            forms[f"base64 of {name}, {offset}"] = core
            forms[f"base64url of {name}, {offset}"] = core.translate(bytes.maketrans(b"+/", b"-_"))
    return forms


def _base64_core(raw: bytes, offset: int) -> bytes:
    """What any base64 of something with `raw` after `offset` (modulo 3) other bytes contains."""
    text = b64encode(bytes(offset) + raw)
    return text[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]


def found_in(data: bytes | mmap.mmap, secrets: Iterable[Secret]) -> list[str]:
    """The forms of secrets that `data` holds, by name; never the secrets themselves."""
    found = []
    for secret in secrets:
        # Some forms are the same; there may be much to search.
        named = {form: name for name, form in forms_of(secret).items()}
        found += [
            f"{name} ({secret.user or 'no user'})"
            for form, name in named.items()
            if data.find(form) >= 0
        ]
    return found


def found_below(folder: Path, secrets: Iterable[Secret]) -> list[str]:
    """Files below `folder`, whatever they are, that hold a secret; and memory that was dumped."""
    known, found = list(secrets), []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        if _CORE.fullmatch(path.name):
            found.append(f"{path}: a core dump")
        found += [f"{path}: {form}" for form in _found_in_file(path, known)]
    return found


def _found_in_file(path: Path, secrets: Iterable[Secret]) -> list[str]:
    if path.stat().st_size == 0:
        return []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return found_in(data, secrets)


class CommandLines:
    """Every command line that ran meanwhile, of anybody, each once."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._is_over = threading.Event()

    def look(self) -> None:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.seen.add(path.read_bytes())
            except OSError:
                continue  # it has ended meanwhile

    def _watch(self) -> None:
        while not self._is_over.wait(LOOK_EVERY_SECONDS):
            self.look()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look again and again; a process that lives for less than a moment may be missed."""
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()
