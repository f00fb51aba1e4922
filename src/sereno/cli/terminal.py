"""What people see: progress, tables, sentences. Results go to stdout, all else to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table
from rich.text import Text

from sereno.base.errors import Words
from sereno.cli.language import pick

_LOOKING = Words("Looking", "Revisando")


class Terminal:
    """Tells what goes on; satisfies `sereno.box.up.Teller`."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)

    @contextmanager
    def step(self, words: Words) -> Iterator[None]:
        """A wait: a moving sign while it lasts, its time at the end."""
        text, began = pick(words), time.monotonic()
        try:
            with self._console.status(text):
                yield
        except BaseException:
            self._line("✗", "red", text)
            raise
        self._line("✓", "green", f"{text}  {time.monotonic() - began:.1f} s")

    def say(self, words: Words) -> None:
        """A result, on stdout."""
        sys.stdout.write(pick(words) + "\n")
        sys.stdout.flush()

    def warn(self, words: Words) -> None:
        self._line("!", "yellow", pick(words))

    def _line(self, sign: str, style: str, text: str) -> None:
        self._console.print(Text.assemble((sign, style), " ", text), soft_wrap=True)


def print_json(value: object) -> None:
    """For programs: exactly what the API said."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_line(text: str) -> None:
    """For people: one line as it is."""
    sys.stdout.write(text + "\n")


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """For people: a plain table. What others typed is shown as it is, never as markup.

    Without `heads` it has no first line.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=bool(heads))
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    # Into a pipe nothing is folded: whoever reads there looks for whole lines.
    width = None if sys.stdout.isatty() else 10_000
    Console(highlight=False, width=width).print(table)


def _cell(value: object) -> Text:
    if isinstance(value, Text):
        return value
    return Text("–" if value is None or value == "" else str(value))


@contextmanager
def work_progress(*, in_bytes: bool) -> Iterator[Callable[[int, int | None], None]]:
    """A bar for work on this machine, in bytes or pieces; shown where a person looks on.

    Call what it gives with the work done since, and with the whole once that is known.
    """
    done = DownloadColumn() if in_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), done, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(pick(_LOOKING), total=None)
        yield lambda step, whole: progress.update(task, advance=step, total=whole)


def download_progress() -> Progress:
    """A bar for bytes that come over the network."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def share_progress() -> Progress:
    """A bar for a share of the whole; gone when it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
