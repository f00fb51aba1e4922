"""What a diagnosis advises about a camera, and how it ends."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

DIAGNOSIS_REASONS: dict[str, Entry] = {
    "diagnosis_well": Entry(
        Words(
            "All is well: this stream can be recorded as it is set.",
            "Todo está bien: este flujo se puede grabar tal como está configurado.",
        ),
        Retry.NONE,
    ),
    "diagnosis_untaken": Entry(
        Words(
            "The site's node did not take the order in time.",
            "El nodo del sitio no tomó la orden a tiempo.",
        ),
        Retry.NONE,
        Words(
            "Check that it is running, connected and up to date, and diagnose again.",
            "Revise que esté en marcha, conectado y actualizado, y diagnostique de nuevo.",
        ),
    ),
    "diagnosis_broken_off": Entry(
        Words(
            "The node said no more in the middle of the diagnosis.",
            "El nodo dejó de responder en medio del diagnóstico.",
        ),
        Retry.NONE,
        Words(
            "Check that it is running and connected, and diagnose again.",
            "Revise que esté en marcha y conectado, y diagnostique de nuevo.",
        ),
    ),
    "diagnosis_too_slow": Entry(
        Words(
            "The diagnosis was ended after {seconds} s: the camera answers too slowly.",
            "El diagnóstico se terminó a los {seconds} s: la cámara responde demasiado lento.",
        ),
        Retry.NONE,
        Words(
            "Check its load and the network, or restart it.",
            "Revise su carga y la red, o reiníciela.",
        ),
    ),
    "recording_uses_it": Entry(
        Words(
            "The camera has no room for another viewer: its recording uses it, and goes on.",
            "La cámara no admite otro espectador: la usa su grabación, que sigue.",
        ),
        Retry.NONE,
        Words(
            "Pause the recording to diagnose further, or allow more connections on the camera.",
            "Pause la grabación para diagnosticar más, o permita más conexiones en la cámara.",
        ),
    ),
    "no_key_frame": Entry(
        Words(
            "Video arrives, but for {seconds} s no whole picture (key frame), without which "
            "nothing can be shown.",
            "Llega vídeo, pero desde hace {seconds} s ninguna imagen completa (imagen clave), "
            "sin la que nada se puede ver.",
        ),
        Retry.NONE,
        Words(
            "Set the I-frame interval to 2 s, or restart the camera.",
            "Ponga el intervalo de imágenes I en 2 s o reinicie la cámara.",
        ),
    ),
    "key_interval_long": Entry(
        Words(
            "A key frame only every {seconds} s: live view starts slowly, and up to {seconds} s"
            " are lost at a break.",
            "Solo hay una imagen clave cada {seconds} s: la vista en vivo arranca lenta y en un"
            " corte se pierden hasta {seconds} s.",
        ),
        Retry.NONE,
        Words(
            "Set the I-frame interval to 2 s.",
            "Ponga el intervalo de imágenes I en 2 s.",
        ),
    ),
    "key_interval_unknown": Entry(
        Words(
            "No second key frame came within {seconds} s: live view starts slowly, and as much "
            "is lost at a break.",
            "No llegó otra imagen clave en {seconds} s: la vista en vivo arranca lenta y otro "
            "tanto se pierde en un corte.",
        ),
        Retry.NONE,
        Words(
            "Set the I-frame interval to 2 s, and turn a smart codec off.",
            "Ponga el intervalo de imágenes I en 2 s y apague el códec «smart».",
        ),
    ),
    "key_interval_varies": Entry(
        Words(
            "The time between key frames changes, up to {seconds} s, as smart codecs do "
            "(H.264+, H.265+).",
            "El tiempo entre imágenes clave cambia, hasta {seconds} s, como hacen los códecs "
            "«smart» (H.264+, H.265+).",
        ),
        Retry.NONE,
        Words(
            "Turn the smart codec off, and set the I-frame interval to 2 s.",
            "Apáguelo y ponga el intervalo de imágenes I en 2 s.",
        ),
    ),
    "b_frames": Entry(
        Words(
            "The camera sends pictures out of order (B-frames), which delays live view.",
            "La cámara envía imágenes fuera de orden (B-frames), lo que retrasa la vista en vivo.",
        ),
        Retry.NONE,
        Words(
            "Turn B-frames off, or choose the profile Baseline on the camera.",
            "Apague los B-frames o elija el perfil Baseline en la cámara.",
        ),
    ),
    "no_rtcp": Entry(
        Words(
            "The camera does not tell the time of its pictures (RTCP), so footage carries the "
            "time at which they arrived.",
            "La cámara no dice la hora de sus imágenes (RTCP), así que la grabación lleva la "
            "hora de llegada.",
        ),
        Retry.NONE,
        Words(
            "Update the camera's firmware if times must be exact.",
            "Actualice su firmware si las horas deben ser exactas.",
        ),
    ),
    "losses_seen": Entry(
        Words(
            "{count} packets of video were lost in {seconds} s.",
            "Se perdieron {count} paquetes de vídeo en {seconds} s.",
        ),
        Retry.NONE,
        Words(
            "Check the cable, the switch or the wireless link to the camera, and use TCP.",
            "Revise el cable, el switch o el enlace inalámbrico hasta la cámara, y use TCP.",
        ),
    ),
    "sub_exceeds_main": Entry(
        Words(
            "The small stream (sub) is larger than the main one.",
            "El flujo menor (sub) es más grande que el principal.",
        ),
        Retry.NONE,
        Words(
            "Exchange their addresses, or make the sub stream smaller on the camera.",
            "Intercambie sus direcciones, o haga más pequeño el flujo sub en la cámara.",
        ),
    ),
    "password_in_clear": Entry(
        Words(
            "The password travels in clear text (Basic), because SERENO_BASIC_IN_CLEAR allows it.",
            "La contraseña viaja en texto claro (Basic), porque SERENO_BASIC_IN_CLEAR lo permite.",
        ),
        Retry.NONE,
        Words(
            "Enable Digest authentication on the camera.",
            "Active la autenticación Digest en la cámara.",
        ),
    ),
    "udp_blocked": Entry(
        Words(
            "Over UDP nothing arrives, over TCP it does: something on the way blocks UDP.",
            "Por UDP no llega nada y por TCP sí: algo en el camino bloquea UDP.",
        ),
        Retry.NONE,
        Words(
            "Set the transport to automatic or TCP.",
            "Ponga el transporte en automático o TCP.",
        ),
    ),
    "tcp_refused": Entry(
        Words(
            "The camera refuses RTSP over TCP and sends over UDP, where packets get lost "
            "unnoticed.",
            "La cámara rechaza RTSP sobre TCP y envía por UDP, donde los paquetes se pierden "
            "sin aviso.",
        ),
        Retry.NONE,
        Words(
            "Enable RTSP over TCP on the camera if it has that.",
            "Active RTSP sobre TCP en la cámara si lo tiene.",
        ),
    ),
    "needs_ffmpeg": Entry(
        Words(
            "Sereno's own engine cannot take this stream, ffmpeg can, at the cost of more "
            "processor time and memory.",
            "El motor propio de Sereno no puede con este flujo y ffmpeg sí, con más procesador "
            "y memoria.",
        ),
        Retry.NONE,
        Words(
            "Set the camera to H.264 or H.265 over RTSP if it can.",
            "Configure la cámara en H.264 o H.265 por RTSP si puede.",
        ),
    ),
}
