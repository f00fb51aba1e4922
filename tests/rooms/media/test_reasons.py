"""Whatever is wrong with a camera is told in the right words and in time, whoever records it.

All cases run at once, each against an address of its own, and each test looks at one of them.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from string import Formatter
from typing import Any
from uuid import uuid4

import pytest

from sereno.media.contract import Event, Failed, Noticed, RunEnded, StreamTask
from sereno.media.rtsp.session import Patience
from sereno.policy.reason_entry import LIMIT_SECONDS, Wait
from sereno.policy.reason_list import REASONS
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer
from sereno.wire.reports import ReasonReport

from .camera import PASSWORD, USER, Told
from .recording import recording

PATIENCE = Patience(connect_seconds=4, reply_seconds=4, silence_seconds=4, datagram_seconds=2)
# A busy machine's; what nobody ends would go on for minutes. The promise is 5: `bench reasons`.
GRACE_SECONDS = 30.0
MOST_AT_ONCE = 8
BOTH = ("native", "ffmpeg")
SMALL = Picture(160, 90, 100_000)
LIMITS = {
    Wait.NOTHING: 0.0,
    Wait.CONNECTION: PATIENCE.connect_seconds,
    Wait.ANSWER: PATIENCE.connect_seconds + PATIENCE.reply_seconds,
    Wait.PICTURE: PATIENCE.connect_seconds + PATIENCE.reply_seconds + PATIENCE.silence_seconds,
}


@dataclass(frozen=True)
class Row:
    """One thing that is wrong, and the key by which it must be told.

    `quirks` and `camera` make the simulated camera, `server` says which it stands on, `task` is
    what differs in the order. `after_seconds` pass before anything is wrong. `tells` is the kind
    of event that must say so.
    """

    key: str
    quirks: tuple[str, ...] = ()
    camera: dict[str, Any] = field(default_factory=dict)
    task: dict[str, Any] = field(default_factory=dict)
    server: str = "open"
    params: dict[str, str] = field(default_factory=dict)
    after_seconds: float = 0.0
    tells: type[Event] = Failed
    engines: tuple[str, ...] = BOTH


def row(name: str, key: str, *quirks: str, **more: Any) -> Any:
    made = Row(key, quirks, **more)
    return pytest.param(made, id=name, marks=pytest.mark.provokes(key))


def with_password(password: str = PASSWORD) -> dict[str, Any]:
    return {"username": USER, "password": password}


ROWS = [
    row("a name that nobody knows", "name_unknown", task={"address": "rtsp://no-camera.invalid/1"}),
    row("an address without a way", "unreachable", task={"address": "rtsp://239.255.255.250/1"}),
    row("a closed port", "refused", server="closed"),
    row("an address where nobody answers", "timed_out", server="black hole"),
    row("silence after connecting", "no_answer", "no-reply", params={"seconds": "4"}),
    row("silence where a password is known", "no_answer", "no-reply", task=with_password()),
    row("a certificate of its own", "tls_untrusted", server="encrypted"),
    row("encryption on a plain port", "tls_failed", server="plain as if encrypted"),
    row("a wrong password", "unauthorized", server="guarded", task=with_password("wrong")),
    row("no password", "unauthorized", server="guarded"),
    row("a locked account", "account_locked", "account-locked=90", task=with_password(),
        params={"wait": "2 min"}),
    row("a locked account, no password", "account_locked", "account-locked"),
    row("a password in clear text", "auth_unsafe", server="basic", task=with_password()),
    row("a missing right", "forbidden", "describe-status=403"),
    row("a wrong path", "no_such_stream", "describe-status=404"),
    row("a bad request", "bad_request", "describe-status=400", params={"status": "400"}),
    row("no such range", "bad_request", "play-status=457", params={"status": "457"}),
    row("an option not supported", "bad_request", "play-status=551", params={"status": "551"}),
    row("no TCP, no UDP, nothing", "transport_refused", "setup-status=461"),
    row("TCP alone, where UDP is wanted", "transport_refused", "tcp-only",
        task={"transport": "udp"}),
    row("UDP in answer to TCP", "transport_refused", "wrong-transport", task={"transport": "tcp"}),
    row("no bandwidth to set up", "session_limit", "setup-status=453"),
    row("no bandwidth to play", "session_limit", "play-status=453", params={"status": "453"}),
    row("503 about sessions", "session_limit", "too-many-viewers", params={"status": "503"}),
    row("503", "device_busy", "describe-status=503", params={"status": "503"}),
    row("500", "device_error", "setup-status=500", params={"status": "500"}),
    row("a session that is gone", "session_ended", "play-status=454", params={"status": "454"}),
    row("a camera that hangs up", "camera_closed", "hangs-up"),
    row("a web server", "garbled", server="web"),
    row("a codec of the maker's own", "codec_unknown", "unknown-codec"),
    row("sound alone", "no_video", "no-video", camera={"sound": "aac"}),
    row("nothing after PLAY", "no_picture", "no-media"),
    # Of these ffmpeg has no words: it goes round, or sees that nothing comes any more.
    row("redirects without end", "device_error", "redirect-loop", engines=("native",)),
    row("a goodbye of the server", "session_ended", "teardown-by-server=1.5", after_seconds=1.5,
        engines=("native",)),
    row("a goodbye in the media", "session_ended", "bye=1.5", after_seconds=1.5,
        engines=("native",)),
    row("a connection that is cut", "camera_closed", "codec-change=1.5", after_seconds=1.5),
    row("nothing any more", "no_picture", "stall-after=1.5", after_seconds=1.5),
    row("sound of the maker's own", "sound_dropped", "unknown-sound", camera={"sound": "aac"},
        tells=Noticed, after_seconds=2.0),
    row("another size", "format_changed", "sets-change=1.2", tells=RunEnded, after_seconds=4.0),
    row("a clock that jumps", "camera_clock_stepped", "rtp-jump=2", tells=RunEnded,
        after_seconds=4.0),
    row("a clock that is wrong", "camera_clock_behind", "sr-offset=37", tells=Noticed,
        after_seconds=1.0, engines=("native",)),
]  # fmt: skip
CASES = [
    pytest.param(engine, *each.values, id=f"{each.id}, {engine}", marks=each.marks)
    for each in ROWS
    for engine in each.values[0].engines
]


@dataclass(frozen=True)
class Outcome:
    """What was told, after how many seconds."""

    reason: ReasonReport
    seconds: float


class Scene:
    """The addresses of all cases: each on a host of its own, as real cameras are."""

    def __init__(self, folder: Path, rows: list[Row]) -> None:
        self._folder = folder
        self._rows = rows
        self._servers: dict[str, SimServer] = {}
        self._ports: dict[str, int] = {}
        self._hosts = (f"127.0.1.{number}" for number in count(1))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Scene]:
        async with AsyncExitStack() as stack:
            for name, changes in {
                "open": {},
                "guarded": {"user": USER, "password": PASSWORD},
                "basic": {"user": USER, "password": PASSWORD, "auth": ("basic",)},
                "encrypted": {"has_tls": True},
                "web": {"quirks": frozenset({"http-on-port"})},
            }.items():
                config = self._config(name, changes)
                self._servers[name] = await stack.enter_async_context(SimServer(config))
            self._ports["closed"] = stack.enter_context(closed_port())
            self._ports["black hole"] = stack.enter_context(black_hole())
            yield self

    def _config(self, name: str, changes: dict[str, Any]) -> SimConfig:
        cameras = tuple(
            CameraSpec(f"{number}", "entrance", quirks=frozenset(each.quirks), **each.camera)
            for number, each in enumerate(self._rows)
            if each.server == name
        )
        return SimConfig(
            self._folder / "cache", cameras or (CameraSpec("spare", "entrance"),), host="0.0.0.0",  # noqa: S104
            main=SMALL, sub=Picture(96, 64, 60_000), loop_seconds=2, key_seconds=0.4, **changes,
        )  # fmt: skip

    def address(self, each: Row) -> str:
        host = next(self._hosts)
        if each.server in self._ports:
            return f"rtsp://127.0.0.1:{self._ports[each.server]}/1"
        if each.server == "plain as if encrypted":
            return f"rtsps://{host}:{self._servers['open'].port}/cam/1/main"
        server = self._servers[each.server]
        number = [one for one in self._rows if one.server == each.server].index(each) + 1
        scheme = "rtsps" if each.server == "encrypted" else "rtsp"
        return server.address(number, "main", scheme).replace("127.0.0.1", host)

    async def outcome(self, engine: str, each: Row) -> Outcome:
        """Record until it is told what is wrong, or something else is."""
        values = {
            "camera_id": uuid4(), "stream": "main", "address": self.address(each),
            "engine": engine, "footage_dir": str(self._folder / uuid4().hex),
            "records_sound": "sound" in each.camera,
        }  # fmt: skip
        told, loop = Told(), asyncio.get_running_loop()
        began = loop.time()
        async with recording(StreamTask.model_validate(values | each.task), told, PATIENCE):
            await told.until(lambda: _reason_in(told, each) is not None)
            reason = _reason_in(told, each)
        assert reason is not None
        return Outcome(reason, loop.time() - began - each.after_seconds)


def _reason_in(told: Told, each: Row) -> ReasonReport | None:
    """The first failure, or what was waited for."""
    for event in told.events:
        if isinstance(event, each.tells | Failed):
            reason: ReasonReport = event.reason
            if isinstance(event, Failed) or reason.key == each.key:
                return reason
    return None


@contextmanager
def closed_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@contextmanager
def black_hole() -> Iterator[int]:
    """A port where the kernel drops whoever knocks, for nobody lets in those before."""
    with socket.socket() as door, socket.socket() as first, socket.socket() as second:
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(door.getsockname())
        yield door.getsockname()[1]


Outcomes = dict[tuple[str, int], Outcome | Exception]


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What came of all cases that are wanted, run at once."""
    wanted = [
        (item.callspec.params["engine"], item.callspec.params["each"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test_it_is_told.__name__
    ]
    return asyncio.run(run_all(tmp_path_factory.mktemp("reasons"), wanted))


async def run_all(folder: Path, wanted: list[tuple[str, Row]]) -> Outcomes:
    rows = list({id(each): each for _, each in wanted}.values())
    turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def run(scene: Scene, engine: str, each: Row) -> Outcome:
        async with turn:
            return await scene.outcome(engine, each)

    async with Scene(folder, rows).open() as scene:
        found = await asyncio.gather(
            *(run(scene, engine, each) for engine, each in wanted), return_exceptions=True
        )
    keys = [(engine, id(each)) for engine, each in wanted]
    return dict(zip(keys, found, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(("engine", "each"), CASES)
def test_it_is_told(outcomes: Outcomes, engine: str, each: Row) -> None:
    found = outcomes[engine, id(each)]
    if isinstance(found, Exception):
        raise found
    reason = found.reason
    assert reason.key == each.key, reason
    assert reason.params.items() >= each.params.items()
    assert found.seconds <= LIMITS[REASONS[each.key].wait] + GRACE_SECONDS
    named = {name for _, name, _, _ in Formatter().parse(REASONS[each.key].words.en) if name}
    assert named <= reason.params.keys()
    assert PASSWORD not in reason.raw + str(reason.params)


def test_the_limits_that_are_told_are_those_that_are_kept() -> None:
    patience = Patience()
    assert patience.connect_seconds == LIMIT_SECONDS[Wait.CONNECTION]
    assert patience.reply_seconds == LIMIT_SECONDS[Wait.ANSWER]
    assert patience.silence_seconds == LIMIT_SECONDS[Wait.PICTURE]
