"""How a problem is put into words: both languages at once; pure."""

from __future__ import annotations

from sereno.base.errors import Words


def filled(words: Words, **params: object) -> Words:
    """`words` with their places filled; a parameter that is Words gives each language its own."""
    english, spanish = (
        {name: value[side] if isinstance(value, Words) else value for name, value in params.items()}
        for side in (0, 1)
    )
    return Words(words.en.format(**english), words.es.format(**spanish))


def cameras_in_words(count: int) -> Words:
    """`1 camera`, `12 cameras`."""
    if count == 1:
        return Words("1 camera", "1 cámara")
    return Words(f"{count} cameras", f"{count} cámaras")


def of_many(count: int, where: str, words: Words) -> Words:
    """`words` of one camera said of several: `12 cameras of 192.0.2.7: …`."""
    many = Words("{cameras} of {where}: {text}", "{cameras} de {where}: {text}")
    if not where:
        many = Words("{cameras}: {text}", "{cameras}: {text}")
    return filled(many, cameras=cameras_in_words(count), where=where, text=words)
