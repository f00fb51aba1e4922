"""Signs of life, so that a server does not end a session while its pictures are wanted."""

from __future__ import annotations

import asyncio

from sereno.media.faults import StreamFault, fault
from sereno.media.rtsp.dialogue import Dialogue

_HARMLESS_REFUSALS = ("400", "451")
"""The server has seen the question, which is all that it is for."""

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
            pause_seconds = self._dialogue.timeout_seconds / 2
            await asyncio.sleep(pause_seconds)
            try:
                # To wait for one answer too long would make the next question come too late.
                async with asyncio.timeout(pause_seconds / 2):
                    await self._dialogue.ask(self._methods[0], url)
            except TimeoutError:
                self._try_another()
            except StreamFault as error:
                self._forgive(error)

    def _forgive(self, error: StreamFault) -> None:
        key, status = error.reason.key, error.reason.params.get("status", "")
        if self._dialogue.connection.ended.done() or key == "session_ended":
            raise error
        if key in _REFUSED_CREDENTIALS:
            self._leave(error)
        elif status not in _HARMLESS_REFUSALS:
            self._try_another()

    def _try_another(self) -> None:
        self._methods.append(self._methods.pop(0))

    def _leave(self, error: StreamFault) -> None:
        """Never ask this again: each wrong answer brings the account nearer to being locked.

        Whether the password is wrong, which would end all attempts, is for the next DESCRIBE to
        tell: it was right when this session began.
        """
        self._methods.pop(0)
        if not self._methods:
            raise fault("session_ended", error.reason.raw, status=401)


def _methods(public: str) -> list[str]:
    """How to keep a session alive, the best way first."""
    methods = ["GET_PARAMETER", "OPTIONS", "SET_PARAMETER"]
    methods.sort(key=lambda method: method not in public if public else method != "OPTIONS")
    return methods
