"""Whether a piece of footage may be deleted, and why (not). The only place that decides it."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.base.errors import Words


@dataclass(frozen=True, slots=True)
class Piece:
    """What must be known of a file before it may go."""

    is_being_written: bool
    is_newest: bool  # of its stream
    # Older files of the same recording stay, and it goes on: it can only get shorter at its start.
    is_amid_open_run: bool = False
    hold_count: int = 0
    must_be_archived: bool = False
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`key` says why; it is stable and machine-readable."""

    may: bool
    key: str
    words: Words


_REFUSALS = {
    "being_written": Words(
        "It is still being written. It may go once it is complete.",
        "Todavía se está escribiendo. Se podrá borrar cuando esté completo.",
    ),
    "held": Words(
        "It is held {count} times as evidence. Lift the holds first.",
        "Está retenido {count} veces como evidencia. Levante antes las retenciones.",
    ),
    "not_archived": Words(
        "It must be archived first, and the archive has not confirmed it. Check the archive.",
        "Antes debe archivarse y el archivo no lo ha confirmado. Revise el archivo.",
    ),
    "amid_open_run": Words(
        "Older footage of the same recording cannot go now, most likely for its disk is not there. "
        "It may go once that disk is back or the recording has ended.",
        "No se puede borrar ahora lo más antiguo de la misma grabación, quizá porque su disco no "
        "está. Se podrá borrar cuando vuelva ese disco o termine la grabación.",
    ),
    "newest": Words(
        "It is the newest of its stream, by which the next file proves that none is missing. "
        "It may go once there is a newer one.",
        "Es el más nuevo de su flujo; con él, el siguiente prueba que no falta ninguno. "
        "Se podrá borrar cuando haya uno más nuevo.",
    ),
}
_MAY = Verdict(
    True, "free", Words("Nothing keeps it. It may go.", "Nada lo retiene. Se puede borrar.")
)


def may_delete(piece: Piece) -> Verdict:
    """The first of the reasons that keep a piece, the strongest first."""
    if piece.is_being_written:
        return _refuse("being_written")
    if piece.hold_count > 0:
        return _refuse("held", count=piece.hold_count)
    if piece.must_be_archived and not piece.is_archived:
        return _refuse("not_archived")
    if piece.is_amid_open_run:
        return _refuse("amid_open_run")
    if piece.is_newest:
        return _refuse("newest")
    return _MAY


def _refuse(key: str, **params: object) -> Verdict:
    return Verdict(False, key, _REFUSALS[key].fill(**params))
