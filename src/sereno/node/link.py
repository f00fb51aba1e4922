"""The node's line to its hub: it asks for orders and tells what it did.

Nothing here is needed to record. Without the hub each loop waits and tries again; that the line is
lost is said once, and once that it is back; what is to be told stays in the ledger.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import ValidationError
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.base.errors import SerenoError, Words
from sereno.base.tasks import wait_up_to
from sereno.node.hub_client import Fetched, HubClient
from sereno.node.pace import Pace
from sereno.node.telling import Telling
from sereno.policy.reasons import Reason
from sereno.wire.orders import Wake
from sereno.wire.reports import Heartbeat, HeartbeatAnswer

log = logging.getLogger(__name__)


class Site(Protocol):
    """What the link asks of the node."""

    async def apply(self, fetched: Fetched) -> None:
        """Take new orders."""

    async def heartbeat(self, orders_etag: str) -> Heartbeat:
        """How the node is now."""

    def heartbeat_answered(self, asked_at: float, answer: HeartbeatAnswer | None) -> None:
        """What the hub said to it, sent at `asked_at` (`Clock.boottime`); None: it is unknown
        whether the hub heard it."""

    def beat_seconds(self) -> float:
        """The time between two heartbeats."""

    def look_for_errands(self) -> None:
        """The hub may have some."""


@dataclass(slots=True)
class Link:
    """Four loops: orders, reports, heartbeats, wake-ups. `run` ends only when cancelled."""

    hub: HubClient
    telling: Telling
    site: Site
    clock: Clock
    relay: Callable[[str], Awaitable[None]]  # dial one, and end with it
    etag: str = ""
    pace: Pace = field(default_factory=Pace)
    # What each loop last failed with, and in words, until it succeeds.
    _troubles: dict[str, tuple[str, Words]] = field(default_factory=dict, init=False)
    _wake_orders: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _wake_heartbeat: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _wake_reports: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    @property
    def troubles(self) -> dict[str, Words]:
        """What is wrong with the line now, in words by keys of errors; empty when all is well."""
        return dict(self._troubles.values())

    def say_now(self) -> None:
        """Something changed that people want to see: heartbeat and report without delay."""
        self._wake_heartbeat.set()
        self._wake_reports.set()

    async def run(self) -> None:
        pace = self.pace
        async with asyncio.TaskGroup() as loops:
            for act, wake, seconds in (
                (self._ask_orders, self._wake_orders, lambda: pace.orders_seconds),
                (self._beat, self._wake_heartbeat, self.site.beat_seconds),
                (self.report, self._wake_reports, lambda: pace.reports_seconds),
            ):
                loops.create_task(self._repeat(act, wake, seconds))
            loops.create_task(self._listen(loops))

    async def report(self) -> None:
        """Tell the hub all that it does not know yet."""
        await self.telling.tell_all()

    async def _ask_orders(self) -> None:
        fetched = await self.hub.orders(self.etag)
        if fetched is not None:
            await self.site.apply(fetched)
            self.etag = fetched.etag

    async def _beat(self) -> None:
        heartbeat = await self.site.heartbeat(self.etag)
        asked_at = self.clock.boottime()
        answer: HeartbeatAnswer | None = None
        try:
            answer = await self.hub.heartbeat(heartbeat)
        finally:
            self.site.heartbeat_answered(asked_at, answer)
        if answer.orders_etag != self.etag:
            self._wake_orders.set()

    async def _repeat(
        self, act: Callable[[], Awaitable[None]], wake: asyncio.Event, pause: Callable[[], float]
    ) -> None:
        """Act every `pause` seconds and when woken; after a failure, after a growing pause.

        No failure ends the loop: the node records whatever becomes of its line. A pause grows
        no longer than the usual one where that is shorter: leases wait for heartbeats.
        """
        pace = self.pace
        backoff = Backoff(pace.retry_base_seconds, min(pace.retry_cap_seconds, pause()))
        while True:
            wake.clear()
            try:
                await act()
            except Exception as error:
                self._failed(act.__name__, error)
                await asyncio.sleep(backoff.next_seconds())
                continue
            self._succeeded(act.__name__)
            backoff.reset()
            seconds = pause()
            shortest = min(pace.shortest_seconds, seconds)
            await asyncio.sleep(shortest)
            await wait_up_to(wake, seconds - shortest)

    async def _listen(self, loops: asyncio.TaskGroup) -> None:
        """Keep the control socket; each new connection, and each message, means: ask the hub.

        For orders, and for leases, which come with the answers to heartbeats. But for a message
        of front, which wants this node to dial a relay.
        """
        url = f"ws{self.hub.url.removeprefix('http')}/api/v1/node/wake"
        backoff = Backoff(self.pace.retry_base_seconds, self.pace.retry_cap_seconds)
        while True:
            headers = {"Authorization": self.hub.authorization}
            try:
                async with connect(
                    url, ssl=self.hub.tls, additional_headers=headers, compression=None, proxy=None
                ) as socket:
                    self._woken()
                    async for message in socket:
                        backoff.reset()
                        if relay_id := _relay_in(message):
                            loops.create_task(self._relay(relay_id))
                            continue
                        self._woken()
                        self._wake_heartbeat.set()
            except (OSError, WebSocketException) as error:
                log.debug("The wake-up socket ended (%s).", type(error).__name__)
            await asyncio.sleep(backoff.next_seconds())

    async def _relay(self, relay_id: str) -> None:
        """Whatever becomes of it, the link goes on."""
        try:
            await self.relay(relay_id)
        except Exception:
            log.exception("A relay met an unexpected error.")

    def _woken(self) -> None:
        self._wake_orders.set()
        self.site.look_for_errands()

    def _failed(self, what: str, error: Exception) -> None:
        """Say it, unless it was said and still holds."""
        known = error if isinstance(error, SerenoError) else None
        kind = known.key if known else type(error).__name__
        is_news = kind not in self.troubles
        self._troubles[what] = kind, known.words if known else Reason("unexplained").words()
        if is_news and known:
            log.warning("%s", error)
        elif is_news:
            log.error("The line to the hub met an unexpected error.", exc_info=error)

    def _succeeded(self, what: str) -> None:
        trouble = self._troubles.pop(what, None)
        if trouble is not None and trouble[0] not in self.troubles:
            log.info("The hub at %s takes this node's calls again.", self.hub.url)


def _relay_in(message: str | bytes) -> str | None:
    """The relay that front asks for; None for the hub's word, also of a newer hub."""
    try:
        return Wake.model_validate_json(message).relay
    except ValidationError:
        return None
