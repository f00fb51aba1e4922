"""What must be there before a node starts: its folders, its key, its hub's address."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet

from sereno.box.files import write_atomic
from sereno.box.paths import DataDir
from sereno.box.settings import Settings


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
