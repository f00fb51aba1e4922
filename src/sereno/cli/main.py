"""The `sereno` command: what there is, and how its end is told."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from typer.exceptions import Abort, TyperException

from sereno.base.errors import Invalid, SerenoError, Words
from sereno.base.redact import redact
from sereno.box.files import reason_of
from sereno.box.logs import has_log
from sereno.cli import (
    about,
    cameras,
    clips,
    coverage,
    device,
    footage,
    gatherings,
    health,
    keeping,
    processes,
    profiles,
    record,
    schedules,
    secret_keys,
    simulator,
    status,
    storage,
    users,
)
from sereno.cli.language import UNEXPECTED, is_spanish, pick, say
from sereno.cli.options import group
from sereno.cli.up import up

_NO_FILE = Words(
    "{path} cannot be used: {why}. Check the path and its permissions.",
    "No se puede usar {path}: {why}. Revise la ruta y sus permisos.",
)
# The beginnings of what the framework says, which speaks English alone.
_FRAMEWORKS_SPANISH = {
    "Missing argument": "Falta el argumento",
    "Missing option": "Falta la opción",
    "Missing command": "Falta la orden",
    "No such command": "No existe la orden",
    "No such option": "No existe la opción",
    "Did you mean": "¿Quiso decir",
    "Got unexpected extra arguments": "Sobran",
    "Got unexpected extra argument(s)": "Sobra",
    "Got unexpected extra argument": "Sobra",
    "path '": "la ruta '",
    "is not readable": "no se puede leer",
    "Invalid value for": "Valor no válido para",
    "Option ": "La opción ",
    "requires an argument": "necesita un valor",
    "Input should be greater than or equal to": "debe ser como mínimo",
    "Input should be less than or equal to": "debe ser como máximo",
    "Input should be a valid integer": "debe ser un número entero",
    "Input should be a valid number": "debe ser un número",
    ", unable to parse string as an integer": "",
    ", unable to parse string as a number": "",
}
_MISUSED = Words(
    "{what} `{where} --help` shows how it is used.",
    "{what} `{where} --help` muestra cómo se usa.",
)
REFUSED_STATUS, WRONG_INPUT_STATUS, INTERRUPTED_STATUS = 1, 2, 130

app = group(
    say("Sereno: records, shows and finds video.", "Sereno: graba, muestra y encuentra vídeo.")
)
app.command("up", help=say("Start everything.", "Arrancar todo."))(up)
app.add_typer(cameras.app, name="cameras")
app.command("timeline", help=say("What was recorded.", "Lo que se grabó."))(footage.timeline)
app.command("clip", help=say("A piece of footage as a file.", "Un trozo de grabación en archivo."))(
    footage.clip
)
app.add_typer(clips.app, name="clips")
app.add_typer(profiles.app, name="profiles")
app.add_typer(schedules.app, name="schedules")
app.add_typer(gatherings.groups, name="groups")
app.add_typer(gatherings.calendars, name="calendars")
app.command("runners", help=say("Each stream's process.", "El proceso de cada flujo."))(
    status.runners
)
app.command(
    "coverage",
    help=say("How much of the promised was recorded.", "Cuánto de lo prometido se grabó."),
)(coverage.coverage)
app.command("health", help=say("What is wrong.", "Qué está mal."))(health.health)
app.command("alarms", help=say("Broken promises.", "Promesas incumplidas."))(coverage.alarms)
app.add_typer(about.nodes, name="nodes")
app.add_typer(device.app, name="device")
app.add_typer(users.app, name="users")
app.add_typer(about.admin, name="admin")
app.add_typer(secret_keys.app, name="secrets")
app.command("backup", help=say("Database and secrets.", "Base de datos y secretos."))(
    keeping.backup
)
app.command("restore", help=say("A backup into a new folder.", "Una copia en carpeta nueva."))(
    keeping.restore
)
app.command(
    "fsck", help=say("Whether files and ledger agree.", "Si archivos y registro concuerdan.")
)(storage.fsck)
app.add_typer(storage.ledger, name="ledger")
app.add_typer(about.settings, name="settings")
app.command("version", help=say("Which Sereno this is.", "Qué Sereno es este."))(about.version)
app.add_typer(simulator.sim, name="sim")
app.add_typer(processes.hub, name="hub")
app.add_typer(processes.front, name="front")
app.add_typer(processes.node, name="node")
processes.stream.command(
    "record", help=say("One stream, in the foreground.", "Un flujo, en primer plano.")
)(record.record)
app.add_typer(processes.stream, name="stream")


def run() -> None:
    """Run a command; whatever ends it is told in one sentence, in the person's language."""
    try:
        sys.exit(app(prog_name="sereno", standalone_mode=False))
    except TyperException as error:
        _tell(_misuse(error), error)
        sys.exit(WRONG_INPUT_STATUS)
    except Abort:
        sys.exit(INTERRUPTED_STATUS)
    except SerenoError as error:
        _tell(_refused(error), error)
        sys.exit(WRONG_INPUT_STATUS if isinstance(error, Invalid) else REFUSED_STATUS)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED_STATUS)
    except BrokenPipeError:
        # Whoever read has gone, such as `head`; the interpreter must not flush into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(REFUSED_STATUS)
    except OSError as error:
        _tell(_refused_file(error) or _unexpected(error), error)
        sys.exit(REFUSED_STATUS)
    except Exception as error:
        _tell(_unexpected(error), error)
        sys.exit(REFUSED_STATUS)


def _refused(error: SerenoError) -> str:
    """Its words; for wrong input with the field before them, which is often one of many."""
    words = pick(error.words)
    return f"{error.field}: {words}" if isinstance(error, Invalid) and error.field else words


def _unexpected(error: Exception) -> str:
    what = redact(f"{type(error).__name__}: {error}")
    return pick(UNEXPECTED).format(what=what)


def _refused_file(error: OSError) -> str:
    """Which file the system refused and why; empty for what concerns no file."""
    if not isinstance(error.filename, str | Path):
        return ""
    return pick(_NO_FILE).format(path=error.filename, why=pick(reason_of(error)))


def _misuse(error: TyperException) -> str:
    """What was wrong with the words of the command; its help where there were too few."""
    what = error.format_message().strip()
    if "\n" in what:
        return what
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "sereno"
    if is_spanish():
        for english, spanish in _FRAMEWORKS_SPANISH.items():
            what = what.replace(english, spanish)
    what = what if what.endswith((".", "?")) else f"{what}."
    return pick(_MISUSED).format(what=what, where=where)


def _tell(sentence: str, error: Exception) -> None:
    """To the person, and with all its circumstances to the log of a process that has one."""
    if has_log() or os.environ.get("SERENO_DEBUG"):
        logging.getLogger("sereno").error("%s", sentence, exc_info=error)
    else:
        sys.stderr.write(sentence + "\n")
