"""How a node proves itself, and that both speak the same wire."""

from __future__ import annotations

import json

from django.http import HttpRequest
from ninja.security import HttpBearer

from sereno.base.errors import SerenoError, Words
from sereno.sites.models import Node
from sereno.sites.queries import node_with_token
from sereno.wire.version import WIRE_VERSION

_TOO_NEW = Words(
    "This node speaks version {theirs} of the wire, the hub only {ours}. Update the hub first.",
    "Este nodo habla la versión {theirs} del protocolo y la central solo la {ours}. "
    "Actualice primero la central.",
)


class NodeRequest(HttpRequest):
    """A call whose node is known; what ninja makes of a request that passed NodeToken."""

    auth: Node


class WireTooNew(SerenoError):
    """The other side speaks a version that this program does not know."""


def speaks_our_wire(request: HttpRequest) -> bool:
    """Raises WireTooNew. Looks before the body is checked: its form may be new as well."""
    try:
        theirs = json.loads(request.body)["wire_version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return True
    if isinstance(theirs, int) and theirs > WIRE_VERSION:
        raise WireTooNew("wire_too_new", _TOO_NEW.fill(theirs=theirs, ours=WIRE_VERSION))
    return True


class NodeToken(HttpBearer):
    """`Authorization: Bearer <node token>`."""

    def authenticate(self, request: HttpRequest, token: str) -> Node:
        node = node_with_token(token)
        speaks_our_wire(request)
        return node
