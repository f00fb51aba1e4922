"""What front answers by itself when it cannot pass a call on."""

from __future__ import annotations

from html import escape
from http import HTTPStatus

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

from sereno.base.errors import Words

HUB_AWAY = Words(
    "Sereno is starting or its hub has stopped. Cameras go on being recorded. "
    "Try again in a moment.",
    "Sereno está arrancando o su central se detuvo. Las cámaras se siguen grabando. "
    "Intente de nuevo en un momento.",
)
NODE_AWAY = Words(
    "The node that has this video does not answer. Check its machine and its network.",
    "El nodo que tiene este vídeo no responde. Revise su máquina y su red.",
)
TOO_MANY_RELAYS = Words(
    "The connection of this site carries as many views at once as it may ({most}). Close one and "
    "try again.",
    "La conexión de este sitio ya lleva todas las vistas a la vez que puede ({most}). Cierre una e "
    "intente de nuevo.",
)
NO_TICKET = Words(
    "This viewing ticket is not valid or has expired. Open the camera again.",
    "Este pase de visualización no es válido o caducó. Abra la cámara de nuevo.",
)
BODY_TOO_LARGE = Words(
    "More was sent than Sereno takes at once. Send less.",
    "Se envió más de lo que Sereno acepta de una vez. Envíe menos.",
)
BODY_TOO_SLOW = Words(
    "The rest of what was sent did not come. Check the connection and send it again.",
    "No llegó el resto de lo enviado. Revise la conexión y envíelo de nuevo.",
)
NO_PAGES = Words(
    "The pages of the user interface are not part of this installation. "
    "Build them with “make ui”, or install a released package.",
    "Las páginas de la interfaz no forman parte de esta instalación. "
    "Constrúyalas con «make ui» o instale un paquete publicado.",
)

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sereno</title>
<meta name="viewport" content="width=device-width">
<body><h1>Sereno</h1><p>{en}</p><p lang="es">{es}</p></body></html>
"""


def refusal(call: HTTPConnection, status: HTTPStatus, key: str, words: Words) -> Response:
    """The words as a page for people and as JSON for programs."""
    headers = {"Cache-Control": "no-store"}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    en, es = words
    if "text/html" in call.headers.get("accept", ""):
        return HTMLResponse(_PAGE.format(en=escape(en), es=escape(es)), status, headers)
    return JSONResponse({"error": {"key": key, "field": None, "en": en, "es": es}}, status, headers)
