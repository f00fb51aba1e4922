"""How a camera wants its password, asked before ffmpeg is given it: ffmpeg would send it in clear
text to whoever asks for that."""

from __future__ import annotations

import asyncio
from contextlib import closing
from email.parser import BytesHeaderParser
from urllib.parse import SplitResult, urlsplit

from sereno.media.contract import StreamTask
from sereno.media.faults import StreamFault
from sereno.media.ffmpeg.argv import escaped
from sereno.media.rtsp.addresses import parse_address
from sereno.media.rtsp.clear_text import may_see_password, unsafe, wants_password
from sereno.media.rtsp.dialogue import Dialogue, Patience

_HTTP_PORT = 80
_SURE_KEYS = ("auth_unsafe", "name_unknown", "unreachable", "refused", "timed_out")


async def refuse_clear_text(task: StreamTask, patience: Patience) -> None:
    """Raises StreamFault `auth_unsafe` where the password would travel in clear text, and why a
    camera cannot be reached at all. Whatever else is wrong, ffmpeg meets as well."""
    parts = urlsplit(escaped(task.address.strip()))
    if not task.username or not parts.hostname or may_see_password(parts.hostname):
        return
    if parts.scheme == "rtsp":
        try:
            await _ask_rtsp(task.address, patience)
        except StreamFault as error:
            if error.reason.key in _SURE_KEYS:
                raise
    elif parts.scheme == "http":
        await _ask_http(parts, patience)


async def _ask_rtsp(address: str, patience: Patience) -> None:
    """In the order in which ffmpeg asks, without credentials."""
    dialogue = Dialogue(parse_address(address), "", "", patience)
    try:
        await dialogue.connect()
        for method in ("OPTIONS", "DESCRIBE"):
            reply = await dialogue.send(method)
            challenges = reply.headers_named("www-authenticate")
            if reply.status == 401 and wants_password(challenges):
                raise unsafe(reply.line, challenges)
    finally:
        dialogue.close()


async def _ask_http(parts: SplitResult, patience: Patience) -> None:
    place = parts.netloc.rpartition("@")[2]
    path = parts._replace(scheme="", netloc="", fragment="", path=parts.path or "/").geturl()
    try:
        async with asyncio.timeout(patience.connect_seconds):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port or _HTTP_PORT)
        with closing(writer):
            request = f"GET {path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            async with asyncio.timeout(patience.reply_seconds):
                head = await reader.readuntil(b"\r\n\r\n")
    except (OSError, ValueError, EOFError, asyncio.LimitOverrunError):
        return
    line, _, fields = head.partition(b"\r\n")
    challenges = BytesHeaderParser().parsebytes(fields).get_all("www-authenticate", [])
    if b" 401" in line and wants_password(challenges):
        raise unsafe(line.decode("utf-8", "replace"), challenges)
