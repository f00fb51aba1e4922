#!/usr/bin/env python
"""Django's own commands: `./manage.py COMMAND`. Finds the box's database, or starts it."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from sereno.base.errors import SerenoError
from sereno.box.database import find_or_start
from sereno.box.logs import configure_logging
from sereno.box.settings import load_settings


def main() -> None:
    """Run one command."""
    try:
        settings = load_settings()
        configure_logging(settings.log_level)
        find_or_start(settings)
    except SerenoError as error:
        sys.exit(error.words.en)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sereno.hub.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
