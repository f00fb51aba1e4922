"""What the hub answers to."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from sereno.accounts.backoffice import choose_password
from sereno.base.errors import NotFound, Words
from sereno.enforcer.models import RunnerState
from sereno.hub.api import api
from sereno.hub.errors import answer_for

_NOTHING_HERE = Words(
    "There is nothing at this address.",
    "No hay nada en esta dirección.",
)


def nothing_here(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Every unknown address is answered in the API's form; front serves the pages."""
    return answer_for(NotFound("nothing_here", _NOTHING_HERE))


def system(request: HttpRequest) -> HttpResponse:
    """All runners, inside the back office."""
    page: HttpResponse = admin.site.get_model_admin(RunnerState).changelist_view(request)
    return page


@csrf_exempt  # the call itself looks, of those who come with a session
def older_address(request: HttpRequest, **parts: str) -> HttpResponse:
    """The same call where clients of older systems look for it."""
    call = resolve(f"/api/v1{request.path.rstrip('/')}")
    answer: HttpResponse = call.func(request, *call.args, **call.kwargs)
    return answer


# A slash at the end is taken too.
OLDER = [
    f"{address}{end}"
    for address in (
        "streams/live",
        "streams/playback",
        "nvrs",
        "nvrs/<uuid:nvr_id>",
        "nvrs/<uuid:nvr_id>/sync",
        "nvrs/<uuid:nvr_id>/channels",
        "recordings/search",
    )
    for end in ("", "/")
]

urlpatterns = [
    path("api/v1/", api.urls),
    path("admin/password_change/", admin.site.admin_view(choose_password)),
    path("admin/system/", admin.site.admin_view(system)),
    path("admin/", admin.site.urls),
    *(path(older, older_address) for older in OLDER),
    path("dash/system/", RedirectView.as_view(url="/system")),
]

handler404 = "sereno.hub.urls.nothing_here"
