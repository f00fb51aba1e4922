"""`sereno hub work`: the worker that does the hub's chores and looks for broken promises."""

from __future__ import annotations

import asyncio
from typing import cast

from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector

from sereno.base.tasks import until_first
from sereno.hub.setup import set_up


def work() -> None:
    """Do chores until a signal to end."""
    set_up()
    from procrastinate.contrib.django import app  # once Django is set up

    # Django's own connection cannot listen; the worker has one that can.
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector) as working:
        asyncio.run(_run(working))


async def _run(app: App) -> None:
    from sereno.hub.watch import watch  # once Django is set up

    async with app.open_async():
        chores = app.run_worker_async(delete_jobs="successful", name="hub")
        await until_first(chores, watch())
