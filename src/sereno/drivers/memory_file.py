"""What is remembered of devices across restarts, in a file."""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from sereno.drivers.memory import ALONE_SECONDS, Account, Halt
from sereno.policy.reasons import Reason

_LOCKS = 16
_LOOK_SECONDS = (0.02, 0.5)  # first and longest
_LOST = "What is learned of devices is lost at the next start: %s"

_log = logging.getLogger(__name__)


class _HaltRecord(BaseModel):
    key: str
    params: dict[str, str] = {}
    raw: str = ""
    salt: str = ""
    digest: str = ""
    until: AwareDatetime | None = None

    @classmethod
    def of(cls, halt: Halt) -> _HaltRecord:
        account = halt.account or Account("", "")
        return cls(
            key=halt.reason.key,
            params=dict(halt.reason.params),
            raw=halt.reason.raw,
            salt=account.salt,
            digest=account.digest,
            until=halt.until,
        )

    def to_halt(self) -> Halt:
        account = Account(self.salt, self.digest) if self.salt else None
        return Halt(Reason(self.key, self.params, self.raw), account, self.until)


class _Content(BaseModel):
    version: int = Field(1, ge=1, le=1)
    halts: dict[str, list[_HaltRecord]] = {}
    facts: dict[str, dict[str, str]] = {}


class FileMemory:
    """A JSON file, mode 0600, that is there whole or not at all, and may be shared by processes.

    One that makes no sense is put aside as `<name>.broken`, and nothing is remembered then: the
    worst that comes of it is one wrong password more.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept = _Content()
        self._mark: tuple[int, int] | None = None

    def halts(self, place: str) -> tuple[Halt, ...]:
        self._refresh()
        return tuple(record.to_halt() for record in self._kept.halts.get(place, []))

    def keep_halts(self, place: str, halts: tuple[Halt, ...]) -> None:
        with self._changed() as content:
            content.halts.pop(place, None)
            if halts:
                content.halts[place] = [_HaltRecord.of(halt) for halt in halts]

    @asynccontextmanager
    async def alone(self, place: str) -> AsyncIterator[None]:
        number = sum(place.encode()) % _LOCKS
        handle = self._open_lock(f"{self.path}.{number}.lock")
        try:
            if handle is not None:
                await _wait_for(handle)
            yield
        finally:
            if handle is not None:
                os.close(handle)

    def facts(self, device: str) -> Mapping[str, str]:
        self._refresh()
        return dict(self._kept.facts.get(device, {}))

    def learn(self, device: str, fact: str, value: str) -> None:
        if self.facts(device).get(fact) == value:
            return
        with self._changed() as content:
            content.facts.setdefault(device, {})[fact] = value

    def _refresh(self) -> None:
        """Read the file if it is another than the one that was read last."""
        try:
            found = self.path.stat()
            if (mark := (found.st_ino, found.st_mtime_ns)) == self._mark:
                return
            raw = self.path.read_bytes()
            self._mark = mark
            self._kept = _Content.model_validate_json(raw)
        except FileNotFoundError:
            return
        except ValidationError as error:
            self._put_aside(error.error_count())
        except OSError as error:
            _log.error("What is known of devices cannot be read: %s", error)

    def _put_aside(self, errors: int) -> None:
        broken = self.path.with_name(f"{self.path.name}.broken")
        _log.error(
            "%s makes no sense (%d errors) and is now %s. Sereno begins anew: it tries the "
            "password of each device once more.",
            self.path, errors, broken.name,
        )  # fmt: skip
        self._kept = _Content()
        self._mark = None
        self.path.replace(broken)

    @contextmanager
    def _changed(self) -> Iterator[_Content]:
        """The newest content, to be changed, while no other process does."""
        handle = self._open_lock(f"{self.path}.lock")
        if handle is None:
            yield self._kept
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._refresh()
            yield self._kept
            self._write()
        except OSError as error:
            _log.error(_LOST, error)
        finally:
            os.close(handle)

    def _open_lock(self, name: str) -> int | None:
        """A descriptor to be locked and closed, or None where the folder is of no use."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            _log.error(_LOST, error)
            return None

    def _write(self) -> None:
        new = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._kept.model_dump(mode="json"), file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        found = self.path.stat()
        self._mark = (found.st_ino, found.st_mtime_ns)


async def _wait_for(handle: int) -> None:
    """Lock a file that other processes lock, without holding up our own."""
    pause, longest = _LOOK_SECONDS
    try:
        async with asyncio.timeout(ALONE_SECONDS):
            while not _is_locked(handle):
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, longest)
    except TimeoutError:
        _log.warning("Another process asks a device for %g s already.", ALONE_SECONDS)


def _is_locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
