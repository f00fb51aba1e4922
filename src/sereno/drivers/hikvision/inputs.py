"""Which channels a device has, and at which addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sereno.drivers.contract import Channel, DeviceKind, Login
from sereno.drivers.errors import Busy, Garbled
from sereno.drivers.hikvision.isapi import Isapi
from sereno.drivers.hikvision.parse_channels import (
    Encoding,
    Input,
    channel_of,
    encodings,
    inputs_of,
    joined,
    own_inputs,
    proxied_inputs,
    proxied_states,
    stream_port,
)
from sereno.drivers.hikvision.parse_device import rtsp_port

_DEFAULT_RTSP_PORT = 554
_ACCESSES = "/Security/adminAccesses"
_STREAMS = "/Streaming/channels"
_PLACES = (1, 2, 3, 4)
_TELL_PORT = {_ACCESSES: rtsp_port, f"{_ACCESSES}/capabilities": rtsp_port, _STREAMS: stream_port}
_PROXY = "/ContentMgmt/InputProxy/channels"
_OWN = "/System/Video/inputs/channels"
_TELL_SIGNAL = (DeviceKind.RECORDER, DeviceKind.ENCODER)

T = TypeVar("T")


@dataclass(slots=True)
class Inputs:
    """The inputs of one device."""

    isapi: Isapi
    login: Login
    _rtsp_port: int | None = None

    async def rtsp_port(self) -> int:
        """The port that a person knows, the device tells, or every device has at first."""
        if self.login.rtsp_port is not None:
            return self.login.rtsp_port
        if self._rtsp_port is None:
            self._rtsp_port = await self._told_port() or _DEFAULT_RTSP_PORT
        return self._rtsp_port

    def forget(self) -> None:
        """Ask for the port again: somebody may have changed it."""
        self._rtsp_port = None

    async def _told_port(self) -> int | None:
        for path, told in _TELL_PORT.items():
            data = await self.isapi.get_if_well(path)
            if (port := _read_or_none(told, data, [])) is not None:
                return port
        return None

    async def base(self) -> str:
        """What all RTSP addresses begin with."""
        host = f"[{self.login.host}]" if ":" in self.login.host else self.login.host
        return f"rtsp://{host}:{await self.rtsp_port()}"

    async def channels(self, kind: DeviceKind) -> list[Channel]:
        """Those that exist, in the device's order. Raises DeviceError."""
        senseless: list[Garbled] = []
        streams = await self._listed(senseless)
        inputs = await self._inputs(kind, senseless) or inputs_of(streams)
        if not inputs and senseless:
            raise senseless[0]  # it did not say that it has none
        streams = streams or await self._one_by_one(inputs)
        base = await self.base()
        return [channel_of(one, streams, base) for one in inputs]

    async def _listed(self, senseless: list[Garbled]) -> list[Encoding]:
        for path in (_STREAMS, "/ContentMgmt/StreamingProxy/channels"):
            data = await self.isapi.get_or_none(path)
            if found := _read_or_none(encodings, data, senseless):
                return found
        return []

    async def _one_by_one(self, inputs: Iterable[Input]) -> list[Encoding]:
        """The streams of a device that gives no list of them; none where it does not give the first
        either."""
        found: list[Encoding] = []
        for one in inputs:
            for place in _PLACES:
                data = await self.isapi.get_or_none(f"{_STREAMS}/{one.number * 100 + place}")
                found += encodings(data) if data is not None else []
            if not found:
                break
        return found

    async def _inputs(self, kind: DeviceKind, senseless: list[Garbled]) -> list[Input]:
        """Its own and the IP channels: a camera has only the first, an NVR only the second. Of what
        they have not, some tell a page for people, or fail."""
        is_recorder = kind is DeviceKind.RECORDER
        proxied = await self._told(_PROXY, is_expected=is_recorder)
        own = await self._told(_OWN, is_expected=not (is_recorder and proxied))
        states = await self._told(f"{_PROXY}/status", is_expected=False) if proxied else None
        signals = partial(own_inputs, tells_signal=kind in _TELL_SIGNAL)
        return joined(
            _read_or_none(signals, own, senseless) or [],
            _read_or_none(proxied_inputs, proxied, senseless) or [],
            _read_or_none(proxied_states, states, senseless) or {},
        )

    async def _told(self, path: str, *, is_expected: bool) -> bytes | None:
        """None where this model has it not, and where it fails over what it need not have; one
        that is busy is no model without."""
        try:
            return await self.isapi.get_or_none(path)
        except Busy as busy:
            if is_expected or busy.reason.key != "device_error":
                raise
            return None


def _read_or_none(
    read: Callable[[bytes], T], data: bytes | None, senseless: list[Garbled]
) -> T | None:
    """What makes no sense tells nothing; that it came is noted."""
    try:
        return read(data) if data is not None else None
    except Garbled as garbled:
        senseless.append(garbled)
        return None
