"""Whether answers may be kept on their way."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def never_kept(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """A middleware: what the hub answers is somebody's own, and changes."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer
