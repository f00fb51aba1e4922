"""What we ask a camera ourselves where ffmpeg plays it.

Before: how it wants its password, for ffmpeg would send it in clear text to whoever asks for that.
Afterwards: what it was that ffmpeg did not understand, for ffmpeg has few words.
"""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from email.parser import BytesHeaderParser
from urllib.parse import SplitResult, urlsplit

from sereno.base.errors import Garbled
from sereno.media.contract import StreamTask
from sereno.media.faults import StreamFault
from sereno.media.ffmpeg.argv import RTSP_SCHEMES, escaped
from sereno.media.refusals import tells_lock
from sereno.media.rtsp.addresses import parse_address
from sereno.media.rtsp.clear_text import may_see_password, unsafe, wants_password
from sereno.media.rtsp.dialogue import Dialogue, Patience, said_by, status_fault
from sereno.media.rtsp.sdp import choose_video, parse_sdp
from sereno.policy.reasons import Reason

_HTTP_PORT = 80
_SURE_KEYS = (
    "auth_unsafe", "account_locked", "name_unknown", "unreachable", "refused", "timed_out",
    "no_answer",
)  # fmt: skip
_DESCRIBED_KEYS = ("codec_unknown", "no_video")
_VAGUE_KEYS = ("garbled", "camera_closed", "no_answer", "ffmpeg_failed")


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


async def second_opinion(task: StreamTask, patience: Patience, told: Reason) -> Reason:
    """Why a camera did not play, where ffmpeg could not tell: what the native engine says of it.

    Credentials are sent only where the camera has taken them from ffmpeg.
    """
    is_described = told.key in _DESCRIBED_KEYS
    is_rtsp = urlsplit(task.address.strip()).scheme in RTSP_SCHEMES
    if not is_rtsp or not (is_described or told.key in _VAGUE_KEYS):
        return told
    dialogue = Dialogue(
        parse_address(task.address), task.username, task.password.get_secret_value(), patience
    )
    try:
        await dialogue.connect()
        await dialogue.send("OPTIONS")
        if is_described:
            choose_video(parse_sdp((await dialogue.describe()).body))
    except StreamFault as error:
        return error.reason
    except Garbled as error:
        return replace(told, raw=str(error))
    finally:
        dialogue.close()
    return told


async def _ask_rtsp(address: str, patience: Patience) -> None:
    """In the order in which ffmpeg asks, without credentials."""
    dialogue = Dialogue(parse_address(address), "", "", patience)
    try:
        await dialogue.connect()
        for method in ("OPTIONS", "DESCRIBE"):
            reply = await dialogue.send(method)
            if tells_lock(reply.status, said_by(reply)):
                raise status_fault(reply)
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
