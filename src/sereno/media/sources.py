"""A connection to a camera, by the engine that was chosen."""

from __future__ import annotations

from collections.abc import Callable

from sereno.media.contract import StreamTask
from sereno.media.engines import FFMPEG, Choice
from sereno.media.ffmpeg.argv import Plan
from sereno.media.ffmpeg.source import FfmpegSource
from sereno.media.rtsp.doorway import Doorway
from sereno.media.rtsp.receivers import Encode
from sereno.media.rtsp.replay_time import OnTime
from sereno.media.rtsp.session import Patience, Session
from sereno.media.sink import Source


def new_source(
    task: StreamTask,
    choice: Choice,
    now_us: Callable[[], int],
    patience: Patience | None = None,
    plan: Plan | None = None,
    encode: Encode | None = None,
    on_command: Callable[[str], None] | None = None,
    redirect: str = "",
    doorway: Doorway | None = None,
    on_time: OnTime | None = None,
) -> Source:
    """A source for one session. `plan` is how ffmpeg was asked the last time; `on_command` gets
    each command of ffmpeg that is started, for people; `redirect` is where the server sent the
    session before; `doorway` is told what others may want to know, and `on_time` when footage was
    recorded, where the engine learns it."""
    if choice.engine == FFMPEG:
        wish = choice.remembered_transport if task.transport == "auto" else task.transport
        return FfmpegSource(
            task, now_us=now_us, transport=wish, patience=patience, plan=plan,
            on_command=on_command,
        )  # fmt: skip
    return Session(
        task.address,
        task.username,
        task.password.get_secret_value(),
        now_us=now_us,
        patience=patience,
        wanted=task.transport,
        remembered=choice.remembered_transport,
        records_sound=task.records_sound,
        encode=encode,
        redirect=redirect,
        doorway=doorway,
        play_headers=task.past.headers if task.past is not None else None,
        on_time=on_time,
    )
