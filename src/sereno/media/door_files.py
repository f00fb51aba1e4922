"""The files behind the doors of devices: who is in, and which credentials were refused.

What is held is held with flock(2): the kernel lets go of it when a process dies, so that no kill
leaves a door shut. The folder's files:

| file | what |
| --- | --- |
| `key` | the secret that all other names are made with: they tell neither hosts nor passwords |
| `<host>.0` to `.2` | held by an attempt, from dialling up to the answer to PLAY |
| `<login>.login` | held by an attempt alone; shared by those who play with these credentials |
| `<login>.refused` | why these credentials are not to be tried, and until when |
"""

from __future__ import annotations

import fcntl
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from sereno.media.hosts import host_and_port
from sereno.wire.reports import ReasonReport

MOST_AT_ONCE = 3
"""Attempts at one host at a time. Some recorders fall over more than a handful."""

LONGEST_LOCK_US = 86_400_000_000


class Device(NamedTuple):
    """Digests of whom an attempt is for: all that is at one address, what listens at its port,
    and the credentials for it; `login` is empty where there are none to be refused."""

    host: str
    port: str
    login: str


class Refusal(BaseModel):
    """Why credentials are not to be tried; `until_us` None: before a person acts."""

    reason: ReasonReport
    until_us: int | None = None

    def holds_at(self, now_us: int) -> bool:
        """A time that is too far away was written by a clock that was wrong."""
        if self.until_us is None:
            return True
        return now_us < self.until_us <= now_us + LONGEST_LOCK_US


class DoorFiles:
    """Everything raises OSError, and nothing waits for anybody but the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = b""

    @property
    def has_key(self) -> bool:
        """Whether `device` needs the disk no more."""
        return bool(self._key)

    def device(self, address: str, username: str, password: str) -> Device:
        """Whom an attempt at this address, with these credentials, is for."""
        host, port = host_and_port(address)
        login = self._digest("login", host, port, username, password) if username else ""
        return Device(self._digest("host", host), self._digest("port", host, port), login)

    def take_turn(self, device: Device) -> int | None:
        """One of the host's places, as a descriptor to be closed; None while all are taken."""
        for number in range(MOST_AT_ONCE):
            taken = self._take(f"{device.host}.{number}", fcntl.LOCK_EX)
            if taken is not None:
                return taken
        return None

    def take_login(self, device: Device) -> int | None:
        """Leave to try the credentials, as a descriptor: alone, or beside those who play with them.

        None while somebody else tries them.
        """
        name = f"{device.login}.login"
        alone = self._take(name, fcntl.LOCK_EX)
        return alone if alone is not None else self._take(name, fcntl.LOCK_SH)

    def is_played(self, device: Device) -> bool:
        """Whether somebody plays with the credentials now, so that they are right."""
        if not device.login or self._may_take(device, fcntl.LOCK_EX):
            return False
        return self._may_take(device, fcntl.LOCK_SH)

    def refusal(self, device: Device) -> Refusal | None:
        """What is remembered of the credentials. To be asked by who holds leave to try them."""
        if not device.login:
            return None
        try:
            return Refusal.model_validate_json(self._refused(device).read_bytes())
        except (FileNotFoundError, ValidationError):  # cut off by a power failure: as if not there
            return None

    def refuse(self, device: Device, refusal: Refusal) -> None:
        """Remember, before leave to try them is given back."""
        path = self._refused(device)
        new = self._written(path.name, refusal.model_dump_json().encode())
        new.replace(path)

    def forget(self, device: Device) -> None:
        """The credentials may be tried again."""
        self._refused(device).unlink(missing_ok=True)

    def _refused(self, device: Device) -> Path:
        return self._folder / f"{device.login}.refused"

    def _may_take(self, device: Device, how: int) -> bool:
        taken = self._take(f"{device.login}.login", how)
        if taken is not None:
            os.close(taken)
        return taken is not None

    def _take(self, name: str, how: int) -> int | None:
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _digest(self, *parts: str) -> str:
        self._key = self._key or self._read_key()
        return hmac.digest(self._key, "\0".join(parts).encode(), "sha256").hex()[:32]

    def _read_key(self) -> bytes:
        """The folder's secret, which the first who comes makes."""
        path = self._folder / "key"
        with suppress(FileNotFoundError):
            return path.read_bytes()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._written(path.name, secrets.token_bytes(32))
        with suppress(FileExistsError):  # another was first
            os.link(new, path)
        new.unlink()
        return path.read_bytes()

    def _written(self, name: str, data: bytes) -> Path:
        """A file of our own with these bytes, to be put in the place of `name`."""
        path = self._folder / f"{name}.{secrets.token_hex(8)}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        return path


def share(login: int) -> None:
    """The credentials are right: others may use them too, as long as this session lives."""
    with suppress(BlockingIOError):  # somebody came in between, and learns the same
        fcntl.flock(login, fcntl.LOCK_SH | fcntl.LOCK_NB)
