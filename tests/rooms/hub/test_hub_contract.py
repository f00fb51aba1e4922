"""Whatever is sent that the contract allows, or nearly, no call ends in an accident."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from sereno.accounts.actions import make_api_token
from sereno.accounts.queries import Asker
from sereno.hub.wsgi import application
from sereno.sites.models import Camera, Node

# A quick look each time, a long one where somebody asks for it.
EXAMPLES = 100 if os.environ.get("SERENO_SOAK") else 4

contract = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def _one_connection(db: None) -> Iterator[None]:
    """Django would close the connection between calls, and the test's transaction with it."""
    for sent in (request_started, request_finished):
        sent.disconnect(close_old_connections)
    yield
    for sent in (request_started, request_finished):
        sent.connect(close_old_connections)


@contract.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_call_ends_in_an_accident(
    _one_connection: None,
    admin: Asker,
    camera: Camera,
    node_and_token: tuple[Node, str],
    case: schemathesis.Case,
) -> None:
    assert admin.user is not None
    # Heard, however busy the machine is.
    seen = timezone.now() + timedelta(hours=1)
    Node.objects.filter(pk=node_and_token[0].pk).update(last_seen=seen)
    is_nodes = "/node/" in case.path
    token = node_and_token[1] if is_nodes else make_api_token(admin, admin.user, "fuzz")
    if "camera_id" in case.path_parameters:
        case.path_parameters["camera_id"] = str(camera.pk)
    answer = case.call(headers={"authorization": f"Bearer {token}"})
    case.validate_response(answer, checks=[not_a_server_error])
