"""Clips that a node keeps: made once, whole or not at all, and gone when nobody wants them."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from sereno.base.clock import ManualClock, from_us
from sereno.base.errors import NotFound, Unavailable, Words
from sereno.media.clip_writer import write_clip
from sereno.media.fmp4.boxes import reader_of, walk
from sereno.node import clip_maker
from sereno.node.clip_maker import ClipMaker
from sereno.node.clip_store import ClipStore
from sereno.node.clips import Clips
from sereno.node.ledger_thread import LedgerThread
from sereno.wire.clips import MOST_GAPS, ClipReport, ClipState
from sereno.wire.orders import ClipOrder

from .conftest import until
from .footage import START_US, Writer
from .world import World

AWAY = Words("Away.", "Fuera.")


@dataclass
class Bench:
    """The keeper of clips over a recorded stream, and a hub that hears it."""

    world: World
    writer: Writer
    clips: Clips
    folder: Path
    told: dict[UUID, list[ClipReport]] = field(default_factory=dict)
    is_hub_away: bool = False

    async def tell(self, clip_id: UUID, report: ClipReport) -> None:
        if self.is_hub_away:
            raise Unavailable("hub_unreachable", AWAY)
        if clip_id not in (self.clips._wanted or {}):
            raise NotFound("clip_over", AWAY)
        self.told.setdefault(clip_id, []).append(report)

    def order(self, start: float = 0, seconds: float = 60, **more: Any) -> ClipOrder:
        values = {
            "clip_id": uuid4(),
            "camera_id": self.writer.key.camera_id,
            "camera": "Patio «norte»",
            "start": from_us(START_US + int(start * 1_000_000)),
            "end": from_us(START_US + int((start + seconds) * 1_000_000)),
        }
        return ClipOrder.model_validate(values | more)

    def last(self, order: ClipOrder) -> ClipReport | None:
        return self.told.get(order.clip_id, [None])[-1]

    async def until(self, order: ClipOrder, state: ClipState) -> ClipReport:
        await until(lambda: (last := self.last(order)) and last.state == state, state)
        last = self.last(order)
        assert last is not None
        return last

    def names(self) -> set[str]:
        return {path.name for path in self.folder.glob("*")}


@asynccontextmanager
async def keeping(world: World, writer: Writer, folder: Path) -> AsyncIterator[Bench]:
    thread = LedgerThread(world.data.ledger)
    store = ClipStore(folder)
    maker = ClipMaker(
        store, world.recording(thread), thread, lambda _, path: world.data.footage / path
    )
    bench: Bench

    async def tell(clip_id: UUID, report: ClipReport) -> None:
        await bench.tell(clip_id, report)

    clips = Clips(store, maker, tell, ManualClock(from_us(START_US)), 0.02, 0.05)
    bench = Bench(world, writer, clips, folder)
    running = asyncio.create_task(clips.run())
    try:
        yield bench
    finally:
        running.cancel()
        await asyncio.wait([running])
        await thread.close()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


@pytest.fixture
def writer(world: World) -> Writer:
    """Two runs, six seconds each, four seconds apart."""
    first = world.write()
    return world.write(first, pause=4)


@pytest.fixture
async def bench(world: World, writer: Writer, tmp_path: Path) -> AsyncIterator[Bench]:
    async with keeping(world, writer, tmp_path / "clips") as made:
        yield made


async def test_a_clip_is_made_whole_and_told_of(bench: Bench) -> None:
    order = bench.order()
    bench.clips.take([order])
    told = await bench.until(order, ClipState.READY)
    data = (bench.folder / f"{order.clip_id}.mp4").read_bytes()
    assert told.sha256 == hashlib.sha256(data).hexdigest()
    assert told.size_bytes == told.done_bytes == len(data)
    assert told.duration_seconds == 12
    assert [(gap.start, gap.end) for gap in told.gaps] == [
        (from_us(START_US + 6_000_000), from_us(START_US + 10_000_000))
    ]
    kinds = [box.kind for box in walk(reader_of(data), 0, len(data))]
    assert kinds[:3] == [b"ftyp", b"moov", b"sidx"]
    assert kinds.count(b"moof") == 60
    assert bench.names() == {f"{order.clip_id}.mp4", f"{order.clip_id}.json"}


async def test_the_sidecar_says_what_it_was_made_of(bench: Bench) -> None:
    order = bench.order(1, 2.5)
    bench.clips.take([order])
    told = await bench.until(order, ClipState.READY)
    about = json.loads((bench.folder / f"{order.clip_id}.json").read_bytes())
    rows = bench.world.segments(bench.writer.key)
    assert (about["format"], about["version"]) == ("sereno-clip", 1)
    assert (about["camera"], about["stream"], about["sha256"]) == (
        "Patio «norte»", "main", told.sha256,
    )  # fmt: skip
    assert about["asked"] == {"from_us": START_US + 1_000_000, "to_us": START_US + 3_500_000}
    assert about["shown"]["from_us"] == START_US + 1_000_000
    assert [each["sha256"] for each in about["segments"]] == [row.sha256 for row in rows[:2]]
    assert about["runs"] == [
        {"run_id": str(rows[0].run_id), "engine": "native", "clock": "arrival", "drift_us": 0}
    ]
    clip = (bench.folder / f"{order.clip_id}.mp4").read_bytes()
    taken = sum(each["to_byte"] - each["from_byte"] for each in about["segments"])
    assert clip.index(b"prft") - 4 + taken == len(clip)


async def test_what_nobody_wants_goes_and_what_is_not_ours_stays(bench: Bench) -> None:
    kept, gone = bench.order(), bench.order(0, 2)
    bench.clips.take([kept, gone])
    await bench.until(gone, ClipState.READY)
    (bench.folder / "notes.txt").touch()
    bench.clips.take(None)  # a hub that knows of no clips
    bench.clips.take([kept])
    await until(lambda: f"{gone.clip_id}.json" not in bench.names())  # it goes last
    assert bench.names() == {f"{kept.clip_id}.mp4", f"{kept.clip_id}.json", "notes.txt"}


async def test_a_restart_finds_what_is_there_and_clears_what_was_begun(
    world: World, writer: Writer, bench: Bench
) -> None:
    done, begun, torn = bench.order(), bench.order(0, 2), bench.order(0, 3)
    bench.clips.take([done, torn])
    await bench.until(torn, ClipState.READY)
    before = (bench.folder / f"{done.clip_id}.mp4").stat()
    (bench.folder / f"{begun.clip_id}.mp4.part").write_bytes(b"half")
    (bench.folder / f"{torn.clip_id}.mp4").unlink()  # killed between the two names
    async with keeping(world, writer, bench.folder) as again:
        again.clips.take([done, begun, torn])
        for order in (done, begun, torn):
            await again.until(order, ClipState.READY)
    after = (bench.folder / f"{done.clip_id}.mp4").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not [name for name in bench.names() if name.endswith(".part")]


@pytest.mark.provokes("clip_no_footage")
async def test_a_time_without_footage_fails_for_good(bench: Bench) -> None:
    order = bench.order(3_600)
    bench.clips.take([order])
    told = await bench.until(order, ClipState.FAILED)
    assert told.reason is not None
    assert told.reason.key == "clip_no_footage"
    assert bench.names() == set()


async def test_a_file_that_is_gone_leaves_a_gap(bench: Bench) -> None:
    bench.world.path(bench.writer, 1).unlink()
    order = bench.order(10, 20)
    bench.clips.take([order])
    told = await bench.until(order, ClipState.READY)
    assert told.duration_seconds == 4
    assert len(told.gaps) == 1


@pytest.mark.provokes("clip_no_room")
async def test_a_clip_waits_for_room_and_lets_smaller_ones_pass(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [20_000]
    monkeypatch.setattr(ClipMaker, "room_bytes", lambda self: room[0])
    large, small = bench.order(), bench.order(0, 1)
    bench.clips.take([large, small])
    await bench.until(small, ClipState.READY)
    told = await bench.until(large, ClipState.WAITING)
    assert told.reason is not None
    assert told.reason.key == "clip_no_room"
    assert told.reason.params["free"] == "0 MB"
    assert f"{large.clip_id}.mp4.part" not in bench.names()
    room[0] = 10**9
    await bench.until(large, ClipState.READY)


@pytest.mark.provokes("clip_disk_failed")
@pytest.mark.parametrize(
    ("code", "key"), [(errno.ENOSPC, "clip_no_room"), (errno.EIO, "clip_disk_failed")]
)
async def test_a_disk_that_refuses_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, code: int, key: str
) -> None:
    def refuse(plan: Any, file: Any, on_bytes: Any) -> str:
        file.write(plan.head)
        raise OSError(code, "refused")

    monkeypatch.setattr(clip_maker, "write_clip", refuse)
    order = bench.order()
    bench.clips.take([order])
    told = await bench.until(order, ClipState.WAITING)
    assert told.reason is not None
    assert told.reason.key == key
    assert bench.names() == set()
    monkeypatch.setattr(clip_maker, "write_clip", write_clip)
    assert isinstance(bench.clips.clock, ManualClock)
    bench.clips.clock.advance(600)
    await bench.until(order, ClipState.READY)


def without_end(plan: Any, file: Any, on_bytes: Any) -> str:
    """Writes until it is told to stop."""
    file.write(plan.head)
    while True:
        on_bytes(len(plan.head))
        time.sleep(0.001)


async def test_a_node_that_stops_leaves_no_part_and_no_thread(
    world: World, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_maker, "write_clip", without_end)
    folder = tmp_path / "clips"
    async with keeping(world, writer, folder) as bench:
        order = bench.order()
        bench.clips.take([order])
        await until((folder / f"{order.clip_id}.mp4.part").exists)
    await until(lambda: list(folder.iterdir()) == [])


async def test_nobody_wants_it_while_it_is_made(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = bench.order()
    monkeypatch.setattr(clip_maker, "write_clip", without_end)
    bench.clips.take([order])
    told = await bench.until(order, ClipState.MAKING)
    assert told.reason is None
    bench.clips.take([])
    await until(lambda: bench.clips._making is None)
    await until(lambda: bench.names() == set())


async def test_the_hub_hears_of_it_when_it_is_back(bench: Bench) -> None:
    bench.is_hub_away = True
    order = bench.order()
    bench.clips.take([order])
    await until(lambda: f"{order.clip_id}.mp4" in bench.names())
    assert bench.told == {}
    bench.is_hub_away = False
    await bench.until(order, ClipState.READY)


async def test_a_folder_that_was_taken_away_ends_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = bench.order(), bench.order(0, 2)
    bench.clips.take([first])
    await bench.until(first, ClipState.READY)
    shutil.rmtree(bench.folder)
    bench.folder.touch()  # nor can it be made anew
    bench.clips.take([first, second])
    await until(lambda: "cannot be used" in caplog.text)
    bench.folder.unlink()
    await bench.until(second, ClipState.READY)
    await until(lambda: f"{first.clip_id}.mp4" in bench.names())


async def test_many_gaps_are_told_as_fewer(world: World, tmp_path: Path) -> None:
    store = ClipStore(tmp_path / "clips")
    store.prepare()
    clip_id = uuid4()
    gaps = [{"from_us": at * 10_000_000, "to_us": at * 10_000_000 + 1_000_000} for at in range(500)]
    store.part(clip_id).touch()
    about = {
        "size_bytes": 0, "sha256": "", "duration_seconds": 1.0, "is_cut_short": False,
        "shown": {"from_us": 0, "to_us": 5_000_000_000}, "gaps": gaps,
    }  # fmt: skip
    store.finish(clip_id, about)
    told = store.ready(clip_id)
    assert told is not None
    assert 0 < len(told.gaps) <= MOST_GAPS
    assert (told.gaps[0].start, told.gaps[-1].end) == (from_us(0), from_us(4_991_000_000))
