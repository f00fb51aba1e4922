"""The closed list of reasons: each key's words in both languages, and what to do next about it.

The words say what happened and what to do next.
"""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.knob_reasons import KNOB_REASONS
from sereno.policy.plan_reasons import PLAN_REASONS
from sereno.policy.reason_entry import Entry, Retry

REASONS: dict[str, Entry] = {
    "name_unknown": Entry(
        Words(
            "The name {host} is not known on this network. Check the camera's address.",
            "El nombre {host} no se conoce en esta red. Revise la dirección de la cámara.",
        ),
        Retry.BACKOFF,
    ),
    "unreachable": Entry(
        Words(
            "There is no network path to {host}. Check the cable, the switch and the VPN.",
            "No hay camino de red hasta {host}. Revise el cable, el switch y la VPN.",
        ),
        Retry.BACKOFF,
    ),
    "refused": Entry(
        Words(
            "{host} answers, but its video port {port} is closed. "
            "Check the port and that RTSP is enabled on the camera.",
            "{host} responde, pero su puerto de vídeo {port} está cerrado. "
            "Revise el puerto y que RTSP esté activado en la cámara.",
        ),
        Retry.BACKOFF,
    ),
    "timed_out": Entry(
        Words(
            "{host} does not answer. Check that the camera has power and network.",
            "{host} no responde. Revise que la cámara tenga corriente y red.",
        ),
        Retry.BACKOFF,
    ),
    "device_unopened": Entry(
        Words(
            "The camera {host} of the node's machine cannot be opened. Check its cable, and that "
            "Sereno may use it (group video).",
            "No se puede abrir la cámara {host} del equipo del nodo. Revise su cable y que Sereno "
            "pueda usarla (grupo video).",
        ),
        Retry.BACKOFF,
    ),
    "unauthorized": Entry(
        Words(
            "The camera rejected the user name or password. Enter them again; "
            "until then Sereno does not try, so that the account is not locked.",
            "La cámara rechazó el usuario o la contraseña. Escríbalos de nuevo; "
            "mientras tanto Sereno no insiste, para no bloquear la cuenta.",
        ),
        Retry.NEVER,
    ),
    "auth_unsafe": Entry(
        Words(
            "The camera wants the password in clear text. Enable Digest authentication on it; if "
            "it has none, the setting SERENO_BASIC_IN_CLEAR can allow it.",
            "La cámara pide la contraseña en texto claro. Active la autenticación Digest en ella; "
            "si no la tiene, la opción SERENO_BASIC_IN_CLEAR puede permitirlo.",
        ),
        Retry.NEVER,
    ),
    "forbidden": Entry(
        Words(
            "This account may not view this camera. Give it the live-view right on the device.",
            "Esta cuenta no puede ver esta cámara. Dele el permiso de vista en vivo en el equipo.",
        ),
        Retry.NEVER,
    ),
    "no_such_stream": Entry(
        Words(
            "The device has no such stream. Check the path in the camera's address.",
            "El equipo no tiene ese flujo. Revise la ruta en la dirección de la cámara.",
        ),
        Retry.BACKOFF,
    ),
    "transport_refused": Entry(
        Words(
            "The device refuses this way of sending video. Set the transport to automatic, or "
            "enable RTSP over TCP on the device.",
            "El equipo rechaza esta forma de enviar vídeo. Ponga el transporte en automático, o "
            "active RTSP sobre TCP en el equipo.",
        ),
        Retry.BACKOFF,
    ),
    "device_busy": Entry(
        Words(
            "The device cannot serve another viewer now (answer {status}). "
            "Sereno waits and tries again; close other viewers if it lasts.",
            "El equipo no puede atender a otro espectador ahora (respuesta {status}). "
            "Sereno espera y reintenta; cierre otros visores si continúa.",
        ),
        Retry.BUSY,
    ),
    "device_error": Entry(
        Words(
            "The device answered with an error ({status}). Restart it if this lasts.",
            "El equipo respondió con un error ({status}). Reinícielo si continúa.",
        ),
        Retry.BACKOFF,
    ),
    "garbled": Entry(
        Words(
            "What answers at {host} is not understood as a video stream. Check address and port.",
            "Lo que responde en {host} no se entiende como vídeo. Revise la dirección y el puerto.",
        ),
        Retry.BACKOFF,
    ),
    "codec_unknown": Entry(
        Words(
            "The camera sends {codec}, which this engine cannot record. Set the camera to H.264 or "
            "H.265, or its engine to automatic.",
            "La cámara envía {codec}, que este motor no puede grabar. Configúrela en H.264 o "
            "H.265, o ponga su motor en automático.",
        ),
        Retry.BACKOFF,
    ),
    "tls_untrusted": Entry(
        Words(
            "The camera's certificate is not trusted. Give the camera a certificate that this "
            "site trusts, or use its address without encryption (rtsp).",
            "El certificado de la cámara no es de confianza. Póngale uno en el que este sitio "
            "confíe, o use su dirección sin cifrado (rtsp).",
        ),
        Retry.BACKOFF,
    ),
    "camera_floods": Entry(
        Words(
            "The camera sends far more than a video stream needs ({mbps} Mbit/s), and was cut "
            "off to protect the others. Restart it and check its data rate (bitrate).",
            "La cámara envía mucho más de lo que un vídeo necesita ({mbps} Mbit/s) y fue cortada "
            "para proteger a las demás. Reiníciela y revise su caudal (bitrate).",
        ),
        Retry.BACKOFF,
    ),
    "session_ended": Entry(
        Words(
            "The camera ended the video session ({status}). Sereno opens a new one by itself.",
            "La cámara terminó la sesión de vídeo ({status}). Sereno abre otra por sí mismo.",
        ),
        Retry.BACKOFF,
    ),
    "ffmpeg_missing": Entry(
        Words(
            "This stream needs ffmpeg, which cannot be started here. Set SERENO_FFMPEG to a "
            "working ffmpeg, version 5 or later.",
            "Este flujo necesita ffmpeg, que aquí no se puede iniciar. Ponga en SERENO_FFMPEG un "
            "ffmpeg que funcione, versión 5 o posterior.",
        ),
        Retry.BACKOFF,
    ),
    "ffmpeg_failed": Entry(
        Words(
            "ffmpeg could not go on with this stream. Its own words are in the details.",
            "ffmpeg no pudo seguir con este flujo. Sus propias palabras están en los detalles.",
        ),
        Retry.BACKOFF,
    ),
    "engine_changed": Entry(
        Words(
            "This stream is recorded by another engine from now on.",
            "Desde ahora otro motor graba este flujo.",
        ),
        Retry.NONE,
    ),
    "sound_dropped": Entry(
        Words(
            "The camera's sound ({codec}) cannot be recorded, only its picture. Set the sound to "
            "AAC or G.711 on the camera; if it is so already, restart the camera.",
            "El sonido de la cámara ({codec}) no se puede grabar, solo su imagen. Configúrelo en "
            "AAC o G.711 en la cámara; si ya está así, reinicie la cámara.",
        ),
        Retry.NONE,
    ),
    "video_converted": Entry(
        Words(
            "The camera sends {codec}, which files cannot keep; it is converted to H.264, at the "
            "cost of much processor time. Set the camera to H.264 or H.265 if it can.",
            "La cámara envía {codec}, que los archivos no pueden guardar; se convierte a H.264, lo "
            "que ocupa mucho el procesador. Configúrela en H.264 o H.265 si puede.",
        ),
        Retry.NONE,
    ),
    "no_picture": Entry(
        Words(
            "Connected, but no picture has arrived for {seconds} s. Check the camera; "
            "on a recorder, check that this channel's camera is on.",
            "Conectado, pero no llega imagen desde hace {seconds} s. Revise la cámara; "
            "en un grabador, que la cámara de este canal esté encendida.",
        ),
        Retry.BACKOFF,
    ),
    "camera_closed": Entry(
        Words(
            "The camera closed the connection. Sereno connects again by itself.",
            "La cámara cerró la conexión. Sereno se conecta de nuevo por sí mismo.",
        ),
        Retry.BACKOFF,
    ),
    "format_changed": Entry(
        Words(
            "The camera changed its picture format; recording goes on in a new file.",
            "La cámara cambió el formato de imagen; la grabación sigue en un archivo nuevo.",
        ),
        Retry.NONE,
    ),
    "packets_lost": Entry(
        Words(
            "Part of the video was lost on the way; recording goes on at the next whole picture "
            "(key frame). Check the network to the camera if this repeats.",
            "Parte del vídeo se perdió en el camino; la grabación sigue en la próxima imagen "
            "completa (imagen clave). Revise la red hasta la cámara si se repite.",
        ),
        Retry.NONE,
    ),
    "camera_clock_stepped": Entry(
        Words(
            "The times in the camera's video jumped; recording goes on in a new file. "
            "Check the time settings of the camera if this repeats.",
            "Las horas en el vídeo de la cámara saltaron; la grabación sigue en un archivo nuevo. "
            "Revise los ajustes de hora de la cámara si se repite.",
        ),
        Retry.NONE,
    ),
    "clock_stepped": Entry(
        Words(
            "The site's clock was set; recording goes on in a new file. Check the NTP service.",
            "Se cambió la hora del sitio; la grabación sigue en un archivo nuevo. Revise el NTP.",
        ),
        Retry.NONE,
    ),
    "disk_full": Entry(
        Words(
            "The disk is full. Free space or add a disk; recording goes on by itself.",
            "El disco está lleno. Libere espacio o añada un disco; la grabación sigue sola.",
        ),
        Retry.BACKOFF,
    ),
    "disk_failed": Entry(
        Words(
            "The footage folder cannot be written. Check the disk and its permissions.",
            "No se puede escribir en la carpeta de grabaciones. Revise el disco y sus permisos.",
        ),
        Retry.BACKOFF,
    ),
    "disk_missing": Entry(
        Words(
            "The volume {volume} is not there, or another disk is mounted in its place. Mount "
            "the right disk; recording goes on by itself.",
            "El volumen {volume} no está, o hay otro disco montado en su lugar. Monte el disco "
            "correcto; la grabación sigue sola.",
        ),
        Retry.BACKOFF,
    ),
    "disk_slow": Entry(
        Words(
            "The disk was too slow, pictures were lost. Check the disk's health and load.",
            "El disco fue demasiado lento y se perdieron imágenes. Revise su salud y su carga.",
        ),
        Retry.BACKOFF,
    ),
    "runner_died": Entry(
        Words(
            "The recording process ended unexpectedly and was restarted.",
            "El proceso de grabación terminó de improviso y se reinició.",
        ),
        Retry.BACKOFF,
    ),
    "runner_hung": Entry(
        Words(
            "The recording process did not answer and was replaced.",
            "El proceso de grabación no respondía y fue reemplazado.",
        ),
        Retry.BACKOFF,
    ),
    "runner_grew": Entry(
        Words(
            "The recording process took too much memory and was replaced. "
            "Send its log to the people who keep Sereno.",
            "El proceso de grabación tomó demasiada memoria y fue reemplazado. "
            "Envíe su registro a quienes mantienen Sereno.",
        ),
        Retry.BACKOFF,
    ),
    "priority_refused": Entry(
        Words(
            "The system does not allow this priority or these CPUs; recording goes on without. "
            "Choose others, or allow them to the service (LimitNICE, AllowedCPUs).",
            "El sistema no permite esta prioridad o estas CPU; la grabación sigue sin ellas. "
            "Elija otras o permítalas al servicio (LimitNICE, AllowedCPUs).",
        ),
        Retry.NONE,
    ),
    "ledger_unwritten": Entry(
        Words(
            "It is recorded, but the node's own disk takes no notes of it, so the timeline may lag "
            "behind. Free space in the data folder, or check its disk.",
            "Se graba, pero el disco del nodo no admite anotaciones, así que la línea de tiempo "
            "puede atrasarse. Libere espacio en la carpeta de datos o revise su disco.",
        ),
        Retry.NONE,
    ),
    "volume_changed": Entry(
        Words(
            "Recording goes on on another disk.",
            "La grabación sigue en otro disco.",
        ),
        Retry.NONE,
    ),
    "removed_for_space": Entry(
        Words(
            "It was recorded, and removed later to make room, as the disk budget says. "
            "Add a disk or raise the budget to keep more.",
            "Se grabó y se borró después para hacer lugar, como dice el límite de disco. "
            "Añada un disco o suba el límite para guardar más.",
        ),
        Retry.NONE,
    ),
    "footage_missing": Entry(
        Words(
            "It was recorded, but its file is no longer on the disk. "
            "Look who could have removed it, and run sereno fsck.",
            "Se grabó, pero su archivo ya no está en el disco. "
            "Averigüe quién pudo borrarlo y ejecute sereno fsck.",
        ),
        Retry.NONE,
    ),
    "footage_damaged": Entry(
        Words(
            "It was recorded, but its file was changed or damaged and is in quarantine. "
            "Check the disk's health.",
            "Se grabó, pero su archivo fue cambiado o dañado y está en cuarentena. "
            "Revise la salud del disco.",
        ),
        Retry.NONE,
    ),
    "connecting": Entry(
        Words(
            "Sereno is connecting to the camera.",
            "Sereno se está conectando con la cámara.",
        ),
        Retry.NONE,
    ),
    "node_down": Entry(
        Words(
            "The site's node was not running. Check the machine's power and the service.",
            "El nodo del sitio no estaba en marcha. Revise la corriente y el servicio.",
        ),
        Retry.NONE,
    ),
    "order_on_its_way": Entry(
        Words(
            "The camera was new and its node had not heard of it yet. "
            "If this lasts, check that the site's node is running and connected.",
            "La cámara era nueva y su nodo aún no sabía de ella. "
            "Si continúa, revise que el nodo del sitio esté en marcha y conectado.",
        ),
        Retry.NONE,
    ),
    "order_changed": Entry(
        Words(
            "The camera's settings changed; recording started anew.",
            "Cambió la configuración de la cámara; la grabación empezó de nuevo.",
        ),
        Retry.NONE,
    ),
    "stopped": Entry(
        Words("Recording was stopped on order.", "La grabación se detuvo por orden."),
        Retry.NONE,
    ),
    "unexplained": Entry(
        Words(
            "The node did not say why. Look at its log for this time.",
            "El nodo no dijo por qué. Mire su registro de esa hora.",
        ),
        Retry.NONE,
    ),
    **KNOB_REASONS,
    **PLAN_REASONS,
}
