"""The helper process: G.711 in on standard input, AAC out on standard output, for all streams of a
runner. It ends when its input does."""

from __future__ import annotations

import os
import signal
import sys

from sereno.media.sound.encoder import Encoder
from sereno.media.sound.messages import CLOSE, DATA, OPEN, Message, Messages

_READ_BYTES = 64 * 1024


def answer(encoders: dict[int, Encoder], message: Message) -> bytes:
    """Do what a message says; what to send back."""
    if message.kind == OPEN:
        codec, rate = message.data.decode().split()
        encoders[message.channel] = Encoder(codec, int(rate))
    elif message.kind == CLOSE:
        encoders.pop(message.channel, None)
    elif message.kind == DATA and message.channel in encoders:
        units = encoders[message.channel].encode(message.data, message.time)
        return b"".join(Message(DATA, message.channel, time, unit).pack() for time, unit in units)
    return b""


def main() -> None:
    """Serve until the input ends. Signals meant for the whole group are the runner's to obey."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = sys.stdin.fileno(), sys.stdout.buffer
    messages, encoders = Messages(), dict[int, Encoder]()
    while data := os.read(source, _READ_BYTES):
        target.write(b"".join(answer(encoders, message) for message in messages.feed(data)))
        target.flush()


if __name__ == "__main__":
    main()
