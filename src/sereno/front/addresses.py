"""What an address belongs to, and whether a browser page may call it."""

from __future__ import annotations

from starlette.requests import HTTPConnection

# The hub answers below these; every other address is a page of the user interface.
HUB_PREFIXES = ("/api/", "/admin/", "/dash/", "/streams/", "/nvrs/", "/recordings/search/")
HUB_STATIC_PREFIX = "/static"


def is_hub_path(path: str) -> bool:
    """Whether the hub answers at `path`; `/admin` without its slash too."""
    return f"{path}/".startswith(HUB_PREFIXES)


def is_same_origin(call: HTTPConnection) -> bool:
    """Whether a call that names its origin comes from a page of this very host.

    Browsers let any page open a socket to anywhere and send the cookies along; this check is what
    keeps other sites out. Programs send no origin.
    """
    origin = call.headers.get("origin")
    if origin is None:
        return True
    return origin.partition("://")[2].lower() == call.headers.get("host", "").lower()
