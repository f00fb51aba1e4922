"""Reasons why a clip is not there yet, or ends early."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

CLIP_REASONS: dict[str, Entry] = {
    "clip_no_room": Entry(
        Words(
            "The clip needs {needed} and the node's disk has {free} to spare.",
            "El clip necesita {needed} y al disco del nodo le sobran {free}.",
        ),
        Retry.BACKOFF,
        Words(
            "Delete clips that nobody needs, or choose a shorter time; it goes on by itself.",
            "Borre clips que nadie necesite o elija un tiempo más corto; sigue solo.",
        ),
    ),
    "clip_disk_failed": Entry(
        Words(
            "The node's disk did not take the clip, or did not give the footage for it.",
            "El disco del nodo no aceptó el clip, o no dio la grabación para hacerlo.",
        ),
        Retry.BACKOFF,
        Words(
            "Check the disk and its permissions; it is tried again by itself.",
            "Revise el disco y sus permisos; se vuelve a intentar solo.",
        ),
    ),
    "clip_no_footage": Entry(
        Words(
            "There is no footage in this time any more, or there never was.",
            "Ya no hay grabación en ese tiempo, o nunca la hubo.",
        ),
        Retry.NONE,
        Words(
            "Look at the timeline, and make a clip of another time.",
            "Mire la línea de tiempo y haga un clip de otro tiempo.",
        ),
    ),
    "clip_cut_short": Entry(
        Words(
            "The camera's picture or sound changed its format at {at}, and one file holds only "
            "one: the clip ends there.",
            "El formato de imagen o sonido de la cámara cambió a las {at}, y un archivo solo "
            "admite uno: el clip termina ahí.",
        ),
        Retry.NONE,
        Words(
            "Make another clip from then on.",
            "Haga otro clip a partir de entonces.",
        ),
    ),
}
