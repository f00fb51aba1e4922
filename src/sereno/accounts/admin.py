"""People and their programs' tokens in the back office."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from sereno.accounts import actions
from sereno.accounts.backoffice import ActingAdmin, ReadingAdmin, asker_of
from sereno.accounts.models import ApiToken, User

# Rights are given by role (`accounts.rules`): a group would give none.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(ActingAdmin):
    """A new person gets no password but a link to choose one."""

    list_display = ("username", "is_admin", "is_active", "last_login")
    search_fields = ("username",)
    fields = ("username", "is_admin", "is_active")
    actions = ("make_setup_links",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("username",) if obj else ("is_active",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # the journal names them; take their access instead

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        asker = asker_of(request)
        if change:
            actions.change_user(asker, obj, is_admin=obj.is_admin, is_active=obj.is_active)
            return
        obj.pk = actions.add_user(asker, obj.username, is_admin=obj.is_admin).pk
        self._show_link(request, obj)

    @admin.action(description="Make a link to choose a password")
    def make_setup_links(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            self._show_link(request, user)

    def _show_link(self, request: HttpRequest, user: User) -> None:
        token = actions.make_setup_link(asker_of(request), user)
        link = request.build_absolute_uri(f"/setup#{token}")
        messages.success(request, f"{user}: {link} (once, within 24 hours)")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadingAdmin):
    list_display = ("name", "user", "created_at", "last_used_at", "revoked_at")
    exclude = ("token_hash",)
    actions = ("revoke",)

    @admin.action(description="Revoke")
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        for token in tokens:
            actions.revoke_api_token(asker_of(request), token)
