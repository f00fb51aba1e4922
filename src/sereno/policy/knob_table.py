"""The one table of knobs: what each is, what it may be, and words for people.

API, admin site, interface and documents read it; `sereno.policy.knob_list` checks by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from sereno.base.errors import Words
from sereno.policy.choices import EngineName, HwaccelName, StreamName, TransportName
from sereno.policy.knobs import Manner

KnobKind = Literal["choice", "integer", "number", "seconds", "text", "cpus", "streams", "yes_no"]
Concern = Literal["recording", "analysis", "reporting"]


@dataclass(frozen=True, slots=True)
class Knob:
    """One knob. `least` and `most` are in `unit`; both count as allowed.

    `concerns`: what a change of it touches. Of `recording`, the stream is started anew for it; the
    others take effect at once.
    """

    name: str
    kind: KnobKind
    concerns: Concern
    label: Words
    what: Words
    why: Words
    example: str
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    unit: str = ""

    @property
    def default(self) -> object:
        """What holds where nothing is said."""
        return getattr(Manner(), self.name)


KNOBS: tuple[Knob, ...] = (
    Knob(
        "engine",
        "choice",
        "recording",
        Words("Engine", "Motor"),
        Words(
            "Which program records: Sereno's own (native), ffmpeg, or automatic, which takes the "
            "native one and ffmpeg for what that cannot read.",
            "Qué programa graba: el propio de Sereno (native), ffmpeg, o automático, que toma el "
            "propio y ffmpeg para lo que aquel no sabe leer.",
        ),
        Words(
            "The native engine needs two fifths of the processor and a third of the memory.",
            "El motor propio ocupa dos quintos del procesador y un tercio de la memoria.",
        ),
        "auto",
        choices=get_args(EngineName),
    ),
    Knob(
        "rtsp_transport",
        "choice",
        "recording",
        Words("Transport", "Transporte"),
        Words(
            "How video travels from the camera: over TCP, UDP or multicast; automatic tries.",
            "Cómo viaja el vídeo desde la cámara: por TCP, UDP o multicast; automático prueba.",
        ),
        Words(
            "TCP loses nothing on poor networks; some cameras offer only UDP; multicast spares "
            "the camera when several systems watch it.",
            "TCP no pierde nada en redes malas; algunas cámaras solo ofrecen UDP; multicast "
            "alivia a la cámara cuando la miran varios sistemas.",
        ),
        "tcp",
        choices=get_args(TransportName),
    ),
    Knob(
        "streams",
        "streams",
        "recording",
        Words("Streams to record", "Flujos que se graban"),
        Words(
            "Which of the camera's streams are recorded: main, sub, or both.",
            "Cuáles de los flujos de la cámara se graban: main, sub, o ambos.",
        ),
        Words(
            "The small stream (sub) takes a tenth of the disk; the main one shows faces.",
            "El flujo pequeño (sub) ocupa una décima parte del disco; el principal muestra caras.",
        ),
        "main, sub",
        choices=get_args(StreamName),
    ),
    Knob(
        "records_sound",
        "yes_no",
        "recording",
        Words("Record sound", "Grabar sonido"),
        Words(
            "Whether the camera's sound is kept with its picture.",
            "Si el sonido de la cámara se guarda con su imagen.",
        ),
        Words(
            "In many places recording what people say is forbidden without their consent.",
            "En muchos lugares está prohibido grabar lo que se dice sin consentimiento.",
        ),
        "no",
    ),
    Knob(
        "segment_seconds",
        "integer",
        "recording",
        Words("File length", "Duración de archivo"),
        Words(
            "How long one file of footage is; it ends at the next key frame after that.",
            "Cuánto dura un archivo de vídeo; termina en la próxima imagen clave.",
        ),
        Words(
            "Shorter files free disk space in finer steps; longer ones are fewer to keep track of.",
            "Los cortos liberan disco en pasos más finos; de los largos hay menos que llevar.",
        ),
        "60",
        least=5,
        most=600,
        unit="s",
    ),
    Knob(
        "fragment_ms",
        "integer",
        "recording",
        Words("Fragment length", "Duración de fragmento"),
        Words(
            "How much video is written and sent to viewers at once.",
            "Cuánto vídeo se escribe y se envía de una vez a quienes miran.",
        ),
        Words(
            "Short fragments mean little delay in live view and little loss when power fails; "
            "long ones cost less processor time.",
            "Los cortos dan poca demora en vivo y poca pérdida si se va la corriente; los largos "
            "ocupan menos el procesador.",
        ),
        "200",
        least=40,
        most=2000,
        unit="ms",
    ),
    Knob(
        "extra_cli",
        "text",
        "recording",
        Words("Extra ffmpeg options", "Opciones extra de ffmpeg"),
        Words(
            "Options for ffmpeg, as on its command line. With the automatic engine they select "
            "ffmpeg; what could harm the recording is refused.",
            "Opciones para ffmpeg, como en su línea de órdenes. Con el motor automático eligen "
            "ffmpeg; se rechaza lo que pueda dañar la grabación.",
        ),
        Words(
            "For the rare camera that needs patience or a trick that Sereno does not know.",
            "Para la cámara rara que necesita paciencia o un truco que Sereno no conoce.",
        ),
        "-reorder_queue_size 2000 -max_delay 1000000",
    ),
    Knob(
        "nice",
        "integer",
        "recording",
        Words("Priority (nice)", "Prioridad (nice)"),
        Words(
            "How readily the recording process lets others have the processor, as in nice(1): 19 "
            "always does, -20 never does.",
            "Cuánto cede el proceso de grabación el procesador a otros, como en nice(1): 19 cede "
            "siempre, -20 nunca.",
        ),
        Words(
            "When the machine is overloaded, important cameras (below 0) lose nothing.",
            "Cuando la máquina no da abasto, las cámaras importantes (bajo 0) no pierden nada.",
        ),
        "-5",
        least=-20,
        most=19,
    ),
    Knob(
        "cpu_affinity",
        "cpus",
        "recording",
        Words("CPUs", "CPU"),
        Words(
            "The CPUs on which the recording process may run, counted from 0; none named: all.",
            "Las CPU en las que puede correr el proceso de grabación, desde 0; ninguna: todas.",
        ),
        Words(
            "Keeps CPUs free for other programs of the machine.",
            "Deja CPU libres para otros programas de la máquina.",
        ),
        "0-1, 4",
        least=0,
        most=1023,
    ),
    Knob(
        "hwaccel",
        "choice",
        "analysis",
        Words("Hardware decoding", "Decodificación por hardware"),
        Words(
            "What decodes pictures for analysis: the processor (none), an NVIDIA card (cuda), "
            "VA-API (vaapi), Intel Quick Sync (qsv), or whatever is there (auto).",
            "Qué decodifica imágenes para el análisis: el procesador (none), una tarjeta NVIDIA "
            "(cuda), VA-API (vaapi), Intel Quick Sync (qsv), o lo que haya (auto).",
        ),
        Words(
            "A card decodes dozens of cameras for which the processor would not do. Recording "
            "decodes nothing. If the card fails, the processor takes over, and a notice says so.",
            "Una tarjeta decodifica decenas de cámaras para las que el procesador no alcanza. La "
            "grabación no decodifica. Si la tarjeta falla, sigue el procesador, y se avisa.",
        ),
        "cuda",
        choices=get_args(HwaccelName),
    ),
    Knob(
        "device",
        "text",
        "analysis",
        Words("Decoding device", "Dispositivo de decodificación"),
        Words(
            "The device file of the card for vaapi and qsv; empty: the first.",
            "El archivo de dispositivo de la tarjeta para vaapi y qsv; vacío: el primero.",
        ),
        Words(
            "Machines with two cards decode on the one that you choose.",
            "Las máquinas con dos tarjetas decodifican en la que usted elija.",
        ),
        "/dev/dri/renderD128",
    ),
    Knob(
        "gpu_index",
        "integer",
        "analysis",
        Words("NVIDIA card", "Tarjeta NVIDIA"),
        Words(
            "The number of the NVIDIA card that decodes, as nvidia-smi shows it; naming one "
            "chooses cuda, unless vaapi or qsv is chosen.",
            "El número de la tarjeta NVIDIA que decodifica, como lo muestra nvidia-smi; nombrar "
            "una elige cuda, salvo que se elija vaapi o qsv.",
        ),
        Words(
            "Spreads cameras over several cards.",
            "Reparte las cámaras entre varias tarjetas.",
        ),
        "0",
        least=0,
        most=63,
    ),
    Knob(
        "fps",
        "number",
        "analysis",
        Words("Pictures for analysis", "Imágenes para análisis"),
        Words(
            "How many pictures a second are decoded for analysis; the recording keeps them all.",
            "Cuántas imágenes por segundo se decodifican para análisis; la grabación las guarda "
            "todas.",
        ),
        Words(
            "Each picture costs processor time; faces at a door need 5, a car park 1.",
            "Cada imagen cuesta procesador; caras en una puerta piden 5, un estacionamiento 1.",
        ),
        "5",
        least=0.1,
        most=60,
        unit="1/s",
    ),
    Knob(
        "det_set",
        "text",
        "analysis",
        Words("Picture size for analysis", "Tamaño de imagen para análisis"),
        Words(
            "The size at which pictures are handed to analysis, WIDTHxHEIGHT; auto: as they are.",
            "El tamaño en que las imágenes pasan al análisis, ANCHOxALTO; auto: como son.",
        ),
        Words(
            "Small pictures are quick to search; small faces need large ones.",
            "Las imágenes chicas se analizan rápido; las caras chicas piden imágenes grandes.",
        ),
        "640x640",
    ),
    Knob(
        "hb_interval",
        "seconds",
        "reporting",
        Words("Heartbeat every", "Latido cada"),
        Words(
            "How often the node tells the state of this camera's streams when nothing changes.",
            "Cada cuánto el nodo cuenta el estado de los flujos de esta cámara si nada cambia.",
        ),
        Words(
            "Silence is noticed after three times as long; a slow uplink is spared by longer ones.",
            "El silencio se nota al triple de este tiempo; un enlace lento pide más segundos.",
        ),
        "10",
        least=1,
        most=300,
        unit="s",
    ),
    Knob(
        "snapshot_every",
        "seconds",
        "reporting",
        Words("Picture every", "Foto cada"),
        Words(
            "How often a JPEG is made of the newest key frame, without another connection; "
            "0: never.",
            "Cada cuánto se hace un JPEG de la última imagen clave, sin otra conexión; 0: nunca.",
        ),
        Words(
            "It shows the camera in lists and to other programs, even when nobody watches live.",
            "Muestra la cámara en listas y a otros programas, aunque nadie mire en vivo.",
        ),
        "300",
        least=0,
        most=86400,
        unit="s",
    ),
)
