"""The VERSION file: which formats a data folder holds, and which program wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from sereno import __version__
from sereno.base.errors import Conflict, Garbled, Words
from sereno.box.files import write_atomic
from sereno.box.paths import DataDir
from sereno.wire.version import WIRE_VERSION

# What this program writes. "database" is the major version of our own PostgreSQL, where it runs.
FORMATS: Mapping[str, int] = {"data": 1, "ledger": 4, "segment": 1, "wire": WIRE_VERSION}

_NEWER = Words(
    "The data folder {path} was written by a newer Sereno ({program}). "
    "Install that version or a later one, or choose another folder with --data.",
    "La carpeta de datos {path} fue escrita por un Sereno más nuevo ({program}). "
    "Instale esa versión o una posterior, o elija otra carpeta con --data.",
)
_UNREADABLE = Words(
    "The file {path} cannot be understood. Restore it from a backup of the data folder.",
    "No se entiende el archivo {path}. Restáurelo desde una copia de la carpeta de datos.",
)


@dataclass(frozen=True, slots=True)
class Version:
    """What a data folder says of itself."""

    program: str = __version__
    formats: Mapping[str, int] = field(default_factory=lambda: dict(FORMATS))


def read_version(data: DataDir) -> Version | None:
    """The folder's versions, or None for a new folder. Raises Garbled."""
    try:
        found = json.loads(data.version_file.read_text())
        formats = {str(name): int(number) for name, number in found["formats"].items()}
        return Version(str(found["program"]), formats)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Garbled("version_unreadable", _UNREADABLE.fill(path=data.version_file)) from None


def check_version(data: DataDir) -> Version | None:
    """The folder's versions; None for a new one. Raises Conflict when a newer program wrote it."""
    found = read_version(data)
    if found and any(found.formats.get(name, 0) > number for name, number in FORMATS.items()):
        words = _NEWER.fill(path=data.root, program=found.program)
        raise Conflict("data_newer", words, field="data")
    return found


def write_version(data: DataDir, database: int | None = None) -> None:
    """Record this program's formats; `database` is PostgreSQL's major version when it is ours."""
    formats = dict(FORMATS) | ({"database": database} if database else {})
    content = json.dumps({"program": __version__, "formats": formats}, indent=2)
    write_atomic(data.version_file, content + "\n")
