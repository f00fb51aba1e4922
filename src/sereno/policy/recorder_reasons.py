"""Reasons that lie with a device's own interface: its web port, its accounts, its footage."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry, Wait

RECORDER_REASONS: dict[str, Entry] = {
    "recorder_plays_for_others": Entry(
        Words(
            "The recorder plays its footage to one viewer at a time (waiting before you: {ahead}).",
            "El grabador reproduce para un espectador a la vez (esperan antes: {ahead}).",
        ),
        Retry.NONE,
        Words(
            "It begins by itself as soon as it is your turn.",
            "Empezará por sí solo en cuanto sea su turno.",
        ),
    ),
    "recorder_busy": Entry(
        Words(
            "The recorder plays its footage to somebody outside Sereno, and to nobody else "
            "meanwhile (answer {status}).",
            "El grabador reproduce para alguien fuera de Sereno, y mientras tanto para nadie más "
            "(respuesta {status}).",
        ),
        Retry.BUSY,
        Words(
            "Close playback in the maker's program or on its screen; Sereno tries again by itself.",
            "Cierre la reproducción en el programa del fabricante o en su pantalla; Sereno "
            "reintenta por sí mismo.",
        ),
    ),
    "recorder_not_connected": Entry(
        Words(
            "The node is not connected to this recorder.",
            "El nodo no está conectado con este grabador.",
        ),
        Retry.NETWORK,
        Words(
            "See on the page of devices what is wrong with it.",
            "Vea en la página de dispositivos qué le pasa.",
        ),
    ),
    "recorder_plays_nothing": Entry(
        Words(
            "The recorder has nothing to play at this time.",
            "El grabador no tiene nada que reproducir en ese tiempo.",
        ),
        Retry.UNFIT,
        Words(
            "It may have been overwritten: search the recorder again, and choose another time.",
            "Puede que se haya sobrescrito: busque de nuevo en el grabador y elija otro tiempo.",
        ),
    ),
    "api_closed": Entry(
        Words(
            "{host} answers, but its web port {port} is closed.",
            "{host} responde, pero su puerto web {port} está cerrado.",
        ),
        Retry.NETWORK,
        Words(
            "Check the port of the device (its setting HTTP port), and that HTTP or HTTPS is "
            "enabled on it.",
            "Revise el puerto del dispositivo (su ajuste Puerto HTTP), y que HTTP o HTTPS esté "
            "activado en él.",
        ),
    ),
    "api_broke_off": Entry(
        Words(
            "{host} closed the connection before its answer was whole.",
            "{host} cerró la conexión antes de completar su respuesta.",
        ),
        Retry.DATA,
        Words(
            "Sereno asks again by itself; if it repeats, check the device's power and network.",
            "Sereno vuelve a preguntar por sí mismo; si se repite, revise la corriente y la red "
            "del dispositivo.",
        ),
        Wait.ANSWER,
    ),
    "api_garbled": Entry(
        Words(
            "What answers at {host}, port {port}, does not speak HTTP.",
            "Lo que responde en {host}, puerto {port}, no habla HTTP.",
        ),
        Retry.UNFIT,
        Words(
            "Check the port: it is that of the device's web page, not that of its video or of the "
            "maker's program; with HTTPS, say so.",
            "Revise el puerto: es el de la página web del dispositivo, no el de su vídeo ni el "
            "del programa del fabricante; si es HTTPS, indíquelo.",
        ),
    ),
    "api_too_large": Entry(
        Words(
            "{host} answered with more than {limit}, which makes no sense here.",
            "{host} respondió con más de {limit}, lo que aquí no tiene sentido.",
        ),
        Retry.UNFIT,
        Words(
            "Check that this is the device's address, and update its software.",
            "Revise que esta sea la dirección del dispositivo, y actualice su software.",
        ),
    ),
    "api_moved": Entry(
        Words(
            "{host} sends whoever comes to port {port} on to an encrypted address ({location}).",
            "{host} envía a quien llega al puerto {port} a una dirección cifrada ({location}).",
        ),
        Retry.UNFIT,
        Words(
            "Use HTTPS and that port for this device; Sereno does not go there by itself.",
            "Use HTTPS y ese puerto para este dispositivo; Sereno no va allí por sí mismo.",
        ),
    ),
    "api_tls_untrusted": Entry(
        Words(
            "The certificate of {host} is not trusted.",
            "El certificado de {host} no es de confianza.",
        ),
        Retry.UNFIT,
        Words(
            "Give the device a certificate that this site trusts (its setting HTTPS), name its "
            "certificate in SERENO_CAMERA_CA, or use HTTP inside a network that is trusted.",
            "Póngale al dispositivo un certificado en el que este sitio confíe (su ajuste HTTPS), "
            "indique su certificado en SERENO_CAMERA_CA, o use HTTP dentro de una red de "
            "confianza.",
        ),
    ),
    "api_tls_failed": Entry(
        Words(
            "No encrypted connection to {host}, port {port}, came about.",
            "No se logró una conexión cifrada con {host}, puerto {port}.",
        ),
        Retry.UNFIT,
        Words(
            "Check that the port is the device's HTTPS port, often 443, and update its software: "
            "TLS older than 1.2 is not used.",
            "Revise que el puerto sea el HTTPS del dispositivo, a menudo 443, y actualice su "
            "software: no se usa TLS anterior a 1.2.",
        ),
        Wait.ANSWER,
    ),
    "device_garbled": Entry(
        Words(
            "The device answered with something that makes no sense.",
            "El dispositivo respondió algo que no tiene sentido.",
        ),
        Retry.UNFIT,
        Words(
            "Check that this is the device's address and not that of another, and update its "
            "software.",
            "Revise que esta sea la dirección del dispositivo y no la de otro, y actualice su "
            "software.",
        ),
    ),
    "device_unable": Entry(
        Words(
            "This model, or its software, cannot do this.",
            "Este modelo, o su software, no puede hacer esto.",
        ),
        Retry.UNFIT,
        Words(
            "Update the device's software if its maker says that it can.",
            "Actualice el software del dispositivo si su fabricante dice que puede.",
        ),
    ),
    "device_unfit": Entry(
        Words(
            "The device takes this request in no form that Sereno knows (answer {status}).",
            "El dispositivo no acepta esta petición en ninguna forma que Sereno conozca "
            "(respuesta {status}).",
        ),
        Retry.UNFIT,
        Words(
            "Update the device's software, and tell the makers of Sereno its model and version.",
            "Actualice el software del dispositivo, y comunique su modelo y versión a quienes "
            "hacen Sereno.",
        ),
    ),
    "device_inactive": Entry(
        Words(
            "The device is in its factory state: nobody has given it a password yet.",
            "El dispositivo está en su estado de fábrica: nadie le ha puesto aún una contraseña.",
        ),
        Retry.NEVER,
        Words(
            "Activate it on its own web page or screen, make an account, and enter that here.",
            "Actívelo en su propia página web o pantalla, cree una cuenta y escríbala aquí.",
        ),
    ),
    "device_restart_wanted": Entry(
        Words(
            "The device wants to be restarted before it does this.",
            "El dispositivo quiere reiniciarse antes de hacer esto.",
        ),
        Retry.BUSY,
        Words(
            "Restart it at a quiet hour; Sereno never does.",
            "Reinícielo en una hora tranquila; Sereno nunca lo hace.",
        ),
    ),
    "channel_missing": Entry(
        Words(
            "The device has no channel {channel}.",
            "El dispositivo no tiene ningún canal {channel}.",
        ),
        Retry.UNFIT,
        Words(
            "Look at the list of its channels; the numbers are the device's own.",
            "Mire la lista de sus canales; los números son los del propio dispositivo.",
        ),
    ),
    "fetch_by_time_unable": Entry(
        Words(
            "This device gives whole files of its footage only, not any span of time.",
            "Este dispositivo solo entrega archivos enteros de sus grabaciones, no cualquier "
            "intervalo.",
        ),
        Retry.UNFIT,
        Words(
            "Search the span and fetch the files found; what is too much can be cut off after.",
            "Busque el intervalo y traiga los archivos encontrados; lo que sobre se corta después.",
        ),
    ),
    "footage_open": Entry(
        Words(
            "The recorder is still writing this footage; fetched now, it would be cut short.",
            "El grabador aún está escribiendo esta grabación; traída ahora, quedaría incompleta.",
        ),
        Retry.BUSY,
        Words(
            "Fetch it again a minute after its end.",
            "Tráigala de nuevo un minuto después de su fin.",
        ),
    ),
    "events_slot_held": Entry(
        Words(
            "The device lets nobody else listen to its events now (answer {status}).",
            "El dispositivo no deja a nadie más escuchar sus eventos ahora (respuesta {status}).",
        ),
        Retry.BUSY,
        Words(
            "After a connection that broke off it frees the place in a minute or two; Sereno waits "
            "and tries again. If it lasts, close other programs that listen to it.",
            "Tras una conexión cortada libera el lugar en uno o dos minutos; Sereno espera y "
            "reintenta. Si continúa, cierre otros programas que lo escuchen.",
        ),
    ),
    "events_ended": Entry(
        Words(
            "The device ended its stream of events.",
            "El dispositivo terminó su flujo de eventos.",
        ),
        Retry.DATA,
        Words("Sereno listens again by itself.", "Sereno vuelve a escuchar por sí mismo."),
    ),
    "device_unknown": Entry(
        Words(
            "What answers at {host} is no recorder or camera that Sereno knows.",
            "Lo que responde en {host} no es un grabador ni una cámara que Sereno conozca.",
        ),
        Retry.UNFIT,
        Words(
            "Check the address and port; on the device enable ISAPI, CGI or ONVIF (its network or "
            "integration settings), or RTSP.",
            "Revise la dirección y el puerto; active en el dispositivo ISAPI, CGI u ONVIF (en sus "
            "ajustes de red o de integración), o RTSP.",
        ),
    ),
    "device_not_asked": Entry(
        Words(
            "This device was not asked yet.",
            "Todavía no se ha consultado este dispositivo.",
        ),
        Retry.BUSY,
        Words(
            "Try again in a moment; if this lasts, check that the site's node is running and "
            "connected.",
            "Reintente en un momento; si continúa, revise que el nodo del sitio esté en marcha y "
            "conectado.",
        ),
    ),
    "errand_slow": Entry(
        Words(
            "This was not done within {seconds} s, so Sereno ended it; what it had found by then "
            "is shown.",
            "No se terminó en {seconds} s, así que Sereno lo dio por acabado; se muestra lo que "
            "había encontrado hasta entonces.",
        ),
        Retry.BUSY,
        Words(
            "Ask for less at once, such as a shorter time, or try again when the device has less "
            "to do.",
            "Pida menos de una vez, por ejemplo un tiempo más corto, o reintente cuando el "
            "dispositivo esté menos ocupado.",
        ),
    ),
    "subnet_unfit": Entry(
        Words(
            "The subnet {subnet} is not looked through: only private networks of up to 1022 "
            "addresses (/22) are.",
            "La subred {subnet} no se recorre: solo redes privadas de hasta 1022 direcciones "
            "(/22).",
        ),
        Retry.UNFIT,
        Words(
            "Write one such as 192.168.1.0/24, or a part of the one you wrote.",
            "Escriba una como 192.168.1.0/24, o una parte de la que escribió.",
        ),
    ),
    "picture_missing": Entry(
        Words(
            "The device gives no picture of channel {channel}.",
            "El dispositivo no da ninguna imagen del canal {channel}.",
        ),
        Retry.UNFIT,
        Words(
            "Check that the channel's camera is on. Of cameras that were added to a recorder by "
            "ONVIF some recorders give none: add them there by the maker's own protocol (Private).",
            "Revise que la cámara del canal esté encendida. De cámaras agregadas al grabador por "
            "ONVIF algunos no dan ninguna: agréguelas allí por el protocolo del fabricante "
            "(Private).",
        ),
    ),
    "footage_none": Entry(
        Words(
            "The device holds no footage of this channel in that time.",
            "El dispositivo no guarda grabaciones de este canal en ese tiempo.",
        ),
        Retry.UNFIT,
        Words(
            "Look at what its search finds on that day; it may be overwritten by now.",
            "Mire qué encuentra su búsqueda de ese día; puede que ya esté sobrescrito.",
        ),
    ),
    "footage_unknown": Entry(
        Words(
            "That is no name of footage that a search of this device gave.",
            "Ese no es el nombre de una grabación dado por una búsqueda en este dispositivo.",
        ),
        Retry.UNFIT,
        Words(
            "Search again and take the handle as it is given, in quotes in a shell.",
            "Busque de nuevo y tome el identificador tal como se da, entre comillas en una "
            "terminal.",
        ),
    ),
    "downloads_refused": Entry(
        Words(
            "The recorder finds this footage and refuses to give it.",
            "El grabador encuentra esta grabación y se niega a darla.",
        ),
        Retry.BUSY,
        Words(
            "Some refuse all downloads after a few that were broken off, until they are restarted: "
            "restart it at a quiet hour; Sereno never does. Check too that the account may "
            "download (right Backup or Playback).",
            "Algunos niegan toda descarga tras unas pocas interrumpidas, hasta que se reinician: "
            "reinícielo en una hora tranquila; Sereno nunca lo hace. Revise también que la cuenta "
            "pueda descargar (permiso Copia de seguridad o Reproducción).",
        ),
    ),
}
