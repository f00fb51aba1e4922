"""Django set up for a process of the hub."""

from __future__ import annotations

import os

import django

from sereno.box.logs import configure_logging
from sereno.box.settings import Settings

SETTINGS_MODULE = "sereno.hub.settings"


def set_up() -> Settings:
    """Set Django and this process's log up; the box's settings. Models can be imported after."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    from django.conf import settings  # reads the variable just set

    box: Settings = settings.BOX
    configure_logging(box.log_level)
    django.setup(set_prefix=False)
    return box
