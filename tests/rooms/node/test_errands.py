"""A node that is asked to look into something, with real runners and simulated cameras."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from sereno.node import errands as errands_module
from sereno.policy.diagnosis import verdict_of
from sereno.sim import SimConfig, SimServer
from sereno.wire.errands import DiagnosisReport, Errand
from sereno.wire.orders import StreamOrder

from .conftest import (
    PASSWORD,
    USER,
    HubDouble,
    camera_order,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)

SILENT = (sys.executable, "-c", "import sys; sys.stdin.read()")
GONE = (sys.executable, "-c", "pass")


def last(hub: HubDouble, errand: Errand) -> DiagnosisReport | None:
    reports = hub.found.get(errand.errand_id, [])
    return reports[-1] if reports and reports[-1].is_done else None


def verdicts(report: DiagnosisReport | None) -> dict[str, str]:
    assert report is not None
    return {step.step: step.verdict for step in report.steps}


def of_address(address: str, password: str = PASSWORD) -> Errand:
    return Errand(errand_id=uuid4(), address=address, username=USER, password=SecretStr(password))


async def test_cameras_and_addresses_are_tried_while_others_are_recorded(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    streams = (
        StreamOrder(stream="main", address=cameras.address(1)),
        StreamOrder(stream="sub", address=cameras.address(1, "sub")),
    )
    order = camera_order(cameras, 1, streams=streams)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings):
        await until(lambda: hub.states().get(order.camera_id) == "recording", "recording")
        await until(lambda: hub.sockets, "wake-up socket")
        own = Errand(errand_id=uuid4(), camera_id=order.camera_id, stream="sub")
        wrong = of_address(cameras.address(2), "wr0ng s3cret")
        unknown = Errand(errand_id=uuid4(), kind="of tomorrow")
        hub.errands = [unknown, own, wrong]
        await hub.wake()
        await until(lambda: last(hub, own) and last(hub, wrong), "diagnoses")
        first, final = hub.found[own.errand_id][0], last(hub, own)
        assert (first.steps, first.is_done) == ((), False)
        assert verdicts(final)["codec"] == verdicts(final)["key_interval"] == "ok"
        assert verdict_of(step.to_finding() for step in final.steps) != "failed"
        (codec,) = (step for step in final.steps if step.step == "codec")
        assert "96×64" in codec.saw
        assert verdicts(last(hub, wrong))["describe"] == "failed"
        assert cameras.refused_logins == 1
        assert "wr0ng" not in str([each.model_dump() for each in hub.found[wrong.errand_id]])
        assert unknown.errand_id not in hub.found
        assert hub.states()[order.camera_id] == "recording"
        assert len(hub.runs) == 1, "the recording was not disturbed"


async def test_no_room_for_another_viewer_is_no_fault_while_it_is_recorded(
    hub: HubDouble, sim_config: SimConfig, data: Path
) -> None:
    config = replace(sim_config, quirks=frozenset({"session-limit-453=1"}))
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with SimServer(config) as cameras:
        order = camera_order(cameras, 1)
        hub.order(order)
        async with serving(hub.app(), listener), running(settings):
            await until(lambda: hub.states().get(order.camera_id) == "recording", "recording")
            errand = Errand(errand_id=uuid4(), camera_id=order.camera_id)
            hub.errands = [errand]
            await until(lambda: last(hub, errand), "diagnosis")
            report = last(hub, errand)
            assert report is not None
            findings = [step.to_finding() for step in report.steps]
            assert verdict_of(findings) == "warning"
            advice = [reason.key for finding in findings for reason in finding.advice]
            assert advice == ["recording_uses_it"]
            assert hub.states()[order.camera_id] == "recording"


@pytest.mark.parametrize("argv", [GONE, SILENT])
async def test_a_runner_that_tells_nothing_ends_the_errand(
    hub: HubDouble, data: Path, argv: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands_module, "HANG_SECONDS", 1.0)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings, runner_argv=argv):
        await until(lambda: hub.sockets, "wake-up socket")
        errand = of_address("rtsp://192.0.2.1/")
        hub.errands = [errand]
        await hub.wake()
        await until(lambda: last(hub, errand), "its end")
        (step,) = last(hub, errand).steps  # type: ignore[union-attr]
        assert step.reason is not None
        assert (step.verdict, step.reason.key) == ("failed", "unexplained")


async def test_a_camera_that_is_in_no_orders(
    hub: HubDouble, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands_module, "ORDERS_SECONDS", 0.2)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings):
        errand = Errand(errand_id=uuid4(), camera_id=uuid4())
        hub.errands = [errand]  # no wake-up: a heartbeat's answer says so
        await until(lambda: last(hub, errand), "its end")
        (step,) = last(hub, errand).steps  # type: ignore[union-attr]
        assert step.reason is not None
        assert step.reason.key == "order_on_its_way"


async def test_a_hub_that_knows_no_errands_and_one_that_waits_no_more(
    hub: HubDouble, cameras: SimServer, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sereno.node.errands")
    hub.is_old = True
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings):
        await until(lambda: hub.sockets, "wake-up socket")
        await hub.wake()
        hub.is_old = False
        errand = of_address(cameras.address(1))
        hub.errands = [errand]
        await until(lambda: hub.found.get(errand.errand_id), "its beginning")
        hub.errands = []
        await until(lambda: "Nobody waits" in caplog.text, "its end")
        assert not any(report.is_done for report in hub.found[errand.errand_id])
