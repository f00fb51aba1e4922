"""Print the contract, without a database or a data folder: `python -m sereno.hub.openapi`."""

from __future__ import annotations

import json
import os
import sys

import django


def contract() -> str:
    """The OpenAPI description as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "sereno.hub.scratch_settings"
    django.setup(set_prefix=False)
    from sereno.hub.api import api  # once Django is set up

    return json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(contract() + "\n")
