"""Our own PostgreSQL starts, ends and recovers, whatever was done to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sereno.base.errors import Conflict, Invalid, Unavailable
from sereno.box import database, postgres
from sereno.box.database import connection_url, ready_files, served
from sereno.box.paths import DataDir
from sereno.box.settings import Settings, load_settings

Eventually = Callable[[Callable[[], bool]], None]

COMMAND = """
import sys, time
from sereno.box.database import find_or_start
from sereno.box.settings import load_settings
find_or_start(load_settings(data=sys.argv[1]))
print("started", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with a database in it, for all tests that leave one behind.

    Its name has what addresses and settings must quote.
    """
    settings = load_settings(data=tmp_path_factory.mktemp("made") / 'mis datos + 5 % "ñ"')
    with served(settings) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (name text)")
        connection.execute("INSERT INTO kept VALUES ('señal')")
    return settings


def kept_in(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT name FROM kept").fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture
def command(made: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another program that started the database for itself."""
    argv = [sys.executable, "-c", COMMAND, str(made.data)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "started\n"
        yield program
        program.kill()


def test_it_speaks_by_socket_alone_and_to_its_owner_alone(made: Settings) -> None:
    with served(made) as url, psycopg.connect(url) as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()
        assert row == ("",)
        assert connection.info.server_version // 10_000 == postgres.major()
        unknown = url.replace(made.data_dir.database_password.read_text().strip(), "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(unknown)
    assert postgres.running_pid(made.data_dir) is None


def test_text_is_sorted_and_folded_alike_on_every_machine(made: Settings) -> None:
    with served(made) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT upper('ñandú')").fetchone() == ("ÑANDÚ",)


def named(url: str, tmp_path: Path) -> Settings:
    """The settings of somebody who brings a PostgreSQL along."""
    return load_settings(data=tmp_path / "data", database_url=url)


def test_a_database_that_cannot_keep_every_text_is_refused(made: Settings, tmp_path: Path) -> None:
    with served(made) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "CREATE DATABASE old ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' "
                "TEMPLATE template0"
            )
        database.check(named(url, tmp_path))
        with pytest.raises(Conflict) as refused:
            database.check(named(url.replace("/sereno?", "/old?"), tmp_path))
    assert refused.value.key == "database_not_utf8"
    assert all("LATIN1" in words for words in refused.value.words)


@pytest.mark.parametrize("url", ["postgresql://u:hun/ter2@h/x", "postgresql://u:hunter2@h/x?y=1"])
def test_an_address_that_makes_no_sense_is_refused_unrepeated(url: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        database.check(named(url, tmp_path))  # the settings see some, the database's client others
    assert refused.value.field == "database_url"
    assert "hun" not in str(refused.value.words)


def test_it_runs_for_a_user_without_a_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_knows(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr("os.geteuid", lambda: 1500)
    monkeypatch.setattr("pwd.getpwuid", nobody_knows)
    assert "--as-nobody" in postgres.server_command(settings.data_dir)
    monkeypatch.setattr("pwd.getpwuid", lambda number: object())
    assert "--as-nobody" not in postgres.server_command(settings.data_dir)


def test_it_recovers_after_kill_9(made: Settings, eventually: Eventually) -> None:
    data = made.data_dir
    with served(made):
        pid = postgres.running_pid(data)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: postgres.running_pid(data) is None)
    assert (data.database / "postmaster.pid").exists()
    with served(made) as url:
        assert kept_in(url) == "señal"


def test_it_recovers_when_its_old_pid_is_somebody_elses(made: Settings) -> None:
    lock_file = made.data_dir.database / "postmaster.pid"
    lock_file.write_text(f"{os.getpid()}\n{made.data_dir.database}\n0\n5432\n\n\n")
    (made.data_dir.sockets / ".s.PGSQL.5432.lock").write_text(lock_file.read_text())
    with served(made) as url:
        assert kept_in(url) == "señal"


def test_it_ends_with_a_killed_program(
    made: Settings, command: subprocess.Popen[str], eventually: Eventually
) -> None:
    assert postgres.running_pid(made.data_dir) is not None
    command.kill()
    eventually(lambda: postgres.running_pid(made.data_dir) is None)


def test_a_second_program_uses_the_first_ones(
    made: Settings, command: subprocess.Popen[str]
) -> None:
    pid = postgres.running_pid(made.data_dir)
    with served(made) as url:
        assert kept_in(url) == "señal"
    assert postgres.running_pid(made.data_dir) == pid


def test_a_box_does_not_start_on_files_in_use(
    made: Settings, command: subprocess.Popen[str]
) -> None:
    with pytest.raises(Conflict, match="Another program"):
        ready_files(made.data_dir, wait_seconds=0.1)


def test_a_long_path_works(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path / ("long" * 30))
    try:
        with served(settings) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        settings.data_dir.sockets.rmdir()


def test_a_first_start_cut_off_begins_anew(data: DataDir) -> None:
    (data.root / "database.new").mkdir()
    (data.root / "database.new" / "half").touch()
    postgres.make_files(data)
    assert postgres.has_files(data)
    assert not (data.root / "database.new").exists()


def test_files_of_another_major_version_are_left_alone(data: DataDir) -> None:
    data.database.mkdir()
    (data.database / "PG_VERSION").write_text("17\n")
    with pytest.raises(Conflict, match="is of PostgreSQL 17"):
        ready_files(data)


def test_one_of_your_own_is_checked(made: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(made) as url:
        own = load_settings(database_url=url)
        database.check(own)
        monkeypatch.setattr(database, "OLDEST_MAJOR", 99)
        with pytest.raises(Conflict, match="version 99 or later is needed"):
            database.check(own)


def test_one_that_does_not_answer_is_told_without_its_password() -> None:
    own = load_settings(database_url="postgresql://ana:hunter2@127.0.0.1:1/x")
    assert connection_url(own).endswith("/x")
    with pytest.raises(Unavailable, match="does not answer") as caught:
        database.check(own)
    assert "hunter2" not in "".join(caught.value.words)
