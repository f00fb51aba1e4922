"""The whole node against simulated cameras and a hub, over real sockets and with real runners."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sereno.media.fmp4.reader import read_segment
from sereno.node.ledger import Ledger
from sereno.sim import SimServer
from sereno.wire.orders import CameraOrder, StreamOrder

from .conftest import (
    PASSWORD,
    HubDouble,
    camera_order,
    media_client,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)


def pid_of(hub: HubDouble, order: CameraOrder) -> int | None:
    status = hub.status(order)
    return status.pid if status else None


def argv_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def runs_of(hub: HubDouble, order: CameraOrder) -> list[str | None]:
    """The end reasons of a camera's runs, in order; None for one that goes on."""
    runs = [run for run in hub.runs.values() if run.camera_id == order.camera_id]
    runs.sort(key=lambda run: run.start)
    return [run.end_reason.key if run.end_reason else None for run in runs]


async def test_a_camera_is_recorded_and_reported(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    async with serving(hub.app(), listener), running(settings_for(data, listener.getsockname()[1])):
        await until(lambda: hub.states().get(order.camera_id) == "recording", "recording")
        await until(lambda: runs_of(hub, order) == [None], "a run reported")
        status = hub.status(order)
        assert status is not None
        assert status.pid is not None
        assert status.codec.startswith("avc1.")
        assert (status.width, status.height) == (160, 90)
        assert str(order.camera_id) in status.effective_args
        assert all(PASSWORD not in each.model_dump_json() for each in hub.heartbeats)
        assert PASSWORD not in argv_of(status.pid)
    assert runs_of(hub, order) == ["node_down"]
    (run,) = hub.runs.values()
    files = sorted((data / "footage").rglob("*.mp4"))
    assert sum(file.stat().st_size for file in files) == run.size_bytes
    assert read_segment(files[-1]).end_us == round(run.end.timestamp() * 1e6)
    assert hub.calls.count("enrol") == 1
    assert (data / "node" / "token").stat().st_mode & 0o777 == 0o600
    assert PASSWORD.encode() not in (data / "node" / "orders.sealed").read_bytes()


@pytest.mark.provokes("order_changed")
async def test_a_change_of_orders_restarts_only_what_it_changes(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    one, two, three = (camera_order(cameras, number) for number in (1, 2, 3))
    hub.order(one, two, three)
    listener = tcp_listener()
    async with serving(hub.app(), listener), running(settings_for(data, listener.getsockname()[1])):
        await until(lambda: len(hub.runs) == 3, "all recording")
        await until(lambda: hub.sockets, "the wake-up socket")
        moved = StreamOrder(stream="main", address=cameras.address(3))
        hub.order(one.model_copy(update={"streams": (moved,)}), two)
        await hub.wake()
        await until(lambda: runs_of(hub, one) == ["order_changed", None], "restarted")
        await until(lambda: runs_of(hub, three) == ["stopped"], "stopped")
        assert runs_of(hub, two) == [None]
        await until(lambda: three.camera_id not in hub.states(), "no longer reported")


async def test_a_wake_up_brings_new_orders_within_a_second(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    listener = tcp_listener()
    async with serving(hub.app(), listener), running(settings_for(data, listener.getsockname()[1])):
        await until(lambda: hub.sockets and "orders 200" in hub.calls, "linked")
        order = camera_order(cameras, 1)
        hub.cameras = (order,)  # the ETag stays: no heartbeat could tell
        before = len([call for call in hub.calls if call.startswith("orders")])
        await hub.wake()
        await until(lambda: len([c for c in hub.calls if c.startswith("orders")]) > before, "asked")


async def test_orders_are_fetched_again_only_when_they_changed(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    hub.order(camera_order(cameras, 1))
    listener = tcp_listener()
    async with serving(hub.app(), listener), running(settings_for(data, listener.getsockname()[1])):
        await until(lambda: hub.sockets, "the wake-up socket")
        await hub.wake()
        await until(lambda: "orders 304" in hub.calls, "a 304")
        assert hub.calls.count("orders 200") == 1
        hub.order(camera_order(cameras, 2))  # nobody wakes the node; the heartbeat's answer does
        await until(lambda: hub.calls.count("orders 200") == 2, "new orders")


@pytest.mark.provokes("hub_unreachable")
async def test_a_node_without_its_hub_records_and_tells_later(
    hub: HubDouble, cameras: SimServer, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    port = listener.getsockname()[1]
    async with serving(hub.app(), listener), running(settings_for(data, port)):
        await until(lambda: len(hub.runs) == 1, "recording")
    told = len(hub.batches)
    caplog.clear()
    caplog.set_level("INFO")
    async with running(settings_for(data, port, code=None)) as node:  # nobody listens there
        await until(lambda: "central" in caplog.text or "hub" in caplog.text, "said it is away")
        book = next(iter(node._recording.books().values()))
        await until(lambda: book.run is not None and book.run.end_us > book.run.start_us, "a run")
        assert len(hub.batches) == told
        assert await hub_troubles(data) == ["hub_unreachable"]
        async with serving(hub.app(), tcp_listener(port)):
            await until(lambda: len(hub.runs) == 2, "told later")
            down = [each for each in hub.absences.values() if each.reason.key == "node_down"]
            assert [each.is_open for each in down] == [False]
            await until(lambda: "again" in caplog.text, "said it is back")
            assert caplog.text.count("does not answer") == 1
            assert caplog.text.count("takes this node's calls again") == 1
            assert await hub_troubles(data) == []


async def hub_troubles(data: Path) -> list[str]:
    """What the node's own status page says of its line to the hub."""
    async with media_client(data) as client:
        return [each["key"] for each in (await client.get("/status")).json()["hub_troubles"]]


async def test_reports_that_the_hub_refuses_are_sent_again(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    hub.refuse_reports = True
    listener = tcp_listener()
    async with serving(hub.app(), listener), running(settings_for(data, listener.getsockname()[1])):
        await until(lambda: hub.states().get(order.camera_id) == "recording", "recording")
        await until(lambda: hub.heartbeats[-1].backlog > 0, "a backlog")
        assert hub.runs == {}
        hub.refuse_reports = False
        await until(lambda: runs_of(hub, order) == [None], "reported")
        await until(lambda: any(batch.horizons for batch in hub.batches), "a horizon")


async def test_a_node_whose_token_is_refused_goes_on_recording(
    hub: HubDouble, cameras: SimServer, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    async with (
        serving(hub.app(), listener),
        running(settings_for(data, listener.getsockname()[1])) as node,
    ):
        await until(lambda: len(hub.runs) == 1, "recording")
        hub.token = "another"
        await until(lambda: "node_refused" in node.link.troubles, "refused")
        book = next(iter(node._recording.books().values()))
        reached = book.newest_us or 0
        await until(lambda: (book.newest_us or 0) > reached, "still recording")
    said = [record for record in caplog.records if "does not accept" in record.getMessage()]
    assert len(said) == 1


async def test_a_bad_code_is_said_and_not_tried_again(
    hub: HubDouble, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listener = tcp_listener()
    port = listener.getsockname()[1]
    async with serving(hub.app(), listener), running(settings_for(data, port, code="wrong")):
        await until(lambda: "SERENO_ENROLMENT_CODE" in caplog.text, "words")
    assert hub.calls == ["enrol"]
    assert "wrong" not in caplog.text


async def test_wrong_passwords_are_an_absence_with_that_reason(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    order = camera_order(cameras, 1, password="not this one")
    hub.order(order)
    listener = tcp_listener()
    async with serving(hub.app(), listener), running(settings_for(data, listener.getsockname()[1])):
        await until(lambda: hub.states().get(order.camera_id) == "failed", "failed")
        keys = {each.reason.key for each in hub.absences.values() if each.is_open}
        await until(
            lambda: {e.reason.key for e in hub.absences.values() if e.is_open} == {"unauthorized"},
            f"the reason (was {keys})",
        )
    assert hub.runs == {}


async def test_what_a_killed_node_wrote_is_there_after_its_next_start(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    port = listener.getsockname()[1]
    async with serving(hub.app(), listener):
        async with running(settings_for(data, port)):
            await until(lambda: len(hub.runs) == 1, "recording")
        # As if nothing had been sealed: the file is torn, the ledger believes it is being written.
        (first,) = hub.runs.values()
        (file,) = (data / "footage").rglob("*.mp4")
        whole = file.read_bytes()
        file.write_bytes(whole + b"\0\0\0\x20prft")
        ledger = Ledger(data / "node" / "ledger.sqlite3")
        ledger.db.execute("UPDATE segments SET is_sealed = 0, sha256 = '', fragments = x''")
        ledger.db.execute("UPDATE runs SET is_open = 1, end_reason = NULL")
        ledger.close()
        async with running(settings_for(data, port)):
            await until(lambda: len(hub.runs) == 2, "recording again")
    assert file.read_bytes() == whole
    assert hub.runs[first.run_id].end == first.end
    assert hub.runs[first.run_id].end_reason is not None
    later = next(run for run in hub.runs.values() if run.run_id != first.run_id)
    newest = max((data / "footage").rglob("*.mp4"))
    assert read_segment(newest).header.sequence == 2
    assert read_segment(newest).header.previous_sha256 != ""
    assert later.start > first.end


async def test_a_runner_that_cannot_be_started_is_said_and_tried_again(
    hub: HubDouble, cameras: SimServer, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hub.order(camera_order(cameras, 1))
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    argv = (sys.executable, "-c", "raise SystemExit(3)")
    async with serving(hub.app(), listener), running(settings, runner_argv=argv):
        await until(lambda: caplog.text.count("status 3") > 1, "tried again")


# A runner that tells one fragment of one camera twice, and then some lines that are no events.
GARBLER = """
import sys
from sereno.media import pipes, runner
emit, said = pipes.EventPipe.emit, []
def emit_and_garble(self, line):
    emit(self, line)
    if '"e":"fragment"' in line and sys.argv[1] in line and not said:
        said.append(line)
        for bad in (line, '{', '[]', 'x' * 100_000):
            emit(self, bad)
pipes.EventPipe.emit = emit_and_garble
runner.main()
"""


@pytest.mark.provokes("unexplained")
async def test_a_bad_event_costs_its_stream_alone(
    hub: HubDouble, cameras: SimServer, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    order, neighbour = camera_order(cameras, 1), camera_order(cameras, 2)
    hub.order(order, neighbour)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    argv = (sys.executable, "-c", GARBLER, str(order.camera_id))
    async with serving(hub.app(), listener), running(settings, runner_argv=argv):
        await until(lambda: runs_of(hub, order) == ["unexplained", None], "started anew")
        assert runs_of(hub, neighbour) == [None]
        first, second = sorted(
            (run for run in hub.runs.values() if run.camera_id == order.camera_id),
            key=lambda run: run.start,
        )
        await until(lambda: hub.runs[second.run_id].segment_count == 1, "its file")
    gaps = [each for each in hub.absences.values() if each.start == first.end]
    assert [(each.reason.key, each.end) for each in gaps] == [("unexplained", second.start)]
    for file in (data / "footage").rglob("*.mp4"):
        assert read_segment(file).whole_size_bytes == file.stat().st_size
    assert caplog.text.count("makes no sense") == 1
