"""Reasons carry the words of devices, which may be no text at all."""

from __future__ import annotations

from sereno.policy.reasons import Reason
from sereno.wire.reports import ReasonReport


def test_half_a_sign_is_told_as_a_question_mark() -> None:
    reason = Reason("device_garbled", {"host": "\udfff"}, raw="no \ud800 text")
    told = ReasonReport.of(reason)
    assert told.raw == "no ? text"
    assert ReasonReport.model_validate_json(told.model_dump_json()) == told
    assert told.params == {"host": "?"}
