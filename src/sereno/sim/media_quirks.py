"""Manners in the course of a session: pictures, packets, clocks, and the network."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.sim.quirk import Quirk

MEDIA_QUIRKS = (
    # What happens in the course of a session.
    Quirk("no-media", "sessions",
        Words(
            "PLAY is agreed to and nothing ever comes.",
            "PLAY se acepta y no llega nada nunca.",
        ),
        met_on=Words("recorders whose camera is off", "grabadores con la cámara apagada"),
    ),
    Quirk("reply-between-frames", "sessions",
        Words(
            "Replies come between the packets of a picture, that to PLAY after the first ones.",
            "Las respuestas llegan entre los paquetes de una imagen; la de PLAY, ya empezada.",
        ),
    ),
    Quirk("stall-after", "sessions",
        Words(
            "After N seconds nothing more comes; connection and replies go on.",
            "A los N segundos no llega nada más; la conexión y las respuestas siguen.",
        ),
        10, "s", met_on=Words("hung encoders", "codificadores colgados"),
    ),
    Quirk("teardown-by-server", "sessions",
        Words(
            "After N seconds the server says goodbye (BYE and TEARDOWN) and hangs up.",
            "A los N segundos el servidor se despide (BYE y TEARDOWN) y cuelga.",
        ),
        10, "s",
    ),
    Quirk("redirect-later", "sessions",
        Words(
            "After N seconds the server sends the session to another address (REDIRECT).",
            "A los N segundos el servidor manda la sesión a otra dirección (REDIRECT).",
        ),
        10, "s",
    ),
    Quirk("bye", "sessions",
        Words(
            "After N seconds comes an RTCP BYE, then nothing; the connection stays.",
            "A los N segundos llega un BYE de RTCP y nada más; la conexión sigue.",
        ),
        10, "s",
    ),
    Quirk("session-gone-454", "sessions",
        Words(
            "After N seconds media stop and the session is answered with 454.",
            "A los N segundos se detienen los medios y la sesión se responde con 454.",
        ),
        10, "s", met_on=Words("recorders that restart", "grabadores que se reinician"),
    ),
    Quirk("cached-gop", "sessions",
        Words(
            "PLAY begins with a burst of everything since the last key frame.",
            "PLAY empieza con todo lo que hay desde el último fotograma clave, de golpe.",
        ),
        met_on=Words("restreaming servers", "servidores que reemiten"),
    ),
    # What pictures and packets look like.
    Quirk("sets-out-of-band-only", "furnish",
        Words(
            "Parameter sets stand in the description only.",
            "Los parámetros están solo en la descripción.",
        ),
    ),
    Quirk("stap-a", "furnish",
        Words(
            "H.264 parameter sets share one packet (STAP-A).",
            "Los parámetros de H.264 comparten un paquete (STAP-A).",
        ),
    ),
    Quirk("marker-every-slice", "furnish",
        Words(
            "Every NAL unit ends with the marker bit, not only the picture's last.",
            "Cada unidad NAL acaba con la marca, no solo la última de la imagen.",
        ),
    ),
    Quirk("no-marker", "furnish",
        Words("No packet carries the marker bit.", "Ningún paquete lleva la marca."),
    ),
    Quirk("sets-change", "furnish",
        Words(
            "Every N seconds, at a key frame, the picture's size changes without a word.",
            "Cada N segundos, en un fotograma clave, cambia el tamaño de la imagen sin aviso.",
        ),
        10, "s",
    ),
    Quirk("codec-change", "server",
        Words(
            "Every N seconds the codec changes between H.264 and H.265; sessions are cut.",
            "Cada N segundos el códec pasa de H.264 a H.265 o al revés; las sesiones se cortan.",
        ),
        20, "s", met_on=Words("settings changed by hand", "ajustes cambiados a mano"),
    ),
    Quirk("slow-first-key", "viewers",
        Words(
            "The first key frame comes N seconds after PLAY, other pictures before.",
            "El primer fotograma clave llega N segundos tras PLAY; antes, otras imágenes.",
        ),
        6, "s", met_on=Words("smart codecs with long GOPs", "códecs «smart» con GOP largos"),
    ),
    Quirk("flood", "viewers",
        Words(
            "Filler makes the stream N Mbit/s and more.",
            "Con relleno, el flujo es de N Mbit/s y más.",
        ),
        300, "Mbit/s",
    ),
    # Clocks.
    Quirk("rtp-jump", "rtp_clock",
        Words(
            "Every N seconds the RTP clock jumps an hour ahead, the next time back.",
            "Cada N segundos el reloj RTP salta una hora adelante; la vez siguiente, atrás.",
        ),
        10, "s",
    ),
    Quirk("rtp-wrap", "rtp_clock",
        Words(
            "The RTP clock begins N seconds below 2^32.",
            "El reloj RTP empieza N segundos por debajo de 2^32.",
        ),
        3, "s",
    ),
    Quirk("drift", "rtp_clock",
        Words("The RTP clock runs N ppm fast.", "El reloj RTP adelanta N ppm."),
        200, "ppm",
    ),
    Quirk("no-rtcp", "rtp_clock",
        Words("No RTCP comes at all.", "No llega nada de RTCP."),
    ),
    Quirk("sr-wrong-decade", "rtp_clock",
        Words(
            "Sender reports tell a time of thirty years ago.",
            "Los informes de emisor dan una hora de hace treinta años.",
        ),
        met_on=Words("cameras with an empty battery", "cámaras con la pila agotada"),
    ),
    Quirk("sr-offset", "rtp_clock",
        Words(
            "Sender reports tell a time N seconds behind.",
            "Los informes de emisor dan una hora con N segundos de retraso.",
        ),
        37, "s",
    ),
    # What the network does.
    Quirk("loss", "network",
        Words(
            "N % of the packets are lost (over TCP: dropped by the camera).",
            "Se pierde el N % de los paquetes (con TCP: los tira la cámara).",
        ),
        1, "%",
    ),
    Quirk("reorder", "network",
        Words(
            "N % of the packets come after the next one.",
            "El N % de los paquetes llega después del siguiente.",
        ),
        2, "%",
    ),
    Quirk("duplicate", "network",
        Words("N % of the packets come twice.", "El N % de los paquetes llega dos veces."),
        2, "%",
    ),
    Quirk("jitter", "network",
        Words(
            "Packets wait up to N ms, each picture's another time.",
            "Los paquetes esperan hasta N ms, distintos en cada imagen.",
        ),
        60, "ms",
    ),
    Quirk("garbage", "network",
        Words(
            "Random bytes come between every N pictures.",
            "Llegan bytes al azar cada N imágenes.",
        ),
        25, "pictures",
    ),
)  # fmt: skip
