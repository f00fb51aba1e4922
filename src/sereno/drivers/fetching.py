"""Found footage becomes a file: fetched, checked, put into MP4, and only then given its name.

What comes is kept beside the target as `.part`. A device that cuts off, or sends less than it said
or less time than it holds, is asked for what is missing, where it gives footage by time, else for
all of it once more; then it is told. Nothing half is left.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from sereno.base.errors import Unavailable, Words
from sereno.drivers.contract import Driver, Fetched, Found
from sereno.drivers.errors import Garbled, Missing, Unreachable
from sereno.drivers.file_sink import FileSink
from sereno.drivers.mending import Mending
from sereno.media.faults import StreamFault
from sereno.media.foreign.movie_facts import MovieFacts
from sereno.media.foreign.remux import Remuxing, remux, settle, sniff_file
from sereno.media.foreign.sniff import Form, Sniffed
from sereno.policy.reasons import Reason

AGAIN_AFTER_SECONDS = 2.0
"""A recorder that has just broken off is given a moment."""

SHORT_SECONDS, SHORT_SHARE = 5.0, 0.02
"""Footage is whole that is shorter than its span by no more than this: files are cut at key frames,
and recorders round."""

_ORIGINAL_SUFFIXES = {Form.MPEG_PS: ".mpg", Form.DHAV: ".dav", Form.MP4: ".original.mp4"}

_NO_ROOM = Words(
    "There is no room left at {folder}. Free space or choose another folder, then fetch it again; "
    "nothing half is left there.",
    "No queda espacio en {folder}. Libere espacio o elija otra carpeta y tráigalo de nuevo; no "
    "queda nada a medias.",
)


class Stage(StrEnum):
    """What is being done."""

    FETCHING = "fetching"
    CONVERTING = "converting"


class Fetching(NamedTuple):
    """How far it is. `expected_bytes` and `seconds` are None where nobody knows them."""

    stage: Stage
    size_bytes: int
    expected_bytes: int | None = None
    seconds: float | None = None
    expected_seconds: float | None = None


OnFetching = Callable[[Fetching], None]


@dataclass(frozen=True, slots=True)
class Footage:
    """What was fetched: the movie, what it says of itself, and how the device had wrapped it."""

    path: Path
    movie: MovieFacts
    form: Form
    received_bytes: int
    original: Path | None = None


class _Incomplete(Garbled):
    """What came is not all of it: worth asking again."""


@dataclass(slots=True)
class FootageFetch:
    """One footage to one file; `run` once. `checks_duration`: the span of `found` is known."""

    driver: Driver
    found: Found
    target: Path
    keeps_original: bool = False
    checks_duration: bool = True
    on_progress: OnFetching | None = None
    again_after_seconds: float = AGAIN_AFTER_SECONDS
    _last: Fetched = field(default=Fetched(0), init=False)

    async def run(self) -> Footage:
        """Raises DeviceError, `Unavailable` where there is no room, OSError for another fault of
        the disk."""
        part = self.target.with_name(f"{self.target.name}.fetched.part")
        try:
            return await self._run(part)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise _no_room(self.target) from None
        finally:
            part.unlink(missing_ok=True)

    async def _run(self, part: Path) -> Footage:
        sink = FileSink(part)
        try:
            try:
                return await self._attempt(part, sink, is_last=False)
            except (_Incomplete, Unreachable) as error:
                if isinstance(error, Unreachable) and not sink.size_bytes:
                    raise
            await asyncio.sleep(self.again_after_seconds)
            if (footage := await self._mend(part, sink)) is not None:
                return footage
            await sink.restart()
            return await self._attempt(part, sink, is_last=True)
        finally:
            sink.close()

    async def _attempt(self, part: Path, sink: FileSink, *, is_last: bool) -> Footage:
        self._last = Fetched(0)
        await self.driver.fetch(self.found, sink, self._tell)
        await sink.flush()
        sniffed = await asyncio.to_thread(sniff_file, part)
        self._check_bytes(sniffed, sink.size_bytes)
        try:
            movie = await self._convert(part)
        except _Incomplete:
            if is_last and self.keeps_original:
                await self._keep(part, sniffed.form)  # whatever it is, it is all there is
            raise
        original = await self._keep(part, sniffed.form) if self.keeps_original else None
        return Footage(self.target, movie, sniffed.form, sink.size_bytes, original)

    async def _mend(self, part: Path, sink: FileSink) -> Footage | None:
        """What is missing is fetched by itself; None where it takes all of it once more. An
        original that is to be kept comes in one piece."""
        if self._wanted_seconds is None or self.keeps_original:
            return None
        await sink.flush()
        mending = Mending(self.driver, self.found, self.target, self._tell, self._tell_converting)
        mended = await mending.run(part, self._check_duration)
        if mended is None:
            return None
        sniffed = await asyncio.to_thread(sniff_file, part)
        received_bytes = sink.size_bytes + mended.fetched_bytes
        return Footage(self.target, mended.movie, sniffed.form, received_bytes)

    def _check_bytes(self, sniffed: Sniffed, size_bytes: int) -> None:
        """Raises DeviceError for what is no footage, or not all of it."""
        if sniffed.form is Form.EMPTY:
            raise Missing(Reason("footage_empty"))
        if not sniffed.is_footage and sniffed.form is not Form.UNKNOWN:
            raise Garbled(Reason("footage_is_text", {"form": sniffed.form.upper()}))
        expected = self._last.expected_bytes
        if expected is None and sniffed.form is Form.MPEG_PS:
            expected = self.found.size_bytes
        if expected is not None and size_bytes < expected:
            params = {"got": str(size_bytes), "expected": str(expected)}
            raise _Incomplete(Reason("footage_cut_short", params))
        if not sniffed.is_footage:
            raise Garbled(Reason("footage_unreadable"))

    async def _convert(self, part: Path) -> MovieFacts:
        try:
            return await remux(part, self.target, self._tell_converting, self._check_duration)
        except StreamFault as fault:
            if fault.reason.key == "footage_unreadable":
                raise _Incomplete(fault.reason) from None
            if fault.reason.key == "disk_full":
                raise _no_room(self.target) from None
            raise Unavailable(fault.reason.key, fault.reason.words()) from None

    def _check_duration(self, movie: MovieFacts) -> None:
        wanted = self._wanted_seconds
        if wanted is not None and movie.seconds < wanted - max(SHORT_SECONDS, wanted * SHORT_SHARE):
            params = {"got": f"{movie.seconds:.0f}", "expected": f"{wanted:.0f}"}
            raise _Incomplete(Reason("footage_too_short", params))

    async def _keep(self, part: Path, form: Form) -> Path:
        original = self.target.with_suffix(_ORIGINAL_SUFFIXES[form])
        await asyncio.to_thread(settle, part, original)
        return original

    @property
    def _wanted_seconds(self) -> float | None:
        """None for footage that is still being written, which ends where it ends."""
        if not self.checks_duration or self.found.is_open:
            return None
        return self.found.span.duration.total_seconds()

    def _tell(self, fetched: Fetched) -> None:
        self._last = fetched
        if self.on_progress is not None:
            expected = fetched.expected_bytes or self.found.size_bytes
            told = Fetching(
                Stage.FETCHING, fetched.size_bytes, expected, fetched.seconds, self._wanted_seconds
            )
            self.on_progress(told)

    def _tell_converting(self, done: Remuxing) -> None:
        if self.on_progress is not None:
            told = Fetching(
                Stage.CONVERTING, done.size_bytes, None, done.seconds, self._wanted_seconds
            )
            self.on_progress(told)


def originals_of(target: Path) -> list[Path]:
    """Where the original may be kept beside a movie, by how the device wraps it."""
    return [target.with_suffix(suffix) for suffix in _ORIGINAL_SUFFIXES.values()]


def _no_room(target: Path) -> Unavailable:
    return Unavailable("no_room", _NO_ROOM.fill(folder=target.parent))
