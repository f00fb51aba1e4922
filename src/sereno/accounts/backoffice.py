"""What the rooms' back-office pages share: they write through actions and say what went wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from sereno.accounts.actions import make_setup_link
from sereno.accounts.auth import person_asking
from sereno.accounts.queries import NOT_SIGNED_IN, Asker
from sereno.base.errors import SerenoError, Unauthenticated


def asker_of(request: HttpRequest) -> Asker:
    """Who works in the back office."""
    asker = person_asking(request)
    if asker is None:
        raise Unauthenticated("not_signed_in", NOT_SIGNED_IN)
    return asker


def choose_password(request: HttpRequest) -> HttpResponse:
    """One's own password, too, is chosen by a link: there it is checked, and journalled."""
    asker = asker_of(request)
    if asker.user is None:
        raise Unauthenticated("not_signed_in", NOT_SIGNED_IN)
    return HttpResponseRedirect(f"/setup#{make_setup_link(asker, asker.user)}")


def tell(request: HttpRequest, error: SerenoError) -> None:
    """Show an error's words on the next page, in both languages."""
    messages.error(request, f"{error.words.en} · {error.words.es}")


class ActingAdmin(ModelAdmin):
    """A page whose saving calls an action; a refusal brings the person back with its words."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            page: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
        except SerenoError as error:
            tell(request, error)
            return HttpResponseRedirect(request.get_full_path())
        return page


class ReadingAdmin(ModelAdmin):
    """A page to read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
