"""Telling the hub what the ledger knows, in batches, each taken whole or not at all.

What the hub refuses must not hold up the rest: the batch is halved until the culprit stands alone.
That is set aside in the ledger, told again a day later or when its camera is in the orders again.

A hub that fails (500) may fail over one item or over all. Only an item beside which it took others
is set aside; where it takes nothing, everything waits until it is well.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from uuid import UUID

from sereno.base.clock import Clock, to_us
from sereno.base.errors import Invalid, NotFound
from sereno.node.hub_client import HubClient, HubStumbled
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.rows import StreamKey
from sereno.wire.reports import AbsenceReport, Horizon, Reports, RunReport

log = logging.getLogger(__name__)

Refusal = NotFound | Invalid | HubStumbled
Item = RunReport | AbsenceReport | Horizon


@dataclass(slots=True)
class Telling:
    """The node's outbox. Raises what `HubClient.report` raises, but for refusals."""

    hub: HubClient
    ledger: LedgerThread
    clock: Clock
    batch_rows: int
    # Streams of which something was told since their last horizon.
    _owed: set[StreamKey] = field(default_factory=set, init=False)

    async def tell_all(self) -> None:
        """Tell the hub all that it does not know yet, oldest first, but for what it refuses."""
        while True:
            batch = await self.ledger.call(
                Ledger.next_reports, self.batch_rows, self._now_us(), self._owed
            )
            items = _items_of(batch)
            if not items:
                return
            if await self._refusal_of(items) is not None:
                await self._set_culprit_aside(items)
            elif batch.horizons:  # only the last batch has any
                return

    async def _set_culprit_aside(self, items: list[Item]) -> None:
        """Halve a refused batch until one item is left; what the hub takes meanwhile is told.

        Horizons come last in `items`, so that none is told before what it promises. Raises
        HubStumbled where the hub failed over all of them.
        """
        took_any = False
        untried: list[list[Item]] = []
        while len(items) > 1:
            middle = len(items) // 2
            first, second = items[:middle], items[middle:]
            if await self._refusal_of(first) is None:
                took_any, items = True, second
            else:
                untried.append(second)
                items = first
        refusal = await self._refusal_of(items)
        if refusal is None:
            return
        is_fair = not isinstance(refusal, HubStumbled)
        if is_fair or took_any or await self._takes_one_of(untried):
            await self._set_aside(items[0], refusal)
        else:
            raise refusal

    async def _takes_one_of(self, groups: list[list[Item]]) -> bool:
        """Whether the hub takes the first item of one of these; a horizon may not go ahead."""
        for group in groups:
            if not isinstance(group[0], Horizon) and await self._refusal_of(group[:1]) is None:
                return True
        return False

    async def _refusal_of(self, items: list[Item]) -> Refusal | None:
        """Tell these; why the hub will not take them, if so."""
        batch = _batch_of(items)
        try:
            await self.hub.report(batch)
        except (NotFound, Invalid, HubStumbled) as refusal:
            return refusal
        await self.ledger.call(Ledger.mark_reported, batch)
        self._owed |= {_key_of(item) for item in items if not isinstance(item, Horizon)}
        self._owed -= {_key_of(item) for item in batch.horizons}
        return None

    async def _set_aside(self, item: Item, refusal: Refusal) -> None:
        key = _key_of(item)
        is_whole_camera = isinstance(refusal, NotFound) or isinstance(item, Horizon)
        item_id = key.camera_id if is_whole_camera else _id_of(item)
        self._owed = {each for each in self._owed if each.camera_id != item_id}
        if await self.ledger.call(Ledger.set_aside, item_id, self._now_us()):
            log.warning(
                "The hub refuses what this node tells of the camera %s (%s): %s It is kept here, "
                "and told again once a day and when the camera is in this node's orders again.",
                key.camera_id, "all of it" if is_whole_camera else f"item {item_id}", refusal,
            )  # fmt: skip

    def _now_us(self) -> int:
        return to_us(self.clock.now())


def _items_of(batch: Reports) -> list[Item]:
    return [*batch.runs, *batch.absences, *batch.horizons]


def _batch_of(items: list[Item]) -> Reports:
    return Reports(
        runs=tuple(item for item in items if isinstance(item, RunReport)),
        absences=tuple(item for item in items if isinstance(item, AbsenceReport)),
        horizons=tuple(item for item in items if isinstance(item, Horizon)),
    )


def _key_of(item: Item) -> StreamKey:
    return StreamKey(item.camera_id, item.stream)


def _id_of(item: Item) -> UUID:
    match item:
        case RunReport():
            return item.run_id
        case AbsenceReport():
            return item.absence_id
        case Horizon():
            return item.camera_id
