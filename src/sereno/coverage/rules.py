"""What a camera's promise became, in sums; and which broken promises are worth an alarm; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from sereno.base.spans import Span, total
from sereno.policy.gaps import Gap, Timeline
from sereno.policy.local_days import wall_time
from sereno.policy.reasons import Reason

PAUSED = "paused"
# Why a node rests. Where something was promised, it can only have been by older orders.
_RESTS = frozenset({"not_scheduled", "holiday"})


@dataclass(frozen=True, slots=True)
class Cause:
    """How long a reason kept something from being recorded.

    Of the reason's parameters, those that are the same for all of that time.
    """

    reason: Reason
    seconds: float


@dataclass(frozen=True, slots=True)
class Sums:
    """Seconds promised, recorded of them, not reported yet, and missing, the worst cause first.

    Promised = covered + unreported + all causes.
    """

    promised_seconds: float = 0.0
    covered_seconds: float = 0.0
    unreported_seconds: float = 0.0
    causes: tuple[Cause, ...] = ()

    @property
    def percent(self) -> float | None:
        """How much was recorded of what was promised and reported; None where that is nothing."""
        known = self.promised_seconds - self.unreported_seconds
        return 100 * self.covered_seconds / known if known > 0 else None


def as_ordered(gap: Gap, time_zone: str) -> Gap:
    """`gap` with its true cause: a node that rested through a promise had not heard of it yet.

    It was asked for when the gap begins, told by the clock of the site, and heard when it ends.
    """
    if gap.reason.key not in _RESTS:
        return gap
    asked = wall_time(gap.span.start, time_zone).isoformat(" ", "seconds")
    seconds = f"{gap.span.duration.total_seconds():.1f}"
    return Gap(gap.span, Reason("order_heard_late", {"time": asked, "seconds": seconds}))


def sums_of(promises: Iterable[Span], found: Timeline) -> Sums:
    """The sums of one camera. `promises` are what `found` was made from, inside its window."""
    causes = _causes((gap.reason, gap.span.duration.total_seconds()) for gap in found.gaps)
    promised = total(promises).total_seconds()
    unreported = total(found.unreported).total_seconds()
    covered = promised - unreported - sum(cause.seconds for cause in causes)
    return Sums(promised, max(0.0, covered), unreported, causes)


def together(each: Iterable[Sums]) -> Sums:
    """The sums of several cameras."""
    each = list(each)
    causes = _causes((cause.reason, cause.seconds) for sums in each for cause in sums.causes)
    return Sums(
        sum(sums.promised_seconds for sums in each),
        sum(sums.covered_seconds for sums in each),
        sum(sums.unreported_seconds for sums in each),
        causes,
    )


def _causes(told: Iterable[tuple[Reason, float]]) -> tuple[Cause, ...]:
    seconds: dict[str, float] = defaultdict(float)
    params: dict[str, dict[str, str]] = {}
    for reason, lasted in told:
        seconds[reason.key] += lasted
        common = params.setdefault(reason.key, dict(reason.params))
        for name in [name for name, text in common.items() if reason.params.get(name) != text]:
            del common[name]
    worst_first = sorted(seconds, key=lambda key: (-seconds[key], key))
    return tuple(Cause(Reason(key, params[key]), seconds[key]) for key in worst_first)


@dataclass(frozen=True, slots=True)
class Break:
    """A promise that was broken from `since` on; `ended_at` None while it is."""

    since: datetime
    ended_at: datetime | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at a camera's gaps found.

    Of a break that was open: when it ended, if it has, or why it goes on. `breaks` are new ones.
    The next look begins at `through`.
    """

    through: datetime
    open_ended_at: datetime | None = None
    open_reason: Reason | None = None
    breaks: tuple[Break, ...] = ()


def judge(gaps: Iterable[Gap], window: Span, alarm_after: timedelta, *, is_open: bool) -> Verdict:
    """Look at a camera's gaps in `window`, of which all is reported.

    `is_open`: a break was open when the window began. A pause breaks no promise. A break that
    reaches the window's end and is too short so far is looked at again, from its start.
    """
    broken = _broken(gaps)
    ended_at, reason = window.start if is_open else None, None
    if is_open and broken and broken[0].span.start == window.start:
        first = broken.pop(0)
        reason = first.reason
        ended_at = first.span.end if first.span.end < window.end else None
    through = window.end
    if broken and broken[-1].span.end == window.end and not _is_long(broken[-1], alarm_after):
        through = broken[-1].span.start
    breaks = tuple(
        Break(each.span.start, each.span.end if each.span.end < window.end else None, each.reason)
        for each in broken
        if _is_long(each, alarm_after)
    )
    return Verdict(through, ended_at, reason, breaks)


def _is_long(broken: Gap, alarm_after: timedelta) -> bool:
    return broken.span.duration >= alarm_after


def _broken(gaps: Iterable[Gap]) -> list[Gap]:
    """Gaps that follow one another as one, with the cause that took longest; without pauses."""
    rows: list[list[Gap]] = []
    for gap in sorted(gaps, key=attrgetter("span")):
        if gap.reason.key == PAUSED:
            continue
        if rows and rows[-1][-1].span.end == gap.span.start:
            rows[-1].append(gap)
        else:
            rows.append([gap])
    return [Gap(Span(row[0].span.start, row[-1].span.end), _longest(row)) for row in rows]


def _longest(row: Iterable[Gap]) -> Reason:
    return max(row, key=attrgetter("span.duration")).reason
