"""`fetch_nvr_metadata --location --channel --hours`: what recorders hold, found and kept."""

from __future__ import annotations

from argparse import ArgumentParser
from time import sleep
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sereno.accounts.queries import SYSTEM
from sereno.base.errors import SerenoError, Words
from sereno.base.spans import Span
from sereno.compat.queries import channels_called, site_called
from sereno.compat.rules import in_bytes, last_hours
from sereno.devices.models import DeviceChannel
from sereno.errands.actions_devices import search_channel
from sereno.errands.answers_devices import DeviceErrandAnswer
from sereno.errands.models import Errand

_ENDED = ("done", "expired")
_LOOK_EVERY_SECONDS = 0.5
_FAILED = Words(
    "{count} searches failed; the reasons are above.",
    "Fallaron {count} búsquedas; los motivos están arriba.",
)


class Command(BaseCommand):
    """Each channel is searched by its site's node, one after the other; what is found stands on
    the timelines. Ends with status 1 where a search failed."""

    help = "Find what recorders hold / Buscar lo que guardan los grabadores"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--location", help="site, by name or number; the only one / sitio")
        parser.add_argument("--channel", help="id, number or name; all of them / canal")
        parser.add_argument("--hours", type=int, default=24, help="until now; 24 / hasta ahora")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            failed = self._search_all(options["location"], options["channel"], options["hours"])
        except SerenoError as error:
            raise CommandError(_in_both(error.words)) from None
        if failed:
            raise CommandError(_in_both(_FAILED.fill(count=failed)))

    def _search_all(self, location: str | None, wanted: str | None, hours: int) -> int:
        """How many searches failed. Raises SerenoError where none can be begun."""
        pieces = last_hours(hours, timezone.now())
        site = site_called(SYSTEM, location)
        zone, failed = ZoneInfo(site.time_zone), 0
        for channel in channels_called(SYSTEM, site, wanted):
            self.stdout.write(f"{channel.device.name} · {channel.number} {channel.name}")
            for piece in pieces:
                try:
                    found = self._search(channel, piece)
                except SerenoError as error:
                    self.stdout.write(f"  {_in_both(error.words)}")
                    failed += 1
                    continue
                failed += self._print(found, zone)
        return failed

    def _search(self, channel: DeviceChannel, piece: Span) -> DeviceErrandAnswer:
        """Ask the node, and wait until it is done; its progress is shown meanwhile."""
        errand = search_channel(SYSTEM, channel, piece.start, piece.end)
        shown = ""
        while True:
            told = DeviceErrandAnswer.of(Errand.objects.get(pk=errand.pk), {}, timezone.now())
            if told.state in _ENDED:
                return told
            now = told.step if told.progress is None else f"{told.step} {told.progress:.0%}"
            if now and now != shown:
                self.stdout.write(f"  {now}")
            shown = now
            sleep(_LOOK_EVERY_SECONDS)

    def _print(self, told: DeviceErrandAnswer, zone: ZoneInfo) -> int:
        """What was found; 1 where the search failed."""
        for each in told.found:
            start, end = each.start.astimezone(zone), each.end.astimezone(zone)
            size = in_bytes(each.size_bytes)
            self.stdout.write(f"  {start:%Y-%m-%d %H:%M:%S} – {end:%H:%M:%S}  {each.cause}  {size}")
        whole = in_bytes(sum(each.size_bytes or 0 for each in told.found))
        self.stdout.write(f"  = {len(told.found)}  {whole}")
        if told.reason is None:
            return 0
        self.stdout.write(f"  {told.reason.en} / {told.reason.es}")
        return 1


def _in_both(words: Words) -> str:
    return f"{words.en} / {words.es}"
