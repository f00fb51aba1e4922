"""A simulated Dahua recorder.

``DahuaRecorder`` serves, ``DAHUA_QUIRKS`` lists its switches.
"""

from __future__ import annotations

from sereno.sim.dahua.quirks import DAHUA_QUIRKS
from sereno.sim.dahua.recorder import DahuaRecorder

__all__ = ["DAHUA_QUIRKS", "DahuaRecorder"]
