"""The last section of docs/ref/devices.md: failures, what provokes them, and what shows that they
are coped with. ``python -m sereno.sim.failure_page``, in the root of the project, writes it anew.

A test shows a failure by its name (``test_row_22_…``), or by trying a quirk that stands for it. All
quirks of recorders are tried by the contract of drivers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from sereno.sim.dahua.quirks import DAHUA_QUIRKS
from sereno.sim.failures import FAILURES, Failure
from sereno.sim.hikvision.quirks import HIKVISION_QUIRKS
from sereno.sim.onvif.quirks import ONVIF_QUIRKS
from sereno.sim.quirk import Quirk
from sereno.sim.quirks import QUIRKS

PAGE = Path("docs/ref/devices.md")
HEADING = "## What goes wrong in the field"

_RECORDERS: dict[str, Mapping[str, Quirk]] = {
    "Hikvision": HIKVISION_QUIRKS, "Dahua": DAHUA_QUIRKS, "ONVIF": ONVIF_QUIRKS,
}  # fmt: skip
_SIMULATED = _RECORDERS | {"RTSP": QUIRKS}
_CONTRACT = "contracts/drivers/test_drivers_quirks"
_OF_THE_SIMULATOR = Path("rooms/sim")
_ROWS = re.compile(r"test_rows?_((?:\d+_)+)")
_INTRODUCTION = f"""{HEADING}

Each line is a promise. *Provoked by* names the switches of the simulated devices \
(`sereno sim quirks`) that bring it about; *shown by* the tests. This section is made by \
`python -m sereno.sim.failure_page`; a test says when it is out of date.

| | what people see | what Sereno does | provoked by | shown by |
| --- | --- | --- | --- | --- |
"""


def rewritten(page: str, tests: Path) -> str:
    """The page with this section as it is now; ``tests`` is the folder of the tests."""
    return page.partition(HEADING)[0] + section(tests)


def section(tests: Path) -> str:
    """The whole section, Markdown."""
    shown = shown_by(tests)
    return _INTRODUCTION + "".join(_line(row, FAILURES[row], shown[row]) for row in FAILURES)


def provoked_by(row: int) -> dict[str, list[str]]:
    """By simulated device, the quirks that stand for a failure."""
    return {
        device: names
        for device, quirks in _SIMULATED.items()
        if (names := [name for name, quirk in quirks.items() if row in quirk.rows])
    }


@cache
def shown_by(tests: Path) -> dict[int, list[str]]:
    """By failure, the files of tests that show that it is coped with."""
    found: dict[int, set[str]] = {row: set() for row in FAILURES}
    for row, devices in ((row, provoked_by(row)) for row in FAILURES):
        if not devices.keys().isdisjoint(_RECORDERS):
            found[row].add(_CONTRACT)
    for path in sorted(tests.rglob("test_*.py")):
        if path.parent == tests / _OF_THE_SIMULATOR:
            continue  # they show that it misbehaves, not that Sereno copes
        module = str(path.relative_to(tests).with_suffix(""))
        for row in _rows_in(ast.parse(path.read_text(encoding="utf-8"))):
            found[row].add(module)
    return {row: sorted(modules) for row, modules in found.items()}


def _rows_in(tree: ast.Module) -> Iterator[int]:
    """Of names of tests, and of quirks of the RTSP server that they try."""
    rows = {name: quirk.rows for name, quirk in QUIRKS.items()}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if found := _ROWS.match(node.name):
                yield from (int(number) for number in found[1].split("_") if number)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from rows.get(node.value.partition("=")[0], ())


def _line(row: int, failure: Failure, tests: list[str]) -> str:
    provoked = "; ".join(
        f"{device}: {', '.join(f'`{name}`' for name in names)}"
        for device, names in provoked_by(row).items()
    )
    shown = "; ".join(f"`{module}`" for module in tests) or f"exempt: {failure.exempt}"
    return f"| {row} | {failure.what} | {failure.answer} | {provoked} | {shown} |\n"


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), Path("tests")), encoding="utf-8")
