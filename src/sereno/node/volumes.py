"""The volumes for footage: which are there, how they are, and which takes the recordings.

A volume is known by its marker, never by its path. A folder that was a volume and has lost its
marker is missing: most likely nothing is mounted there, and what is written would fill the system's
own disk. It is looked at every few seconds, each volume in a thread of its own, so that a disk that
never answers holds up no other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from sereno.base.clock import Clock
from sereno.box.volumes import VolumeSetting
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ledger_volumes import known_volumes, see_volume
from sereno.node.rows import StreamKey
from sereno.node.volume_look import Look, look_at, probe
from sereno.node.wishes import Place
from sereno.wire.reports import ReasonReport, VolumeState, VolumeStatus

log = logging.getLogger(__name__)

LOOK_SECONDS = 10.0  # a disk that takes longer to say how it is fails
SLOW_SECONDS = 60.0  # how long a slow disk is told of
REST_SECONDS = (30.0, 600.0)  # a disk that failed is not written to for so long: first, at most
LARGEST_MARGIN_BYTES = 1 << 30
_STATE_REASONS = {
    VolumeState.MISSING: "disk_missing",
    VolumeState.FAILING: "disk_failed",
    VolumeState.FULL: "disk_full",
    VolumeState.SLOW: "disk_slow",
}


@dataclass(slots=True)
class Volume:
    """What is known of one. Sizes are 0 while nobody can tell them."""

    root: Path
    limit_bytes: int | None
    is_recorded_to: bool  # in the settings; others are only read
    volume_id: UUID | None = None
    look: Look = field(default_factory=Look)
    footage_bytes: int = 0
    is_full: bool = False
    is_refused: bool = False  # a write failed for want of room, whatever the sizes say
    refused_free_bytes: int = 0
    slow_until: float = 0.0  # monotonic, as are the next two
    failed_until: float = 0.0
    rest_seconds: float = REST_SECONDS[0]
    is_failing: bool = False

    @property
    def is_there(self) -> bool:
        return self.volume_id is not None and self.look.is_there

    @property
    def capacity_bytes(self) -> int:
        return min(self.limit_bytes or self.look.total_bytes, self.look.total_bytes)

    @property
    def margin_bytes(self) -> int:
        """Between being full and having room again, so that recordings do not hop about."""
        return min(LARGEST_MARGIN_BYTES, self.capacity_bytes // 100)

    def shortage_bytes(self, reserve_bytes: int) -> int:
        """By how much it is over its limit or short of its reserve; negative: what is left."""
        short = reserve_bytes - self.look.free_bytes
        if self.limit_bytes is not None:
            short = max(short, self.footage_bytes - self.limit_bytes)
        return short

    def state(self, now: float) -> VolumeState:
        if not self.is_there:
            return VolumeState.MISSING if not self.look.has_failed else VolumeState.FAILING
        if self.is_failing:
            return VolumeState.FAILING
        if self.is_full:
            return VolumeState.FULL
        return VolumeState.SLOW if now < self.slow_until else VolumeState.OK

    def to_status(self, now: float) -> VolumeStatus:
        return VolumeStatus(
            volume_id=self.volume_id or uuid5(NAMESPACE_URL, str(self.root)),
            path=str(self.root),
            state=self.state(now),
            total_bytes=self.look.total_bytes,
            free_bytes=self.look.free_bytes,
            footage_bytes=self.footage_bytes,
            budget_bytes=self.limit_bytes,
        )


class Volumes:
    """`check` looks at all; the rest answers from what was seen. Also a mapping of the roots.

    `on_change` is called when a volume's state, or the one to record to, changed.
    """

    def __init__(
        self,
        ledger: LedgerThread,
        settings: Sequence[VolumeSetting],
        own: Path,
        clock: Clock,
        reserve_bytes: int | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._own = own
        self._clock = clock
        self.reserve_bytes = reserve_bytes
        self._on_change = on_change
        self._volumes = [Volume(each.root, each.limit_bytes, True) for each in settings]
        self._looking: dict[Path, asyncio.Task[Look]] = {}
        self._told: tuple[object, ...] = ()

    # What there is.

    def __iter__(self) -> Iterator[Volume]:
        return iter(self._volumes)

    @property
    def roots(self) -> dict[UUID, Path]:
        """Where the volumes that are there are."""
        return {
            each.volume_id: each.root
            for each in self._volumes
            if each.volume_id is not None and each.is_there
        }

    def path_of(self, volume_id: UUID, path: str) -> Path | None:
        """Where a file lies; None while its volume is not there."""
        root = self.roots.get(volume_id)
        return None if root is None else root / path

    def root_of(self, volume_id: UUID) -> Path:
        """Where a volume is, or was last; of one that nobody knows, the data folder's."""
        found = (each.root for each in self._volumes if each.volume_id == volume_id)
        return next(found, self._own)

    def statuses(self) -> tuple[VolumeStatus, ...]:
        """In order of preference; volumes that are only read are told of while they hold files."""
        now = self._clock.monotonic()
        return tuple(
            each.to_status(now)
            for each in self._volumes
            if each.is_recorded_to or each.footage_bytes
        )

    def reserve_of(self, volume: Volume) -> int:
        """The free space that is kept on a volume."""
        if self.reserve_bytes is not None:
            return self.reserve_bytes
        return min(LARGEST_MARGIN_BYTES, volume.look.total_bytes // 50)

    # Where to record.

    def to_record_to(self) -> Volume | None:
        """The first with room; where none has room the first that is there, for the budget makes
        some; where all fail the first that fails, for nobody knows before trying."""
        now = self._clock.monotonic()
        states = [(each, each.state(now)) for each in self._volumes if each.is_recorded_to]
        for wanted in (
            {VolumeState.OK, VolumeState.SLOW},
            {VolumeState.FULL},
            {VolumeState.FAILING},
        ):
            for volume, state in states:
                if state in wanted and volume.is_there:
                    return volume
        return None

    def for_stream(self, key: StreamKey) -> Volume | None:
        """The volume that takes this stream now; None: none does."""
        return self.to_record_to()

    def place_of(self, key: StreamKey) -> Place | ReasonReport:
        """Where the stream is to be written now, or why it cannot be written anywhere."""
        volume = self.for_stream(key)
        if volume is not None:
            return Place(volume.root, volume.volume_id)
        first = next(each for each in self._volumes if each.is_recorded_to)
        return reason_of(first.root, first.state(self._clock.monotonic()))

    def trouble_with(self, place: Place) -> ReasonReport | None:
        """What is wrong with a place; None: nothing is."""
        volume = next((each for each in self._volumes if each.root == place.folder), None)
        state = VolumeState.MISSING if volume is None else volume.state(self._clock.monotonic())
        return reason_of(place.folder, state) if state in _STATE_REASONS else None

    def without_room(self) -> list[Volume]:
        """The full volumes, where none has room: the budget makes some on one of them."""
        first, now = self.to_record_to(), self._clock.monotonic()
        if first is None or first.state(now) is not VolumeState.FULL:
            return []
        return [
            each
            for each in self._volumes
            if each.is_recorded_to and each.state(now) is VolumeState.FULL
        ]

    def needed_bytes(self, volume: Volume) -> int:
        """What must go from a full volume before it has room again."""
        needed = volume.shortage_bytes(self.reserve_of(volume)) + 2 * volume.margin_bytes
        # A write was refused, whatever is said to be free: a quota, for example.
        return max(needed, 2 * volume.margin_bytes) if volume.is_refused else needed

    def note(self, volume_id: UUID, key: str) -> None:
        """A stream could not be written there, and this is why."""
        now = self._clock.monotonic()
        for volume in self._volumes:
            if volume.volume_id != volume_id:
                continue
            if key == "disk_full":
                volume.is_full = volume.is_refused = True
                volume.refused_free_bytes = volume.look.free_bytes
            elif key == "disk_slow":
                volume.slow_until = now + SLOW_SECONDS
            elif key == "disk_failed":
                self._rest(volume, now)
        self._tell_changes()

    def _rest(self, volume: Volume, now: float) -> None:
        if volume.is_failing:
            return
        first, longest = REST_SECONDS
        is_again = volume.failed_until and now - volume.failed_until < longest
        volume.rest_seconds = min(2 * volume.rest_seconds, longest) if is_again else first
        volume.is_failing, volume.failed_until = True, now + volume.rest_seconds

    # Looking.

    async def check(self, footage_bytes: Mapping[UUID, int] | None = None) -> None:
        """Look at all volumes; `footage_bytes` is what our files take on each."""
        known = await self._ledger.call(known_volumes)
        self._add_known(known)
        looks = await asyncio.gather(*(self._look(each, known) for each in self._volumes))
        await self._accept(known, looks)
        await asyncio.gather(*(self._try_again(each) for each in self._volumes))
        for volume in self._volumes:
            if footage_bytes is not None and volume.volume_id is not None:
                volume.footage_bytes = footage_bytes.get(volume.volume_id, 0)
            self._see_room(volume)
        self._tell_changes()

    def _add_known(self, known: Mapping[UUID, Path | None]) -> None:
        """Volumes that the settings no longer name, or name elsewhere, are still read."""
        roots = {each.root for each in self._volumes}
        for root in known.values():
            if root is not None and root not in roots:
                self._volumes.append(Volume(root, None, False))

    async def _accept(self, known: Mapping[UUID, Path | None], looks: Sequence[Look]) -> None:
        """Take what was seen. Of two disks with one name, that which stands where it was known."""
        taken: set[UUID | None] = set()
        pairs = list(zip(self._volumes, looks, strict=True))
        pairs.sort(key=lambda each: _expected(known, each[0]) is None)  # known places come first
        for volume, look in pairs:
            volume.look = look
            if not look.is_there:
                volume.volume_id = volume.volume_id or _expected(known, volume)
            elif look.volume_id in taken:
                volume.look = Look(total_bytes=look.total_bytes, free_bytes=look.free_bytes)
            else:
                taken.add(look.volume_id)
                volume.volume_id = look.volume_id
                if look.volume_id is not None and known.get(look.volume_id) != volume.root:
                    await self._ledger.call(see_volume, look.volume_id, volume.root)

    async def _try_again(self, volume: Volume) -> None:
        """A volume that failed and has rested must take a test write."""
        is_due = self._clock.monotonic() >= volume.failed_until
        if volume.is_there and volume.is_failing and is_due:
            volume.is_failing = not await asyncio.to_thread(probe, volume.root)
            volume.failed_until = self._clock.monotonic() + volume.rest_seconds * volume.is_failing

    async def _look(self, volume: Volume, known: Mapping[UUID, Path | None]) -> Look:
        """One look; a disk that does not answer in time fails, and is not asked again meanwhile."""
        task = self._looking.get(volume.root)
        if task is None:
            # The format before markers had one volume, in the data folder.
            unmarked = next((each for each, root in known.items() if root is None), None)
            to_mark = unmarked if volume.root == self._own else None
            task = asyncio.create_task(
                asyncio.to_thread(
                    look_at,
                    volume.root,
                    _expected(known, volume),
                    to_mark,
                    may_mark=volume.is_recorded_to,
                )
            )
            self._looking[volume.root] = task
        done, _ = await asyncio.wait([task], timeout=LOOK_SECONDS)
        if not done:
            return Look(has_failed=True)
        del self._looking[volume.root]
        return task.result()

    def _see_room(self, volume: Volume) -> None:
        if not volume.is_there:
            return
        short, margin = volume.shortage_bytes(self.reserve_of(volume)), volume.margin_bytes
        if volume.look.free_bytes > volume.refused_free_bytes + margin:
            volume.is_refused = False
        if short > -margin:
            volume.is_full = True
        elif short <= -2 * margin and not volume.is_refused:
            volume.is_full = False

    def _tell_changes(self) -> None:
        now = self._clock.monotonic()
        first = self.to_record_to()
        states = tuple((each.root, each.state(now)) for each in self._volumes)
        told = (*states, first.root if first else None)
        if told == self._told:
            return
        for root, state in set(states) - set(self._told):
            _say(root, state, is_first=not self._told)
        self._told = told
        self._on_change()


def _expected(known: Mapping[UUID, Path | None], volume: Volume) -> UUID | None:
    """The volume that was last seen there."""
    return next((each for each, root in known.items() if root == volume.root), None)


def reason_of(root: Path, state: VolumeState) -> ReasonReport:
    """Why a volume is not as it should be."""
    return ReasonReport(key=_STATE_REASONS[state], params={"volume": str(root)})


def _say(root: Path, state: VolumeState, *, is_first: bool) -> None:
    if state is not VolumeState.OK:
        log.warning("The volume %s is %s.", root, state.value)
    elif not is_first:
        log.info("The volume %s is well again.", root)
