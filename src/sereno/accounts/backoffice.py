"""What the rooms' back-office pages share: they write through actions and say what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import lazy
from django.utils.translation import get_language
from unfold.admin import ModelAdmin
from unfold.decorators import display

from sereno.accounts.actions import make_setup_link
from sereno.accounts.auth import person_asking
from sereno.accounts.queries import NOT_SIGNED_IN, Asker
from sereno.base.errors import Conflict, Invalid, SerenoError, Unauthenticated, Words

Shower = TypeVar("Shower", bound=Callable[..., Any])

# Where a request keeps what an action said of its form.
_REFUSAL = "sereno_refusal"


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


def both(words: Words) -> str:
    """One of both languages, chosen each time that it is shown; for names of columns and such."""
    chosen: str = _in_ones_language(words)
    return chosen


def in_ones_language(words: Words) -> str:
    """`words` in the language of who works in the back office now."""
    return words.es if (get_language() or "").startswith("es") else words.en


_in_ones_language = lazy(in_ones_language, str)


def column(
    words: Words, *, colours: dict[str, str] | None = None, ordering: str | None = None
) -> Callable[[Shower], Shower]:
    """A method whose value a page shows under `words`.

    With `colours` it answers a key of them and the text, and is shown as a coloured label.
    """

    def mark(method: Shower) -> Shower:
        marked: Shower = display(method, description=both(words), label=colours, ordering=ordering)
        return marked

    return mark


class TellingAdmin(ModelAdmin):
    """A page that calls actions; a refusal brings the person back with its words.

    In a form they stand at the field that is at fault, and nothing that was typed is lost.
    """

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        page = super().changelist_view
        return self._or_tell(request, lambda: page(request, extra_context))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        page = partial(super().changeform_view, request, object_id, form_url, extra_context)
        return self._or_tell(request, lambda: self._or_once_more(request, page))

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **options: Any
    ) -> type[ModelForm[Any]]:
        form: type[ModelForm[Any]] = super().get_form(request, obj, change=change, **options)
        refusal: SerenoError | None = getattr(request, _REFUSAL, None)
        return form if refusal is None else _refused(form, refusal)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        page = super().delete_view
        return self._or_tell(request, lambda: page(request, object_id, extra_context))

    @staticmethod
    def _or_once_more(request: HttpRequest, page: Callable[[], HttpResponse]) -> HttpResponse:
        """The page; where its form is refused, the same form with the refusal in it."""
        try:
            return page()
        except (Invalid, Conflict) as refusal:
            if request.method != "POST":
                raise
            setattr(request, _REFUSAL, refusal)
            return page()

    @staticmethod
    def _or_tell(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        try:
            return view()
        except SerenoError as error:
            tell(request, error)
            return HttpResponseRedirect(request.get_full_path())


def _refused(form: type[ModelForm[Any]], refusal: SerenoError) -> type[ModelForm[Any]]:
    """The form with what an action said of what was typed into it."""

    class Refused(form):  # type: ignore[misc,valid-type]  # made while the program runs
        def clean(self) -> dict[str, Any]:
            given: dict[str, Any] = super().clean() or self.cleaned_data
            self.add_error(_field_of(refusal, self.fields), in_ones_language(refusal.words))
            return given

    return Refused


def _field_of(refusal: SerenoError, fields: Collection[str]) -> str | None:
    """The form's field for one of an action's, such as `intervals.0.from` or `knobs.nice`."""
    for part in (refusal.field or "").split("."):
        one = part.removesuffix("_id").removesuffix("_ids")
        for name in (part, one, f"{one}s", f"knob_{part}", f"{part}_from"):
            if name in fields:
                return name
    return None


class ActingAdmin(TellingAdmin):
    """A page whose saving and deleting call actions, which know what hangs on what."""

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [str(each) for each in objs], {str(self.opts.verbose_name): len(objs)}, set(), []

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for each in queryset:
            self.delete_model(request, each)


class ReadingAdmin(TellingAdmin):
    """A page to read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
