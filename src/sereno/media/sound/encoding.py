"""The runner's side of the helper that turns G.711 into AAC."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import sys
import weakref
from asyncio.subprocess import PIPE, Process

from sereno.media.formats import SoundFormat
from sereno.media.leash import die_with
from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.sink import MediaSink, RawSound
from sereno.media.sound.messages import CLOSE, DATA, LARGEST_DATA_BYTES, OPEN, Message, Messages
from sereno.media.timing import signed_difference

_FREQUENCY_INDEXES = {8000: 11, 16_000: 8}
"""Rates that G.711 comes in, as an AudioSpecificConfig names them (ISO/IEC 14496-3, 1.6.3.4)."""

_AAC_LC, _MONO = 2, 1
_FRAME_SAMPLES = 1024
_SILENCE = bytes.fromhex("01182007")
"""An access unit of one channel that holds no spectrum (14496-3, 4.4.2.1: max_sfb 0)."""

_MOST_WAITING_BYTES = 256 * 1024
_RESTART_SECONDS = 1.0
_READ_BYTES = 64 * 1024
_TIME_MASK = 0xFFFFFFFF
_log = logging.getLogger(__name__)


def sound_format(rate: int) -> SoundFormat:
    """What the helper makes of G.711 of this rate, known before it has made any."""
    bits = _AAC_LC << 11 | _FREQUENCY_INDEXES[rate] << 7 | _MONO << 3
    return SoundFormat(rate, 1, bits.to_bytes(2, "big"))


class SoundEncoding:
    """One helper process for all streams of a runner: started when first needed, and again when it
    died. What it cannot take in time is lost; pictures never wait for it."""

    def __init__(self) -> None:
        self._channels: weakref.WeakValueDictionary[int, _Channel] = weakref.WeakValueDictionary()
        self._next_number = 1
        self._process: Process | None = None
        self._early = bytearray()  # what is to be sent once the helper is there
        self._running: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the helper, while it runs."""
        return self._process.pid if self._process is not None else None

    def encode(self, codec: str, rate: int, sink: MediaSink) -> RawSound | None:
        """A way for G.711 (`PCMA` or `PCMU`) into `sink`, which is told its format; None: there is
        none. It is closed when nobody holds it any more."""
        if rate not in _FREQUENCY_INDEXES or importlib.util.find_spec("av") is None:
            return None
        number = self._next_number
        self._next_number += 1
        channel = _Channel(self, number, codec, rate, sink)
        self._channels[number] = channel
        weakref.finalize(channel, self._send, Message(CLOSE, number)).atexit = False
        sink.sound_format(sound_format(rate))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        elif self._process is not None:
            self._send(channel.opening())
        return channel

    async def close(self) -> None:
        """End the helper."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    def _send(self, message: Message) -> None:
        pipe = self._process.stdin if self._process is not None else None
        if pipe is None:
            if len(self._early) < _MOST_WAITING_BYTES:
                self._early += message.pack()
        elif not pipe.is_closing() and pipe.transport.get_write_buffer_size() < _MOST_WAITING_BYTES:
            pipe.write(message.pack())

    async def _run(self) -> None:
        while True:
            try:
                await self._serve()
            except OSError as error:
                _log.error("the sound helper cannot be started: %s", error.strerror)
            await asyncio.sleep(_RESTART_SECONDS)

    async def _serve(self) -> None:
        """Start the helper and pass on what it makes, until it ends."""
        parent = os.getpid()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sereno.media.sound.helper", stdin=PIPE, stdout=PIPE,
            preexec_fn=lambda: die_with(parent),
        )  # fmt: skip
        early, self._early = self._early, bytearray()
        self._process = process
        try:
            for channel in list(self._channels.values()):
                self._send(channel.opening())
            if process.stdin is not None:
                process.stdin.write(early)
            await self._receive(process)
        finally:
            self._process = None
            if process.returncode is None:
                process.kill()
            status = await process.wait()
        _log.warning("the sound helper ended with status %s and is started anew", status)

    async def _receive(self, process: Process) -> None:
        messages = Messages()
        while process.stdout is not None and (data := await process.stdout.read(_READ_BYTES)):
            for message in messages.feed(data):
                channel = self._channels.get(message.channel)
                if channel is not None:
                    channel.unit(message.data, message.time)


class _Channel:
    """One stream's sound: a `RawSound`."""

    def __init__(
        self, encoding: SoundEncoding, number: int, codec: str, rate: int, sink: MediaSink
    ) -> None:
        self._encoding = encoding
        self._number = number
        self._codec = codec
        self._rate = rate
        self._sink = sink
        self._newest: tuple[int, int] | None = (
            None  # where the newest samples end, and their arrival
        )

    def opening(self) -> Message:
        return Message(OPEN, self._number, data=f"{self._codec} {self._rate}".encode())

    def raw_sound(self, data: bytes, rtp_time: int, arrival_us: int) -> None:
        is_first = self._newest is None
        self._newest = (rtp_time + len(data) & _TIME_MASK, arrival_us)
        if is_first:
            # A run that hears nothing at its start begins without sound; the helper may be late.
            self.unit(_SILENCE, rtp_time - 2 * _FRAME_SAMPLES & _TIME_MASK)
        self._encoding._send(Message(DATA, self._number, rtp_time, data[:LARGEST_DATA_BYTES]))

    def sound_report(self, report: SenderReport) -> None:
        self._sink.sound_report(report)

    def unit(self, data: bytes, rtp_time: int) -> None:
        """Pass on an access unit, as if it had come when its samples should have."""
        if self._newest is None:
            return
        newest, arrival_us = self._newest
        age = signed_difference(newest, rtp_time)
        self._sink.sound(data, rtp_time, arrival_us - age * 1_000_000 // self._rate)
