"""How the hub's own machine is."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from sereno import __version__
from sereno.box.backup import newest_backup_at
from sereno.box.certificate import ends_at
from sereno.box.paths import DataDir
from sereno.box.settings import Settings
from sereno.health.facts import HubFact
from sereno.sites.models import Node

# A worker that was never heard gets as long as one that fell silent.
_STARTED_AT = timezone.now()


def hub_now() -> HubFact:
    """The hub's machine as it is now; three statements."""
    box: Settings = settings.BOX
    data = box.data_dir
    heard = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    return HubFact(
        version=__version__,
        data_path=str(data.root),
        free_bytes=shutil.disk_usage(data.root).free,
        worker_heard_at=max(heard, _STARTED_AT) if heard else _STARTED_AT,
        database_bytes=None if box.database_url else _database_bytes(),
        certificate_ends_at=ends_at(box),
        certificate_path=str(box.tls_cert or data.tls_certificate),
        has_own_certificate=box.tls_cert is None,
        open_secrets=tuple(_open_secrets(data)),
        newest_backup_at=newest_backup_at(data),
        first_day=Node.objects.aggregate(at=Min("enrolled_at"))["at"],
    )


def _database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _open_secrets(data: DataDir) -> list[str]:
    """Secrets that others of this machine may read: the files, where the folder lets them in."""
    if not _is_open(data.root) or not _is_open(data.secrets):
        return []
    return [path.name for path in data.secrets.iterdir() if path.is_file() and _is_open(path)]


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & 0o077)
    except FileNotFoundError:  # one that is being replaced at this moment
        return False
