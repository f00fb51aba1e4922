"""How a device is to its node, from what asking it came to."""

from __future__ import annotations

import logging
from datetime import datetime

from sereno.base.clock import Clock
from sereno.base.errors import Unavailable
from sereno.drivers.errors import DeviceError, Locked, Refused
from sereno.drivers.pinned import OtherDevice
from sereno.policy.reasons import Reason
from sereno.wire.devices import DeviceState

log = logging.getLogger(__name__)

MISSES_BEFORE_OFFLINE = 3


class NotUsable(Unavailable):
    """Nothing of a device is to be used now; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.key, reason.words())
        self.reason = reason


class Standing:
    """`since` is of the state. A reason stands beside `online` only while something is missed."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._name = name
        self._clock = clock
        self._misses = 0
        self.state = DeviceState.CONNECTING
        self.since: datetime = clock.now()
        self.reason: Reason | None = None
        self.not_before: datetime | None = None

    @property
    def is_well(self) -> bool:
        """Online, and it was there the last time."""
        return self.state is DeviceState.ONLINE and not self._misses

    def check(self) -> None:
        """Raises NotUsable while nothing of the device is to be used."""
        if self.state is not DeviceState.ONLINE:
            raise NotUsable(self.reason or Reason("device_not_asked"))

    def answered(self) -> None:
        """It is there, and the one that is meant."""
        self._misses = 0
        self._be(DeviceState.ONLINE)

    def failed(self, error: DeviceError) -> None:
        """It did not do what it was asked: it is believed to be gone after the third time."""
        for kind, state in _SETTLED:
            if isinstance(error, kind):
                self._misses = 0
                self._be(state, error.reason, error.not_before)
                return
        self._misses += 1
        is_gone = self._misses >= MISSES_BEFORE_OFFLINE
        self._be(DeviceState.OFFLINE if is_gone else self._while_missed(), error.reason)

    def _while_missed(self) -> DeviceState:
        """What no longer holds of a device that is not there is not said of it either."""
        is_known = self.state in (DeviceState.ONLINE, DeviceState.OFFLINE)
        return self.state if is_known else DeviceState.CONNECTING

    def _be(
        self, state: DeviceState, reason: Reason | None = None, not_before: datetime | None = None
    ) -> None:
        if state is not self.state:
            words = reason.words().en if reason else ""
            log.info("The device “%s” is now %s. %s", self._name, state.value, words)
            self.state, self.since = state, self._clock.now()
        self.reason, self.not_before = reason, not_before


_SETTLED = (
    (Refused, DeviceState.REFUSED),
    (Locked, DeviceState.LOCKED),
    (OtherDevice, DeviceState.OTHER_DEVICE),
)
"""What is believed at once."""
