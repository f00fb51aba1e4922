"""A second network on this machine, whose only cable can be cut; needs root and iproute2."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Cable:
    """From `here`, where it has two addresses, to the namespace `name`."""

    name: str
    here: tuple[str, str]

    @property
    def prefix(self) -> tuple[str, ...]:
        """What lets a command run at the other end."""
        return ("ip", "netns", "exec", self.name)

    def cut(self, host: str) -> None:
        """One of the two addresses is not reached any more, and nobody is told."""
        _ip("-n", self.name, "route", "add", "blackhole", host)

    def mend(self, host: str) -> None:
        _ip("-n", self.name, "route", "del", "blackhole", host)


@contextmanager
def cable(name: str, network: str) -> Iterator[Cable]:
    """A cable to a new namespace in `network`, such as 10.213.77; skips where it cannot be made."""
    laid = Cable(name, (f"{network}.1", f"{network}.2"))
    device = f"s{network.rpartition('.')[2]}"
    with suppress(OSError, subprocess.CalledProcessError):
        _ip("netns", "del", name)  # left by a run that was killed
    try:
        _ip("netns", "add", name)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("network namespaces need root and iproute2")
    try:
        _ip(*f"link add {device}a type veth peer name {device}b netns {name}".split())
        for host in laid.here:
            _ip("addr", "add", f"{host}/24", "dev", f"{device}a")
        _ip("link", "set", f"{device}a", "up")
        _ip("-n", name, "addr", "add", f"{network}.9/24", "dev", f"{device}b")
        for each in ("lo", f"{device}b"):
            _ip("-n", name, "link", "set", each, "up")
        yield laid
    finally:
        _ip("netns", "del", name)  # the cable goes with it


def _ip(*arguments: str) -> None:
    subprocess.run(("ip", *arguments), check=True, capture_output=True)
