"""How errors are answered: one form, with words in both languages."""

from __future__ import annotations

import logging
from uuid import uuid4

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from psycopg.errors import CheckViolation, ForeignKeyViolation

from sereno.accounts.queries import NOT_SIGNED_IN
from sereno.base.errors import (
    Busy,
    Conflict,
    Forbidden,
    Garbled,
    Invalid,
    NotFound,
    SerenoError,
    Unauthenticated,
    Unavailable,
    Words,
)
from sereno.enforcer.rules_moments import TooSoon
from sereno.gate.auth import WireTooNew

log = logging.getLogger(__name__)

STATUS: dict[type[SerenoError], int] = {
    Garbled: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    WireTooNew: 426,
    TooSoon: 429,
    Busy: 503,
    Unavailable: 503,
}

_NOT_UNDERSTOOD = Words(
    "The call could not be read. Send JSON as the contract describes.",
    "No se pudo leer la llamada. Envíe JSON como describe el contrato.",
)
_FIELD_WRONG = Words(
    "The field {field} is missing or has a form that is not accepted.",
    "El campo {field} falta o tiene una forma que no se acepta.",
)
_UNSTORABLE = Words(
    "A value is too long, too large or holds a character that cannot be kept. Correct it.",
    "Un valor es demasiado largo o grande, o lleva un carácter que no se puede guardar. Corríjalo.",
)
_GONE_MEANWHILE = Words(
    "Somebody took away something that this needs, at the same moment. Reload and try again.",
    "Alguien quitó al mismo tiempo algo que esto necesita. Recargue e inténtelo de nuevo.",
)
_TOO_LARGE = Words(
    "More was sent than Sereno takes at once. Send less.",
    "Se envió más de lo que Sereno acepta de una vez. Envíe menos.",
)
_NOT_FOUND = Words(
    "There is no such thing.",
    "No existe.",
)
_DATABASE_AWAY = Words(
    "The database does not answer. Try again shortly; Sereno goes on recording meanwhile.",
    "La base de datos no responde. Inténtelo en un momento; Sereno sigue grabando mientras tanto.",
)
_INCIDENT = Words(
    "Something went wrong here, not with you. Incident {incident} is in the hub's log.",
    "Algo falló aquí, no es culpa suya. El incidente {incident} está en el registro de la central.",
)


class ErrorBody(Schema):
    """`key` is for programs, `field` the input at fault, the rest for people."""

    key: str
    field: str | None
    en: str
    es: str


class ErrorAnswer(Schema):
    error: ErrorBody


def answer_for(error: SerenoError) -> JsonResponse:
    """The error as it is answered."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return _answer(status, error.key, error.words, error.field)


def _answer(status: int, key: str, words: Words, field: str | None = None) -> JsonResponse:
    body = ErrorBody(key=key, field=field, en=words.en, es=words.es)
    return JsonResponse(ErrorAnswer(error=body).model_dump(), status=status)


def _on_error(request: HttpRequest, error: Exception | type[Exception]) -> JsonResponse:
    match error:
        case SerenoError():
            return answer_for(error)
        case AuthenticationError():
            return answer_for(Unauthenticated("not_signed_in", NOT_SIGNED_IN))
        case ValidationError():
            return answer_for(_field_wrong(error))
        case HttpError():
            return _answer(error.status_code, "not_understood", _NOT_UNDERSTOOD)
        case RequestDataTooBig():
            return _answer(413, "body_too_large", _TOO_LARGE)
        case Http404():
            return answer_for(NotFound("not_found", _NOT_FOUND))
        case DataError() | IntegrityError(__cause__=CheckViolation()):
            return answer_for(Invalid("value_unstorable", _UNSTORABLE))
        case IntegrityError(__cause__=ForeignKeyViolation()):
            return answer_for(Conflict("gone_meanwhile", _GONE_MEANWHILE))
        case OperationalError() | InterfaceError():
            log.error("the database does not answer: %s", error)
            return answer_for(Unavailable("database_away", _DATABASE_AWAY))
    incident = uuid4().hex[:12]
    log.error("incident %s: %s %s", incident, request.method, request.path, exc_info=True)
    return _answer(500, "incident", _INCIDENT.fill(incident=incident))


def _field_wrong(error: ValidationError) -> Invalid:
    # The first one only: its place, never its value, which may be a secret.
    field = str(error.errors[0]["loc"][-1])
    return Invalid("field_wrong", _FIELD_WRONG.fill(field=field), field=field)


def install(api: NinjaAPI) -> None:
    """Let `api` answer every error in this form."""
    for kind in (ValidationError, HttpError, Http404, Exception):
        api.add_exception_handler(kind, _on_error)
