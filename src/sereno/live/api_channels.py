"""Pictures of a device's channels over HTTP, also of those that are no cameras yet."""

from __future__ import annotations

from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.live.actions_channels import issue_channel_ticket
from sereno.live.api import JPEG, MEDIA_HEADER

router = Router(tags=["devices"], auth=ANYBODY_KNOWN)


@router.get(
    "/devices/{device_id}/channels/{channel}/snapshot.jpg",
    openapi_extra=JPEG,
    operation_id="get_channel_snapshot",
)
def get_channel_snapshot(request: KnownRequest, device_id: UUID, channel: str) -> HttpResponse:
    """What the device shows of a channel, of the last half minute, as JPEG."""
    ticket = issue_channel_ticket(request.auth, device_id, channel, timezone.now())
    path = f"/media/v1/devices/{device_id}/channels/{quote(channel, safe='')}/snapshot.jpg"
    place = f"{path}?{urlencode({'ticket': ticket})}"
    return HttpResponse(headers={MEDIA_HEADER: place, "Cache-Control": "no-store"})
