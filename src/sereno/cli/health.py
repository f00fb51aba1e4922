"""`sereno health`: what is wrong, most severe first.

For monitoring: exit status 0 when nothing is critical or serious, 1 when something is, or when
nobody can say (docs/guide/operator.md).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sereno.base.errors import Words
from sereno.cli.camera_facts import words_of
from sereno.cli.language import pick, say
from sereno.cli.options import Data, Json

UNWELL_STATUS = 1

_ALL_WELL = Words("All is well.", "Todo está bien.")
_NOTHING_LOST = Words(
    "All is well; this is only good to know:", "Todo está bien; esto solo conviene saberlo:"
)
_SEVERITIES = {
    "critical": Words("critical", "crítico"),
    "serious": Words("serious", "grave"),
    "minor": Words("to know", "a saber"),
}


def health(as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json

    found = api_of(data).get("health")
    if as_json:
        print_json(found)
    else:
        _show(found, data)
    if not found["is_well"]:
        sys.exit(UNWELL_STATUS)


def _show(found: Mapping[str, Any], data: Data) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_line, print_table
    from sereno.cli.times import show_moment

    problems = found["problems"]
    if not problems:
        return print_line(pick(_ALL_WELL))
    if found["is_well"]:
        print_line(pick(_NOTHING_LOST))
    zone = ZoneInfo(load_settings(data=data).time_zone)
    heads = (
        say("SEVERITY", "GRAVEDAD"),
        say("SINCE", "DESDE"),
        say("WHERE", "DÓNDE"),
        say("WHAT", "QUÉ"),
        say("WHAT TO DO", "QUÉ HACER"),
    )
    return print_table(
        heads,
        [
            (
                pick(_SEVERITIES[each["severity"]]),
                show_moment(each["since"], zone),
                each["subject"]["name"],
                words_of(each["words"]),
                words_of(each["advice"]),
            )
            for each in problems
        ],
    )
