"""The one API, put together from the rooms."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest
from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema

from sereno import __version__
from sereno.accounts.api import router as accounts
from sereno.accounts.api_users import router as users
from sereno.compat.api import router as older
from sereno.coverage.api import router as coverage
from sereno.devices.api import router as devices
from sereno.enforcer.api import router as enforcer
from sereno.enforcer.api_devices import router as device_cameras
from sereno.enforcer.api_profiles import router as profiles
from sereno.enforcer.api_schedules import router as schedules
from sereno.enforcer.api_system import router as system
from sereno.errands.api import router as errands
from sereno.errands.api_devices import router as device_errands
from sereno.footage.api import router as footage
from sereno.footage.api_recordings import router as recordings
from sereno.gate.api import router as gate
from sereno.health.api import router as health
from sereno.hub.errors import ErrorAnswer, install
from sereno.live.api import router as live
from sereno.live.api_channels import router as channels
from sereno.live.api_clips import router as clips
from sereno.live.api_layouts import router as layouts
from sereno.live.api_status import router as status
from sereno.live.api_streams import router as streams
from sereno.sites.api import router as sites


class SerenoApi(NinjaAPI):
    """A NinjaAPI whose contract says that every call may answer with our form of error."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        form = ErrorAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
        parts = form.pop("$defs")
        schema["components"]["schemas"] |= parts | {"ErrorAnswer": form}
        reference = {"$ref": "#/components/schemas/ErrorAnswer"}
        error = {
            "description": "An error, with words for people",
            "content": {"application/json": {"schema": reference}},
        }
        for calls in schema["paths"].values():
            for call in calls.values():
                call["responses"]["default"] = error
        return schema


class Alive(Schema):
    version: str


api = SerenoApi(
    title="Sereno",
    version=__version__,
    description="Times are ISO 8601 with a zone, UTC in answers.",
    docs_url=None,
    urls_namespace="api",
)
install(api)
for prefix, router in (
    ("", accounts),
    ("", users),
    ("", sites),
    ("", devices),
    ("", device_cameras),
    ("", enforcer),
    ("", profiles),
    ("", schedules),
    ("", system),
    ("", footage),
    ("", recordings),
    ("", coverage),
    ("", health),
    ("", live),
    ("", channels),
    ("", layouts),
    ("", clips),
    ("", status),
    ("", streams),
    ("", errands),
    ("", device_errands),
    ("", older),
    ("/node", gate),
):
    api.add_router(prefix, router)


@api.get("/alive", response=Alive, operation_id="get_alive", tags=["health"])
def get_alive(request: HttpRequest) -> Alive:
    """Answers when the hub and its database do; for supervisors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Alive(version=__version__)
