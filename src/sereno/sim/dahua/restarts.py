"""A recorder that restarts when it is asked for sound, and the probes that make it do so."""

from __future__ import annotations

from collections.abc import Callable

from sereno.sim.dahua.answers import fields_of, not_implemented, plain
from sereno.sim.quirks import Quirks
from sereno.sim.recorders.http import HangUp, HttpAnswer, HttpRequest

PATH = "/cgi-bin/audio.cgi"


class Restarts:
    """``clock`` gives seconds; ``on_restart`` makes the rest forget. ``count`` counts restarts,
    ``audio_requests`` what was asked of audio.cgi in any case."""

    def __init__(
        self, quirks: Quirks, clock: Callable[[], float], on_restart: Callable[[], None]
    ) -> None:
        self.audio_requests = 0
        self.count = 0
        self._quirks = quirks
        self._clock = clock
        self._on_restart = on_restart
        self._away_until = 0.0

    @property
    def is_away(self) -> bool:
        """Whether it is starting."""
        return self._clock() < self._away_until

    def restart(self, seconds: float = 0) -> None:
        """Goes away for a time, and has forgotten what was open when it comes back."""
        self.count += 1
        self._away_until = self._clock() + seconds
        self._on_restart()

    def audio(self, request: HttpRequest) -> HttpAnswer:
        """What audio.cgi answers, if anything. Raises Refusal, HangUp."""
        if "audio-reboots" in self._quirks:
            self.restart(self._quirks["audio-reboots"])
            raise HangUp
        if fields_of(request).get("channel") == "0":
            answer = plain("Invalid Authority!\r\n", 401)
            challenge = 'Digest realm="Login to recorder", nonce="1", qop="auth", stale=TRUE'
            answer.headers.append(("WWW-Authenticate", challenge))
            return answer
        raise not_implemented()
