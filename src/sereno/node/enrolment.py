"""A node becomes known to its hub once: it trades a one-time code for a token, and keeps that."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from pydantic import SecretStr

from sereno.base.backoff import Backoff
from sereno.base.errors import Unauthenticated, Unavailable, Words
from sereno.box.files import write_atomic
from sereno.node.hub_client import HubClient

log = logging.getLogger(__name__)

_NO_CODE = Words(
    "This node is not enrolled. Make an enrolment code on the hub and start the node with "
    "SERENO_ENROLMENT_CODE set to it.",
    "Este nodo no está inscrito. Cree un código de inscripción en la central e inicie el nodo "
    "con SERENO_ENROLMENT_CODE.",
)


async def enrol(
    hub: HubClient, token_file: Path, code: SecretStr | None, node_name: str, backoff: Backoff
) -> None:
    """Give `hub` this node's token: the stored one, or one that the code is traded for.

    Waits for a hub that is away. Raises Unauthenticated without a code that the hub takes.
    """
    token = _stored(token_file)
    if token is not None:
        hub.use_token(token)
        return
    if code is None:
        raise Unauthenticated("not_enrolled", _NO_CODE)
    was_told = False
    while True:
        try:
            enrolment = await hub.enrol(code, node_name)
        except Unavailable as error:
            if not was_told:
                log.warning("%s", error)
            was_told = True
            await asyncio.sleep(backoff.next_seconds())
        else:
            write_atomic(token_file, enrolment.token.get_secret_value() + "\n")
            hub.use_token(enrolment.token)
            log.info("This node is enrolled as %s.", enrolment.node_id)
            return


def _stored(token_file: Path) -> SecretStr | None:
    try:
        return SecretStr(token_file.read_text().strip())
    except FileNotFoundError:
        return None
