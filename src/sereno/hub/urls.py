"""What the hub answers to."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import path

from sereno.accounts.backoffice import choose_password
from sereno.base.errors import NotFound, Words
from sereno.hub.api import api
from sereno.hub.errors import answer_for

_NOTHING_HERE = Words(
    "There is nothing at this address.",
    "No hay nada en esta dirección.",
)


def nothing_here(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Every unknown address is answered in the API's form; front serves the pages."""
    return answer_for(NotFound("nothing_here", _NOTHING_HERE))


urlpatterns = [
    path("api/v1/", api.urls),
    path("admin/password_change/", admin.site.admin_view(choose_password)),
    path("admin/", admin.site.urls),
]

handler404 = "sereno.hub.urls.nothing_here"
