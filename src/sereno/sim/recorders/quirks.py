"""Manners that recorders of every maker can have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sereno.base.errors import Words
from sereno.sim.quirk import Quirk
from sereno.sim.quirks import QUIRKS, Quirks

SHARED_QUIRKS = (
    Quirk("account-locked", "recorders/doorkeeper",
        Words(
            "The account is locked: right passwords are refused too.",
            "La cuenta está bloqueada: también se rechazan las contraseñas correctas.",
        ),
        rows=(1,),
    ),
    Quirk("sha256-only", "recorders/doorkeeper",
        Words(
            "Credentials are asked for with SHA-256 alone.",
            "Las credenciales se piden solo con SHA-256.",
        ),
        rows=(3,),
    ),
    Quirk("nonce-uses", "recorders/doorkeeper",
        Words(
            "A nonce is good for so many requests.",
            "Un nonce sirve para ese número de peticiones.",
        ),
        number=2, unit="requests", rows=(5,),
    ),
    Quirk("serial-swap", "recorders/identity",
        Words(
            "After so many answers another recorder stands at the same address.",
            "Tras ese número de respuestas, en la misma dirección hay otro grabador.",
        ),
        number=1, unit="answers", rows=(47,),
    ),
)  # fmt: skip


def split_quirks(texts: Iterable[str], own: Mapping[str, Quirk]) -> tuple[Quirks, frozenset[str]]:
    """A recorder's ``own`` switches, and those of its RTSP server as texts. Raises ValueError."""
    Quirks.of(texts, known={**QUIRKS, **own})
    mine = [text for text in texts if text.partition("=")[0] in own]
    return Quirks.of(mine, known=own), frozenset(texts) - frozenset(mine)
