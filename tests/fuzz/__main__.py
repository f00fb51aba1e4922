"""`python -m tests.fuzz TARGET [libFuzzer option ...]`, with atheris installed."""

from __future__ import annotations

import sys

import atheris  # type: ignore[import-not-found]

with atheris.instrument_imports(include=["sereno.media", "sereno.drivers"]):
    from tests.fuzz.targets import ALLOWED, TARGETS


def main() -> None:
    target = TARGETS[sys.argv.pop(1)]

    def one_input(data: bytes) -> None:
        try:
            target(data)
        except ALLOWED:
            return

    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
