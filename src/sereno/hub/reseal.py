"""`sereno hub reseal`: every stored password is encrypted with the first key.

Prints one line of JSON on standard output: `{"resealed", "lost"}`, how many passwords are now
encrypted with it, and how many no key opens. It tells no secret.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from cryptography.fernet import InvalidToken
from django.db import transaction

from sereno.hub.setup import set_up

if TYPE_CHECKING:
    from django.db.models import Model

COLUMN = "password_sealed"


def reseal() -> dict[str, int]:
    """Encrypt anew all that any key opens; journalled. What none opens is left as it is."""
    from sereno.accounts.queries import SYSTEM  # once Django is set up
    from sereno.audit.actions import record

    with transaction.atomic():
        told = {"resealed": 0, "lost": 0}
        for table in sealed_tables():
            for name, count in _reseal(table).items():
                told[name] += count
        record(SYSTEM.actor, "secrets_reseal", "hub", "", **told)
    return told


def sealed_tables() -> list[type[Model]]:
    """Every table of ours that keeps passwords."""
    from django.apps import apps

    tables = apps.get_models()
    return [each for each in tables if any(f.name == COLUMN for f in each._meta.fields)]


def _reseal(table: type[Model]) -> dict[str, int]:
    from django.conf import settings

    told = {"resealed": 0, "lost": 0}
    rows = table._default_manager.exclude(**{COLUMN: ""}).select_for_update(no_key=True)
    for row in rows.order_by("pk"):
        try:
            sealed = settings.SERENO_FERNET.rotate(getattr(row, COLUMN).encode("ascii"))
        except InvalidToken:
            told["lost"] += 1
            continue
        setattr(row, COLUMN, sealed.decode("ascii"))
        row.save(update_fields=[COLUMN])
        told["resealed"] += 1
    return told


def main() -> None:
    """Reseal and print."""
    set_up()
    sys.stdout.write(json.dumps(reseal()) + "\n")
