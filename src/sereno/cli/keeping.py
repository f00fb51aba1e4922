"""`sereno backup` and `sereno restore`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from sereno.base.errors import Words
from sereno.cli.language import say
from sereno.cli.options import Data

_MAKING = Words("Backup to {path}", "Copia de seguridad en {path}")
_RESTORING = Words("Restoring {path}", "Restaurando {path}")
_KEEP_SAFE = Words(
    "The backup holds every secret of this box. Keep it where only you can read it.",
    "La copia contiene todos los secretos de este equipo. Guárdela donde solo usted la lea.",
)
_START = Words("Restored. Start it with `sereno up`.", "Restaurada. Arránquela con `sereno up`.")

File = Annotated[
    Path, typer.Argument(metavar="FILE", help=say("The backup.", "La copia de seguridad."))
]


def backup(
    file: File,
    is_encrypted: Annotated[
        bool,
        typer.Option(
            "--encrypt",
            help=say(
                "With a passphrase: SERENO_BACKUP_PASSPHRASE, else it is asked.",
                "Con frase de paso: SERENO_BACKUP_PASSPHRASE; si no, se pregunta.",
            ),
        ),
    ] = False,
    data: Data = None,
) -> None:
    from sereno.box.backup import back_up
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import Terminal

    passphrase = _passphrase(is_new=True) if is_encrypted else None
    settings, terminal = load_settings(data=data), Terminal()
    with terminal.step(_MAKING.fill(path=file)):
        back_up(settings, file.absolute(), passphrase)
    if passphrase is None:
        terminal.warn(_KEEP_SAFE)


def restore(file: File, data: Data = None) -> None:
    from sereno.box import backup as box_backup
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import Terminal

    settings, terminal = load_settings(data=data), Terminal()
    passphrase = _passphrase(is_new=False) if box_backup.is_encrypted(file) else None
    with terminal.step(_RESTORING.fill(path=file)):
        box_backup.restore(settings, file, passphrase)
    terminal.say(_START)


def _passphrase(*, is_new: bool) -> str | None:
    """From the environment or the person; None where neither is there."""
    if given := os.environ.get("SERENO_BACKUP_PASSPHRASE"):
        return given
    if not is_new and not sys.stdin.isatty():
        return None
    text = say("Passphrase", "Frase de paso")
    return str(typer.prompt(text, hide_input=True, confirmation_prompt=is_new, err=True))
