from __future__ import annotations

import errno
import gc
import os
from pathlib import Path

import pytest

from sereno.node.live_file import LiveFile


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "segment.mp4"
    path.write_bytes(bytes(range(100)))
    return path


def open_count(path: Path) -> int:
    """How often this process has the file open."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum(link.readlink() == path for link in links)


def test_one_handle_reads_all_and_goes_with_the_file(written: Path) -> None:
    file = LiveFile(written)
    assert file.read_at_once(0, 10) is None, "to open it may take a while"
    assert file.read(0, 10) == bytes(range(10))
    assert file.read(90, 10) == bytes(range(90, 100))
    assert file.read_at_once(20, 10) in (bytes(range(20, 30)), None)
    assert open_count(written) == 1
    del file
    gc.collect()
    assert open_count(written) == 0


def test_what_lies_past_the_end_is_never_given_short(written: Path) -> None:
    file = LiveFile(written)
    file.read(0, 1)
    assert file.read_at_once(95, 10) is None


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EAGAIN])
def test_where_the_kernel_would_wait_a_thread_is_to_read(
    written: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def refuse(*_: object) -> int:
        asked.append(1)
        raise OSError(number, os.strerror(number))

    file = LiveFile(written)
    file.read(0, 1)
    monkeypatch.setattr(os, "preadv", refuse)
    assert file.read_at_once(0, 10) is None
    assert file.read_at_once(0, 10) is None
    assert len(asked) == (1 if number == errno.EOPNOTSUPP else 2)
    assert file.read(0, 10) == bytes(range(10))


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        LiveFile(tmp_path / "gone.mp4").read(0, 1)
