"""`sereno hub prepare`: make the database ready for this version, and a first start possible.

Prints one line of JSON on standard output: `{"setup_token", "enrolment_code", "username"}`, null
where nothing is to be handed over. Secrets travel over that pipe and nowhere else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from sereno.base.errors import Conflict, Words
from sereno.box.backup import before_upgrade
from sereno.hub.setup import set_up

if TYPE_CHECKING:
    from sereno.box.settings import Settings
    from sereno.hub.first_start import Prepared

# Any constant does; held while one start prepares, so that another waits.
PREPARE_LOCK = 0x5E12E41
NEWER_STATUS = 3

_NEWER = Words(
    "The database was written by a newer Sereno: it knows {step}. "
    "Install that version or a later one, or restore a backup.",
    "La base de datos fue escrita por un Sereno más nuevo: conoce {step}. "
    "Instale esa versión o una posterior, o restaure una copia de seguridad.",
)


def prepare(settings: Settings) -> Prepared:
    """Migrate, lay the back office's static files out, and see to a first start.

    Raises Conflict for a database of a newer version; nothing was changed then.
    """
    from sereno.hub.first_start import first_start  # once Django is set up

    with _one_at_a_time():
        refuse_newer()
        _back_up_if_upgraded(settings)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        return first_start(settings)


def _back_up_if_upgraded(settings: Settings) -> None:
    """A database that holds something is copied before its tables change."""
    executor = MigrationExecutor(connection)
    is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if executor.loader.applied_migrations and is_behind:
        before_upgrade(settings)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARE_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARE_LOCK])


def refuse_newer() -> None:
    """Raises Conflict when the database went through steps that this program does not know."""
    loader = MigrationLoader(connection)
    installed = {each.label for each in apps.get_app_configs()}
    ours = {each.label for each in apps.get_app_configs() if each.name.startswith("sereno.")}
    for label, name in sorted(loader.applied_migrations):
        is_known = (label, name) in loader.disk_migrations
        if not is_known and (label in ours or label not in installed):
            raise Conflict("database_newer", _NEWER.fill(step=f"{label}.{name}"))


def main() -> None:
    """Prepare and print. Exit status 3, and both languages' words, for a newer database."""
    settings = set_up()
    try:
        prepared = prepare(settings)
    except Conflict as error:
        sys.stderr.write(f"{error.words.en}\n{error.words.es}\n")
        sys.exit(NEWER_STATUS)
    sys.stdout.write(json.dumps(prepared) + "\n")


if __name__ == "__main__":
    main()
