"""What cameras will do in the next days, as rows of characters."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from sereno.base.errors import Words
from sereno.cli.language import pick, say
from sereno.cli.terminal import print_line, print_table

Piece = Mapping[str, Any]

# A cell is so many equal parts of a day, the widest that fits.
_CELLS_A_DAY = (24, 12, 8, 6, 4)
_CELLS_OF_ONE = 48
_LONGEST_NAME = 20
_PIPE_COLUMNS = 120

_RESTS = {
    "paused": ("=", "magenta", Words("paused", "en pausa")),
    "holiday": ("h", "blue", Words("rests: holiday or exception", "descansa: feriado o excepción")),
    "not_recorded": ("·", "dim", Words("not recorded, so not analysed", "sin grabar ni analizar")),
}
_RESTS_OTHERWISE = ("·", "dim", Words("nothing asks for it", "nada la pide"))
_MANUAL = ("M", "yellow", Words("started by hand", "a mano"))
# Whole, and for part of the cell.
_PLAIN = ("█", "▄")
_LETTERS = "ABCDEFGIJKLNOPQRSTUVWXYZ"


class Legend:
    """The sign of each thing that occurs; collected while rows are made."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}
        self._rests: dict[str, str] = {}
        self._runs: dict[str, str] = {}

    def sign(self, pieces: Sequence[tuple[Piece, float]]) -> tuple[str, str]:
        """A cell's sign and style, from its pieces and their seconds.

        Whatever runs in it is shown, else what lasts longest.
        """
        if not pieces:
            return " ", ""
        running = [pair for pair in pieces if pair[0]["runs"]]
        longest = max(running or pieces, key=lambda pair: pair[1])[0]
        if not running:
            return self._resting(longest)
        return self._running(longest, is_whole=len(running) == len(pieces))

    def _resting(self, piece: Piece) -> tuple[str, str]:
        sign, style, words = _RESTS.get(piece["why"]["key"], _RESTS_OTHERWISE)
        self._rests[sign] = pick(words)
        return sign, style

    def _running(self, piece: Piece, *, is_whole: bool) -> tuple[str, str]:
        if piece["why"]["key"] == "manual":
            sign, style, words = _MANUAL
            self._runs[sign] = pick(words)
            return sign if is_whole else sign.lower(), style
        name = piece["profile"]
        if not name:
            self._runs["".join(_PLAIN)] = say("runs (all, part of it)", "en marcha (todo, parte)")
            return _PLAIN[0 if is_whole else 1], "green"
        sign = self._letters.setdefault(name, _LETTERS[len(self._letters) % len(_LETTERS)])
        self._runs[f"{sign}{sign.lower()}"] = name
        return sign if is_whole else sign.lower(), "green"

    def lines(self, cells_a_day: int) -> list[str]:
        """One line a sign, and how long a character is."""
        told = [f"{sign}  {what}" for sign, what in (*self._runs.items(), *self._rests.items())]
        minutes = 24 * 60 // cells_a_day
        length = f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"
        return [*told, say(f"One character: {length}", f"Un carácter: {length}")]


def show_plans(plans: Sequence[Mapping[str, Any]], purpose: str, days: int) -> None:
    """A row for each camera, or for a single one a row for each day."""
    legend = Legend()
    if len(plans) == 1:
        cells_a_day = _CELLS_OF_ONE
        told = _day_cells(plans[0], purpose, days, cells_a_day, legend)
        of_days = [(f"{_short(day)} {day:%Y-%m}", cells) for day, cells in told]
        hours = "".join(f"{hour:<6d}" for hour in range(0, 24, 3))
        print_line(f"{plans[0]['name']} ({plans[0]['time_zone']})")
        print_table((say("DAY", "DÍA"), hours), of_days)
    else:
        widest = max((len(plan["name"]) for plan in plans), default=0)
        cells_a_day = _fitting(days, min(widest, _LONGEST_NAME))
        rows = [_row(plan, purpose, days, cells_a_day, legend) for plan in plans]
        print_table((say("CAMERA", "CÁMARA"), _head(plans, days, cells_a_day)), rows)
    for line in legend.lines(cells_a_day):
        print_line(line)


def _fitting(days: int, name_columns: int) -> int:
    is_person = sys.stdout.isatty()
    columns = shutil.get_terminal_size().columns if is_person else _PIPE_COLUMNS
    room = columns - name_columns - 2
    return next((each for each in _CELLS_A_DAY if days * (each + 1) - 1 <= room), _CELLS_A_DAY[-1])


def _head(plans: Sequence[Mapping[str, Any]], days: int, cells_a_day: int) -> str:
    if not plans:
        return ""
    first, _ = _first_day(plans[0])
    return " ".join(f"{_short(day):<{cells_a_day}}" for day in _days(first, days))


def _short(day: date) -> str:
    names = say("Mo Tu We Th Fr Sa Su", "lu ma mi ju vi sá do").split()
    return f"{names[day.weekday()]}{day.day:02d}"


def _row(
    plan: Mapping[str, Any], purpose: str, days: int, cells_a_day: int, legend: Legend
) -> tuple[Text, Text]:
    row = Text(no_wrap=True)
    for number, (_, cells) in enumerate(_day_cells(plan, purpose, days, cells_a_day, legend)):
        row.append(" " if number else "")
        row.append_text(cells)
    name = Text(plan["name"], no_wrap=True)
    name.truncate(_LONGEST_NAME, overflow="ellipsis")
    return name, row


def _day_cells(
    plan: Mapping[str, Any], purpose: str, days: int, cells_a_day: int, legend: Legend
) -> Iterator[tuple[date, Text]]:
    """Each day by the clock on the wall; what is not told of stays empty."""
    first, zone = _first_day(plan)
    pieces = [(piece, *_span(piece)) for piece in plan[purpose]]
    for day in _days(first, days):
        edges = _edges(day, zone, cells_a_day)
        cells = Text(no_wrap=True)
        for start, end in pairwise(edges):
            inside = [
                (piece, (min(end, until) - max(start, since)).total_seconds())
                for piece, since, until in pieces
                if since < end and until > start and start < end
            ]
            cells.append(*legend.sign(inside))
        yield day, cells


def _edges(day: date, zone: ZoneInfo, cells_a_day: int) -> list[datetime]:
    """Where cells begin and end; an hour that the clock jumps over has none."""
    step = timedelta(days=1) / cells_a_day
    midnight = datetime.combine(day, time())
    walls = (midnight + step * number for number in range(cells_a_day + 1))
    return [wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls]


def _first_day(plan: Mapping[str, Any]) -> tuple[date, ZoneInfo]:
    zone = ZoneInfo(plan["time_zone"])
    told = [_span(piece)[0] for piece in plan["recording"]]
    return min(told, default=datetime.now(UTC)).astimezone(zone).date(), zone


def _days(first: date, count: int) -> Iterable[date]:
    return (first + timedelta(days=step) for step in range(count))


def _span(piece: Piece) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(piece["from"]), datetime.fromisoformat(piece["to"])
