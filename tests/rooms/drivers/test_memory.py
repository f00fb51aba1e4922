"""What is known of devices outlives us, and tells nobody a password."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sereno.drivers.memory import Account, Halt, Memory, ShortMemory
from sereno.drivers.memory_file import FileMemory
from sereno.policy.reasons import Reason

UNTIL = datetime(2026, 6, 1, 12, 30, 0, 250_000, tzinfo=UTC)
HALTS = (
    Halt(Reason("login_refused", {"host": "niño"}, "401 no"), Account("ab", "cd"), None),
    Halt(Reason("login_locked", {"wait": "30 min"}), None, UNTIL),
)


@pytest.fixture(params=["short", "file"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Memory:
    return ShortMemory() if request.param == "short" else FileMemory(tmp_path / "d" / "m.json")


def test_halts_and_facts_are_remembered(memory: Memory) -> None:
    assert memory.halts("a:80") == ()
    assert memory.facts("serial 1") == {}
    memory.keep_halts("a:80", HALTS)
    memory.learn("serial 1", "convention", "utc")
    memory.learn("serial 1", "convention", "local")
    memory.learn("serial 1", "search", "by day")
    assert memory.halts("a:80") == HALTS
    assert memory.halts("a:81") == ()
    assert memory.facts("serial 1") == {"convention": "local", "search": "by day"}
    memory.keep_halts("a:80", ())
    assert memory.halts("a:80") == ()


def test_two_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    one, other = FileMemory(path), FileMemory(path)
    one.keep_halts("a:80", HALTS)
    assert other.halts("a:80") == HALTS
    other.learn("x", "fact", "1")
    one.learn("x", "second", "2")
    assert other.facts("x") == {"fact": "1", "second": "2"}
    assert FileMemory(path).halts("a:80") == HALTS
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["m.json", "m.json.lock"]


BROKEN = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'{"version": 2}',
    b'{"halts": {"a:80": [{"until": "soon"}]}}',
    b"\xff\x00",
    b'{"halts": {"a:80": [{"key": "x", "until": "2026-06-01T12:00:00"}]}}',
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_put_aside_and_told(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "m.json"
    path.write_bytes(content)
    memory = FileMemory(path)
    with caplog.at_level(logging.ERROR):
        assert memory.halts("a:80") == ()
    assert "m.json.broken" in caplog.text
    assert (tmp_path / "m.json.broken").read_bytes() == content
    memory.keep_halts("a:80", HALTS)
    assert FileMemory(path).halts("a:80") == HALTS


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    memory = FileMemory(tmp_path / "file" / "m.json")
    memory.keep_halts("a:80", HALTS)
    memory.learn("x", "fact", "1")
    assert "lost at the next start" in caplog.text
    assert memory.halts("a:80") == HALTS
    assert memory.facts("x") == {"fact": "1"}


async def test_one_process_at_a_time_is_alone(tmp_path: Path) -> None:
    memory, other = FileMemory(tmp_path / "m.json"), FileMemory(tmp_path / "m.json")
    order: list[str] = []

    async def comes_later() -> None:
        async with other.alone("a:80"):
            order.append("second")

    async with memory.alone("a:80"):
        later = asyncio.create_task(comes_later())
        async with other.alone("b:80"):  # another device
            await asyncio.sleep(0.1)
        order.append("first")
    await later
    assert order == ["first", "second"]


def test_an_account_is_recognised_and_not_read(tmp_path: Path) -> None:
    account = Account.of("operator", "secret word")
    assert account.is_of("operator", "secret word")
    assert not account.is_of("operator", "secret words")
    assert not account.is_of("operato", "rsecret word")
    assert account != Account.of("operator", "secret word")
    memory = FileMemory(tmp_path / "m.json")
    memory.keep_halts("a:80", (Halt(Reason("login_refused"), account, None),))
    text = (tmp_path / "m.json").read_text()
    assert "secret" not in text
    assert "operator" not in text
    assert json.loads(text)["version"] == 1


@settings(deadline=None, max_examples=60)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_put_aside(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("memory") / "m.json"
    path.write_bytes(content)
    memory = FileMemory(path)
    memory.halts("a:80")
    memory.learn("x", "fact", "1")
    assert FileMemory(path).facts("x")["fact"] == "1"
