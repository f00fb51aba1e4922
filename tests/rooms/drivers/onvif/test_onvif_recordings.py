"""What real devices answered, in a folder that a person names: each is understood, or refused in
words."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from sereno.drivers.errors import DeviceError
from sereno.drivers.onvif.tree import read_body

from .device import Device, Says

_SERVICES = {
    "device_management": "device",
    "device": "device",
    "media": "media",
    "media1": "media",
    "media2": "media2",
    "events": "events",
    "recordings": "recording",
}


def recordings() -> list[Path]:
    folder = Path(os.environ.get("SERENO_TEST_RECORDINGS", "")) / "onvif"
    if not os.environ.get("SERENO_TEST_RECORDINGS") or not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if each.is_dir())


FOLDERS = recordings()
needs_recordings = pytest.mark.skipif(
    not FOLDERS, reason="SERENO_TEST_RECORDINGS names no folder with recordings of devices"
)


def answers_in(folder: Path) -> dict[str, Says]:
    """What a device answered, by operation and service, however the files are called."""
    found: dict[str, Says] = {}
    for path in sorted(folder.glob("*.xml")):
        service, _, name = path.stem.rpartition(".")
        name = name.removesuffix("Response")
        if re.fullmatch(r"[a-z_0-9]+", name):
            name = "".join(word.capitalize() for word in name.split("_"))
        key = f"{name}@{_SERVICES[service]}" if service in _SERVICES else name
        found[key] = path.read_bytes()
    return found


@needs_recordings
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
async def test_a_recorded_device_is_understood_or_refused_in_words(folder: Path) -> None:
    answers = answers_in(folder)
    device = Device(answers, lets="all")
    if not any(name.startswith("GetDeviceInformation") for name in answers):
        del device.answers["GetDeviceInformation"]
    async with device.driver() as driver:
        try:
            identity = await driver.identify()
            assert identity.maker or identity.model or identity.serial
            for channel in await driver.channels():
                for stream in channel.streams:
                    assert stream.address.startswith("rtsp://127.0.0.1:")
                    assert not re.search(r"\s|@", stream.address)
        except DeviceError as error:
            words = error.reason.words()
            assert words.es and words.en


@needs_recordings
def test_every_recorded_answer_is_read_or_refused_in_words() -> None:
    bodies = [path.read_bytes() for folder in FOLDERS for path in folder.glob("*.xml")]
    refused = 0
    for body in bodies:
        try:
            assert read_body(body).name
        except DeviceError as error:
            assert error.reason.words().es
            refused += 1
    assert refused < len(bodies) / 50
