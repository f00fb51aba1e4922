"""The room's entry into Django."""

from __future__ import annotations

from django.apps import AppConfig


class EnforcerConfig(AppConfig):
    """Hears of what changes plans in the room below."""

    name = "sereno.enforcer"

    def ready(self) -> None:
        from sereno.enforcer.actions_plans import hear_of_sites  # once the tables are known
        from sereno.sites.signals import promises_touched

        promises_touched.connect(hear_of_sites, dispatch_uid="sereno.enforcer")
