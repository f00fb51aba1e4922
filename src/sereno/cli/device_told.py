"""How `sereno device` tells what a device refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from sereno.base.errors import SerenoError, Unavailable, Words
from sereno.cli.language import pick

REFUSED_STATUS = 1
_NO_FILE = Words(
    "{path} cannot be used: {why}. Check the path and its permissions.",
    "No se puede usar {path}: {why}. Revise la ruta y sus permisos.",
)


@contextmanager
def told(*, as_json: bool) -> Iterator[None]:
    """Whatever the device refuses is told: as one JSON object for programs, else in words."""
    from sereno.cli import device_shapes
    from sereno.cli.terminal import print_json
    from sereno.drivers.errors import DeviceError

    try:
        yield
    except (DeviceError, SerenoError) as error:
        if as_json:
            print_json(device_shapes.error(error))
        elif isinstance(error, SerenoError):
            raise
        else:
            sys.stderr.write(pick(error.reason.words()) + "\n")
        raise typer.Exit(REFUSED_STATUS) from None
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except Exception as error:
        if as_json and isinstance(error, OSError) and error.filename is not None:
            print_json(device_shapes.error(_refused_file(error)))
            raise typer.Exit(REFUSED_STATUS) from None
        if as_json:
            print_json(device_shapes.unexpected(error))
        raise  # a fault of ours: its story goes where that of any other goes


def _refused_file(error: OSError) -> Unavailable:
    from sereno.box.files import reason_of

    why = reason_of(error)
    words = Words(
        _NO_FILE.en.format(path=error.filename, why=why.en),
        _NO_FILE.es.format(path=error.filename, why=why.es),
    )
    return Unavailable("file_refused", words)
