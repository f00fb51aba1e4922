"""A disk that hangs: a named pipe that nobody writes to stands for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from sereno.node.volume_threads import THREADS, VolumeThreads

HANGS, WELL = uuid4(), uuid4()


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    yield path
    for _ in range(THREADS + 1):  # let go of whoever waits
        os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


async def test_work_on_a_disk_that_hangs_holds_up_no_other_and_is_given_up(pipe: Path) -> None:
    there: set[UUID] = {HANGS, WELL}
    threads = VolumeThreads(lambda: there)
    holder = os.open(pipe, os.O_RDWR)  # opening is quick, reading hangs
    hanging = [
        asyncio.create_task(threads.call(HANGS, pipe.read_bytes)) for _ in range(3 * THREADS)
    ]
    assert await threads.call(WELL, sum, [1, 2]) == 3
    assert not any(task.done() for task in hanging)
    there.discard(HANGS)  # whoever looks at volumes has seen it
    ended = await asyncio.gather(*hanging, return_exceptions=True)
    assert all(isinstance(each, OSError) for each in ended)
    os.write(holder, b"at last")
    os.close(holder)


async def test_what_fails_says_so(tmp_path: Path) -> None:
    threads = VolumeThreads(lambda: {WELL})
    with pytest.raises(FileNotFoundError):
        await threads.call(WELL, (tmp_path / "nothing").read_bytes)
