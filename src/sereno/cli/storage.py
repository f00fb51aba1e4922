"""`sereno fsck` and `sereno ledger`: whether footage and ledger agree, and making them agree."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sereno.base.errors import SerenoError, Words
from sereno.cli.language import pick, say
from sereno.cli.options import Data, Json, group

if TYPE_CHECKING:
    from sereno.node.checkup import Report
    from sereno.node.fsck_kinds import Finding
    from sereno.node.rebuild import Rebuilt

DepthName = Literal["presence", "size", "digest"]
CLEAN_STATUS, FOUND_STATUS, CANNOT_STATUS = 0, 1, 2
SHOWN_FINDINGS = 100

_UNREADABLE = Words(
    "The recording ledger cannot be read ({why}). `sereno ledger rebuild` makes it anew from the "
    "files.",
    "No se puede leer el libro de grabaciones ({why}). `sereno ledger rebuild` lo rehace desde "
    "los archivos.",
)
_NO_DISK = Words(
    "{path} cannot be used: {why}. Check the disk.",
    "No se puede usar {path}: {why}. Revise el disco.",
)
_CLEAN = Words(
    "All is well: {files} files in {seconds:.1f} s.",
    "Todo está bien: {files} archivos en {seconds:.1f} s.",
)
_FOUND = Words(
    "{count} findings in {files} files, {seconds:.1f} s.",
    "{count} hallazgos en {files} archivos, {seconds:.1f} s.",
)
_HOW = Words(
    "`sereno fsck --repair` makes this good. The node must be stopped for it.",
    "`sereno fsck --repair` lo arregla. Para eso el nodo debe estar detenido.",
)
_WAITING = Words(
    "{count} files were not complete when the node ended; its next start completes them.",
    "{count} archivos quedaron a medias cuando terminó el nodo; su próximo arranque los completa.",
)
_MORE = Words("… and {count} more; --json lists all.", "… y {count} más; --json los da todos.")
_REBUILT = Words(
    "The ledger is made anew from {files} files in {seconds:.1f} s.",
    "El libro se rehízo desde {files} archivos en {seconds:.1f} s.",
)
_LEFT_OUT = Words(
    "{count} files are no recordings of their place and were left out; see `sereno fsck`.",
    "{count} archivos no son grabaciones de su lugar y quedaron fuera; vea `sereno fsck`.",
)
_KEPT = Words("The old one is kept: {path}", "El anterior se conserva: {path}")
_NO_OLD = Words(
    "The old ledger could not be read: why recordings ended is not known any more.",
    "El libro anterior no se pudo leer: ya no se sabe por qué terminaron las grabaciones.",
)
_ACCEPTED = Words(
    "The next start of the node, or its next look, takes {path} as a new volume.",
    "El próximo arranque del nodo, o su próxima revisión, toma {path} como volumen nuevo.",
)

ledger = group(say("The index of recordings.", "El libro de grabaciones."))


def fsck(
    depth: Annotated[
        DepthName,
        typer.Option(
            help=say(
                "presence: names; size: and sizes; digest: and every byte.",
                "presence: nombres; size: y tamaños; digest: y cada byte.",
            )
        ),
    ] = "size",
    is_repairing: Annotated[
        bool,
        typer.Option(
            "--repair",
            help=say(
                "Make good what is found; the node must be stopped.",
                "Arreglar lo que se encuentre; el nodo debe estar detenido.",
            ),
        ),
    ] = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import work_progress
    from sereno.node.checkup import check_up
    from sereno.node.fsck_kinds import Depth

    with _or_cannot(), work_progress(in_bytes=depth == "digest") as advance:
        report = check_up(load_settings(data=data), Depth(depth), advance, repairs=is_repairing)
    _tell_json(report) if as_json else _tell(report)
    raise typer.Exit(FOUND_STATUS if report.findings else CLEAN_STATUS)


@ledger.command(
    "rebuild",
    help=say("Make it anew from the files alone.", "Rehacerlo solo desde los archivos."),
)
def rebuild(as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import work_progress
    from sereno.node.checkup import make_anew

    with _or_cannot(), work_progress(in_bytes=True) as advance:
        seconds, rebuilt = make_anew(load_settings(data=data), advance)
    if as_json:
        _tell_rebuilt_json(rebuilt, seconds)
    else:
        _tell_rebuilt(rebuilt, seconds)


@ledger.command(
    "accept-volume",
    help=say(
        "Another disk stands at FOLDER on purpose: take it as a new volume.",
        "En CARPETA hay otro disco a propósito: tomarlo como volumen nuevo.",
    ),
)
def accept_volume(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar=say("FOLDER", "CARPETA"), help=say("Of the volume.", "La del volumen.")
        ),
    ],
    data: Data = None,
) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_line
    from sereno.node.checkup import accept

    with _or_cannot():
        accept(load_settings(data=data), folder)
    print_line(pick(_ACCEPTED.fill(path=folder)))


@contextmanager
def _or_cannot() -> Iterator[None]:
    """Whatever keeps the work from being done is told, and is not taken for a finding."""
    try:
        yield
    except SerenoError as error:
        said = pick(error.words)
    except sqlite3.Error as error:
        said = pick(_UNREADABLE.fill(why=error))
    except OSError as error:
        said = pick(_NO_DISK.fill(path=error.filename or "?", why=error.strerror or error))
    else:
        return
    sys.stderr.write(said + "\n")
    raise typer.Exit(CANNOT_STATUS)


def _tell_json(report: Report) -> None:
    from sereno.cli.terminal import print_json

    print_json(
        {
            "depth": report.depth.value,
            "files": report.file_count,
            "bytes": report.size_bytes,
            "seconds": round(report.seconds, 3),
            "waiting": report.waiting_count,
            "is_repaired": report.is_repaired,
            "findings": [_as_json(finding) for finding in report.findings],
        }
    )


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind.value,
        "camera_id": str(finding.key.camera_id) if finding.key else None,
        "stream": finding.key.stream if finding.key else None,
        "volume_id": str(finding.volume_id) if finding.volume_id else None,
        "path": finding.path,
        "segment_id": str(finding.segment_id) if finding.segment_id else None,
        "run_id": str(finding.run_id) if finding.run_id else None,
        "detail": finding.detail,
        "en": finding.words.en,
        "es": finding.words.es,
        "repair": {"en": finding.repair.en, "es": finding.repair.es},
    }


def _tell(report: Report) -> None:
    from sereno.cli.terminal import Terminal, print_line, print_table

    found = report.findings
    rows = [
        (each.kind.value, each.path, pick(each.words), pick(each.repair))
        for each in found[:SHOWN_FINDINGS]
    ]
    if rows:
        did = say("DONE", "HECHO") if report.is_repaired else say("A REPAIR", "UN ARREGLO")
        heads = (say("KIND", "CLASE"), say("WHERE", "DÓNDE"), say("WHAT", "QUÉ"), did)
        print_table(heads, rows)
    if len(found) > SHOWN_FINDINGS:
        print_line(pick(_MORE.fill(count=len(found) - SHOWN_FINDINGS)))
    words = _FOUND if found else _CLEAN
    said = words.fill(count=len(found), files=report.file_count, seconds=report.seconds)
    print_line(pick(said))
    if report.waiting_count:
        print_line(pick(_WAITING.fill(count=report.waiting_count)))
    if found and not report.is_repaired:
        Terminal().warn(_HOW)


def _tell_rebuilt_json(rebuilt: Rebuilt, seconds: float) -> None:
    from sereno.cli.terminal import print_json

    print_json(
        {
            "files": rebuilt.file_count,
            "bytes": rebuilt.size_bytes,
            "left_out": rebuilt.left_out,
            "kept": str(rebuilt.kept) if rebuilt.kept else None,
            "was_readable": rebuilt.was_readable,
            "seconds": round(seconds, 3),
        }
    )


def _tell_rebuilt(rebuilt: Rebuilt, seconds: float) -> None:
    from sereno.cli.terminal import Terminal, print_line

    print_line(pick(_REBUILT.fill(files=rebuilt.file_count, seconds=seconds)))
    if rebuilt.left_out:
        Terminal().warn(_LEFT_OUT.fill(count=rebuilt.left_out))
    if rebuilt.kept:
        print_line(pick(_KEPT.fill(path=rebuilt.kept)))
    if not rebuilt.was_readable:
        Terminal().warn(_NO_OLD)
