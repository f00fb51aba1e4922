"""Questions to a device's `cgi-bin`, and its answers as tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from sereno.drivers.dahua.addresses import config
from sereno.drivers.dahua.judge import fault_of
from sereno.drivers.dahua.parse import Table, read_table
from sereno.drivers.errors import Garbled, Refused, Unsupported
from sereno.drivers.http.answers import Answer
from sereno.drivers.http.client import DeviceHttp

_RIGHT = "CGI"


@dataclass(slots=True)
class Cgi:
    """Asks. What a device was found to lack is not asked for again; `denied` are the settings that
    it did not show to this account, or does not have: the two look alike."""

    http: DeviceHttp
    denied: set[str] = field(default_factory=set)
    _lacking: set[str] = field(default_factory=set)

    async def ask(self, target: str, *, right: str = _RIGHT) -> Answer:
        """A good answer. Raises DeviceError for any other."""
        answer = await self.http.ask("GET", target)
        fault = fault_of(answer, right)
        if fault is not None:
            raise fault
        return answer

    async def table(self, target: str, *, right: str = _RIGHT) -> Table:
        """A table that must be there. Raises DeviceError."""
        return read_table((await self.ask(target, right=right)).body)

    async def table_or_none(self, target: str) -> Table | None:
        """A table that a model may lack, or the account may not see; None then."""
        return await self._table_or_none(target, target)

    async def config_or_empty(self, name: str) -> Table:
        """Settings by name; empty where the model has none, or the account may not see them."""
        return await self._table_or_none(config(name), name) or {}

    async def _table_or_none(self, target: str, name: str) -> Table | None:
        if target in self._lacking:
            return None
        try:
            return await self.table(target)
        except Unsupported:
            self._lacking.add(target)
        except Garbled:
            return None  # what makes no sense tells nothing
        except Refused as fault:
            if fault.reason.key != "right_missing":
                raise
            self._lacking.add(target)
            self.denied.add(name)
        return None
