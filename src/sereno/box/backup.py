"""Backup and restore of what cannot be made again: the database, the secrets, the settings.

A backup is a tar file: `manifest.json` first, which names every other member with its size and
SHA-256; then `database.dump` (pg_dump's custom format) and those of `VERSION`, `.env`,
`node/token` and `secrets/*` that the folder has. With a passphrase the tar is sealed
(`sereno.box.sealing`). Footage is not in it: it is copied as files.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from sereno import __version__
from sereno.base.errors import Conflict, Garbled, Invalid, Unavailable, Words
from sereno.base.redact import redact
from sereno.box import postgres, sealing
from sereno.box.database import served
from sereno.box.files import reason_of, sync_file, sync_folder
from sereno.box.folder import hold
from sereno.box.paths import DataDir
from sereno.box.settings import Settings
from sereno.box.version import check_version

FORMAT_VERSION = 1
KEPT_BEFORE_UPGRADES = 5
_MANIFEST = "manifest.json"
_DUMP = "database.dump"
_LARGEST_MANIFEST_BYTES = 1_000_000
# What may lie in a folder that is restored into: the settings of the new machine.
_MAY_LIE_THERE = {".env", "lost+found"}

_NO_SUCH_FILE = Words(
    "The backup {path} cannot be read. Check its path and permissions.",
    "No se puede leer la copia {path}. Revise su ruta y sus permisos.",
)
_NOT_WRITTEN = Words(
    "The backup cannot be written to {path} ({why}). Choose another place.",
    "No se puede escribir la copia en {path} ({why}). Elija otro lugar.",
)
_DAMAGED = Words(
    "The backup {path} is damaged ({what}). Nothing was changed. Use another copy.",
    "La copia {path} está dañada ({what}). No se cambió nada. Use otra copia.",
)
_NEWER = Words(
    "The backup {path} is of a newer Sereno ({program}). Install that version or a later one.",
    "La copia {path} es de un Sereno más nuevo ({program}). Instale esa versión o una posterior.",
)
_NOT_EMPTY = Words(
    "The data folder {path} is not empty. Restore into a new one, with --data.",
    "La carpeta de datos {path} no está vacía. Restaure en una nueva, con --data.",
)
_DATABASE_NOT_EMPTY = Words(
    "The database in SERENO_DATABASE_URL is not empty. Restore into an empty one.",
    "La base de datos de SERENO_DATABASE_URL no está vacía. Restaure en una vacía.",
)
_NEEDS_PASSPHRASE = Words(
    "The backup is encrypted. Give its passphrase in SERENO_BACKUP_PASSPHRASE.",
    "La copia está cifrada. Indique su frase de paso en SERENO_BACKUP_PASSPHRASE.",
)
_TOOL_FAILED = Words(
    "The database's content could not be copied: {why}",
    "No se pudo copiar el contenido de la base de datos: {why}",
)


def back_up(settings: Settings, target: Path, passphrase: str | None = None) -> None:
    """Write a backup to `target`, mode 0600, whole or not at all; the box may run meanwhile.

    Raises Unavailable with words when it cannot be made.
    """
    _back_up(settings, target, passphrase)
    settings.data_dir.backup_mark.touch(mode=0o600)


def newest_backup_at(data: DataDir) -> datetime | None:
    """When somebody last made a backup. Copies before upgrades, on the same disk, are none."""
    try:
        made_at = data.backup_mark.stat().st_mtime
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(made_at, UTC)


def _back_up(settings: Settings, target: Path, passphrase: str | None = None) -> None:
    try:
        _write_backup(settings, target, passphrase)
    except OSError as error:
        why = reason_of(error)
        words = Words(
            _NOT_WRITTEN.en.format(path=target, why=why.en),
            _NOT_WRITTEN.es.format(path=target, why=why.es),
        )
        raise Unavailable("backup_not_written", words) from None


def _write_backup(settings: Settings, target: Path, passphrase: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix=".sereno-backup-", dir=target.parent) as folder:
        dump, packed = Path(folder, _DUMP), Path(folder, "packed")
        with served(settings) as url:
            _run("pg_dump", ["--format=custom", f"--file={dump}"], url)
        _pack({_DUMP: dump} | _files_of(settings.data_dir), packed)
        if passphrase is not None:
            packed = _sealed(packed, passphrase)
        packed.chmod(0o600)
        sync_file(packed)
        packed.replace(target)
    sync_folder(target.parent)


def before_upgrade(settings: Settings) -> Path:
    """A backup in the data folder before its tables change; the newest few are kept."""
    folder = settings.data_dir.backups
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = folder / f"before-{__version__}-{stamp}.tar"
    _back_up(settings, target)
    kept = sorted(folder.glob("before-*.tar"), key=lambda path: path.stat().st_mtime_ns)
    for path in kept[:-KEPT_BEFORE_UPGRADES]:
        path.unlink()
    return target


def is_encrypted(source: Path) -> bool:
    """Whether the backup asks for a passphrase. Raises Invalid when it cannot be read."""
    with _opened(source) as file:
        return sealing.is_sealed(file)


def restore(settings: Settings, source: Path, passphrase: str | None = None) -> None:
    """Make a new data folder from a backup, after its digests were seen to be right.

    Raises Conflict for a folder or database in use, Garbled for a damaged backup; then the
    folder is as empty as before.
    """
    data = settings.data_dir
    _check_empty(data)
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="sereno-restore-"))
        content = Path(name, "content")
        file = stack.enter_context(_opened(source))
        if sealing.is_sealed(file):
            file = stack.enter_context(Path(name, "plain").open("w+b"))
            _unseal(source, file, passphrase)
        _unpack(file, content, source)
        undo = stack.enter_context(ExitStack())
        undo.callback(_remove_all_but, data.root, _present(data.root))
        data.prepare()
        with hold(data):
            _fill(settings, content)
        undo.pop_all()


def _fill(settings: Settings, content: Path) -> None:
    data = settings.data_dir
    for path in sorted(content.rglob("*")):
        place = data.root / path.relative_to(content)
        if path.is_file() and path.name != _DUMP and not place.exists():
            shutil.copyfile(path, place)
            place.chmod(0o600)
    check_version(data)
    with served(settings) as url:
        _check_database_empty(url)
        options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        target = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        _run("pg_restore", [*options, f"--dbname={target}", str(content / _DUMP)], url)


def _files_of(data: DataDir) -> dict[str, Path]:
    secrets = sorted(path for path in data.secrets.iterdir() if path.is_file())
    paths = [data.version_file, data.env_file, data.node_token, *secrets]
    return {str(path.relative_to(data.root)): path for path in paths if path.is_file()}


def _run(program: str, arguments: list[str], url: str) -> None:
    """One of PostgreSQL's programs on a database, whose address goes by the environment."""
    address = {
        option.envvar.decode(): option.val.decode()
        for option in psycopg.pq.Conninfo.parse(url.encode())
        if option.envvar and option.val is not None
    }
    done = subprocess.run(
        [postgres.binary(program), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=postgres.clean_environment() | address,
    )
    if done.returncode != 0:
        why = redact((done.stderr.strip() or program).splitlines()[-1])
        raise Unavailable("database_not_copied", _TOOL_FAILED.fill(why=why))


def _pack(members: Mapping[str, Path], target: Path) -> None:
    contents = {
        name: {"size_bytes": path.stat().st_size, "sha256": _digest(path)}
        for name, path in members.items()
    }
    manifest = {
        "format": FORMAT_VERSION,
        "program": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "members": contents,
    }
    with tarfile.open(target, "w") as tar:
        raw = json.dumps(manifest, indent=2).encode()
        tar.addfile(_entry(_MANIFEST, len(raw)), io.BytesIO(raw))
        for name, path in members.items():
            with path.open("rb") as file:
                tar.addfile(_entry(name, path.stat().st_size), file)


def _entry(name: str, size_bytes: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size_bytes, 0o600
    entry.mtime = int(datetime.now(UTC).timestamp())
    return entry


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sealed(plain: Path, passphrase: str) -> Path:
    sealed = plain.with_suffix(".sealed")
    with plain.open("rb") as source, sealed.open("wb") as target:
        sealing.seal(source, target, passphrase)
    return sealed


def _opened(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError:
        raise Invalid("backup_unreadable", _NO_SUCH_FILE.fill(path=source)) from None


def _unseal(source: Path, plain: BinaryIO, passphrase: str | None) -> None:
    if passphrase is None:
        raise Invalid("backup_passphrase", _NEEDS_PASSPHRASE)
    with source.open("rb") as sealed:
        sealing.unseal(sealed, plain, passphrase)
    plain.seek(0)


def _unpack(file: BinaryIO, target: Path, source: Path) -> None:
    """Every member, each seen to be what the manifest says. Raises Garbled, or Conflict."""
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            members = _manifest_of(tar, source)["members"]
            for name, told in members.items():
                _unpack_one(tar, name, told, target, source)
    except (tarfile.TarError, KeyError, TypeError, ValueError, AttributeError):
        words = _DAMAGED.fill(path=source, what=_MANIFEST)
        raise Garbled("backup_damaged", words) from None


def _manifest_of(tar: tarfile.TarFile, source: Path) -> dict[str, Any]:
    entry = tar.getmember(_MANIFEST)
    file = tar.extractfile(entry)
    if file is None or entry.size > _LARGEST_MANIFEST_BYTES:
        raise Garbled("backup_damaged", _DAMAGED.fill(path=source, what=_MANIFEST))
    manifest: dict[str, Any] = json.loads(file.read())
    if int(manifest["format"]) > FORMAT_VERSION:
        words = _NEWER.fill(path=source, program=manifest["program"])
        raise Conflict("backup_newer", words)
    return manifest


def _unpack_one(
    tar: tarfile.TarFile, name: str, told: Mapping[str, Any], target: Path, source: Path
) -> None:
    place = (target / name).resolve()
    file = tar.extractfile(name)
    if file is None or not place.is_relative_to(target.resolve()):
        raise Garbled("backup_damaged", _DAMAGED.fill(path=source, what=name))
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.open("wb") as copy:
        shutil.copyfileobj(file, copy)
    is_same = place.stat().st_size == told["size_bytes"] and _digest(place) == told["sha256"]
    if not is_same:
        raise Garbled("backup_damaged", _DAMAGED.fill(path=source, what=name))


def _check_empty(data: DataDir) -> None:
    if data.root.is_dir() and any(
        entry.name not in _MAY_LIE_THERE for entry in data.root.iterdir()
    ):
        raise Conflict("data_not_empty", _NOT_EMPTY.fill(path=data.root), field="data")


def _check_database_empty(url: str) -> None:
    with psycopg.connect(url) as connection:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        if (found := connection.execute(query).fetchone()) and found[0]:
            raise Conflict("database_not_empty", _DATABASE_NOT_EMPTY)


def _present(root: Path) -> set[str] | None:
    """What lies in a folder; None where there is none."""
    return {path.name for path in root.iterdir()} if root.is_dir() else None


def _remove_all_but(root: Path, kept: set[str] | None) -> None:
    """Make the folder what it was, or make it not be."""
    for path in root.iterdir():
        if path.name in (kept or ()):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if kept is None:
        root.rmdir()
