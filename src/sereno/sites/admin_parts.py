"""Parts that several pages of the back office share."""

from __future__ import annotations

from typing import Any

from django import forms


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A form that knows which version it was opened with, of a row that several people edit."""

    if_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is not None:
            self.initial["if_version"] = self.instance.version
