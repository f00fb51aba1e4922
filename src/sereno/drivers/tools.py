"""What every driver is handed."""

from __future__ import annotations

from dataclasses import dataclass, field

from sereno.base.clock import Clock
from sereno.drivers.contract import Login
from sereno.drivers.gate import Gate, Gates
from sereno.drivers.http.answers import Judge
from sereno.drivers.http.client import DeviceHttp
from sereno.drivers.memory import Memory


@dataclass(frozen=True, slots=True)
class Tools:
    """What all drivers of a process share: a memory, a clock, and the gates before devices."""

    memory: Memory
    clock: Clock
    _gates: Gates = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_gates", Gates(self.memory, self.clock))

    def gate(self, login: Login) -> Gate:
        """The gate before this device, for this account."""
        return self._gates.gate(login)

    def http(self, login: Login, judge: Judge) -> DeviceHttp:
        """The device's HTTP, through its gate."""
        return DeviceHttp(login, self.gate(login), judge)
