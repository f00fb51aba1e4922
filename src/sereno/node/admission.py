"""What a player shows to be let in, and what the addresses in its playlists must carry.

Programs of ours send the ticket as a header, each time. Players that nobody here wrote open one
address and go on from what is in it: there the ticket stands in the query, with the pass that
outlasts it; or, below `hls/`, front has taken it out of the path, where all relative addresses keep
it by themselves, and the pass stands in the path too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

from sereno.node.access import token_of

PASS_PARAMETER = "token"  # noqa: S105  a name that logs redact


@dataclass(frozen=True, slots=True)
class Admission:
    """A ticket, the pass beside it, and where addresses carry them."""

    ticket: str
    given_pass: str
    is_by_path: bool
    is_by_query: bool

    @classmethod
    def of(cls, request: Request) -> Admission:
        query, path = request.query_params, request.scope["route"].path
        return cls(
            ticket=token_of(request),
            given_pass=request.path_params.get("given_pass") or query.get(PASS_PARAMETER, ""),
            is_by_path="/hls/" in path,
            is_by_query="ticket" in query,
        )

    def addresses(self, new_pass: Callable[[], str]) -> Callable[[str], str]:
        """Makes an address, relative to the playlist, one that leads on from it.

        `new_pass` is asked only where the address must carry one that the player does not have.
        """
        if self.is_by_path:
            prefix = "" if self.given_pass else f"{new_pass()}/"
            return lambda address: prefix + address
        if not self.is_by_query:
            return lambda address: address
        carried = self.given_pass or new_pass()
        query = urlencode({"ticket": self.ticket, PASS_PARAMETER: carried})
        return lambda address: f"{address}?{query}"
