"""The API of the box on this machine, as its own commands use it."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx

from sereno.base.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    SerenoError,
    Unauthenticated,
    Unavailable,
    Words,
)
from sereno.box.address import read_address
from sereno.box.paths import DataDir
from sereno.box.secrets import read_secret

_KINDS: dict[int, type[SerenoError]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    422: Invalid,
    429: Busy,
}

_NOT_RUNNING = Words(
    "Sereno does not run with the data folder {path}. Start it with `sereno up`.",
    "Sereno no está en marcha con la carpeta de datos {path}. Arránquelo con `sereno up`.",
)
_NO_ANSWER = Words(
    "Sereno does not answer at {url}. Look whether `sereno up` still runs, and at its logs folder.",
    "Sereno no responde en {url}. Mire si `sereno up` sigue en marcha y su carpeta de registros.",
)
_OWN_TOKEN = Words(
    "This command is not let in any more: whose administrator's rights it had, has them no longer. "
    "`sereno admin link` gives it those of another.",
    "Esta orden ya no tiene acceso: quien le prestaba sus permisos de administración ya no los "
    "tiene. `sereno admin link` le da los de otra persona.",
)
_ODD_ANSWER = Words(
    "Sereno could not do that (answer {status}). The reason is in its logs folder.",
    "Sereno no pudo hacerlo (respuesta {status}). El motivo está en su carpeta de registros.",
)
_NO_CAMERA = Words(
    "There is no camera “{name}”. `sereno cameras list` shows them all.",
    "No hay ninguna cámara «{name}». `sereno cameras list` las muestra todas.",
)
_MANY_CAMERAS = Words(
    "Several cameras are called “{name}”. Give the id that `sereno cameras list` shows.",
    "Varias cámaras se llaman «{name}». Indique el id que muestra `sereno cameras list`.",
)

Query = str | int | list[str] | None


class Api:
    """Calls under `/api/v1`; answers are parsed JSON, refusals are raised as SerenoError."""

    def __init__(self, url: str, token: str, ca_file: str | None = None) -> None:
        self.url = url
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            verify=ssl.create_default_context(cafile=ca_file),
            timeout=httpx.Timeout(30, connect=5),
            trust_env=False,
        )

    @classmethod
    def of(cls, data: DataDir) -> Self:
        """The running box of this data folder. Raises Unavailable when there is none."""
        address = read_address(data)
        if address is None:
            raise Unavailable("not_running", _NOT_RUNNING.fill(path=data.root))
        return cls(address.url, read_secret(data.cli_token), address.ca_file)

    def get(self, path: str, **query: Query) -> Any:
        """What is None is not asked."""
        return _parsed(self._call("GET", path, params=_said(query)))

    def fetch(self, path: str, language: str = "en", **query: Query) -> httpx.Response:
        """The whole answer, where it is no JSON: a picture, a spreadsheet."""
        headers = {"Accept-Language": language}
        return self._call("GET", path, params=_said(query), headers=headers)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return _parsed(self._call("POST", path, json=body))

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return _parsed(self._call("PATCH", path, json=body))

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return _parsed(self._call("PUT", path, json=body))

    def delete(self, path: str) -> Any:
        return _parsed(self._call("DELETE", path))

    def camera(self, name_or_id: str) -> dict[str, Any]:
        """A camera by its id, or by its name where only one is called so."""
        return self.cameras([name_or_id])[0]

    def cameras(self, names_or_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Several likewise. Raises NotFound, Conflict."""
        known: list[dict[str, Any]] = self.get("cameras")
        return [_camera_in(known, each) for each in names_or_ids]

    def media(
        self, path: str, ticket: str, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """A whole answer under `/media/v1`, by ticket."""
        with self.media_stream(path, ticket, headers) as answer:
            answer.read()
            return answer

    @contextmanager
    def media_stream(
        self, path: str, ticket: str, headers: Mapping[str, str] | None = None
    ) -> Iterator[httpx.Response]:
        """An answer under `/media/v1` whose body is still to be read."""
        sent = {"Authorization": f"Bearer {ticket}", **(headers or {})}
        try:
            with self._http.stream("GET", f"/media/v1/{path}", headers=sent) as answer:
                if answer.is_error:
                    answer.read()
                    raise _refusal(answer)
                yield answer
        except httpx.TransportError:
            raise Unavailable("no_answer", _NO_ANSWER.fill(url=self.url)) from None

    def _call(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, f"/api/v1/{path}", **content)
        except httpx.TransportError:
            raise Unavailable("no_answer", _NO_ANSWER.fill(url=self.url)) from None
        if answer.status_code in (401, 403):
            raise _KINDS[answer.status_code]("own_token", _OWN_TOKEN)
        if answer.is_error:
            raise _refusal(answer)
        return answer


def _camera_in(cameras: list[dict[str, Any]], name_or_id: str) -> dict[str, Any]:
    for camera in cameras:
        if camera["id"] == name_or_id:
            return camera
    wanted = name_or_id.casefold()
    found = [camera for camera in cameras if camera["name"].casefold() == wanted]
    if len(found) > 1:
        raise Conflict("camera_ambiguous", _MANY_CAMERAS.fill(name=name_or_id))
    if not found:
        raise NotFound("no_camera", _NO_CAMERA.fill(name=name_or_id))
    return found[0]


def _said(query: Mapping[str, Query]) -> dict[str, str | int | list[str]]:
    return {name: value for name, value in query.items() if value is not None}


def _parsed(answer: httpx.Response) -> Any:
    return answer.json() if answer.content else None


def _refusal(answer: httpx.Response) -> SerenoError:
    """The API's words where it gave some."""
    kind = _KINDS.get(answer.status_code, Unavailable)
    try:
        error = answer.json()["error"]
        return kind(error["key"], Words(error["en"], error["es"]), field=error.get("field"))
    except (ValueError, KeyError, TypeError):
        return kind("odd_answer", _ODD_ANSWER.fill(status=answer.status_code))
