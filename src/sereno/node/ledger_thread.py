"""Keeps the ledger's blocking SQL off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sereno.node.ledger import Ledger

P = ParamSpec("P")
T = TypeVar("T")


class LedgerThread:
    """The ledger on a thread of its own: calls are taken one after another, in order."""

    def __init__(self, path: Path) -> None:
        self._ledger = Ledger(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def call(
        self,
        act: Callable[Concatenate[Ledger, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """`await ledger.call(Ledger.save, changes)`: the method's answer, or what it raised."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: act(self._ledger, *args, **kwargs))

    async def close(self) -> None:
        """Take what was asked for before, then close."""
        await self.call(Ledger.close)
        self._thread.shutdown()
