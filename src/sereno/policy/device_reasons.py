"""Reasons that a camera or recorder gives itself: what it refuses, and how it ends a session."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

_SET_ITS_TIME = Words(
    "Set a time server (NTP) on the camera.", "Ponga un servidor de hora (NTP) en la cámara."
)

DEVICE_REASONS: dict[str, Entry] = {
    "device_unopened": Entry(
        Words(
            "The camera {host} of the node's machine cannot be opened.",
            "No se puede abrir la cámara {host} del equipo del nodo.",
        ),
        Retry.NETWORK,
        Words(
            "Check its cable, and that the user who runs Sereno is in the system's group video.",
            "Revise su cable, y que el usuario que ejecuta Sereno esté en el grupo video del "
            "sistema.",
        ),
    ),
    "unauthorized": Entry(
        Words(
            "The camera rejected the user name or password.",
            "La cámara rechazó el usuario o la contraseña.",
        ),
        Retry.NEVER,
        Words(
            "Enter user name and password again; until then Sereno does not try, so that the "
            "account is not locked.",
            "Escriba de nuevo usuario y contraseña; mientras tanto Sereno no insiste, para no "
            "bloquear la cuenta.",
        ),
    ),
    "account_locked": Entry(
        Words(
            "The camera has locked this account, as it does after wrong passwords (time left: "
            "{wait}).",
            "La cámara bloqueó esta cuenta, como hace tras contraseñas equivocadas (tiempo "
            "restante: {wait}).",
        ),
        Retry.LOCKED,
        Words(
            "Check the password. Unlock the account on the camera and let Sereno try again, or "
            "wait: Sereno tries once by itself when the lock should be over.",
            "Revise la contraseña. Desbloquee la cuenta en la cámara y haga que Sereno reintente,"
            " o espere: Sereno prueba una vez por sí mismo cuando el bloqueo deba haber pasado.",
        ),
    ),
    "auth_unsafe": Entry(
        Words(
            "The camera takes the password only unprotected (Basic authentication).",
            "La cámara solo acepta la contraseña sin protección (autenticación Basic).",
        ),
        Retry.NEVER,
        Words(
            "Turn on Digest authentication on it; if it has none, the setting "
            "SERENO_BASIC_IN_CLEAR can allow this camera.",
            "Active en ella la autenticación Digest; si no la tiene, la opción "
            "SERENO_BASIC_IN_CLEAR puede permitir esta cámara.",
        ),
    ),
    "forbidden": Entry(
        Words(
            "This account may not view this camera.",
            "Esta cuenta no puede ver esta cámara.",
        ),
        Retry.NEVER,
        Words(
            "Give the account the live-view right on the device, then let Sereno try again.",
            "Dé a la cuenta el permiso de vista en vivo en el dispositivo y haga que Sereno "
            "reintente.",
        ),
    ),
    "no_such_stream": Entry(
        Words("The device has no such stream.", "El dispositivo no tiene ese flujo."),
        Retry.UNFIT,
        Words(
            "Check the path at the end of the camera's address, and its channel number on a "
            "recorder.",
            "Revise la ruta al final de la dirección de la cámara y, en un grabador, su número de "
            "canal.",
        ),
    ),
    "bad_request": Entry(
        Words(
            "The camera does not understand what Sereno asks of it, or does not offer it (answer "
            "{status}).",
            "La cámara no entiende lo que Sereno le pide, o no lo ofrece (respuesta {status}).",
        ),
        Retry.UNFIT,
        Words(
            "Check the path at the end of its address, and update the camera's software.",
            "Revise la ruta al final de su dirección y actualice el software de la cámara.",
        ),
    ),
    "transport_refused": Entry(
        Words(
            "The device refuses to send its video in this way (transport).",
            "El dispositivo rechaza enviar su vídeo de esta forma (transporte).",
        ),
        Retry.UNFIT,
        Words(
            "Set the transport to automatic, or enable RTSP over TCP on the device.",
            "Ponga el transporte en automático, o active RTSP sobre TCP en el dispositivo.",
        ),
    ),
    "session_limit": Entry(
        Words(
            "The device gives its video to no further viewer now (answer {status}).",
            "El dispositivo no da su vídeo a ningún espectador más ahora (respuesta {status}).",
        ),
        Retry.BUSY,
        Words(
            "Close other viewers of it; Sereno waits and tries again.",
            "Cierre otros programas que lo estén viendo; Sereno espera y reintenta.",
        ),
    ),
    "device_busy": Entry(
        Words(
            "The device is overloaded, or this channel's camera is off (answer {status}).",
            "El dispositivo está sobrecargado, o la cámara de este canal está apagada (respuesta "
            "{status}).",
        ),
        Retry.BUSY,
        Words(
            "Sereno waits and tries again; if it lasts, check that channel's camera, and let "
            "fewer programs watch the device.",
            "Sereno espera y reintenta; si continúa, revise la cámara de ese canal, y que menos "
            "programas vean el dispositivo a la vez.",
        ),
    ),
    "device_error": Entry(
        Words(
            "The device answered with an error ({status}).",
            "El dispositivo respondió con un error ({status}).",
        ),
        Retry.BUSY,
        Words(
            "Restart the device if this lasts.",
            "Reinicie el dispositivo si continúa.",
        ),
    ),
    "session_ended": Entry(
        Words(
            "The camera ended the video session ({status}).",
            "La cámara terminó la sesión de vídeo ({status}).",
        ),
        Retry.DATA,
        Words("Sereno opens a new one by itself.", "Sereno abre otra por sí mismo."),
    ),
    "camera_closed": Entry(
        Words("The camera closed the connection.", "La cámara cerró la conexión."),
        Retry.DATA,
        Words(
            "Sereno connects again by itself; if it repeats, check the camera's power and network.",
            "Sereno se conecta de nuevo por sí mismo; si se repite, revise su corriente y su red.",
        ),
    ),
    "camera_clock_stepped": Entry(
        Words(
            "The times in the camera's video jumped; recording goes on in a new file.",
            "Las horas en el vídeo de la cámara saltaron; la grabación sigue en un archivo nuevo.",
        ),
        Retry.NONE,
        Words(
            "Check the time settings of the camera if this repeats.",
            "Revise los ajustes de hora de la cámara si se repite.",
        ),
    ),
    "camera_clock_behind": Entry(
        Words(
            "The camera's clock is {time} behind the node's, so Sereno does not go by it.",
            "El reloj de la cámara atrasa {time} respecto al nodo, así que Sereno no lo usa.",
        ),
        Retry.NONE,
        _SET_ITS_TIME,
    ),
    "camera_clock_ahead": Entry(
        Words(
            "The camera's clock is {time} ahead of the node's, so Sereno does not go by it.",
            "El reloj de la cámara adelanta {time} respecto al nodo, así que Sereno no lo usa.",
        ),
        Retry.NONE,
        _SET_ITS_TIME,
    ),
    "other_device": Entry(
        Words(
            "Another device stands at this address: its serial number is {found}, that of the "
            "wanted one is {expected}. Nothing of it is used.",
            "En esta dirección hay otro dispositivo: su número de serie es {found} y el del "
            "esperado es {expected}. No se usa nada de él.",
        ),
        Retry.UNFIT,
        Words(
            "Check the address, and the router's port forwarding; if the device was replaced, "
            "confirm the new serial number.",
            "Revise la dirección y el reenvío de puertos del router; si el dispositivo fue "
            "reemplazado, confirme el nuevo número de serie.",
        ),
    ),
}
