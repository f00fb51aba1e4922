"""What the node and its WebRTC helper say to each other, over the helper's two pipes.

Each message is the size of its head and of its body (4 bytes each, big-endian), a head of JSON, and
the body. The helper ends when its input does.
"""

from __future__ import annotations

import asyncio
from struct import Struct
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter

from sereno.wire.secret import REVEAL, Secret

_SIZES = Struct(">II")


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class IceSettings(_Message):
    """How WebRTC's own connections are made (docs/guide/operator.md)."""

    do: Literal["settings"] = "settings"
    addresses: tuple[str, ...] = Field(
        default=(), description="of this machine, to send from; empty: all that it has"
    )
    ports: tuple[int, int] | None = Field(
        default=None, description="the first and the last; None: any"
    )
    public_address: str = Field(default="", description="under which a router passes these on")
    servers: tuple[str, ...] = Field(default=(), description="URIs of STUN and TURN servers")
    username: str = ""
    credential: Secret = SecretStr("")


class Open(_Message):
    """Somebody wants to watch a stream."""

    do: Literal["open"] = "open"
    session: str
    stream: str
    offer: str
    profile: str = Field(description="one that was offered: `profile-level-id` in hexadecimal")


class Close(_Message):
    """A viewer has gone."""

    do: Literal["close"] = "close"
    session: str


class Begin(_Message):
    """A run begins; the body is `ftyp` and `moov`."""

    do: Literal["begin"] = "begin"
    stream: str
    epoch_us: int = Field(description="the wall-clock time of tick 0, microseconds since 1970")


class Take(_Message):
    """The body is the stream's next fragment."""

    do: Literal["take"] = "take"
    stream: str


class Forget(_Message):
    """Nobody watches the stream any more."""

    do: Literal["forget"] = "forget"
    stream: str


class Answer(_Message):
    """What to answer an offer with."""

    e: Literal["answer"] = "answer"
    session: str
    answer: str


class Closed(_Message):
    """A session is over, or was refused: `key` says why, `raw` in the library's words."""

    e: Literal["closed"] = "closed"
    session: str
    key: str
    raw: str = ""


ToHelper = Annotated[IceSettings | Open | Close | Begin | Take | Forget, Field(discriminator="do")]
FromHelper = Annotated[Answer | Closed, Field(discriminator="e")]
TO_HELPER: TypeAdapter[IceSettings | Open | Close | Begin | Take | Forget] = TypeAdapter(ToHelper)
FROM_HELPER: TypeAdapter[Answer | Closed] = TypeAdapter(FromHelper)


def packed(message: BaseModel, body: bytes = b"") -> bytes:
    """A message as it travels."""
    head = message.model_dump_json(context=REVEAL).encode()
    return b"".join((_SIZES.pack(len(head), len(body)), head, body))


async def unpacked(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next message's head and body. Raises EOFError when the other side has ended."""
    head_bytes, body_bytes = _SIZES.unpack(await reader.readexactly(_SIZES.size))
    return await reader.readexactly(head_bytes), await reader.readexactly(body_bytes)
