"""The box's PostgreSQL: where it is, whether it answers, and starting our own."""

from __future__ import annotations

import atexit
import logging
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from sereno.base.errors import Conflict, Invalid, Unavailable, Words
from sereno.base.redact import redact
from sereno.box import explain, postgres
from sereno.box.folder import open_folder
from sereno.box.paths import DataDir
from sereno.box.secrets import read_secret
from sereno.box.settings import Settings

OLDEST_MAJOR = 15
START_SECONDS = 120.0
STOP_SECONDS = 5.0
_POLL_SECONDS = 0.05

_log = logging.getLogger(__name__)

_NO_ANSWER = Words(
    "The database does not answer: {why}. Check that PostgreSQL runs, and SERENO_DATABASE_URL.",
    "La base de datos no responde: {why}. Revise que PostgreSQL funcione y SERENO_DATABASE_URL.",
)
_DIED = Words(
    "PostgreSQL ended while starting. The reason is at the end of {path}.",
    "PostgreSQL terminó al arrancar. El motivo está al final de {path}.",
)
_TOO_OLD = Words(
    "SERENO_DATABASE_URL names a PostgreSQL {found}; version {needed} or later is needed.",
    "SERENO_DATABASE_URL indica un PostgreSQL {found}; se necesita la versión {needed} o "
    "posterior.",
)
_ODD_ADDRESS = Words(
    "SERENO_DATABASE_URL cannot be understood: it must be {0}. "
    "A special character in the password is written as %40 for @, %2F for /.",
    "No se entiende SERENO_DATABASE_URL: debe ser {1}. "
    "Un carácter especial en la clave se escribe como %40 por @, %2F por /.",
)
_NOT_UTF8 = Words(
    "The database in SERENO_DATABASE_URL keeps text as {found}; UTF8 is needed. "
    "Make one with `createdb --encoding=UTF8 --template=template0` and name that.",
    "La base de datos de SERENO_DATABASE_URL guarda el texto como {found}; se necesita UTF8. "
    "Cree una con `createdb --encoding=UTF8 --template=template0` e indique esa.",
)
_IN_USE = Words(
    "Another program (process {pid}) is using the database in {path}. End it and start again.",
    "Otro programa (proceso {pid}) usa la base de datos en {path}. Ciérrelo y arranque de nuevo.",
)


def connection_url(settings: Settings, database: str = postgres.DATABASE) -> str:
    """The address of the database, password included: for libraries, never for logs or argv."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    data = settings.data_dir
    password = quote(read_secret(data.database_password), safe="")
    # PostgreSQL takes a `+` in an address for a plus, not for a space.
    where = urlencode({"host": str(data.sockets), "port": postgres.PORT}, quote_via=quote)
    return f"postgresql://{postgres.ROLE}:{password}@/{database}?{where}"


def answers(settings: Settings) -> bool:
    """Whether the server takes connections now. Makes the database on our own server."""
    try:
        check(settings)
    except Unavailable:
        return False
    return True


def check(settings: Settings) -> None:
    """See that the database is there and fits; on our own server, make it.

    Raises Unavailable when it does not answer, Conflict when it is too old or keeps no UTF8,
    Invalid for an address that makes no sense.
    """
    is_ours = settings.database_url is None
    url = connection_url(settings, "postgres") if is_ours else connection_url(settings)
    try:
        with psycopg.connect(url, connect_timeout=5, autocommit=True) as connection:
            found = connection.info.server_version // 10_000
            encoding = connection.info.parameter_status("server_encoding")
            if is_ours:
                _ensure_database(connection)
    except psycopg.ProgrammingError:  # what libpq says may quote a piece of the password
        must_be = explain.DATABASE_URL.must_be
        words = Words(_ODD_ADDRESS.en.format(*must_be), _ODD_ADDRESS.es.format(*must_be))
        raise Invalid("database_address", words, field="database_url") from None
    except psycopg.OperationalError as error:
        why = redact(str(error).strip().splitlines()[0] if str(error).strip() else "?")
        raise Unavailable("database_no_answer", _NO_ANSWER.fill(why=why)) from None
    if found < OLDEST_MAJOR:
        raise Conflict("database_too_old", _TOO_OLD.fill(found=found, needed=OLDEST_MAJOR))
    if encoding != "UTF8":
        raise Conflict("database_not_utf8", _NOT_UTF8.fill(found=encoding))


def _ensure_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    name = postgres.DATABASE
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def wait_until_answers(
    settings: Settings, is_alive: Callable[[], bool], seconds: float = START_SECONDS
) -> None:
    """Return when the server answers. Raises Unavailable when it died or the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return check(settings)
        except Unavailable:
            if not is_alive():
                path = settings.data_dir.logs / "postgres.log"
                raise Unavailable("database_died", _DIED.fill(path=path)) from None
            if time.monotonic() > deadline:
                raise
        time.sleep(_POLL_SECONDS)


def ready_files(data: DataDir, wait_seconds: float = 10.0) -> None:
    """Make our own server's files fit to start on; a server just ending gets time to end.

    Raises Conflict when somebody else's server keeps running on them.
    """
    deadline = time.monotonic() + wait_seconds
    while (pid := postgres.running_pid(data)) is not None:
        if time.monotonic() > deadline:
            raise Conflict("database_in_use", _IN_USE.fill(pid=pid, path=data.database))
        time.sleep(_POLL_SECONDS)
    postgres.make_files(data)
    postgres.clear_stale_locks(data)


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The database's address: of the one that runs, or of one that runs meanwhile."""
    if settings.database_url is not None:
        yield connection_url(settings)
        return
    data = settings.data_dir
    if postgres.running_pid(data) is not None:
        wait_until_answers(settings, lambda: postgres.running_pid(data) is not None)
        yield connection_url(settings)
        return
    open_folder(data)
    ready_files(data)
    server = start(data)
    try:
        wait_until_answers(settings, lambda: server.poll() is None)
        yield connection_url(settings)
    finally:
        stop(server)


def find_or_start(settings: Settings) -> str:
    """As `served`, until this process ends, however it ends."""
    until_end = ExitStack()
    atexit.register(until_end.close)
    return until_end.enter_context(served(settings))


def start(data: DataDir) -> subprocess.Popen[bytes]:
    """Start our own server for this process alone. Its thread must outlive it (prctl(2))."""
    with (data.logs / "postgres.log").open("ab") as log:
        return subprocess.Popen(
            postgres.server_command(data),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=postgres.clean_environment(),
        )


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop in good order; at once where that takes too long."""
    for sent in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(sent)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _log.warning("PostgreSQL did not end on signal %s", sent.name)
