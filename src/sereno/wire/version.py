"""The version of the wire between hub and node."""

from __future__ import annotations

WIRE_VERSION = 2
