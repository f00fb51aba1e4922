"""A password that is changed on a device while its channels are recorded locks no account."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.media.doors import Doors
from sereno.media.faults import StreamFault

from .camera import PASSWORD, USER, until
from .odd_camera import OddCamera
from .playing import session
from .sinks import Collected

CHANNELS = 8
MOST_WRONG = CHANNELS // 2  # the first that meets it, those on their way then, and a new session


@pytest.fixture(autouse=True)
def asks_often(odd: OddCamera) -> None:
    """For credentials, and for a sign of life twice a second."""
    odd.digest, odd.session_timeout, odd.frame_seconds = "MD5", 1, 0.05


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    doors = Doors(tmp_path / "doors", SystemClock())
    yield doors
    doors.close()


class Changed:
    """From now on the camera takes the old password no more. `wrong` are requests that bore it."""

    def __init__(self, odd: OddCamera, asks_for: tuple[str, ...]) -> None:
        self.wrong: list[str] = []
        self.unsigned: list[str] = []
        self._asks_for = asks_for
        odd.changes.append(self._refuse)

    def _refuse(self, method: str, head: str, reply: str) -> str:
        if "Authorization:" in head:
            self.wrong.append(method)
        elif method not in self._asks_for:
            self.unsigned.append(method)
            return reply.replace(reply.split("\r\n")[0], "RTSP/1.0 200 OK")
        return refusal(head)


async def test_sessions_go_on_without_showing_it_again(odd: OddCamera, doors: Doors) -> None:
    async with AsyncExitStack() as playing:
        watching = [await begin(playing, odd, doors) for _ in range(CHANNELS)]
        changed = Changed(odd, ("GET_PARAMETER", "DESCRIBE"))
        await until(lambda: changed.unsigned.count("OPTIONS") >= 3 * CHANNELS)
        assert not any(each.done() for each in watching)
        with pytest.raises(StreamFault) as caught:
            await begin(playing, odd, doors)
        assert caught.value.reason.key == "unauthorized"
        for each in watching:
            each.cancel()
        await asyncio.wait(watching)
    assert changed.wrong.count("DESCRIBE") == 1
    assert "TEARDOWN" not in changed.wrong
    assert len(changed.wrong) <= MOST_WRONG


async def test_a_camera_that_wants_it_for_everything_is_shown_it_twice(
    odd: OddCamera, doors: Doors
) -> None:
    everything = ("GET_PARAMETER", "OPTIONS", "SET_PARAMETER", "DESCRIBE")
    async with AsyncExitStack() as playing:
        watching = await begin(playing, odd, doors)
        changed = Changed(odd, everything)
        with pytest.raises(StreamFault) as caught:
            await watching
        assert caught.value.reason.key == "session_ended"
    assert len(changed.wrong) == 2


async def test_a_camera_that_refuses_one_question_is_trusted_again(
    odd: OddCamera, doors: Doors
) -> None:
    """The password is right, but for one kind of question, and is wanted for the others."""
    odd.changes.append(refuse_get_parameter)
    async with AsyncExitStack() as playing:
        watching = await begin(playing, odd, doors)
        await until(lambda: signed(odd, "OPTIONS") >= 2)
        assert not watching.done()
        watching.cancel()
        await asyncio.wait([watching])
    assert signed(odd, "GET_PARAMETER") == 1


def refuse_get_parameter(method: str, head: str, reply: str) -> str:
    needs_more = method == "OPTIONS" and "Session:" in head and "Authorization:" not in head
    if method not in ("GET_PARAMETER", "SET_PARAMETER") and not needs_more:
        return reply
    return refusal(head)


def refusal(head: str) -> str:
    cseq = next(line for line in head.split("\r\n") if line.startswith("CSeq"))
    challenge = 'Digest realm="cam \\"1\\"", nonce="abc", qop="auth", algorithm=MD5'
    return f"RTSP/1.0 401 Unauthorized\r\n{cseq}\r\nWWW-Authenticate: {challenge}\r\n\r\n"


def signed(odd: OddCamera, method: str) -> int:
    """Requests of this kind, within a session, that bore credentials."""
    return sum(
        1
        for head in odd.heads
        if head.startswith(f"{method} ") and "Authorization:" in head and "Session:" in head
    )


async def begin(playing: AsyncExitStack, odd: OddCamera, doors: Doors) -> asyncio.Task[None]:
    """One more session that plays; its watching."""
    door = await playing.enter_async_context(doors.door(odd.address, USER, PASSWORD))
    source = await playing.enter_async_context(session(odd, doorway=door))
    await source.play(Collected())
    return asyncio.create_task(source.watch())
