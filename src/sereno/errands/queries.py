"""Reading errands; every access check of theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.base.errors import NotFound, Words
from sereno.base.spans import Span
from sereno.devices.queries import clock_around
from sereno.errands.models import Errand
from sereno.sites.models import Node
from sereno.sites.queries import cameras_of
from sereno.sites.secrets import unseal
from sereno.wire.devices import SEARCH, SearchOrder, SearchParams
from sereno.wire.errands import DIAGNOSE
from sereno.wire.errands import Errand as ErrandOrder

_NONE = Words(
    "There is no such diagnosis; they are kept for a day. Ask for a new one.",
    "No existe ese diagnóstico; se guardan un día. Pida uno nuevo.",
)
_NO_ERRAND = Words(
    "There is no such search; they are kept for a day. Ask anew.",
    "No existe esa búsqueda; se guardan un día. Pida una nueva.",
)


def errands_of(asker: Asker) -> QuerySet[Errand]:
    """The diagnoses that `asker` may see, the newest first: of cameras that they see, and of
    addresses for whom may make cameras of them."""
    return _seen_by(asker).filter(kind=DIAGNOSE)


def device_errands_of(asker: Asker) -> QuerySet[Errand]:
    """The errands of devices that `asker` may see, the newest first: of cameras that they see, and
    the others for whom may add devices."""
    return _seen_by(asker).exclude(kind=DIAGNOSE)


def _seen_by(asker: Asker) -> QuerySet[Errand]:
    require(asker, Right.VIEW)
    seen = Q(camera__in=cameras_of(asker).order_by())
    if asker.user is None or Right.MANAGE in asker.user.rights:
        seen |= Q(camera=None)
    return Errand.objects.filter(seen).select_related("camera", "node").order_by("-asked_at")


def access_errand(asker: Asker, errand_id: UUID) -> Errand:
    """One errand. Raises NotFound alike for one that is not and one not to be seen."""
    if (errand := errands_of(asker).filter(pk=errand_id).first()) is None:
        raise NotFound("no_such_diagnosis", _NONE)
    return errand


def access_device_errand(asker: Asker, errand_id: UUID) -> Errand:
    """One errand of a device. Raises NotFound likewise."""
    if (errand := device_errands_of(asker).filter(pk=errand_id).first()) is None:
        raise NotFound("no_such_errand", _NO_ERRAND)
    return errand


def open_errands(now: datetime) -> QuerySet[Errand]:
    """Those that are neither done nor expired."""
    return Errand.objects.filter(done_at=None, expires_at__gt=now)


def has_errands(node: Node, now: datetime) -> bool:
    """Whether there is something that `node` should look into."""
    return open_errands(now).filter(node=node).exists()


def orders_of(node: Node, now: datetime) -> tuple[ErrandOrder, ...]:
    """What `node` is to look into, with the passwords it needs, the oldest first."""
    return tuple(
        ErrandOrder(
            errand_id=errand.pk,
            kind=errand.kind,
            camera_id=errand.camera_id,
            stream="sub" if errand.stream == "sub" else "main",
            address=errand.address,
            username=errand.username,
            password=unseal(errand.password_sealed),
            params=_params(errand),
        )
        for errand in open_errands(now).filter(node=node).order_by("asked_at", "pk")
    )


def _params(errand: Errand) -> dict[str, Any]:
    """As the node gets them; of a search, how the device's clock was then."""
    if errand.kind != SEARCH:
        return dict(errand.params)
    asked = SearchParams.model_validate(errand.params)
    clock = clock_around(asked.device_id, Span(asked.start, asked.end))
    return SearchOrder(**asked.model_dump(), clock=tuple(clock)).model_dump(mode="json")
