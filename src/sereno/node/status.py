"""What is told of one stream."""

from __future__ import annotations

from typing import NamedTuple

from sereno.base.clock import from_us
from sereno.node.beats import Facts
from sereno.node.effective import effective_args
from sereno.node.stream_book import StreamBook
from sereno.node.supervisor import Carried
from sereno.node.wishes import Rest, Wish
from sereno.wire.reports import AnalysisStatus, ReasonReport, StreamStatus


class View(NamedTuple):
    """All that is known of an ordered stream; `carried` None: it does not run, by order."""

    book: StreamBook
    aim: Wish | Rest
    carried: Carried | None
    notices: tuple[ReasonReport, ...] = ()
    analysis: AnalysisStatus | None = None


def facts_of(view: View) -> Facts:
    """What has not changed need not be told again soon; measures alone are no change."""
    book, aim, carried, notices, analysis = view
    condition = book.condition
    slot = carried.slot if carried else None
    return (
        book.state, book.reason, condition.next_try_us, book.started, condition.last_error,
        book.notices,
        book.starts, book.last_exit, book.ffmpeg_command, book.probe, book.memory, notices,
        aim.manner.hb_interval,
        carried and (carried.wish, carried.is_pending),
        slot and (slot.runner, len(slot.given)),
        analysis and (analysis.state, analysis.reason, analysis.pid, analysis.hwaccel,
                      analysis.hwaccel_reason),
    )  # fmt: skip


def status_of(view: View) -> StreamStatus:
    """The stream's state and its runner's, as it travels."""
    book, aim, carried, notices, analysis = view
    wish = carried.wish if carried else None
    slot = carried.slot if carried else None
    runner = slot.runner if slot else None
    nice, cpus = runner.priority() if runner else (None, ())
    started, condition, measures = book.started, book.condition, book.measures
    return StreamStatus(
        camera_id=book.key.camera_id,
        stream=book.key.stream,
        state=condition.state,
        since=from_us(condition.since_us),
        reason=condition.reason,
        next_try=None if condition.next_try_us is None else from_us(condition.next_try_us),
        engine=started.engine if started else "native",
        engine_reason=book.memory.reason if book.memory else None,
        transport=started.transport if started else "tcp",
        codec=started.codec if started else "",
        sound=started.sound if started else "",
        width=started.width if started else 0,
        height=started.height if started else 0,
        pid=runner.pid if runner else None,
        effective_args=effective_args(book, wish),
        ffmpeg_args=book.ffmpeg_command if wish else "",
        bitrate_bps=measures.bitrate_bps,
        fps=measures.fps,
        clock=started.clock if started else "",
        lost_packets=measures.lost_packets,
        notices=(*book.notices, *notices),
        newest_at=None if book.newest_us is None else from_us(book.newest_us),
        profile=wish.profile if wish else "",
        profile_version=wish.version if wish else "",
        is_pending=carried is not None and carried.is_pending,
        last_error=condition.last_error,
        started_at=slot.started_at if slot else None,
        restarts=max(book.starts - 1, 0),
        last_exit=book.last_exit,
        shared_by=len(slot.given) if slot and runner else 0,
        nice=nice,
        cpu_affinity=cpus,
        fragments_per_second=measures.fragments_per_second,
        advertised_fps=started.advertised_fps if started else 0.0,
        key_interval_seconds=measures.key_interval_seconds,
        hb_interval=aim.manner.hb_interval,
        probe=book.probe,
        analysis=analysis,
    )


def is_shown(view: View) -> bool:
    """Whether the stream is anybody's business now: it runs, or rests by order."""
    return view.carried is not None or isinstance(view.aim, Rest)
