"""What is wrong: from everything that is known to one list, most severe first; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sereno.health.facts import Facts, Problem, Severity
from sereno.health.rules_cameras import camera_problems
from sereno.health.rules_hub import hub_problems
from sereno.health.rules_nodes import node_problems


def problems_of(facts: Facts, noticed: Mapping[str, datetime]) -> list[Problem]:
    """Everything that is wrong, most severe first, then oldest.

    `noticed`: when problems that do not know their own beginning were first met, by id.
    """
    found = [
        *hub_problems(facts.hub, facts.now),
        *node_problems(facts),
        *camera_problems(facts),
    ]
    dated = (
        each if each.since else replace(each, since=noticed.get(each.id, facts.now))
        for each in found
    )
    return sorted(dated, key=lambda each: (-each.severity, each.since or facts.now, each.id))


def is_well(problems: Iterable[Problem]) -> bool:
    """Whether nothing is lost and nothing soon will be; what is minor is only to be known."""
    return all(problem.severity is Severity.MINOR for problem in problems)
