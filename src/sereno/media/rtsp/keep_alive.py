"""Signs of life, so that a server does not end a session while its pictures are wanted."""

from __future__ import annotations

import asyncio

from sereno.media.faults import StreamFault, fault
from sereno.media.rtsp.dialogue import Dialogue, status_fault

_HARMLESS_REFUSALS = (400, 451)
"""The server has seen the question, which is all that it is for."""

_SESSION_NOT_FOUND = 454
_REFUSED_CREDENTIALS = ("unauthorized", "auth_unsafe", "account_locked")


class KeepAlive:
    """Asks the server something now and then; `public` is what it says that it can be asked.

    A refused or unanswered question ends nothing while pictures come, except where the server says
    that the session is over. The next one is of another kind.
    """

    def __init__(self, dialogue: Dialogue, public: str) -> None:
        self._dialogue = dialogue
        self._methods = _methods(public.upper())

    async def run(self, url: str) -> None:
        """Ask about `url` for as long as the session lives. Its end is a StreamFault."""
        while True:
            await asyncio.sleep(self._dialogue.timeout_seconds / 2)
            try:
                await self._give_sign(url)
            except TimeoutError:
                self._try_another()
            except StreamFault as error:
                self._forgive(error)

    async def _give_sign(self, url: str) -> None:
        dialogue = self._dialogue
        if dialogue.doorway.is_doubted:
            await self._goes_unsigned(url)  # if none does, there is no more that we may do
            return
        try:
            await self._ask(url)
        except StreamFault as error:
            if error.reason.key not in _REFUSED_CREDENTIALS or dialogue.connection.ended.done():
                raise
            self._methods.pop(0)
            dialogue.doorway.doubt()
            await self._find_out(url, error)

    async def _find_out(self, url: str, refusal: StreamFault) -> None:
        """A server refused credentials that it took before: for the question, or for themselves?

        Each wrong answer brings the account nearer to being locked. So they are shown for one other
        question at most, and for none where the server answers without. Whether the password is
        wrong, which would end all attempts, is for the next DESCRIBE to tell.
        """
        if await self._goes_unsigned(url):
            return
        if self._methods:
            try:
                await self._ask(url)
            except StreamFault as error:
                if error.reason.key not in _REFUSED_CREDENTIALS:
                    raise
            else:
                return
        raise fault("session_ended", refusal.reason.raw, status=401)

    async def _goes_unsigned(self, url: str) -> bool:
        """Whether the server can be asked something without credentials."""
        for method in self._methods:
            async with self._limit():
                reply = await self._dialogue.send_unsigned(method, url)
            if reply.status == _SESSION_NOT_FOUND:
                raise status_fault(reply)
            if 200 <= reply.status < 300 or reply.status in _HARMLESS_REFUSALS:
                self._methods.remove(method)
                self._methods.insert(0, method)
                return True
        return False

    async def _ask(self, url: str) -> None:
        async with self._limit():
            await self._dialogue.ask(self._methods[0], url)

    def _limit(self) -> asyncio.Timeout:
        """To wait for one answer too long would make the next question come too late."""
        return asyncio.timeout(self._dialogue.timeout_seconds / 4)

    def _forgive(self, error: StreamFault) -> None:
        key, status = error.reason.key, error.reason.params.get("status", "")
        if self._dialogue.connection.ended.done() or key == "session_ended":
            raise error
        if status not in map(str, _HARMLESS_REFUSALS):
            self._try_another()

    def _try_another(self) -> None:
        self._methods.append(self._methods.pop(0))


def _methods(public: str) -> list[str]:
    """How to keep a session alive, the best way first."""
    methods = ["GET_PARAMETER", "OPTIONS", "SET_PARAMETER"]
    methods.sort(key=lambda method: method not in public if public else method != "OPTIONS")
    return methods
