"""People and their programs' tokens in the back office."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminRadioSelectWidget

from sereno.accounts import actions
from sereno.accounts.backoffice import (
    ActingAdmin,
    ReadingAdmin,
    asker_of,
    both,
    column,
    in_ones_language,
)
from sereno.accounts.models import ApiToken, User
from sereno.accounts.rules import ROLE_ACTS, ROLE_NAMES, Role
from sereno.base.errors import Words

# Rights are given by role (`accounts.rules`): a group would give none.
admin.site.unregister(Group)

_ONCE = Words("once, within 24 hours", "una vez, en 24 horas")


def _about(role: Role) -> Words:
    pairs = zip(ROLE_NAMES[role], ROLE_ACTS[role], strict=True)
    return Words(*(f"{name}: {acts}" for name, acts in pairs))


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The role with what it lets a person do."""

    role = forms.ChoiceField(
        choices=[(role.value, both(_about(role))) for role in Role],
        initial=Role.VIEWER,
        label=both(Words("Role", "Rol")),
        widget=UnfoldAdminRadioSelectWidget,
    )


@admin.register(User)
class UserAdmin(ActingAdmin):
    """A new person gets no password but a link to choose one."""

    form = UserForm
    list_display = ("username", "role_shown", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username",)
    fields = ("username", "role", "is_active")
    actions = ("make_setup_links",)

    @column(Words("Role", "Rol"), ordering="role")
    def role_shown(self, user: User) -> str:
        return in_ones_language(ROLE_NAMES[Role(user.role)])

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
            actions.change_user(asker, obj, role=Role(obj.role), is_active=obj.is_active)
            return
        obj.pk = actions.add_user(asker, obj.username, Role(obj.role)).pk
        self._show_link(request, obj)

    @admin.action(
        description=both(
            Words("Make a link to choose a password", "Crear un enlace para elegir contraseña")
        )
    )
    def make_setup_links(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            self._show_link(request, user)

    def _show_link(self, request: HttpRequest, user: User) -> None:
        token = actions.make_setup_link(asker_of(request), user)
        link = request.build_absolute_uri(f"/setup#{token}")
        messages.success(request, f"{user}: {link} ({in_ones_language(_ONCE)})")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadingAdmin):
    list_display = ("name", "user", "created_at", "last_used_at", "revoked_at")
    exclude = ("token_hash",)
    actions = ("revoke",)

    @admin.action(description=both(Words("Revoke", "Revocar")))
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        for token in tokens:
            actions.revoke_api_token(asker_of(request), token)
