"""The simulated ONVIF device, written without knowing the asker, is discovered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.drivers.discovery.discover import discover
from sereno.drivers.discovery.lan import Lan
from sereno.drivers.memory import ShortMemory
from sereno.drivers.tools import Tools
from sereno.sim import Picture
from sereno.sim.onvif import OnvifRecorder
from sereno.sim.onvif.discovery import Meeting
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig


@pytest.fixture(scope="module")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Encoded pictures, made once."""
    return tmp_path_factory.mktemp("loops")


@pytest.mark.parametrize(
    ("quirk", "is_found"),
    [
        ("", True),
        ("discovery-many-addresses", True),
        ("discovery-twice", True),
        ("discovery-garbage", True),
        ("discovery-silent", False),
    ],
)
async def test_row_42_it_is_found_where_it_answers(quirk: str, is_found: bool, loops: Path) -> None:
    config = RecorderConfig(
        cache_dir=loops, channels=(ChannelSpec(1, "Entrance", "entrance"),), user="operator",
        password="p@ss", days=0.01, main=Picture(160, 90, 100_000), sub=Picture(160, 90, 100_000),
        loop_seconds=2, key_seconds=1, quirks=frozenset({quirk} - {""}),
    )  # fmt: skip
    meeting = Meeting(group="127.0.0.1", port=0)
    async with OnvifRecorder(config, meeting=meeting) as recorder:
        answering = recorder.discovery
        assert answering is not None

        async def wait(seconds: float) -> None:
            async with asyncio.timeout(30):
                while not answering.probes:  # noqa: ASYNC110 it counts, and tells nobody
                    await asyncio.sleep(0.001)
            for _ in range(10):
                await asyncio.sleep(0)

        lan = Lan(("127.0.0.1",), "127.0.0.1", answering.port, has_loopback=True)
        found = await discover(Tools(ShortMemory(), SystemClock()), lan=lan, wait=wait)
        port, signed = (
            recorder.port,
            [each for each in recorder.log if "authorization" in each.headers],
        )
    at = [(each.host, each.port, each.vendor) for each in found]
    assert at == [("127.0.0.1", port, "onvif")] * is_found
    assert all(each.name and each.model and each.known_as for each in found)
    assert signed == []
