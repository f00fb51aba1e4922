"""Nodes as the hub knows them, and a time that passes only when told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.conftest import Program

from sereno.enforcer.rules_leases import LEASE_SECONDS, MARGIN_SECONDS, Moment
from sereno.sites.models import Node

FREE_AFTER = LEASE_SECONDS + MARGIN_SECONDS


class Time:
    """The hub's time; it passes only when told to."""

    def __init__(self) -> None:
        self.moment = Moment(datetime.now(UTC), 5000.0, "this boot")

    def pass_(self, seconds: float) -> None:
        self.moment = self.moment.later(seconds)

    def set_clock(self, seconds: float) -> None:
        now = self.moment.now + timedelta(seconds=seconds)
        self.moment = Moment(now, self.moment.boot_seconds, self.moment.boot_id)

    def reboot(self, uptime_seconds: float) -> None:
        self.moment = Moment(self.moment.now, uptime_seconds, "next boot")


class Box:
    """A node as the hub knows it: it says what it holds, and keeps what it is answered."""

    def __init__(self, node: Node, token: str, time: Time) -> None:
        self.node, self.time = node, time
        self.boot_id = str(uuid4())
        self.call = Program(token)
        self.held: dict[str, int] = {}
        self.to_release: dict[str, str] = {}
        self.etag = ""

    def beat(self, **more: Any) -> dict[str, int]:
        """One heartbeat; what the node holds after it."""
        now = self.time.moment.now
        body = {
            "boot_id": self.boot_id,
            "version": "0.1.0",
            "sent_at": now.isoformat(),
            "started_at": now.isoformat(),
            "ntp": {"is_synchronised": True},
            "media_address": "unix:/run/node.sock",
            "orders_etag": self.etag,
            "leases": self.held,
            **more,
        }
        answer = self.call("POST", "node/heartbeat", body)
        assert answer.status_code == 200, answer.content
        told = answer.json()["leases"]
        assert all(lease["seconds"] == LEASE_SECONDS for lease in told.values())
        self.held = {camera: lease["number"] for camera, lease in told.items()}
        self.to_release = answer.json()["to_release"]
        assert not self.held.keys() & self.to_release.keys()
        return self.held

    def give_up(self) -> dict[str, int]:
        """Say that what it was asked to release is written no more; what it holds after it."""
        return self.beat(released=self.to_release)

    def fetch(self) -> dict[str, bool]:
        """Take its orders; which of its cameras need a lease."""
        answer = self.call("GET", "node/orders")
        self.etag = answer["ETag"]
        return {each["camera_id"]: each["needs_lease"] for each in answer.json()["cameras"]}
