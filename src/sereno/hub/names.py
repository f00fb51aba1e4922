"""What the back office calls rooms, tables and columns, in both languages.

Given while the program runs: the tables' own definitions, and with them their migrations, stay
without words.
"""

from __future__ import annotations

from django.apps import apps

from sereno.accounts.backoffice import both
from sereno.base.errors import Words

ROOMS = {
    "accounts": Words("People", "Personas"),
    "audit": Words("Journal", "Diario"),
    "sites": Words("Sites and cameras", "Sitios y cámaras"),
    "devices": Words("Devices", "Dispositivos"),
    "footage": Words("Footage", "Grabaciones"),
    "enforcer": Words("How cameras run", "Cómo funcionan las cámaras"),
    "coverage": Words("Coverage", "Cobertura"),
    "errands": Words("Diagnoses", "Diagnósticos"),
}

# One, and many.
TABLES = {
    "User": (Words("person", "persona"), Words("people", "personas")),
    "ApiToken": (Words("API token", "clave de API"), Words("API tokens", "claves de API")),
    "Entry": (Words("journal entry", "entrada"), Words("journal", "diario")),
    "Site": (Words("site", "sitio"), Words("sites", "sitios")),
    "Node": (Words("node", "nodo"), Words("nodes", "nodos")),
    "Camera": (Words("camera", "cámara"), Words("cameras", "cámaras")),
    "CameraGroup": (Words("group", "grupo"), Words("groups", "grupos")),
    "Device": (Words("device", "dispositivo"), Words("devices", "dispositivos")),
    "DeviceChannel": (Words("channel", "canal"), Words("channels", "canales")),
    "FoundFootage": (
        Words("found footage", "grabación hallada"),
        Words("footage on recorders", "grabaciones en grabadores"),
    ),
    "StreamProfile": (Words("profile", "perfil"), Words("profiles", "perfiles")),
    "ProfileVersion": (Words("version", "versión"), Words("versions", "versiones")),
    "Calendar": (Words("calendar", "calendario"), Words("calendars", "calendarios")),
    "Schedule": (Words("schedule", "horario"), Words("schedules", "horarios")),
    "Pause": (Words("pause", "pausa"), Words("pauses", "pausas")),
    "RunnerState": (
        Words("runner", "proceso de grabación"),
        Words("runners", "procesos de grabación"),
    ),
    "Lease": (Words("lease", "derecho"), Words("leases", "derechos")),
    "BrokenPromise": (Words("alarm", "alarma"), Words("alarms", "alarmas")),
    "Clip": (Words("clip", "clip"), Words("clips", "clips")),
    "Errand": (Words("diagnosis", "diagnóstico"), Words("diagnoses", "diagnósticos")),
}

COLUMNS = {
    "act": Words("act", "acto"),
    "actor_id": Words("who (number)", "quién (número)"),
    "actor_kind": Words("kind of who", "tipo de quién"),
    "address": Words("address", "dirección"),
    "applies": Words("taken up", "se aplica"),
    "asked_at": Words("asked", "pedido"),
    "asked_by": Words("asked by", "pedido por"),
    "backlog": Words("not reported yet", "sin informar aún"),
    "based_on": Words("based on", "basado en"),
    "based_on_name": Words("based on", "basado en"),
    "budget_bytes": Words("room for its footage (bytes)", "espacio para sus grabaciones (bytes)"),
    "by": Words("by", "por"),
    "calendar": Words("calendar", "calendario"),
    "camera": Words("camera", "cámara"),
    "cameras": Words("cameras", "cámaras"),
    "cause": Words("cause", "causa"),
    "changed_at": Words("changed", "cambiado"),
    "changed_by": Words("changed by", "cambiado por"),
    "channel": Words("channel", "canal"),
    "clock": Words("clock", "reloj"),
    "clock_offset_seconds": Words("clock ahead (s)", "reloj adelantado (s)"),
    "codec": Words("codec", "códec"),
    "cpu_affinity": Words("CPUs", "CPU"),
    "cpu_count": Words("number of CPUs", "número de CPU"),
    "created_at": Words("made", "creado"),
    "cron_minutes": Words("minutes (cron)", "minutos (cron)"),
    "device": Words("device", "dispositivo"),
    "done_at": Words("done", "hecho"),
    "end": Words("end", "fin"),
    "ended_at": Words("ended", "terminó"),
    "engine": Words("engine", "motor"),
    "enrolled_at": Words("enrolled", "registrado"),
    "exceptions": Words("exceptions", "excepciones"),
    "expires_at": Words("good until", "vale hasta"),
    "firmware": Words("firmware", "firmware"),
    "found_at": Words("found", "hallada"),
    "found_vendor": Words("driver", "controlador"),
    "granted_at": Words("granted", "concedido"),
    "groups": Words("groups", "grupos"),
    "handle": Words("the device's name of it", "nombre en el dispositivo"),
    "happened_at": Words("when", "cuándo"),
    "height": Words("height", "alto"),
    "holiday_intervals": Words("intervals on holidays", "intervalos en feriados"),
    "host": Words("address", "dirección"),
    "intervals": Words("intervals", "intervalos"),
    "is_active": Words("active", "activa"),
    "is_enabled": Words("in force", "en vigor"),
    "is_online": Words("online", "en línea"),
    "is_open": Words("still being written", "aún se escribe"),
    "is_pending": Words("a change waits", "hay un cambio en espera"),
    "is_recording": Words("recording", "grabando"),
    "is_tls": Words("HTTPS", "HTTPS"),
    "kind": Words("kind", "tipo"),
    "knobs": Words("knobs", "ajustes"),
    "last_exit": Words("last exit", "última salida"),
    "last_login": Words("last signed in", "último acceso"),
    "last_seen": Words("last heard", "última noticia"),
    "last_used_at": Words("last used", "último uso"),
    "lost_packets": Words("lost packets", "paquetes perdidos"),
    "missing_since": Words("missing since", "falta desde"),
    "model": Words("model", "modelo"),
    "name": Words("name", "nombre"),
    "next_try": Words("next try", "próximo intento"),
    "nice": Words("priority (nice)", "prioridad (nice)"),
    "node": Words("node", "nodo"),
    "note": Words("note", "nota"),
    "noticed_at": Words("noticed", "notada"),
    "number": Words("number", "número"),
    "object_id": Words("what (number)", "qué (número)"),
    "object_kind": Words("kind of what", "tipo de qué"),
    "once": Words("once", "una vez"),
    "pid": Words("process", "proceso"),
    "port": Words("web port", "puerto web"),
    "profile": Words("profile", "perfil"),
    "profile_version": Words("profile's version", "versión del perfil"),
    "purpose": Words("for", "para"),
    "reason_key": Words("reason", "motivo"),
    "reason_raw": Words("in its own words", "en sus propias palabras"),
    "records_sound": Words("records sound", "graba sonido"),
    "restarts": Words("restarts", "reinicios"),
    "revoked_at": Words("revoked", "revocada"),
    "role": Words("role", "rol"),
    "rtsp_port": Words("RTSP port", "puerto RTSP"),
    "serial": Words("serial number", "número de serie"),
    "shared_by": Words("streams in it", "flujos en él"),
    "since": Words("since", "desde"),
    "site": Words("site", "sitio"),
    "size_bytes": Words("size (bytes)", "tamaño (bytes)"),
    "sound": Words("sound", "sonido"),
    "standby_node": Words("standby node", "nodo de reserva"),
    "start": Words("start", "inicio"),
    "started_at": Words("started", "iniciado"),
    "state": Words("state", "estado"),
    "stream": Words("stream", "flujo"),
    "sub_address": Words("address of the small stream", "dirección del flujo pequeño"),
    "template": Words("address template", "plantilla de dirección"),
    "template_channels": Words("channels of the template", "canales de la plantilla"),
    "template_sub": Words("template of the small stream", "plantilla del flujo pequeño"),
    "time_zone": Words("time zone", "zona horaria"),
    "transport": Words("transport", "transporte"),
    "user": Words("person", "persona"),
    "username": Words("user name", "usuario"),
    "version": Words("version", "versión"),
    "why": Words("why", "por qué"),
    "width": Words("width", "ancho"),
}


def give_names() -> None:
    """Let Django call our rooms, tables and columns so."""
    for label, words in ROOMS.items():
        room = apps.get_app_config(label)
        room.verbose_name = both(words)
        for table in room.get_models():
            if table.__name__ in TABLES:
                one, many = TABLES[table.__name__]
                table._meta.verbose_name = both(one)
                table._meta.verbose_name_plural = both(many)
            for column in (*table._meta.fields, *table._meta.many_to_many):
                if column.name in COLUMNS:
                    column.verbose_name = both(COLUMNS[column.name])
