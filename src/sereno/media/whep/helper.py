"""The helper process that sends live view by WebRTC, for all streams of a node.

What it is told and says is in `contract`. It ends when its input does.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine

from sereno.base.errors import Garbled
from sereno.media.whep.channel import Channel
from sereno.media.whep.contract import (
    TO_HELPER,
    Answer,
    Begin,
    Close,
    Closed,
    Forget,
    IceSettings,
    Open,
    Take,
    packed,
    unpacked,
)
from sereno.media.whep.library import PortLoop, teach_addresses, teach_codecs
from sereno.media.whep.session import Session

log = logging.getLogger(__name__)

_READ_AHEAD_BYTES = 1024 * 1024
_GOODBYE_SECONDS = 1.0


class Helper:
    """Obeys the node's messages; `say` takes what is to be told."""

    def __init__(self, loop: PortLoop, say: Callable[[Answer | Closed], None]) -> None:
        self._loop = loop
        self._say = say
        self._ice = IceSettings()
        self._channels: dict[str, Channel] = {}
        self._sessions: dict[str, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def obey(self, head: bytes, body: bytes) -> None:
        match TO_HELPER.validate_json(head):
            case IceSettings() as settings:
                self._ice = settings
                teach_addresses(settings.addresses)
                if settings.ports is not None:
                    self._loop.ports = range(settings.ports[0], settings.ports[1] + 1)
            case Begin(stream=stream, epoch_us=epoch_us):
                self._feed(stream, lambda channel: channel.begin(body, epoch_us))
            case Take(stream=stream):
                self._feed(stream, lambda channel: channel.take(body))
            case Open() as asked:
                self._start(self._open(asked))
            case Close(session=session):
                self._end(session, "whep_left")
            case Forget(stream=stream):
                self._channels.pop(stream, None)

    async def close(self) -> None:
        """End every session; viewers learn of it at once."""
        for session in tuple(self._sessions):
            self._end(session, "whep_left")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GOODBYE_SECONDS)

    def _feed(self, stream: str, give: Callable[[Channel], None]) -> None:
        channel = self._channels.setdefault(stream, Channel())
        try:
            give(channel)
        except Garbled as error:
            log.warning("%s: %s", stream, error)
        if channel.unfit:
            watching = [each for each, of in self._sessions.items() if of.stream == stream]
            for session in watching:
                self._end(session, channel.unfit)

    async def _open(self, asked: Open) -> None:
        channel = self._channels.setdefault(asked.stream, Channel())
        if channel.unfit:
            self._say(Closed(session=asked.session, key=channel.unfit))
            return
        session = Session(asked, channel, lambda key: self._end(asked.session, key))
        self._sessions[asked.session] = session
        try:
            answer = await session.answer(self._ice)
        except Exception as error:  # whatever the library makes of somebody's text
            log.info("an offer was refused: %s", type(error).__name__)
            self._end(asked.session, "whep_offer", str(error))
        else:
            if asked.session in self._sessions:
                self._say(Answer(session=asked.session, answer=answer))

    def _end(self, session_id: str, key: str, raw: str = "") -> None:
        session = self._sessions.pop(session_id, None)
        if session is not None:
            self._say(Closed(session=session_id, key=key, raw=raw))
            self._start(session.close())

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _serve(loop: PortLoop) -> None:
    reader = asyncio.StreamReader(limit=_READ_AHEAD_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    target, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, sys.stdout.buffer)
    helper = Helper(loop, lambda message: target.write(packed(message)))
    try:
        while True:
            helper.obey(*await unpacked(reader))
    except EOFError:
        await helper.close()
    finally:
        target.close()


def main() -> None:
    """Serve until the input ends. Signals meant for the whole group are the node's to obey."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    teach_codecs()
    loop = PortLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(_serve(loop))


if __name__ == "__main__":
    main()
