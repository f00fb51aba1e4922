"""The newest word on something, told to the hub until it has it: what is older is told no more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from sereno.base.backoff import Backoff
from sereno.base.errors import NotFound, SerenoError

log = logging.getLogger(__name__)

BASE_SECONDS, CAP_SECONDS = 1.0, 30.0

T = TypeVar("T")


class Bulletin(Generic[T]):
    """`put` the newest; `told` and `tell_forever` have it told.

    `tell` raises NotFound where nobody wants to know, and another SerenoError where the hub did not
    take it, to be told again. So many seconds at least lie between two of them, and as many as it
    took: a slow line is left half of its time.
    """

    def __init__(
        self,
        tell: Callable[[T], Awaitable[None]],
        shortest_seconds: float = 0.0,
        again: Backoff | None = None,
    ) -> None:
        self._tell = tell
        self._shortest_seconds = shortest_seconds
        self._again = again or Backoff(BASE_SECONDS, CAP_SECONDS)
        self._has_news = asyncio.Event()
        self._took_seconds = 0.0
        self.newest: T | None = None

    def put(self, report: T) -> None:
        """This is the newest."""
        self.newest = report
        self._has_news.set()

    async def told(self) -> T:
        """Wait for news, tell it, and give what the hub has taken. Raises NotFound."""
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            report = self.newest
            if report is None:
                continue
            began = asyncio.get_running_loop().time()
            try:
                await self._tell(report)
            except NotFound:
                raise
            except SerenoError as error:
                log.debug("The hub takes no report: %s", error)
                self._has_news.set()
                await asyncio.sleep(self._again.next_seconds())
            else:
                self._again.reset()
                self._took_seconds = asyncio.get_running_loop().time() - began
                return report

    async def tell_until(self, is_last: Callable[[T], bool]) -> None:
        """Up to the last. Raises NotFound."""
        while True:
            if is_last(await self.told()):
                return
            await asyncio.sleep(max(self._shortest_seconds, self._took_seconds))
