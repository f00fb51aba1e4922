"""Reasons that lie with the disks of a node."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

DISK_REASONS: dict[str, Entry] = {
    "disk_full": Entry(
        Words("The disk is full.", "El disco está lleno."),
        Retry.BACKOFF,
        Words(
            "Free space or add a disk; recording goes on by itself.",
            "Libere espacio o añada un disco; la grabación sigue sola.",
        ),
    ),
    "disk_failed": Entry(
        Words(
            "The footage folder cannot be written.",
            "No se puede escribir en la carpeta de grabaciones.",
        ),
        Retry.BACKOFF,
        Words("Check the disk and its permissions.", "Revise el disco y sus permisos."),
    ),
    "disk_missing": Entry(
        Words(
            "The volume {volume} is not there, or another disk is mounted in its place.",
            "El volumen {volume} no está, o hay otro disco montado en su lugar.",
        ),
        Retry.BACKOFF,
        Words(
            "Mount the right disk; recording goes on by itself.",
            "Monte el disco correcto; la grabación sigue sola.",
        ),
    ),
    "disk_slow": Entry(
        Words(
            "The disk was too slow, and pictures were lost.",
            "El disco fue demasiado lento y se perdieron imágenes.",
        ),
        Retry.BACKOFF,
        Words(
            "Check the disk's health and load.",
            "Revise la salud y la carga del disco.",
        ),
    ),
    "volume_changed": Entry(
        Words("Recording goes on on another disk.", "La grabación sigue en otro disco."),
        Retry.NONE,
    ),
    "ledger_unwritten": Entry(
        Words(
            "It is recorded, but the node cannot note it down on its own disk, so the timeline "
            "may lag behind.",
            "Se graba, pero el nodo no puede anotarlo en su propio disco, así que la línea de "
            "tiempo puede atrasarse.",
        ),
        Retry.NONE,
        Words(
            "Free space in the data folder, or check its disk.",
            "Libere espacio en la carpeta de datos o revise su disco.",
        ),
    ),
    "removed_for_space": Entry(
        Words(
            "It was recorded, and later removed to make room, as the disk limit asks.",
            "Se grabó, y después se borró para hacer espacio, como pide el límite de disco.",
        ),
        Retry.NONE,
        Words(
            "Add a disk or raise the limit to keep more.",
            "Añada un disco o suba el límite para guardar más.",
        ),
    ),
    "footage_missing": Entry(
        Words(
            "It was recorded, but its file is no longer on the disk.",
            "Se grabó, pero su archivo ya no está en el disco.",
        ),
        Retry.NONE,
        Words(
            "Find out who could have removed it, and run sereno fsck.",
            "Averigüe quién pudo borrarlo y ejecute sereno fsck.",
        ),
    ),
    "footage_damaged": Entry(
        Words(
            "It was recorded, but its file was changed or damaged, and was set aside (quarantine).",
            "Se grabó, pero su archivo fue cambiado o dañado, y se apartó (cuarentena).",
        ),
        Retry.NONE,
        Words(
            "Check the disk's health.",
            "Revise la salud del disco.",
        ),
    ),
}
