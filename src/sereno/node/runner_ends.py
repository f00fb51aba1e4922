"""Why a runner ended that nobody had asked to."""

from __future__ import annotations

import signal

from sereno.node.runner_process import exit_in_words
from sereno.wire.reports import ReasonReport


def end_reason(status: int, new_oom_kills: int) -> ReasonReport:
    """What an exit status means, negative for a signal, where so many processes were killed for
    want of memory in the runner's lifetime."""
    if status == -signal.SIGKILL and new_oom_kills > 0:
        return ReasonReport(key="runner_out_of_memory")
    return ReasonReport(key="runner_died", params={"how": exit_in_words(status)})
