"""The recorder's own dialogue with an RTSP server, with somebody who watches."""

from __future__ import annotations

import asyncio
import ssl

from sereno.media.diagnosis.dialling import dial
from sereno.media.diagnosis.findings import Findings, Judged
from sereno.media.rtsp.addresses import Address
from sereno.media.rtsp.connection import Connection
from sereno.media.rtsp.dialogue import Dialogue, Patience
from sereno.media.rtsp.digest import Basic
from sereno.media.rtsp.messages import Message

_STEPS = {"OPTIONS": "options", "DESCRIBE": "describe", "SETUP": "setup", "PLAY": "play"}


class WatchedDialogue(Dialogue):
    """Tells `findings` of each connection and each request."""

    def __init__(
        self,
        address: Address,
        username: str,
        password: str,
        patience: Patience,
        redirect: str = "",
        *,
        findings: Findings,
    ) -> None:
        super().__init__(address, username, password, patience, redirect)
        self._findings = findings

    @property
    def shows_password(self) -> bool:
        """Whether the password was sent so that anybody on the way can read it."""
        return isinstance(self._credentials, Basic) and not self.address.is_encrypted

    async def send(
        self, method: str, url: str | None = None, headers: dict[str, str] | None = None
    ) -> Message:
        step = _STEPS.get(method)
        if step is None:
            return await super().send(method, url, headers)
        if step != self._findings.running:
            self._findings.begin(step)
        reply = await super().send(method, url, headers)
        self._findings.see(self._seen(method, reply, headers or {}))
        return reply

    def _seen(self, method: str, reply: Message, headers: dict[str, str]) -> str:
        seen = [f"{reply.status} {reply.phrase}".strip()]
        if transport := headers.get("Transport"):
            seen.append("TCP" if "/TCP" in transport else "UDP")
        if method == "DESCRIBE" and self._credentials is not None and reply.status < 300:
            seen.append("Basic" if isinstance(self._credentials, Basic) else "Digest")
        return ", ".join(seen)

    async def _open(
        self, loop: asyncio.AbstractEventLoop, context: ssl.SSLContext | None
    ) -> tuple[asyncio.Transport, Connection]:
        host = self.address.host
        carrier = await dial(self._findings, host, self.address.port)
        if context is not None:
            self._findings.begin("tls")
        try:
            made = await loop.create_connection(
                lambda: Connection(host, loop),
                sock=carrier,
                ssl=context,
                server_hostname=host if context else None,
                ssl_handshake_timeout=self._patience.reply_seconds if context else None,
            )
        except BaseException:
            carrier.close()
            raise
        if context is not None:
            self._findings.end("tls", Judged(saw=_encryption(made[0])))
        return made


def _encryption(transport: asyncio.Transport) -> str:
    tls = transport.get_extra_info("ssl_object")
    cipher = tls.cipher() if tls is not None else None
    return f"{tls.version()}, {cipher[0]}" if cipher else ""
