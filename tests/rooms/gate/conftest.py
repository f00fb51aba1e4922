from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sereno.sites.models import Camera, Site

    from .box import Box, Time


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    from .box import Time

    time = Time()
    monkeypatch.setattr("sereno.gate.api.this_moment", lambda: time.moment)
    return time


@pytest.fixture
def box(site: Site, time: Time) -> Callable[[str], Box]:
    from sereno.accounts.queries import SYSTEM
    from sereno.sites.actions import create_enrolment_code, enrol_node

    from .box import Box

    def make(name: str) -> Box:
        return Box(*enrol_node(create_enrolment_code(SYSTEM, site), name, "192.0.2.9"), time)

    return make


@pytest.fixture
def own(box: Callable[[str], Box]) -> Box:
    return box("own")


@pytest.fixture
def standby(own: Box, box: Callable[[str], Box]) -> Box:
    return box("standby")


@pytest.fixture
def shared(site: Site, own: Box, standby: Box, time: Time) -> Camera:
    """A camera that was made with a standby node."""
    from sereno.accounts.queries import SYSTEM
    from sereno.sites.actions import CameraFields, add_camera

    camera = add_camera(SYSTEM, CameraFields("Patio", "rtsp://192.0.2.7/main"))
    camera.standby_node = standby.node
    camera.created_at = time.moment.now
    camera.save()
    return camera
