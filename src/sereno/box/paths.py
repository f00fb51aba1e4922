"""The data folder: where everything lies, and whether it may be used.

Its layout is a promise to the people who back it up: see docs/design/seams.md.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from sereno.base.errors import Conflict, Forbidden, Invalid, SerenoError, Unavailable, Words
from sereno.box.files import reason_of

NEEDED_FREE_BYTES = 200 * 1000 * 1000
# sun_path holds 108 bytes with its closing zero (unix(7)).
LONGEST_SOCKET_PATH_BYTES = 107
# The longest name that a socket of ours has.
_LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"
# What may lie in a folder that has no VERSION yet: harmless files, and what a first start made
# before it was cut off.
_HARMLESS = frozenset({".env", "lost+found", "lock", "database", "database.new"})

_OWNED = Words(
    "The data folder {path} belongs to another user. "
    "Run Sereno as that user, or choose another folder with --data.",
    "La carpeta de datos {path} pertenece a otro usuario. "
    "Ejecute Sereno con ese usuario o elija otra carpeta con --data.",
)
_UNWRITABLE = Words(
    "The data folder {path} cannot be written ({why}). "
    "Correct its permissions, or choose another folder with --data.",
    "No se puede escribir en la carpeta de datos {path} ({why}). "
    "Corrija sus permisos o elija otra carpeta con --data.",
)
_FULL = Words(
    "The disk of {path} is full: {free} MB are free and {needed} MB are needed. "
    "Free some space, or choose a folder on another disk with --data.",
    "El disco de {path} está lleno: hay {free} MB libres y se necesitan {needed} MB. "
    "Libere espacio o elija una carpeta en otro disco con --data.",
)
_NOT_A_FOLDER = Words(
    "{path} is not a folder. Choose a folder with --data.",
    "{path} no es una carpeta. Elija una carpeta con --data.",
)
_OTHER_USE = Words(
    "{path} is not empty and is not a Sereno data folder. "
    "Choose an empty or new folder with --data.",
    "{path} no está vacía y no es una carpeta de datos de Sereno. "
    "Elija una carpeta vacía o nueva con --data.",
)
_SOCKETS_TAKEN = Words(
    "The folder {path} for local sockets is not private to this user. "
    "Remove it, or choose a data folder with a shorter path.",
    "La carpeta {path} para los sockets locales no es privada de este usuario. "
    "Elimínela o elija una carpeta de datos con una ruta más corta.",
)


@dataclass(frozen=True, slots=True)
class DataDir:
    """Every path of a data folder. Making one touches nothing; `prepare` makes the folders."""

    root: Path

    @property
    def version_file(self) -> Path:
        return self.root / "VERSION"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def env_file(self) -> Path:
        return self.root / ".env"

    @property
    def database(self) -> Path:
        return self.root / "database"

    @property
    def footage(self) -> Path:
        return self.root / "footage"

    @property
    def node(self) -> Path:
        return self.root / "node"

    @property
    def ledger(self) -> Path:
        return self.node / "ledger.sqlite3"

    @property
    def node_lock(self) -> Path:
        return self.node / "lock"

    @property
    def orders(self) -> Path:
        return self.node / "orders.sealed"

    @property
    def node_token(self) -> Path:
        return self.node / "token"

    @property
    def doors(self) -> Path:
        """Who dials which device now, and which credentials were refused."""
        return self.node / "doors"

    @property
    def devices(self) -> Path:
        """Who must not be asked by devices' own interfaces, and what was learned of each."""
        return self.node / "devices.json"

    @property
    def snapshots(self) -> Path:
        return self.node / "snapshots"

    @property
    def clips(self) -> Path:
        """Clips that were made, each with its sidecar."""
        return self.root / "clips"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def fernet_key(self) -> Path:
        return self.secrets / "fernet.key"

    @property
    def django_key(self) -> Path:
        return self.secrets / "django.key"

    @property
    def ticket_key(self) -> Path:
        return self.secrets / "ticket.key"

    @property
    def ticket_public_key(self) -> Path:
        return self.secrets / "ticket.pub"

    @property
    def database_password(self) -> Path:
        return self.secrets / "database.password"

    @property
    def cli_token(self) -> Path:
        return self.secrets / "cli.token"

    @property
    def tls_certificate(self) -> Path:
        return self.secrets / "tls.crt"

    @property
    def tls_key(self) -> Path:
        return self.secrets / "tls.key"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def address_file(self) -> Path:
        return self.run / "address.json"

    @property
    def sockets(self) -> Path:
        """Where the unix sockets lie: `run/`, or a short private folder where that is too long."""
        if len(os.fsencode(self.run)) + len(_LONGEST_SOCKET_NAME) <= LONGEST_SOCKET_PATH_BYTES:
            return self.run
        digest = hashlib.sha256(os.fsencode(self.root.resolve())).hexdigest()[:12]
        return Path(f"/tmp/sereno-{os.geteuid()}-{digest}")  # noqa: S108  checked in `prepare`

    @property
    def hub_socket(self) -> Path:
        return self.sockets / "hub.sock"

    @property
    def node_socket(self) -> Path:
        return self.sockets / "node.sock"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def pictures(self) -> Path:
        """Small pictures of footage, which can be made again."""
        return self.cache / "pictures"

    @property
    def recorder_plays(self) -> Path:
        """Footage that recorders play, on its way to who sees it: gone when they leave."""
        return self.cache / "recorder"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def backup_mark(self) -> Path:
        """Its time is that of the last backup that somebody made."""
        return self.backups / "last-made"

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that `prepare` makes; PostgreSQL makes its own."""
        return (
            self.footage,
            self.clips,
            self.node,
            self.secrets,
            self.run,
            self.logs,
            self.cache,
            self.backups,
        )

    def prepare(self) -> None:
        """Make the folder and its parts, mode 0700.

        Raises Invalid, Forbidden or Unavailable with words when it cannot be used.
        """
        _make(self.root)
        _check_owner(self.root)
        _check_writable(self.root)
        _check_use(self)
        _check_room(self.root)
        self.root.chmod(0o700)
        for part in self.folders:
            _make(part)
            part.chmod(0o700)
        if self.sockets != self.run:
            _make_private(self.sockets)

    def remove_sockets(self) -> None:
        """Once nobody listens any more; a folder outside `root` goes too."""
        self.hub_socket.unlink(missing_ok=True)
        self.node_socket.unlink(missing_ok=True)
        if self.sockets != self.run:
            shutil.rmtree(self.sockets, ignore_errors=True)


def default_root(environ: Mapping[str, str], *, is_root: bool) -> Path:
    """`SERENO_DATA`, else /var/lib/sereno for root and the XDG data home for anybody else."""
    if chosen := environ.get("SERENO_DATA"):
        return Path(chosen)
    if is_root:
        return Path("/var/lib/sereno")
    return Path(platformdirs.user_data_dir("sereno", appauthor=False))


def _refusal(path: Path, error: OSError) -> SerenoError:
    why = reason_of(error)
    words = Words(
        _UNWRITABLE.en.format(path=path, why=why.en), _UNWRITABLE.es.format(path=path, why=why.es)
    )
    return Forbidden("data_unwritable", words, field="data")


def _make(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise Invalid("data_no_folder", _NOT_A_FOLDER.fill(path=path), field="data") from None
    except OSError as error:
        raise _refusal(path, error) from None


def _check_owner(root: Path) -> None:
    if root.stat().st_uid != os.geteuid():
        raise Forbidden("data_owned", _OWNED.fill(path=root), field="data")


def _check_writable(root: Path) -> None:
    probe = root / ".write-test"
    try:
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        raise _refusal(root, error) from None


def _check_use(data: DataDir) -> None:
    """Keep `--data ~` from taking over a home folder."""
    if data.version_file.exists():
        return
    expected = _HARMLESS.union(folder.name for folder in data.folders)
    if any(entry.name not in expected for entry in data.root.iterdir()):
        raise Invalid("data_other_use", _OTHER_USE.fill(path=data.root), field="data")


def _check_room(root: Path) -> None:
    free_bytes = shutil.disk_usage(root).free
    if free_bytes < NEEDED_FREE_BYTES:
        words = _FULL.fill(path=root, free=free_bytes // 10**6, needed=NEEDED_FREE_BYTES // 10**6)
        raise Unavailable("disk_full", words, field="data")


def _make_private(path: Path) -> None:
    """Anybody may write in /tmp: what lies there is trusted only when it is ours alone."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not is_ours or stat.S_IMODE(found.st_mode) != 0o700:
        raise Conflict("sockets_taken", _SOCKETS_TAKEN.fill(path=path), field="data")
