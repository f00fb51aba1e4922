"""The manners of cameras in the field, each a named switch.

This is the one list of them: what each is called, what it does, where such a device was met, and
in which module it acts. A switch may carry a number: ``stall-after=3``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sereno.base.errors import Words


@dataclass(frozen=True, slots=True)
class Quirk:
    """One oddity. ``number`` is its default where it takes one, ``unit`` what that counts.

    ``acts_in`` is the module of this package that asks for it; ``met_on`` says on what devices it
    is known (None: on many, or it comes of chance).
    """

    name: str
    acts_in: str
    words: Words
    number: float | None = None
    unit: str = ""
    met_on: Words | None = None


_ALL = (
    # How a session is described.
    Quirk("wrong-content-base", "manners",
        Words(
            "Content-Base names a host that cannot be reached.",
            "Content-Base nombra un equipo al que no se puede llegar.",
        ),
        met_on=Words("devices behind NAT or with two networks", "equipos tras NAT o con dos redes"),
    ),
    Quirk("no-content-base", "manners",
        Words("DESCRIBE answers without Content-Base.", "DESCRIBE responde sin Content-Base."),
    ),
    Quirk("absolute-control", "manners",
        Words(
            "Tracks and session are named by whole addresses.",
            "Las pistas y la sesión se nombran con direcciones completas.",
        ),
        met_on=Words("Hikvision", "Hikvision"),
    ),
    Quirk("relative-control", "manners",
        Words(
            "Tracks have relative names and Content-Base does not end in a slash.",
            "Las pistas tienen nombres relativos y Content-Base no acaba en barra.",
        ),
    ),
    Quirk("query-control", "manners",
        Words(
            "A track's address ends in a query, without which there is no such track.",
            "La dirección de una pista acaba en una consulta, sin la cual no existe.",
        ),
        met_on=Words("Hikvision", "Hikvision"),
    ),
    Quirk("sets-in-band-only", "manners",
        Words(
            "The description holds no parameter sets; they come with the key frames.",
            "La descripción no trae parámetros; llegan con los fotogramas clave.",
        ),
    ),
    Quirk("two-video-tracks", "manners",
        Words(
            "One description offers main and sub stream as two video tracks.",
            "Una descripción ofrece el flujo principal y el secundario como dos pistas.",
        ),
    ),
    Quirk("backchannel-track", "manners",
        Words(
            "A sound track to the camera (a=sendonly) is described after the others.",
            "Después de las demás se describe una pista de sonido hacia la cámara (a=sendonly).",
        ),
        met_on=Words("ONVIF profile T", "ONVIF perfil T"),
    ),
    Quirk("metadata-track", "manners",
        Words(
            "A track of ONVIF metadata is described, and nothing comes on it.",
            "Se describe una pista de metadatos ONVIF por la que no llega nada.",
        ),
        met_on=Words("ONVIF", "ONVIF"),
    ),
    # How requests are answered.
    Quirk("odd-session-timeout", "manners",
        Words(
            "Session says 'timeout = N' with blanks in between.",
            "Session dice 'timeout = N' con espacios.",
        ),
        10, "s",
    ),
    Quirk("session-timeout-zero", "manners",
        Words("Session says timeout=0.", "Session dice timeout=0."),
    ),
    Quirk("no-session-timeout", "manners",
        Words("Session names no timeout.", "Session no dice cuánto dura."),
    ),
    Quirk("missing-cseq", "manners",
        Words("Replies carry no CSeq.", "Las respuestas no llevan CSeq."),
    ),
    Quirk("lowercase-headers", "manners",
        Words("Header names are in lower case.", "Los nombres de cabecera van en minúsculas."),
    ),
    Quirk("no-get-parameter", "manners",
        Words(
            "GET_PARAMETER is refused with 501 and not offered.",
            "GET_PARAMETER se rechaza con 501 y no se ofrece.",
        ),
    ),
    Quirk("options-refused", "manners",
        Words("OPTIONS is refused with 405.", "OPTIONS se rechaza con 405."),
    ),
    Quirk("tcp-only", "manners",
        Words(
            "Only interleaved TCP; anything else is refused with 461.",
            "Solo TCP intercalado; lo demás se rechaza con 461.",
        ),
    ),
    Quirk("udp-only", "manners",
        Words("Only UDP; TCP is refused with 461.", "Solo UDP; TCP se rechaza con 461."),
        met_on=Words("old cameras, some doorbells", "cámaras viejas, algunos porteros"),
    ),
    Quirk("redirect", "connection",
        Words(
            "DESCRIBE is redirected once to another address of the same server.",
            "DESCRIBE se redirige una vez a otra dirección del mismo servidor.",
        ),
        met_on=Words("recorders in front of cameras", "grabadores delante de cámaras"),
    ),
    Quirk("redirect-loop", "connection",
        Words("Every DESCRIBE is redirected.", "Todo DESCRIBE se redirige."),
    ),
    Quirk("session-limit-453", "connection",
        Words(
            "More than N sessions of a camera are refused with 453.",
            "Más de N sesiones de una cámara se rechazan con 453.",
        ),
        1, "sessions",
        met_on=Words("Hikvision playback, busy recorders", "Hikvision al reproducir, grabadores"),
    ),
    Quirk("aggregate-refused", "connection",
        Words(
            "PLAY of the whole session is refused with 459; each track has to be played.",
            "PLAY de toda la sesión se rechaza con 459; hay que pedir cada pista.",
        ),
    ),
    Quirk("http-on-port", "connection",
        Words("An HTTP server answers on the port.", "En el puerto responde un servidor HTTP."),
        met_on=Words("addresses with the wrong port", "direcciones con el puerto equivocado"),
    ),
    # What happens in the course of a session.
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

QUIRKS: dict[str, Quirk] = {quirk.name: quirk for quirk in _ALL}


class Quirks(Mapping[str, float]):
    """The switches that are on, by name, with their numbers (0 where they take none)."""

    def __init__(self, numbers: Mapping[str, float]) -> None:
        self._numbers = dict(numbers)

    @classmethod
    def of(cls, *groups: Iterable[str]) -> Quirks:
        """Reads ``name`` and ``name=number``; later groups win. Raises ValueError."""
        return cls(dict(_read(text) for group in groups for text in sorted(group)))

    def __getitem__(self, name: str) -> float:
        return self._numbers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def _read(text: str) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    quirk = QUIRKS.get(name)
    if quirk is None:
        raise ValueError(f"no quirk is called {name!r}; there are: {', '.join(QUIRKS)}")
    if not equals:
        return name, quirk.number or 0.0
    if quirk.number is None:
        raise ValueError(f"the quirk {name} takes no number")
    try:
        value = float(number)
    except ValueError:
        raise ValueError(f"the quirk {name} takes a number, not {number!r}") from None
    if not 0 < value < float("inf"):
        raise ValueError(f"the quirk {name} takes a number above zero")
    return name, value
