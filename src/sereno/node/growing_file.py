"""A file that grows while it is sent: the newest segment, as the runner writes on."""

from __future__ import annotations

from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send


class GrowingFile(FileResponse):
    """Sends as much as the answer's head says, whatever came to the file since."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left_bytes = 0

        async def send_no_more(message: Message) -> None:
            nonlocal left_bytes
            if message["type"] == "http.response.start":
                left_bytes = int(Headers(raw=message["headers"])["content-length"])
            elif message["type"] == "http.response.body":
                body = message.get("body", b"")[:left_bytes]
                left_bytes -= len(body)
                message = {**message, "body": body}
            await send(message)

        await super().__call__(scope, receive, send_no_more)
