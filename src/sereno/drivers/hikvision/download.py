"""Fetching footage: the forms that firmware takes, and answers that are none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from sereno.base.backoff import Backoff
from sereno.drivers.contract import Container, Fetched, Progress, Sink
from sereno.drivers.errors import DeviceError, Missing
from sereno.drivers.hikvision.isapi import XML, Isapi, brief
from sereno.drivers.hikvision.parse_errors import Rejection, Trouble, rejection
from sereno.drivers.hikvision.parse_search import download_body, size_in
from sereno.drivers.hikvision.quirks import Known, Quirk
from sereno.drivers.hikvision.reasons import Right
from sereno.drivers.hikvision.tree import looks_written
from sereno.policy.reasons import Reason

_PATH = "/ISAPI/ContentMgmt/download"
_SILENCE_SECONDS = 60.0
"""A recorder wakes its disk first."""

_PEEK_BYTES = 16
_REST_SECONDS = (0.5, 4.0)


@dataclass(frozen=True, slots=True)
class _Nothing:
    """No footage came: why, or None where the answer was fine and empty."""

    refused: Rejection | None


@dataclass(slots=True)
class Download:
    """Downloads of one device, one after the other."""

    isapi: Isapi
    known: Known

    async def fetch(self, uri: str, sink: Sink, progress: Progress) -> Container:
        """All bytes at a playback address, which goes out verbatim. Raises DeviceError, OSError of
        the sink; Missing where the device has none."""
        refusals: list[Rejection | None] = []
        for method in ("POST",) if self.known.has(Quirk.POST_DOWNLOAD) else ("GET", "POST"):
            result = await self._patiently(method, uri, sink, progress)
            if isinstance(result, Container):
                if method == "POST":
                    self.known.note(Quirk.POST_DOWNLOAD)
                return result
            refusals.append(result.refused)
            if not _may_suit_otherwise(result.refused):
                raise self._error(result.refused)
        raise self._error(None if None in refusals else refusals[0])

    def _error(self, refused: Rejection | None) -> DeviceError:
        """An answer that is fine and empty means that there is no footage."""
        if refused is None:
            return Missing(Reason("footage_empty"))
        return self.isapi.error(refused, Right.PLAYBACK)

    async def _patiently(
        self, method: str, uri: str, sink: Sink, progress: Progress
    ) -> Container | _Nothing:
        """Once more where something failed inside the device; a restart is never asked for."""
        result = await self._once(method, uri, sink, progress)
        if not isinstance(result, _Nothing) or result.refused is None:
            return result
        if result.refused.trouble is not Trouble.FAULT:
            return result
        await asyncio.sleep(Backoff(*_REST_SECONDS).next_seconds())
        return await self._once(method, uri, sink, progress)

    async def _once(
        self, method: str, uri: str, sink: Sink, progress: Progress
    ) -> Container | _Nothing:
        """Errors come as XML too, sometimes with 200: the first bytes tell."""
        opening = self.isapi.http.stream(
            method,
            _PATH,
            body=download_body(uri),
            content_type=XML,
            silence_seconds=_SILENCE_SECONDS,
        )
        with self.isapi.naming(Right.PLAYBACK):
            async with opening as answer, aclosing(_peeked(answer.chunks())) as chunks:
                first = await anext(chunks, b"")
                if answer.status >= 300 or looks_written(first):
                    return _Nothing(rejection(answer.status, first + await brief(chunks)))
                if not first:
                    return _Nothing(None)
                expected = size_in(uri) or answer.expected_bytes
                await _pour(first, chunks, sink, progress, expected)
        return Container.MP4 if first[4:8] == b"ftyp" else Container.MPEG_PS


def _may_suit_otherwise(refused: Rejection | None) -> bool:
    """Whether the same request in another form may be taken."""
    return refused is None or refused.trouble in (Trouble.ABSENT, Trouble.UNFIT, Trouble.FAULT)


async def _pour(
    first: bytes,
    chunks: AsyncIterator[bytes],
    sink: Sink,
    progress: Progress,
    expected: int | None,
) -> None:
    """Everything into the sink. A slow sink holds the device back."""
    size = len(first)
    await sink.write(first)
    progress(Fetched(size, expected))
    async for chunk in chunks:
        await sink.write(chunk)
        size += len(chunk)
        progress(Fetched(size, expected))


async def _peeked(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The same bytes; the first piece is long enough to tell what they are."""
    held = b""
    async for chunk in chunks:
        held += chunk
        if len(held) >= _PEEK_BYTES:
            break
    if held:
        yield held
    async for chunk in chunks:
        yield chunk
