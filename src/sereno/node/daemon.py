"""The node: puts its parts together, starts them, and stops them in good order."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import uvloop

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock, SystemClock
from sereno.base.errors import SerenoError
from sereno.box.logs import configure_logging
from sereno.box.secrets import fernet
from sereno.box.settings import Settings
from sereno.media.contract import Event, Failed, RunEnded, StreamTask
from sereno.media.doors import Doors
from sereno.node.analysis import Analysis
from sereno.node.budget import Budget
from sereno.node.clips import clips_in
from sereno.node.departing import finish_departures
from sereno.node.desired import Desired
from sereno.node.devices.room import device_room
from sereno.node.diagnosing import Diagnosing
from sereno.node.enrolment import enrol
from sereno.node.errands import Errands
from sereno.node.holding import hold_node
from sereno.node.hub_client import Fetched, HubClient
from sereno.node.leases import Leases
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.link import Link
from sereno.node.live_attention import Attention
from sereno.node.order_store import OrderStore
from sereno.node.pace import Pace
from sereno.node.preparing import for_runners, hub_of, prepare_folders
from sereno.node.probing import Probing
from sereno.node.recording import Recording
from sereno.node.relaying import Relaying
from sereno.node.rows import StreamKey
from sereno.node.state import NodeState
from sereno.node.stream_book import StreamBook
from sereno.node.supervisor import Supervisor
from sereno.node.tasks import task_of
from sereno.node.telling import Telling
from sereno.node.viewing import Viewing
from sereno.node.volumes import Volumes
from sereno.node.wishes import Place
from sereno.wire.orders import Orders
from sereno.wire.reports import Heartbeat, HeartbeatAnswer, ReasonReport

log = logging.getLogger(__name__)

# What `sereno stream run` does, without the weight of the command line in each runner. -P: a folder
# named sereno where the node was started is not taken for the program.
RUNNER_ARGV = (sys.executable, "-P", "-c", "from sereno.media.runner import main; main()")
LAST_REPORT_SECONDS = 0.5
# Of the loop, for what blocks: as many as asyncio makes on a large machine. A disk that hangs and a
# name that is not found keep one each, and on a small machine six of them would stop everything.
THREADS = 32


class Node:
    """One node's life: `run` goes on until `stop`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        runner_argv: Sequence[str] = RUNNER_ARGV,
        pace: Pace | None = None,
    ) -> None:
        data = settings.data_dir
        prepare_folders(settings)
        self._settings = settings
        self._data = data
        self._clock = clock
        self._pace = pace or Pace()
        self._ended = asyncio.Event()
        self._orders: Orders | None = None
        self._store = OrderStore(data.orders, fernet(settings))
        self._ledger = LedgerThread(data.ledger)
        self._volumes = self._new_volumes()
        self._recording = Recording(
            self._ledger, lambda: self._volumes.roots, clock, self._on_change, self._pace
        )
        self._budget = self._new_budget()
        self._leases = Leases(clock)
        self._desired = Desired(clock, self._leases)
        self._doors = Doors(data.doors, clock)
        self._attention = Attention(clock, lambda: self._supervisor.look())
        self._supervisor = self._new_supervisor(runner_argv)
        self._probing = self._new_probing(runner_argv)
        self._hub = HubClient(*hub_of(settings))
        self._devices = device_room(data.devices, clock, self._doors, self._hub)
        self.viewing = self._new_viewing(runner_argv)
        self.analysis = self._new_analysis()
        self.state = self._new_state()
        self._relaying = Relaying(self._hub, data.node_socket)
        self._clips = clips_in(
            data.clips, self._recording, self._ledger, self._volumes, self._hub.tell_clip, clock
        )
        diagnosing = Diagnosing(self._desired, self._recording, data.doors)
        kinds = self._devices.errand_kinds
        self._errands = Errands(runner_argv, self._hub, clock, diagnosing.command_of, kinds)
        telling = Telling(self._hub, self._ledger, clock, self._pace.batch_rows)
        self.link = Link(self._hub, telling, self, clock, self._relaying.show, pace=self._pace)

    def stop(self) -> None:
        """Let runners seal their files, write the ledger, tell the hub if it is quick, and end."""
        self._ended.set()

    async def run(self) -> None:
        threads = ThreadPoolExecutor(THREADS, "node")
        asyncio.get_running_loop().set_default_executor(threads)
        await self.viewing.prepare()
        await self._volumes.check()
        self._budget.looked_through |= self._volumes.roots.keys()
        await finish_departures(self._ledger, self._volumes.roots, self._clock)
        await self._recording.recover()
        stored = self._store.load()
        if stored is not None:
            self._take(stored.orders)
            self.link.etag = stored.etag
        server = self.viewing.server(self.state, self._clips, lambda: self.link.troubles)
        async with asyncio.TaskGroup() as parts:
            serving = parts.create_task(server.run_until_stopped())
            supervising = parts.create_task(self._supervisor.run())
            recording = parts.create_task(self._recording.run())
            loops = (
                self._budget.run, self._probing.run, self.analysis.run, self._clips.run,
                self._errands.run, self._devices.devices.run, *self.viewing.loops(),
            )  # fmt: skip
            others = [parts.create_task(run()) for run in loops]
            linking = parts.create_task(self._link_up())
            await self._ended.wait()
            for part in (linking, *others):
                part.cancel()
            server.stop()
            self._supervisor.stop()
            await supervising
            recording.cancel()
            await self._recording.close()
            await self._say_goodbye()
            await serving
            await self.viewing.close()
        await self._relaying.close()
        await self._hub.close()
        await self._ledger.close()

    async def apply(self, fetched: Fetched) -> None:
        """Take new orders and keep them for a start without the hub."""
        self._take(fetched.orders)
        camera_ids = [camera.camera_id for camera in fetched.orders.cameras]
        # Kept first: a pause must outlast a restart also where the ledger cannot be written.
        await asyncio.to_thread(self._store.save, fetched)
        await self._ledger.call(Ledger.tell_again, camera_ids)

    async def heartbeat(self, orders_etag: str) -> Heartbeat:
        return await self.state.heartbeat(orders_etag, self._pace.heartbeat_seconds)

    def heartbeat_answered(self, asked_at: float, answer: HeartbeatAnswer | None) -> None:
        self.state.heartbeat_ended(was_taken=answer is not None)
        if answer is not None:
            self._leases.take(asked_at, answer.leases, answer.to_release)
            self._supervisor.look()
            if answer.has_errands:
                self._errands.look()

    def look_for_errands(self) -> None:
        self._errands.look()

    def beat_seconds(self) -> float:
        return self.state.beat_seconds(self._pace.heartbeat_seconds)

    def _new_state(self) -> NodeState:
        return NodeState(
            self._recording,
            self._ledger,
            self._volumes.statuses,
            self._clock,
            f"unix:{self._data.node_socket}",
            self._supervisor,
            self._leases,
            self._clock.now(),
            self.analysis.status,
        )

    def _new_volumes(self) -> Volumes:
        return Volumes(
            self._ledger,
            self._settings.footage_volumes,
            self._data.footage,
            self._clock,
            self._settings.volume_reserve,
            self._on_volumes,
        )

    def _new_budget(self) -> Budget:
        return Budget(
            self._ledger,
            self._recording,
            self._volumes,
            self._clock,
            self._budgets,
            self._settings.footage_limit,
            self._pace.budget_seconds,
        )

    def _new_supervisor(self, runner_argv: Sequence[str]) -> Supervisor:
        return Supervisor(
            runner_argv,
            self._desired,
            self._recording,
            self._volumes.place_of,
            self._volumes.trouble_with,
            self._clock,
            self._on_event,
            self._pace,
            doors=self._doors,
            watched=self._attention.fragment_ms,
        )

    def _new_probing(self, runner_argv: Sequence[str]) -> Probing:
        return Probing(
            runner_argv,
            self._clock,
            lambda: self._supervisor.aims,
            self._task_at,
            self._on_probe,
            self._pace.probe_seconds,
        )

    def _new_viewing(self, runner_argv: Sequence[str]) -> Viewing:
        return Viewing(
            self._settings,
            self._clock,
            self._pace,
            runner_argv,
            orders=lambda: self._orders,
            ledger=self._ledger,
            recording=self._recording,
            volumes=self._volumes,
            desired=self._desired,
            supervisor=self._supervisor,
            attention=self._attention,
            devices=self._devices,
        )

    def _new_analysis(self) -> Analysis:
        return Analysis(
            self.viewing.live,
            self._recording,
            lambda: self._orders,
            self._clock,
            lambda: self.link.say_now(),
            self._pace.supervise_seconds,
        )

    def _take(self, orders: Orders) -> None:
        self._orders = orders
        self._desired.take(orders)
        self._supervisor.look()
        self.analysis.look()
        self._clips.take(orders.clips)
        self._devices.devices.take(orders.devices)
        if self._desired.lacks_leases():
            self.link.say_now()  # the answer brings them

    async def _link_up(self) -> None:
        backoff = Backoff(self._pace.retry_base_seconds, self._pace.retry_cap_seconds)
        code = self._settings.enrolment_code
        try:
            await enrol(self._hub, self._data.node_token, code, socket.gethostname(), backoff)
        except SerenoError as error:
            log.error("%s", error)  # noqa: TRY400  the words say all
            return
        await self.link.run()

    async def _say_goodbye(self) -> None:
        """The last reports, if the hub takes them quickly; else the next start tells them."""
        if not self._hub.authorization:
            return
        with suppress(SerenoError, TimeoutError):
            async with asyncio.timeout(LAST_REPORT_SECONDS):
                await self.link.report()

    def _budgets(self) -> dict[UUID, int]:
        """The limits of cameras that have one of their own."""
        cameras = self._orders.cameras if self._orders else ()
        return {
            camera.camera_id: camera.budget_bytes
            for camera in cameras
            if camera.budget_bytes is not None
        }

    def _task_at(self, key: StreamKey, moment: datetime) -> StreamTask | None:
        """How the stream is to be recorded at a moment to come."""
        wish = self._desired.wish_at(key, moment)
        place = Place(self._data.footage)  # nothing is written
        book = self._recording.book(key)
        return task_of(book, wish, place, None, self._doors.folder) if wish else None

    def _on_probe(self, key: StreamKey, reason: ReasonReport | None) -> None:
        self._recording.book(key).probe = reason
        self.link.say_now()

    def _on_volumes(self) -> None:
        self._supervisor.look()
        self.link.say_now()

    def _on_event(self, event: Event) -> None:
        self._recording.apply(event)
        self.viewing.apply(event)
        if isinstance(event, Failed | RunEnded) and event.reason.key.startswith("disk_"):
            book = self._recording.book(StreamKey(event.camera_id, event.stream))
            self._volumes.note(book.volume_id, event.reason.key)

    def _on_change(self, book: StreamBook) -> None:
        self.viewing.show(book)
        self.link.say_now()


async def _run_until_signal(settings: Settings) -> None:
    node = Node(settings, SystemClock())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, node.stop)
    await node.run()


def run(settings: Settings) -> None:
    """What `sereno node run` does. Raises SerenoError with words when it cannot start."""
    configure_logging(settings.log_level)
    os.environ.update(for_runners(settings))
    with hold_node(settings.data_dir):
        uvloop.run(_run_until_signal(settings))
