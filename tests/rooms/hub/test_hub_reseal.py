"""With a new key first, every stored password goes over to it, and the old one can go."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils import timezone

from sereno.accounts.queries import Asker
from sereno.audit.models import Entry
from sereno.devices.actions import DeviceFields, add_device
from sereno.devices.models import Device
from sereno.errands.actions_devices import PlaceSaid, probe_device
from sereno.errands.models import Errand
from sereno.hub.reseal import reseal, sealed_tables
from sereno.sites.actions import note_heard
from sereno.sites.models import Camera, Node, Site


def test_every_password_goes_over_to_the_new_key(
    site: Site, node: Node, camera: Camera, admin: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_heard(node, timezone.now())
    add_device(admin, site.pk, DeviceFields(host="192.0.2.20", password="d3v-Pa55"))
    probe_device(admin, site.pk, PlaceSaid("192.0.2.21", password="pr0be-Pa55"))
    assert set(sealed_tables()) == {Camera, Device, Errand}
    old: Any = settings.SERENO_FERNET
    new = Fernet(Fernet.generate_key())
    monkeypatch.setattr(settings, "SERENO_FERNET", MultiFernet([new, *old._fernets]))
    assert reseal() == {"resealed": 3, "lost": 0}
    sealed = [table._default_manager.get().password_sealed for table in sealed_tables()]
    opened = {new.decrypt(each.encode()).decode() for each in sealed}
    assert opened == {"s3cr3t-Pa55", "d3v-Pa55", "pr0be-Pa55"}
    for each in sealed:
        with pytest.raises(InvalidToken):
            old.decrypt(each.encode())
    assert Entry.objects.latest("number").details == {"resealed": 3, "lost": 0}


def test_what_no_key_opens_is_counted_and_left(
    camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = camera.password_sealed
    monkeypatch.setattr(settings, "SERENO_FERNET", MultiFernet([Fernet(Fernet.generate_key())]))
    assert reseal() == {"resealed": 0, "lost": 1}
    camera.refresh_from_db()
    assert camera.password_sealed == before
