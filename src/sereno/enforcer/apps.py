"""The room's entry into Django."""

from __future__ import annotations

from django.apps import AppConfig


class EnforcerConfig(AppConfig):
    """Hears of what changes plans in the room below."""

    name = "sereno.enforcer"

    def ready(self) -> None:
        # Once the tables are known.
        from sereno.enforcer.actions_leases import hear_of_node
        from sereno.enforcer.actions_plans import hear_of_sites
        from sereno.enforcer.fitness import check_joined
        from sereno.sites.signals import cameras_joined, node_changed, promises_touched

        promises_touched.connect(hear_of_sites, dispatch_uid="sereno.enforcer")
        cameras_joined.connect(check_joined, dispatch_uid="sereno.enforcer")
        node_changed.connect(hear_of_node, dispatch_uid="sereno.enforcer")
