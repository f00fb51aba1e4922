"""Reasons that lie with a whole site: its node, its clock, its way to the hub."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

SITE_REASONS: dict[str, Entry] = {
    "node_down": Entry(
        Words(
            "The site's node was not running.",
            "El nodo del sitio no estaba en marcha.",
        ),
        Retry.NONE,
        Words(
            "Check the machine's power and the service.",
            "Revise la corriente del equipo y el servicio.",
        ),
    ),
    "node_offline": Entry(
        Words(
            "The site's node has not been heard lately. It may be recording all the same.",
            "No se sabe nada del nodo del sitio últimamente. Puede que siga grabando.",
        ),
        Retry.NONE,
        Words(
            "Check its power and the site's connection.",
            "Revise su corriente y la conexión del sitio.",
        ),
    ),
    "not_assigned": Entry(
        Words("No node runs this camera.", "Ningún nodo atiende esta cámara."),
        Retry.NONE,
        Words("Enrol a node at its site.", "Registre un nodo en su sitio."),
    ),
    "device_not_assigned": Entry(
        Words("No node looks after this device.", "Ningún nodo atiende este dispositivo."),
        Retry.NONE,
        Words("Enrol a node at its site.", "Registre un nodo en su sitio."),
    ),
    "device_node_offline": Entry(
        Words(
            "The site's node, which looks after this device, has not been heard lately.",
            "No se sabe nada últimamente del nodo del sitio, que atiende este dispositivo.",
        ),
        Retry.NONE,
        Words(
            "Check its power and the site's connection.",
            "Revise su corriente y la conexión del sitio.",
        ),
    ),
    "errand_untaken": Entry(
        Words(
            "The site's node did not take the order in time.",
            "El nodo del sitio no tomó la orden a tiempo.",
        ),
        Retry.NONE,
        Words(
            "Check that it is running, connected and up to date, and ask again.",
            "Revise que esté en marcha, conectado y actualizado, y pida de nuevo.",
        ),
    ),
    "errand_broken_off": Entry(
        Words(
            "The site's node said no more in the middle of it.",
            "El nodo del sitio dejó de responder a mitad.",
        ),
        Retry.NONE,
        Words(
            "Check that it is running and connected, and ask again.",
            "Revise que esté en marcha y conectado, y pida de nuevo.",
        ),
    ),
    "handed_over": Entry(
        Words(
            "This node gave the camera to another one, as a person asked.",
            "Este nodo pasó la cámara a otro, como pidió una persona.",
        ),
        Retry.NONE,
    ),
    "handing_over": Entry(
        Words(
            "The camera is on its way from the node {node} to its own; that one begins when the "
            "other has stopped.",
            "La cámara pasa del nodo {node} al suyo, que empieza cuando el otro haya parado.",
        ),
        Retry.NONE,
    ),
    "hand_over_waits": Entry(
        Words(
            "The camera was given to another node. The node {node}, which may still be recording "
            "it, is not heard, so the other one waits.",
            "La cámara se dio a otro nodo. No se sabe nada del nodo {node}, que puede seguir "
            "grabándola, y el otro espera.",
        ),
        Retry.NONE,
        Words(
            "Bring that node back. If it is gone for good, revoke it in the back office.",
            "Recupere ese nodo. Si ya no volverá, revóquelo en la administración.",
        ),
    ),
    "silent": Entry(
        Words(
            "The site's node is there, but says nothing of this stream any more.",
            "El nodo del sitio está, pero ya no dice nada de este flujo.",
        ),
        Retry.NONE,
        Words(
            "Look at the node's log, and restart the node if this lasts.",
            "Mire el registro del nodo y reinícielo si continúa.",
        ),
    ),
    "hub_unreachable": Entry(
        Words(
            "The hub at {url} does not answer. This node goes on and will tell it everything "
            "later.",
            "La central {url} no responde. Este nodo sigue y le contará todo más tarde.",
        ),
        Retry.NETWORK,
        Words(
            "Check the site's connection to the Internet and the hub's address.",
            "Revise la conexión del sitio a Internet y la dirección de la central.",
        ),
    ),
    "clock_stepped": Entry(
        Words(
            "The site's clock was changed; recording goes on in a new file.",
            "Se cambió la hora del sitio; la grabación sigue en un archivo nuevo.",
        ),
        Retry.NONE,
        Words(
            "Check its time service (NTP) if this repeats.",
            "Revise su servicio de hora (NTP) si se repite.",
        ),
    ),
    "site_clock_wrong": Entry(
        Words(
            "The clock of the site's machine is {seconds} s off: its footage carries wrong times.",
            "El reloj del equipo del sitio está desviado {seconds} s: sus grabaciones llevan una "
            "hora equivocada.",
        ),
        Retry.NONE,
        Words(
            "Turn on time synchronisation (NTP) on that machine.",
            "Active la sincronización de hora (NTP) en ese equipo.",
        ),
    ),
    "unexplained": Entry(
        Words(
            "The node did not say why.",
            "El nodo no dijo por qué.",
        ),
        Retry.BACKOFF,
        Words(
            "Look at the node's log for this time.",
            "Mire el registro del nodo de esa hora.",
        ),
    ),
}
