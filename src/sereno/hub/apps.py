"""The hub's entry into Django."""

from __future__ import annotations

from django.apps import AppConfig


class HubConfig(AppConfig):
    """Once all tables are known, gives them names in both languages."""

    name = "sereno.hub"

    def ready(self) -> None:
        from sereno.hub.names import give_names  # the accounts' tables are known only now

        give_names()
