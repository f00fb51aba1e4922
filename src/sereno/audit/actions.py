"""Writing the journal."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from sereno.audit.models import Entry
from sereno.audit.rules import FIRST_HASH, Actor, Content, check_details, hash_of

# Any constant does; held until the transaction ends, so that entries follow one another.
JOURNAL_LOCK = 0x5E12E40


@transaction.atomic
def record(
    actor: Actor,
    act: str,
    object_kind: str = "",
    object_id: object = "",
    **details: object,
) -> Entry:
    """Append one act, in the transaction of the act itself: both happen or neither does.

    Call it last: from here to the end of the transaction every other writer waits.
    `details` hold no secrets.
    """
    check_details(details)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [JOURNAL_LOCK])
    last = Entry.objects.order_by("-number").values_list("number", "hash").first()
    number, previous_hash = last or (0, FIRST_HASH)
    content = Content(
        number=number + 1,
        happened_at=timezone.now(),
        actor=actor,
        act=act,
        object_kind=object_kind,
        object_id=str(object_id),
        details=details,
    )
    return Entry.objects.create(
        number=content.number,
        happened_at=content.happened_at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        address=actor.address,
        act=act,
        object_kind=object_kind,
        object_id=content.object_id,
        details=details,
        previous_hash=previous_hash,
        hash=hash_of(previous_hash, content),
    )
