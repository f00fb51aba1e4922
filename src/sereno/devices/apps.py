"""The room's entry into Django."""

from __future__ import annotations

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    """Hears which nodes come and go in the room below."""

    name = "sereno.devices"

    def ready(self) -> None:
        # Once the tables are known.
        from sereno.devices.actions_nodes import hear_of_coming, hear_of_going
        from sereno.sites.signals import node_came, node_went

        node_came.connect(hear_of_coming, dispatch_uid="sereno.devices")
        node_went.connect(hear_of_going, dispatch_uid="sereno.devices")
