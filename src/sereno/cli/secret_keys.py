"""`sereno secrets`: the keys that encrypt stored passwords, changed without losing any."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from sereno.base.errors import Conflict, Unavailable, Words
from sereno.cli.language import say
from sereno.cli.options import Data, Json, group

if TYPE_CHECKING:
    from sereno.box.settings import Settings

app = group(say("Keys of stored passwords.", "Claves de las contraseñas guardadas."))

_FAILED = Words(
    "The passwords could not be encrypted anew; none was changed. With SERENO_DEBUG=1 the reason "
    "is shown.",
    "No se pudieron cifrar de nuevo las contraseñas; ninguna cambió. Con SERENO_DEBUG=1 se muestra "
    "el motivo.",
)
_LOST = Words(
    "{lost} passwords are encrypted with a key that is missing. Restore that key, or enter those "
    "passwords again; until then no key is taken away.",
    "{lost} contraseñas están cifradas con una clave que falta. Restaure esa clave o vuelva a "
    "escribir esas contraseñas; mientras tanto no se quita ninguna clave.",
)


@app.command(
    "new-key",
    help=say("A new key before the others; then restart.", "Una clave nueva; después, reiniciar."),
)
def new_key(data: Data = None) -> None:
    from sereno.box.keys import add_key
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_line

    add_key(load_settings(data=data))
    print_line(
        say(
            "A new key was made. Restart Sereno, then: sereno secrets rotate",
            "Se creó una clave nueva. Reinicie Sereno y después: sereno secrets rotate",
        )
    )


@app.command(
    "rotate",
    help=say(
        "Encrypt all stored passwords with the first key.",
        "Cifrar todas las contraseñas guardadas con la primera clave.",
    ),
)
def rotate(as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_json, print_line

    told = _reseal(load_settings(data=data))
    if as_json:
        return print_json(told)
    text = say(
        "{resealed} passwords are encrypted with the first key; {lost} could not be read.",
        "{resealed} contraseñas están cifradas con la primera clave; {lost} no se pudieron leer.",
    )
    return print_line(text.format(**told))


@app.command(
    "forget-old",
    help=say(
        "Encrypt with the first key and take the others away.",
        "Cifrar con la primera clave y quitar las demás.",
    ),
)
def forget_old(data: Data = None) -> None:
    from sereno.box.keys import keep_first_key
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_line

    box = load_settings(data=data)
    told = _reseal(box)
    if told["lost"]:
        raise Conflict("passwords_lost", _LOST.fill(lost=told["lost"]))
    keep_first_key(box)
    print_line(say("Only the first key is left.", "Solo queda la primera clave."))


def _reseal(box: Settings) -> dict[str, Any]:
    """What `sereno hub reseal` tells. Raises Conflict, Unavailable."""
    from sereno.box.database import served
    from sereno.box.fleet import environment, own_command
    from sereno.box.keys import check_keys_are_in_use, reseal_orders

    check_keys_are_in_use(box)
    with served(box):
        # A process of its own: Django stays out of this one.
        done = subprocess.run(
            own_command("hub", "reseal"),
            env=environment(box),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise Unavailable("not_resealed", _FAILED)
    reseal_orders(box)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
