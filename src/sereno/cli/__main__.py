"""`python -m sereno.cli` is the `sereno` command."""

from __future__ import annotations

from sereno.cli.main import run

run()
