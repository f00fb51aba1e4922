"""Who a device says it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sereno.drivers.contract import DeviceKind
from sereno.drivers.dahua.parse import Table, clean

# By the maker's own names and those of Amcrest (NV4116, AD410) and Lorex (N841A8, E891AB).
_KINDS = (
    (re.compile(r"vto|^ad\d|^db\d", re.IGNORECASE), DeviceKind.DOORBELL),
    (re.compile(r"[nxd]vr|hcvr|nvs|ivss|evs|^nv?\d", re.IGNORECASE), DeviceKind.RECORDER),
    (re.compile(r"nvd|encoder", re.IGNORECASE), DeviceKind.ENCODER),
    (re.compile(r"ipc|^sd\d|tpc|itc|h(?:fw|dw|dbw)|camera|^e\d", re.IGNORECASE), DeviceKind.CAMERA),
)
_OWN_NAMES = frozenset({"private", "general", "dahua"})


@dataclass(frozen=True, slots=True)
class Self:
    """What `magicBox.cgi` tells."""

    maker: str
    model: str
    serial: str
    firmware: str
    kind: DeviceKind
    name: str


def read_self(system: Table, told: Table, *, is_recorder: bool | None = None) -> Self:
    """`system` is getSystemInfo; `told` has the single answers (`type`, `version`, `name`, `sn`,
    `vendor`), as far as there are any. `is_recorder` is what its channels say, where models do not.
    """
    told = {key.lower(): value for key, value in told.items()}  # `Vendor` on some
    model = _model(system, told)
    return Self(
        maker=_maker(told.get("vendor", "")),
        model=model,
        serial=clean(system.get("serialNumber") or told.get("sn")),
        firmware=clean(told.get("version") or system.get("softwareVersion")),
        kind=_kind(model, clean(system.get("deviceType")), is_recorder),
        name=clean(told.get("name") or told.get("table.general.machinename")),
    )


def _model(system: Table, told: Table) -> str:
    """Recorders give a number as their type; what updates are called is the model then."""
    candidates = (system.get("deviceType"), system.get("updateSerial"), told.get("type"))
    names = [clean(name) for name in candidates]
    return next((name for name in names if name and not name.isdigit()), names[0] or names[2])


def _maker(vendor: str) -> str:
    """Rebadged devices name who sells them; Dahua's own say `Private` or `General`."""
    said = clean(vendor)
    return "Dahua" if not said or said.lower() in _OWN_NAMES else said


def _kind(model: str, device_type: str, is_recorder: bool | None) -> DeviceKind:
    for pattern, kind in _KINDS:
        if pattern.search(model):
            return kind
    if is_recorder or device_type.isdigit():
        return DeviceKind.RECORDER  # only recorders give a number as their type
    return DeviceKind.OTHER if is_recorder is None else DeviceKind.CAMERA
