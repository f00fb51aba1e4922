"""RPC2 before a simulated recorder: its login, its session, and searches by it."""

from __future__ import annotations

from datetime import timedelta
from hashlib import md5

import pytest
from tests.rooms.drivers.dahua.conftest import NOW, PASSWORD, USER, Bench, OpenBench

from sereno.base.clock import ManualClock
from sereno.base.spans import Span
from sereno.drivers.contract import Login
from sereno.drivers.dahua.cgi import Cgi
from sereno.drivers.dahua.clock import DeviceClock
from sereno.drivers.dahua.footage import Footage
from sereno.drivers.dahua.judge import DahuaJudge
from sereno.drivers.dahua.rpc2 import Rpc2, Rpc2Finder, login_hash
from sereno.drivers.errors import Refused
from sereno.drivers.memory import ShortMemory
from sereno.drivers.tools import Tools


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def test_the_hash_is_upper_case_both_times() -> None:
    inner = _md5("admin:Login to 1:secret")
    answer = login_hash("admin", "Login to 1", "123456", "secret")
    assert answer == _md5(f"admin:123456:{inner.upper()}").upper()
    assert answer != _md5(f"admin:123456:{inner}").upper()  # which devices refuse


def session(it: Bench, password: str = PASSWORD, memory: ShortMemory | None = None) -> Rpc2:
    clock = ManualClock(NOW)
    login = Login(it.recorder.host, it.recorder.port, username=USER, password=password)
    http = Tools(memory or ShortMemory(), clock).http(login, DahuaJudge())
    return Rpc2(http, clock)


async def test_footage_is_found_by_rpc2_as_it_is_by_cgi(bench: OpenBench) -> None:
    async with bench() as it:
        by_cgi = await it.found("2", NOW - timedelta(hours=20), NOW - timedelta(hours=1))
        rpc2 = session(it)
        clock = DeviceClock(Cgi(rpc2.http), ManualClock(NOW))
        footage = Footage(clock, rpc2.http.gate, (Rpc2Finder(rpc2),))
        span = Span(NOW - timedelta(hours=20), NOW - timedelta(hours=1))
        by_rpc2 = [item async for item in footage.find(2, span)]
        assert await footage.can_find()
        await rpc2.close()
        await rpc2.http.close()
        assert sum(each.target == "/RPC2_Login" for each in it.recorder.log) == 2
    assert by_cgi
    assert [(item.span, item.handle) for item in by_rpc2] == [
        (item.span, item.handle) for item in by_cgi
    ]


async def test_a_session_that_is_gone_is_opened_anew(bench: OpenBench) -> None:
    async with bench() as it:
        rpc2 = session(it)
        finder = Rpc2Finder(rpc2)
        await finder.close(await finder.create())
        it.recorder.rpc.forget()
        assert int(await finder.create())
        await rpc2.http.close()


async def test_row_1_a_wrong_password_is_shown_once(bench: OpenBench) -> None:
    memory = ShortMemory()
    async with bench() as it:
        for _ in range(3):
            rpc2 = session(it, "wrong", memory)
            with pytest.raises(Refused):
                await rpc2.call("magicBox.getSystemInfo")
            await rpc2.http.close()
        shown = [each for each in it.recorder.log if each.target == "/RPC2_Login"]
    assert len(shown) == 2  # the challenge, and one answer to it
    assert PASSWORD.encode() not in b"".join(bytes(each.body) for each in shown)
