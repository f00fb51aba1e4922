"""What is wrong with devices: how they are reached, their disks, clocks and channels; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from sereno.base.errors import Words
from sereno.health.facts import CameraFact, DeviceFact, Facts, Problem, Subject
from sereno.health.kinds import KINDS
from sereno.health.wording import filled
from sereno.policy.reason_entry import Retry
from sereno.policy.reasons import Reason

LARGEST_CLOCK_OFFSET_SECONDS = 30.0
MOST_CHANNELS_NAMED = 5
# By a device's state: what fails of its cameras for the same cause.
_SAME_CAUSE = {
    "offline": frozenset({Retry.NETWORK}),
    "refused": frozenset({Retry.NEVER, Retry.LOCKED}),
    "locked": frozenset({Retry.NEVER, Retry.LOCKED}),
}
_STATES = ("offline", "refused", "locked", "other_device")
_DISKS = ("failing", "unformatted", "read_only")
_OF_DEVICE = Words("{device}: {text}", "{device}: {text}")

Failure = tuple[CameraFact, Reason]


def device_problems(
    facts: Facts, cut_off: Collection[UUID], failures: Iterable[Failure]
) -> Iterator[Problem]:
    """What is wrong with each device; nothing of one whose node is away is judged.

    `cut_off`: nodes that reach nothing, which explains what they do not reach. `failures`: cameras
    that fail, and why.
    """
    failures = list(failures)
    for device in facts.devices:
        if device.state in ("node_offline", "not_assigned"):
            continue
        if device.state in _STATES:
            if device.state != "offline" or device.node_id not in cut_off:
                yield _state(device, failures)
            continue  # the rest is what was true once
        yield from _disks(device)
        yield from _clock(device)
        yield from _channels(device)


def explains(device: DeviceFact | None, reason: Reason) -> bool:
    """Whether a device's state is why one of its cameras fails."""
    return device is not None and reason.retry in _SAME_CAUSE.get(device.state, ())


def _state(device: DeviceFact, failures: Iterable[Failure]) -> Problem:
    own = {each.id for each in device.cameras}
    hurt = {
        camera.id: camera
        for camera, reason in failures
        if camera.id in own and explains(device, reason)
    }
    cameras = tuple(sorted(hurt.values(), key=lambda each: (each.name, each.id)))
    key = f"device_{device.state.removesuffix('_device')}"
    told, kind = device.reason, KINDS[key]
    words = told.what() if told else kind.words
    return Problem(
        key=key,
        severity=kind.severity,
        subject=_subject(device),
        since=device.since,
        words=filled(_OF_DEVICE, device=device.name, text=words),
        advice=told.advice() if told else kind.advice,
        raw=told.raw if told else "",
        cameras=cameras,
        site=device.site,
        link=_link(device),
    )


def _disks(device: DeviceFact) -> Iterator[Problem]:
    for disk in device.disks:
        if disk.state in _DISKS:
            yield _problem(device, f"device_disk_{disk.state}", part=disk.id, disk=disk.name)


def _clock(device: DeviceFact) -> Iterator[Problem]:
    offset = device.clock_offset_seconds or 0.0
    if abs(offset) > LARGEST_CLOCK_OFFSET_SECONDS:
        yield _problem(device, "device_clock", time=_duration(abs(offset)))


def _duration(seconds: float) -> str:
    """In no language: `45 s`, `12 min`, `5 h`, `3 d`."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _channels(device: DeviceFact) -> Iterator[Problem]:
    """Those of which people made cameras; what was never used may go."""
    gone = device.missing_channels
    if gone:
        names = ", ".join(gone[:MOST_CHANNELS_NAMED])
        more = ", …" if len(gone) > MOST_CHANNELS_NAMED else ""
        yield _problem(device, "device_channels_missing", channels=names + more)


def _problem(device: DeviceFact, key: str, *, part: str = "", **params: object) -> Problem:
    kind, known = KINDS[key], {"device": device.name} | params
    subject = _subject(device)
    return Problem(
        key=key,
        severity=kind.severity,
        subject=Subject(subject.kind, f"{subject.id} {part}".rstrip(), subject.name),
        since=None,
        words=filled(kind.words, **known),
        advice=filled(kind.advice, **known),
        site=device.site,
        link=_link(device),
    )


def _subject(device: DeviceFact) -> Subject:
    return Subject("device", str(device.id), device.name)


def _link(device: DeviceFact) -> str:
    return f"/devices/{device.id}"
