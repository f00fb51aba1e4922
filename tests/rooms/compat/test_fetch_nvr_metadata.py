"""The command asks nodes, shows how far they are, prints what was found, and keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from tests.rooms.devices.test_device_errands import told

from sereno.base.errors import Invalid
from sereno.compat.management.commands import fetch_nvr_metadata
from sereno.compat.rules import in_bytes, last_hours
from sereno.devices.models import Device
from sereno.footage.models import FoundFootage
from sereno.sites.models import Site
from sereno.wire.devices import SearchParams
from sereno.wire.errands import Errands

Tell = Callable[..., None]


@pytest.fixture
def answer(tell: Tell, node_program: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From now on the node answers each search with this, having said first that it looks."""
    tell()

    def answer(**report: Any) -> None:
        steps: list[str] = []

        def work(_: float) -> None:
            """What the node does while the command waits."""
            (errand,) = Errands.model_validate(node_program("GET", "node/errands").json()).errands
            path = f"node/device-errands/{errand.errand_id}"
            if not steps:
                steps.append("searching")
                node_program("POST", path, told(step="searching", progress=0.5))
                return
            params = SearchParams.model_validate(errand.params)
            found = {
                "start": params.start.isoformat(),
                "end": (params.start + timedelta(minutes=5)).isoformat(),
                "size_bytes": 5_000_000,
                "handle": "x",
            }
            whole = {"found": [found]} | report
            assert node_program("POST", path, told(is_done=True, **whole)).status_code == 204

        monkeypatch.setattr(fetch_nvr_metadata, "sleep", work)

    return answer


def run(**options: Any) -> str:
    out = StringIO()
    call_command("fetch_nvr_metadata", stdout=out, **options)
    return out.getvalue()


def test_what_recorders_hold_is_found_printed_and_kept(
    site: Site, device: Device, answer: Callable[..., None]
) -> None:
    answer()
    said = run(location=site.name.upper(), channel="1", hours=200)
    assert "Recorder 1 · 1 Entrance" in said
    assert "searching 50%" in said
    assert said.count("schedule  5.0 MB") == 2, "two pieces of at most a week"
    assert FoundFootage.objects.count() == 2
    assert {row.state for row in FoundFootage.objects.all()} == {"discovered"}
    assert run().count("= 1  5.0 MB") == 2, "both channels"


def test_a_search_that_failed_is_told_and_ends_with_an_error(answer: Callable[..., None]) -> None:
    answer(found=[], reason={"key": "login_refused", "params": {"host": "192.0.2.20"}})
    out = StringIO()
    with pytest.raises(CommandError, match="1 searches failed"):
        call_command("fetch_nvr_metadata", channel="Entrance", stdout=out)
    assert "rejected the user name" in out.getvalue()
    assert "rechazó el usuario" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"location": "Nowhere"}, "There is no site Nowhere"),
        ({"channel": "77"}, "No recorder there has the channel 77"),
        ({"hours": 0}, "Hours are a number"),
    ],
)
def test_what_cannot_be_asked_is_said(
    site: Site, answer: Callable[..., None], options: dict[str, Any], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        run(**options)


def test_hours_come_in_pieces_of_a_week() -> None:
    now = timezone.now()
    pieces = last_hours(24 * 15, now)
    assert [piece.duration.days for piece in pieces] == [7, 7, 1]
    assert (pieces[0].start, pieces[-1].end) == (now - timedelta(days=15), now)
    with pytest.raises(Invalid):
        last_hours(10**6, now)


def test_sizes_in_no_language() -> None:
    assert [in_bytes(size) for size in (None, 5, 2500, 1_500_000_000)] == [
        "–", "5 B", "2.5 kB", "1.5 GB",
    ]  # fmt: skip
