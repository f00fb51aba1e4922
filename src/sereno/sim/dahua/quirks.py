"""Manners of Dahua's recorders and of those that are sold under other names."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.sim.quirk import Quirk
from sereno.sim.recorders.quirks import SHARED_QUIRKS

_OWN = (
    # The door.
    Quirk("qop-list", "dahua/door",
        Words(
            "The challenge offers qop=\"auth,auth-int\".",
            "El desafío ofrece qop=\"auth,auth-int\".",
        ),
        rows=(4,),
    ),
    Quirk("comma-realm", "dahua/door",
        Words(
            "There is a comma in the realm of the challenge.",
            "En el realm del desafío hay una coma.",
        ),
        rows=(4,),
    ),
    Quirk("basic-only", "dahua/door",
        Words(
            "Credentials are asked for, and taken, in the clear alone (Basic).",
            "Las credenciales se piden y se aceptan solo sin cifrar (Basic).",
        ),
        met_on=Words("old firmware", "firmware antiguo"),
    ),
    Quirk("few-connections", "dahua/recorder",
        Words(
            "More connections at once are cut without a word.",
            "Si hay más conexiones a la vez, se cortan sin decir nada.",
        ),
        number=4, unit="connections", rows=(39,),
    ),
    Quirk("audio-reboots", "dahua/restarts",
        Words(
            "Whoever asks for audio.cgi makes the recorder restart, which takes so long.",
            "Quien pide audio.cgi hace que el grabador se reinicie, lo que tarda ese tiempo.",
        ),
        number=105, unit="seconds", met_on=Words("Lorex E891AB", "Lorex E891AB"), rows=(40,),
    ),
    Quirk("lacks-right", "dahua/recorder",
        Words(
            "The account may not read disks, footage and configuration: 403 check failure.",
            "La cuenta no puede leer discos, grabaciones ni configuración: 403 check failure.",
        ),
        rows=(6,),
    ),
    # What the model lacks or says of itself.
    Quirk("errors-with-200", "dahua/tables",
        Words(
            "An unknown configuration is answered with 200 and words that it is an error.",
            "Una configuración desconocida recibe 200 y palabras que dicen que es un error.",
        ),
    ),
    Quirk("no-remote-channels", "dahua/tables",
        Words(
            "The table RemoteChannel is refused with 400.",
            "La tabla RemoteChannel se rechaza con 400.",
        ),
    ),
    Quirk("removed-cameras", "dahua/tables",
        Words(
            "So many cameras that were taken away are still listed as enabled.",
            "Ese número de cámaras ya retiradas sigue figurando como activado.",
        ),
        number=2, unit="cameras", rows=(48,),
    ),
    Quirk("no-camera-state", "dahua/facts",
        Words(
            "getCameraState is refused with 501; getCameraAll works.",
            "getCameraState se rechaza con 501; getCameraAll funciona.",
        ),
        met_on=Words("NVR608H", "NVR608H"),
    ),
    Quirk("no-disk", "dahua/facts",
        Words("There is no disk: the list is empty.", "No hay disco: la lista está vacía."),
        rows=(8,),
    ),
    Quirk("disk-error", "dahua/facts",
        Words("A disk has an error.", "Un disco tiene un error."),
        rows=(9,),
    ),
    Quirk("snapshot-base-0", "dahua/snapshot",
        Words(
            "Pictures are asked for by channels counted from 0.",
            "Las imágenes se piden por canales contados desde 0.",
        ),
        met_on=Words("old firmware", "firmware antiguo"),
    ),
    # Time.
    Quirk("dst-off", "dahua/times",
        Words(
            "Daylight saving is switched off: in summer the clock is an hour slow.",
            "El horario de verano está desactivado: en verano el reloj atrasa una hora.",
        ),
        rows=(13,),
    ),
    Quirk("dst-of-last-year", "dahua/times",
        Words(
            "Daylight saving is set for last year: in summer the clock is an hour slow.",
            "El horario de verano es el del año pasado: en verano el reloj atrasa una hora.",
        ),
        rows=(13,),
    ),
    Quirk("unpadded-times", "dahua/times",
        Words(
            "Numbers in the times of footage have no leading zeros.",
            "Los números en las horas de las grabaciones no llevan ceros delante.",
        ),
    ),
    # Search.
    Quirk("few-finders", "dahua/finding",
        Words(
            "So many searches that were not destroyed leave none for anybody until a restart.",
            "Ese número de búsquedas sin destruir no deja ninguna a nadie hasta reiniciar.",
        ),
        number=2, unit="searches", rows=(27,),
    ),
    Quirk("old-years-refused", "dahua/finding",
        Words(
            "A search that begins years ago is refused with 400.",
            "Una búsqueda que empieza hace años se rechaza con 400.",
        ),
        rows=(26,),
    ),
    Quirk("no-cgi-search", "dahua/finding",
        Words(
            "Over CGI every search is refused with 400; RPC2 searches.",
            "Por CGI toda búsqueda se rechaza con 400; RPC2 sí busca.",
        ),
    ),
    Quirk("flags-ignored", "dahua/finding",
        Words(
            "A search for footage of events finds all footage.",
            "Una búsqueda de grabaciones por eventos las encuentra todas.",
        ),
        met_on=Words("NVR5232", "NVR5232"),
    ),
    Quirk("short-pages", "dahua/finding",
        Words(
            "Pages are shorter than asked for though more follows.",
            "Las páginas son más cortas de lo pedido aunque sigan más.",
        ),
        rows=(14,),
    ),
    Quirk("error-after-last-page", "dahua/finding",
        Words(
            "The page after the last is an error.",
            "La página que sigue a la última es un error.",
        ),
    ),
    Quirk("sparse-rows", "dahua/finding",
        Words(
            "Each second file is listed without its end and its length.",
            "Uno de cada dos archivos figura sin su fin ni su longitud.",
        ),
    ),
    # Download.
    Quirk("no-loadfile", "dahua/loading",
        Words(
            "loadfile.cgi is not implemented; RPC_Loadfile works.",
            "loadfile.cgi no está implementado; RPC_Loadfile funciona.",
        ),
    ),
    Quirk("loadfile-hours", "dahua/loading",
        Words(
            "A download of more hours is refused with 400.",
            "Una descarga de más horas se rechaza con 400.",
        ),
        number=1, unit="hours", rows=(24,),
    ),
    Quirk("five-minute-mark", "dahua/loading",
        Words(
            "A download that begins on a mark of five minutes has the right length and no body.",
            "Una descarga que empieza en múltiplo de cinco minutos trae su longitud y nada más.",
        ),
        met_on=Words("LTN6416", "LTN6416"), rows=(18,),
    ),
    Quirk("cut-at-the-hour", "dahua/loading",
        Words(
            "A download across a full hour ends there.",
            "Una descarga que pasa por una hora en punto acaba ahí.",
        ),
        met_on=Words("LTN6416", "LTN6416"), rows=(21,),
    ),
    Quirk("starts-late", "dahua/loading",
        Words(
            "Downloads begin and end so much later than asked for.",
            "Las descargas empiezan y acaban ese tiempo más tarde de lo pedido.",
        ),
        number=20, unit="seconds", met_on=Words("LTN6416, NV4108E", "LTN6416, NV4108E"),
        rows=(23,),
    ),
    Quirk("starts-early", "dahua/loading",
        Words(
            "Downloads begin and end so much earlier than asked for.",
            "Las descargas empiezan y acaban ese tiempo antes de lo pedido.",
        ),
        number=20, unit="seconds", met_on=Words("LTN6416, NV4108E", "LTN6416, NV4108E"),
        rows=(23,),
    ),
    Quirk("unsettled-tail", "dahua/loading",
        Words(
            "The newest seconds of footage are not on the disk yet: a download ends before them.",
            "Los últimos segundos aún no están en el disco: la descarga acaba antes.",
        ),
        number=60, unit="seconds", rows=(21,),
    ),
    Quirk("wedge-after-aborts", "dahua/loading",
        Words(
            "After so many downloads that were broken off every other is refused, until a restart.",
            "Tras ese número de descargas interrumpidas se rechaza toda otra, hasta reiniciar.",
        ),
        number=3, unit="downloads", met_on=Words("NV4108E-HS", "NV4108E-HS"), rows=(25,),
    ),
    Quirk("preamble", "dahua/loading",
        Words(
            "9 to 13 KB of something else stand before the footage.",
            "Antes de la grabación hay de 9 a 13 KB de otra cosa.",
        ),
        rows=(22,),
    ),
    Quirk("dahua-header", "dahua/loading",
        Words(
            "Footage begins with a header of 1024 bytes, DAHUA.",
            "La grabación empieza con una cabecera de 1024 bytes, DAHUA.",
        ),
    ),
    Quirk("multipart-file", "dahua/loading",
        Words(
            "RPC_Loadfile answers in parts: a status in JSON, then the file.",
            "RPC_Loadfile responde en partes: un estado en JSON y luego el archivo.",
        ),
        met_on=Words("NVR5232", "NVR5232"),
    ),
    Quirk("empty-file", "dahua/loading",
        Words(
            "RPC_Loadfile is answered with 200 and nothing.",
            "RPC_Loadfile recibe 200 y nada.",
        ),
        rows=(18,),
    ),
    # Playback.
    Quirk("one-playback", "dahua/playing",
        Words(
            "A second playback over RTSP is refused with 453.",
            "Una segunda reproducción por RTSP se rechaza con 453.",
        ),
        rows=(28,),
    ),
    Quirk("runs-past-end", "dahua/playing",
        Words(
            "Playback over RTSP goes on beyond the end that was asked for.",
            "La reproducción por RTSP sigue más allá del fin que se pidió.",
        ),
    ),
    Quirk("playback-on-monitor", "dahua/playing",
        Words(
            "Footage is played at /cam/realmonitor with times; /cam/playback is unknown.",
            "Las grabaciones se ven en /cam/realmonitor con horas; /cam/playback no existe.",
        ),
        met_on=Words("NVR5232", "NVR5232"),
    ),
    # Events.
    Quirk("no-event-list", "dahua/events",
        Words(
            "A list of events instead of [All] is refused with 400.",
            "Una lista de eventos en vez de [All] se rechaza con 400.",
        ),
        rows=(37,),
    ),
    Quirk("event-head-varies", "dahua/events",
        Words(
            "Three, four and five lines stand before an event's code in turn.",
            "Antes del código de un evento hay tres, cuatro y cinco líneas por turno.",
        ),
        rows=(38,),
    ),
    Quirk("event-length-lies", "dahua/events",
        Words(
            "The length of an event that carries data is wrong.",
            "La longitud de un evento que lleva datos es falsa.",
        ),
    ),
    Quirk("events-in-crumbs", "dahua/events",
        Words(
            "Events come in pieces of a few bytes.",
            "Los eventos llegan en trozos de pocos bytes.",
        ),
    ),
    Quirk("no-events", "dahua/events",
        Words(
            "Events are not implemented: 501.",
            "Los eventos no están implementados: 501.",
        ),
    ),
)  # fmt: skip

DAHUA_QUIRKS: dict[str, Quirk] = {quirk.name: quirk for quirk in (*SHARED_QUIRKS, *_OWN)}
