"""What is said of every answer: that it is nobody else's, and what its page may do."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

BACK_OFFICE = "/admin/"
# The back office's pages carry their behaviour in attributes, which their library evaluates, and
# some styles; a script written into a page runs nowhere.
BACK_OFFICE_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# All else is for programs: opened in a browser, it shows and does nothing.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"


Answering = Callable[[HttpRequest], HttpResponse]


def safe_headers(get_response: Answering) -> Answering:
    """A middleware: no cache keeps an answer, and browsers hold its page to its policy."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = request.path.startswith(BACK_OFFICE)
        policy = BACK_OFFICE_POLICY if is_page else DATA_POLICY
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return answer
