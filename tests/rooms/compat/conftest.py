"""The same recorder as in the tests of devices."""

from __future__ import annotations

from tests.rooms.devices.conftest import device, heard, made, tell

__all__ = ["device", "heard", "made", "tell"]
