"""Where the running box is reached: `up` writes it, the commands on this machine read it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from sereno.box.files import write_atomic
from sereno.box.paths import DataDir
from sereno.box.settings import Settings


@dataclass(frozen=True, slots=True)
class Address:
    """`url` is for programs here, `public_url` for people, `ca_file` knows the certificate."""

    url: str
    public_url: str
    ca_file: str | None
    pid: int


def write_address(settings: Settings) -> None:
    """Tell the commands on this machine where the port of this process's box is."""
    ca_file = str(settings.ca_file) if settings.ca_file else None
    address = Address(settings.local_url, settings.public_url, ca_file, os.getpid())
    write_atomic(settings.data_dir.address_file, json.dumps(asdict(address)) + "\n")


def read_address(data: DataDir) -> Address | None:
    """Where the box of this data folder is; None when none runs."""
    try:
        text = data.address_file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Address(**json.loads(text))
