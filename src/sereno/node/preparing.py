"""What must be there before a node starts: its folders, its key, its hub's address."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet

from sereno.box.files import write_atomic
from sereno.box.paths import DataDir
from sereno.box.settings import Settings
from sereno.media.ffmpeg.program import PATH_VARIABLE
from sereno.media.rtsp.tls import CA_FILE_VARIABLE


def hub_of(settings: Settings) -> tuple[str, Path | None]:
    """The hub's address and the certificate to check it by; by default the box's own."""
    return settings.hub_url or settings.local_url, settings.ca_file


def prepare_folders(settings: Settings) -> None:
    """A node that stands alone makes its own part of the data folder, and its own key."""
    data: DataDir = settings.data_dir
    for folder in (data.footage, data.node, data.secrets, data.run, data.sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.fernet_key is None and not data.fernet_key.exists():
        write_atomic(data.fernet_key, Fernet.generate_key().decode() + "\n")


def for_runners(settings: Settings) -> dict[str, str]:
    """What runners read from the environment, which knows nothing of what stands in `.env`."""
    wanted = {PATH_VARIABLE: settings.ffmpeg, CA_FILE_VARIABLE: settings.camera_ca}
    return {name: str(path) for name, path in wanted.items() if path is not None}
