"""A diagnosis by Sereno's own engine: the recorder's RTSP session, step by step."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sereno.base.tasks import until_first
from sereno.media.contract import StreamTask
from sereno.media.diagnosis.dialogue import WatchedDialogue
from sereno.media.diagnosis.findings import Findings
from sereno.media.diagnosis.gauge import Gauge
from sereno.media.diagnosis.watching import Watcher
from sereno.media.doors import Door, Doors
from sereno.media.faults import StreamFault
from sereno.media.rtsp.addresses import Address
from sereno.media.rtsp.dialogue import Dialogue, Patience
from sereno.media.rtsp.session import NewDialogue, Session
from sereno.policy.reasons import Reason

STEPS = ("name", "tcp", "options", "describe", "setup", "play", "first_packet", "first_key",
         "key_interval", "codec", "delivery", "sound", "clock")  # fmt: skip
"""Of a stream over RTSP; an encrypted one has `tls` besides."""

_DATAGRAMS = ("udp", "multicast")


@dataclass(slots=True)
class NativeTry:
    """One session. `run` raises StreamFault."""

    watcher: Watcher
    patience: Patience
    doors: Doors
    _dialogue: WatchedDialogue | None = field(default=None, init=False)

    async def run(self) -> None:
        """Play, and look on until there is nothing more to learn."""
        watcher, findings = self.watcher, self.watcher.findings
        async with (
            door_of(watcher.task, self.doors) as door,
            new_session(
                watcher.task, watcher.gauge, self.patience, door, self._new_dialogue
            ) as session,
        ):
            await session.play(watcher.gauge)
            if self._dialogue is not None and self._dialogue.shows_password:
                findings.advise("describe", Reason("password_in_clear"))
            if watcher.task.transport == "auto" and session.transport in _DATAGRAMS:
                findings.advise("setup", Reason("tcp_refused"))
            await until_first(session.watch(), self._look_on(session))

    async def _look_on(self, session: Session) -> None:
        await self.watcher.first_packet(lambda: session.packet_count)
        await self.watcher.pictures()

    def _new_dialogue(
        self, address: Address, username: str, password: str, patience: Patience, redirect: str = ""
    ) -> Dialogue:
        self._dialogue = WatchedDialogue(
            address, username, password, patience, redirect, findings=self.watcher.findings
        )
        return self._dialogue


def door_of(task: StreamTask, doors: Doors) -> Door:
    """The way in: a device is dialled, and credentials are tried, as recordings do."""
    return doors.door(task.address, task.username, task.password.get_secret_value())


def new_session(
    task: StreamTask,
    gauge: Gauge,
    patience: Patience,
    door: Door,
    new_dialogue: NewDialogue = Dialogue,
) -> Session:
    """The recorder's session, played to a gauge."""
    return Session(
        task.address,
        task.username,
        task.password.get_secret_value(),
        now_us=gauge.now_us,
        patience=patience,
        wanted=task.transport,
        records_sound=task.records_sound,
        encode=gauge.encode,
        doorway=door,
        new_dialogue=new_dialogue,
    )


def step_at_fault(findings: Findings, reason: Reason) -> str:
    """The step that a fault ended."""
    if reason.key == "no_picture" and findings.running == "play":
        findings.begin("first_packet")  # while other transports are left, a session waits in PLAY
    if findings.running:
        return findings.running
    # Without a name the address was none; behind DESCRIBE the description may be of no use.
    return "describe" if findings.verdict("name") else "name"


async def comes_by_tcp(task: StreamTask, gauge: Gauge, patience: Patience, doors: Doors) -> bool:
    """Whether a stream that did not come by datagrams does come over TCP."""
    if task.transport not in _DATAGRAMS:
        return False
    by_tcp = task.model_copy(update={"transport": "tcp"})
    try:
        async with (
            asyncio.timeout(patience.datagram_seconds * 2),
            door_of(by_tcp, doors) as door,
            new_session(by_tcp, gauge, patience, door) as session,
        ):
            await session.play(gauge)
            await until_first(session.watch(), gauge.news.wait())
    except (StreamFault, TimeoutError):
        return False
    return True
