"""What a diagnosis has found so far, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sereno.base.redact import redact
from sereno.policy.diagnosis import STEP_NAMES, VerdictName
from sereno.policy.reasons import Reason
from sereno.wire.errands import LONGEST_SAW, StepReport
from sereno.wire.reports import ReasonReport

_LONGEST_RAW = 200
_ORDER = tuple(STEP_NAMES)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a step comes to."""

    verdict: VerdictName = "ok"
    saw: str = ""
    advice: tuple[Reason, ...] = ()
    reason: Reason | None = None


@dataclass(slots=True)
class _Step:
    judged: Judged
    began: float
    spent: float = 0.0


@dataclass(slots=True)
class Findings:
    """One step at a time is `running`.

    `time` counts seconds; `tell` is called at each change. Whatever `secrets` are, and whatever a
    device says beyond one line of it, comes into no report.
    """

    time: Callable[[], float]
    tell: Callable[[], None]
    secrets: tuple[str, ...] = ()
    running: str = ""
    _steps: dict[str, _Step] = field(default_factory=dict, init=False)

    def begin(self, step: str) -> None:
        """The step before was well if nobody said otherwise. One that begins again goes on."""
        if self.running:
            known = self._steps[self.running].judged
            self.end(self.running, Judged("ok", known.saw, known.advice))
        now, known_step = self.time(), self._steps.get(step)
        if known_step is None:
            self._steps[step] = _Step(Judged("running"), now)
        else:
            known_step.judged, known_step.began = Judged("running", known_step.judged.saw), now
        self.running = step
        self.tell()

    def see(self, saw: str) -> None:
        """What the running step met, which may not be its end."""
        if self.running:
            self._steps[self.running].judged = Judged("running", saw)

    def end(self, step: str, judged: Judged) -> None:
        """The step, begun or not, comes to this; what it saw before stays if it saw no more."""
        now = self.time()
        known = self._steps.setdefault(step, _Step(judged, now))
        if step == self.running:
            known.spent += now - known.began
            self.running = ""
        saw = judged.saw or known.judged.saw
        known.judged = Judged(judged.verdict, saw, judged.advice, judged.reason)
        self.tell()

    def advise(self, step: str, *advice: Reason, verdict: VerdictName = "warning") -> None:
        """Add to what a step says; one that failed stays so unless told otherwise."""
        known = self._steps[step].judged
        self.end(step, Judged(verdict, known.saw, (*known.advice, *advice), known.reason))

    @property
    def is_empty(self) -> bool:
        """Whether no step has begun."""
        return not self._steps

    def verdict(self, step: str) -> VerdictName | None:
        """What became of the step; None: it did not begin."""
        known = self._steps.get(step)
        return known.judged.verdict if known else None

    def skip(self, steps: Iterable[str]) -> None:
        """Those that did not begin will not."""
        for step in steps:
            if step not in self._steps:
                self._steps[step] = _Step(Judged("skipped"), self.time())
        self.tell()

    def reports(self) -> tuple[StepReport, ...]:
        known = sorted(self._steps, key=_ORDER.index)
        return tuple(self._report(name, self._steps[name]) for name in known)

    def _report(self, name: str, step: _Step) -> StepReport:
        judged = step.judged
        has_time = judged.verdict not in ("skipped", "running") and step.spent > 0
        return StepReport(
            step=name,
            verdict=judged.verdict,
            ms=round(step.spent * 1000, 1) if has_time else None,
            saw=self._line(judged.saw)[:LONGEST_SAW],
            reason=self._reason(judged.reason) if judged.reason else None,
            advice=tuple(map(self._reason, judged.advice)),
        )

    def _reason(self, reason: Reason) -> ReasonReport:
        params = {name: self._line(value) for name, value in reason.params.items()}
        return ReasonReport(
            key=reason.key, params=params, raw=self._line(reason.raw)[:_LONGEST_RAW]
        )

    def _line(self, text: str) -> str:
        """The first line, without secrets and without what does not print."""
        lines = redact(text, self.secrets).strip().splitlines()
        first = lines[0] if lines else ""
        return "".join(each if each.isprintable() else "·" for each in first)
