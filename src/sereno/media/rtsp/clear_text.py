"""Which cameras may be given the password in clear text."""

from __future__ import annotations

import os

from sereno.media.faults import StreamFault, fault
from sereno.media.rtsp.digest import choose_challenge, schemes_of

HOSTS_VARIABLE = "SERENO_BASIC_IN_CLEAR"
"""Hosts, separated by commas, that know no other way and stand in a network that is trusted."""


def may_see_password(host: str) -> bool:
    """Whether somebody allowed this host to be sent the password in clear text."""
    allowed = os.environ.get(HOSTS_VARIABLE, "").split(",")
    return host.lower() in (each.strip().lower() for each in allowed)


def wants_password(challenges: list[str]) -> bool:
    """Whether `WWW-Authenticate` headers leave no way that keeps the password secret."""
    return choose_challenge(challenges) is None and "basic" in schemes_of(challenges)


def unsafe(line: str, challenges: list[str]) -> StreamFault:
    """The refusal to answer these challenges; `line` is the first of the reply."""
    return fault("auth_unsafe", f"{line}: {', '.join(schemes_of(challenges)) or 'no scheme'}")
