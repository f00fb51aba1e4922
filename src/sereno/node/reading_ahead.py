"""Files read by several threads at once: digests and reads let go of the interpreter."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

READERS = len(os.sched_getaffinity(0))


def read_ahead(act: Callable[[ItemT], ResultT], items: Iterable[ItemT]) -> Iterator[ResultT]:
    """`act` of each item, in their order; a few more are under way. What `act` raises is raised."""
    waiting: deque[Future[ResultT]] = deque()
    with ThreadPoolExecutor(READERS, "reader") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(act, item))
                if len(waiting) > 2 * READERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()
