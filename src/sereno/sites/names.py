"""Names that only one may have; the database decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from sereno.base.errors import Conflict, Words


@contextmanager
def one_of_a_name(constraint: str, taken: Words) -> Iterator[None]:
    """Around a write. Raises Conflict where the unique `constraint` refuses it.

    The transaction around it stays whole.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise Conflict("name_taken", taken, field="name") from None
