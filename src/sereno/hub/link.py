"""`sereno admin link`: a fresh one-time link for an administrator.

Prints the same line of JSON as `sereno hub prepare`.
"""

from __future__ import annotations

import json
import sys

from sereno.base.errors import NotFound
from sereno.hub.setup import set_up


def main(username: str | None = None) -> None:
    """Print the link's token. Exit status 1, and words, when there is no such administrator."""
    set_up()
    from django.conf import settings

    from sereno.hub.first_start import administrator_link  # once Django is set up

    try:
        prepared = administrator_link(settings.BOX.data_dir, username)
    except NotFound as error:
        sys.exit(f"{error.words.en}\n{error.words.es}")
    sys.stdout.write(json.dumps(prepared) + "\n")
