"""What fsck can find: a closed list, with words and with what `--repair` does about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sereno.base.errors import Words
from sereno.node.rows import StreamKey


class Depth(StrEnum):
    """How deep fsck looks. What each costs is told in docs/design/storage.md."""

    PRESENCE = "presence"  # the ledger, and the names in every folder
    SIZE = "size"  # and the size of every file
    DIGEST = "digest"  # and every byte


class Kind(StrEnum):
    """Each is one sort of disagreement."""

    VOLUME_MISSING = "volume_missing"
    FILE_MISSING = "file_missing"
    SIZE_DIFFERS = "size_differs"
    DIGEST_DIFFERS = "digest_differs"
    INDEX_DIFFERS = "index_differs"
    HOLE_IN_RUN = "hole_in_run"
    CHAIN_BROKEN = "chain_broken"
    UNKNOWN_FILE = "unknown_file"
    STRANGE = "strange"
    RUN_DIFFERS = "run_differs"
    SUM_DIFFERS = "sum_differs"


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement. `path` is relative to the volume's root; `detail` is for experts."""

    kind: Kind
    key: StreamKey | None = None
    volume_id: UUID | None = None
    path: str = ""
    segment_id: UUID | None = None
    run_id: UUID | None = None
    detail: str = ""

    @property
    def words(self) -> Words:
        return WHAT[self.kind]

    @property
    def repair(self) -> Words:
        return REPAIR[self.kind]


WHAT = {
    Kind.VOLUME_MISSING: Words(
        "A volume that holds footage is not there; its files were not looked at.",
        "Falta un volumen con grabaciones; sus archivos no se revisaron.",
    ),
    Kind.FILE_MISSING: Words(
        "The ledger knows this file, and it is not on the disk.",
        "El registro conoce este archivo y no está en el disco.",
    ),
    Kind.SIZE_DIFFERS: Words(
        "The file has another size than when it was complete.",
        "El archivo tiene otro tamaño que cuando se completó.",
    ),
    Kind.DIGEST_DIFFERS: Words(
        "The file's bytes are not those that were written.",
        "Los bytes del archivo no son los que se escribieron.",
    ),
    Kind.INDEX_DIFFERS: Words(
        "The ledger's index of the file does not say what the file says.",
        "El índice del registro no dice lo que dice el archivo.",
    ),
    Kind.HOLE_IN_RUN: Words(
        "A file is missing within an unbroken recording, and the ledger does not know it.",
        "Falta un archivo dentro de una grabación continua y el registro no lo conoce.",
    ),
    Kind.CHAIN_BROKEN: Words(
        "The file names another one before it than the ledger: one was removed or changed.",
        "El archivo nombra antes de sí a otro que el registro: uno se quitó o se cambió.",
    ),
    Kind.UNKNOWN_FILE: Words(
        "A recording that the ledger does not know.",
        "Una grabación que el registro no conoce.",
    ),
    Kind.STRANGE: Words(
        "Something that is no recording of this place.",
        "Algo que no es una grabación de este lugar.",
    ),
    Kind.RUN_DIFFERS: Words(
        "A recording's times or sums are not those of its files.",
        "Las horas o sumas de una grabación no son las de sus archivos.",
    ),
    Kind.SUM_DIFFERS: Words(
        "The sum of a volume's files is not what they come to.",
        "La suma de los archivos de un volumen no es la que resulta.",
    ),
}

_QUARANTINE = Words(
    "Moved to quarantine; the time becomes a gap that says so.",
    "Se mueve a cuarentena; ese tiempo queda como hueco que lo dice.",
)
_GAP = Words("The time becomes a gap that says so.", "Ese tiempo queda como hueco que lo dice.")
_ANEW = Words("Computed anew from the files.", "Se calcula de nuevo desde los archivos.")
REPAIR = {
    Kind.VOLUME_MISSING: Words(
        "Nothing. Mount it and look again.", "Nada. Móntelo y revise de nuevo."
    ),
    Kind.FILE_MISSING: _GAP,
    Kind.SIZE_DIFFERS: _QUARANTINE,
    Kind.DIGEST_DIFFERS: _QUARANTINE,
    Kind.INDEX_DIFFERS: _ANEW,
    Kind.HOLE_IN_RUN: _GAP,
    Kind.CHAIN_BROKEN: Words(
        "Nothing: no repair brings back what was. Ask who had access to the disk.",
        "Nada: ninguna reparación devuelve lo que había. Pregunte quién tuvo acceso al disco.",
    ),
    Kind.UNKNOWN_FILE: Words(
        "Taken into the ledger, as the file itself says.",
        "Entra en el registro, tal como el archivo dice de sí.",
    ),
    Kind.STRANGE: Words(
        "Moved to quarantine, with a note beside it.",
        "Se mueve a cuarentena, con una nota al lado.",
    ),
    Kind.RUN_DIFFERS: _ANEW,
    Kind.SUM_DIFFERS: _ANEW,
}
