"""The calls that a node makes to its hub (`/api/v1/node/`)."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from sereno.base.errors import Invalid, NotFound, Unauthenticated, Unavailable, Words
from sereno.base.redact import redact
from sereno.policy.reasons import Reason
from sereno.wire.clips import ClipReport
from sereno.wire.devices import DeviceErrandReport, DeviceReport
from sereno.wire.errands import DiagnosisReport, Errand, Errands
from sereno.wire.orders import Enrolment, EnrolmentRequest, Orders
from sereno.wire.reports import Heartbeat, HeartbeatAnswer, Reports
from sereno.wire.secret import REVEAL
from sereno.wire.version import WIRE_VERSION

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
# A way that swallows one heartbeat must not cost the leases that it would have renewed.
HEARTBEAT_TIMEOUT = httpx.Timeout(8.0, connect=5.0)

AnswerT = TypeVar("AnswerT", bound=BaseModel)

_REFUSED = Words(
    "The hub does not accept this node. Make an enrolment code on the hub and start the node "
    "with SERENO_ENROLMENT_CODE set to it; until then it goes on with its last orders.",
    "La central no acepta este nodo. Cree un código de inscripción en la central e inicie el "
    "nodo con SERENO_ENROLMENT_CODE; mientras tanto sigue con sus últimas órdenes.",
)
_NEWER = Words(
    "This node and the hub do not speak the same version (the node's is {version}). "
    "Update the older one.",
    "Este nodo y la central no hablan la misma versión (la del nodo es {version}). "
    "Actualice el más antiguo.",
)
_STRANGE = Words(
    "The hub at {url} gave an answer that is not understood ({status}). Check the hub's address.",
    "La central {url} dio una respuesta que no se entiende ({status}). Revise su dirección.",
)


_NOT_YOUR_CAMERA = "not_your_camera"
_REFUSALS = {
    httpx.codes.BAD_REQUEST,
    httpx.codes.NOT_FOUND,
    httpx.codes.CONFLICT,
    httpx.codes.REQUEST_ENTITY_TOO_LARGE,
    httpx.codes.UNPROCESSABLE_ENTITY,
}
_REFUSAL_TEXT_LIMIT = 300


class HubStumbled(Unavailable):
    """The hub failed over what it was sent: over just this, or it fails over everything."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Orders, and the name (ETag) of this state of them."""

    orders: Orders
    etag: str


def tls_context(url: str, ca_file: Path | None) -> ssl.SSLContext | None:
    """What to check an https hub by: its own certificate file, or the system's authorities."""
    if not url.startswith("https:"):
        return None
    return ssl.create_default_context(cafile=ca_file)


class HubClient:
    """Each call raises Unavailable when it did not succeed, Unauthenticated for a 401."""

    def __init__(self, url: str, ca_file: Path | None) -> None:
        self.url = url.rstrip("/")
        self.tls = tls_context(self.url, ca_file)
        # No environment: a proxy of the machine is not meant for the hub, nor a .netrc.
        self._http = httpx.AsyncClient(
            base_url=f"{self.url}/api/v1/node/",
            verify=self.tls or False,
            timeout=TIMEOUT,
            trust_env=False,
        )

    def use_token(self, token: SecretStr) -> None:
        """Say who this node is, from now on."""
        self._http.headers["Authorization"] = f"Bearer {token.get_secret_value()}"

    @property
    def authorization(self) -> str:
        return str(self._http.headers.get("Authorization", ""))

    async def close(self) -> None:
        await self._http.aclose()

    async def enrol(self, code: SecretStr, node_name: str) -> Enrolment:
        """Trade the one-time code for a token."""
        request = EnrolmentRequest(code=code, node_name=node_name)
        answer = await self._call("POST", "enrol", request.model_dump_json(context=REVEAL))
        return self._read(Enrolment, answer)

    async def orders(self, etag: str) -> Fetched | None:
        """The orders, or None when they are still those of `etag`."""
        answer = await self._call("GET", "orders", etag=etag)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        return Fetched(self._read(Orders, answer), answer.headers.get("ETag", ""))

    async def report(self, reports: Reports) -> None:
        """Returns when the hub has taken all of it.

        Raises NotFound where it holds a camera that is not this node's, Invalid where the hub
        will not take it for another reason, and HubStumbled where it failed over it; in each case
        it took nothing.
        """
        answer = await self._request("POST", "reports", reports.model_dump_json())
        if answer.status_code in _REFUSALS and (refusal := _refusal_in(answer)) is not None:
            raise refusal
        if answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
            words = _STRANGE.fill(url=self.url, status=answer.status_code)
            raise HubStumbled("hub_strange", words)
        self._check(answer)

    async def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatAnswer:
        body = heartbeat.model_dump_json()
        answer = await self._request("POST", "heartbeat", body, timeout=HEARTBEAT_TIMEOUT)
        self._check(answer)
        return self._read(HeartbeatAnswer, answer)

    async def errands(self) -> tuple[Errand, ...]:
        """What people wait for; nothing where the hub is too old to have any."""
        answer = await self._request("GET", "errands")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return ()
        self._check(answer)
        return self._read(Errands, answer).errands

    async def tell_errand(self, errand_id: UUID, report: DiagnosisReport) -> None:
        """Tell all that is known of an errand by now. Raises NotFound: nobody waits for it."""
        await self._tell(f"errands/{errand_id}", report, "errand_over")

    async def tell_clip(self, clip_id: UUID, report: ClipReport) -> None:
        """Tell how far a clip is, or what came of it. Raises NotFound: nobody wants it."""
        await self._tell(f"clips/{clip_id}", report, "clip_over")

    async def tell_device(self, device_id: UUID, report: DeviceReport) -> None:
        """Tell how a device is. Raises NotFound: nobody wants it any more."""
        await self._tell(f"devices/{device_id}", report, "device_over")

    async def tell_device_errand(self, errand_id: UUID, report: DeviceErrandReport) -> None:
        """Tell all that is known of an errand by now. Raises NotFound: nobody waits for it."""
        await self._tell(f"device-errands/{errand_id}", report, "errand_over")

    async def _tell(self, path: str, report: BaseModel, key_if_over: str) -> None:
        answer = await self._request("POST", path, report.model_dump_json())
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NotFound(key_if_over, _STRANGE.fill(url=self.url, status=answer.status_code))
        self._check(answer)

    async def _call(
        self, method: str, path: str, body: str | None = None, etag: str = ""
    ) -> httpx.Response:
        answer = await self._request(method, path, body, etag)
        self._check(answer)
        return answer

    async def _request(
        self,
        method: str,
        path: str,
        body: str | None = None,
        etag: str = "",
        timeout: httpx.Timeout = TIMEOUT,  # noqa: ASYNC109  httpx has one for each step
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if etag:
            headers["If-None-Match"] = etag
        try:
            return await self._http.request(
                method, path, content=body, headers=headers, timeout=timeout
            )
        except httpx.TransportError as error:
            raise self._away() from error

    def _away(self) -> Unavailable:
        return Unavailable("hub_unreachable", Reason("hub_unreachable", {"url": self.url}).words())

    def _check(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status == httpx.codes.UNAUTHORIZED:
            raise Unauthenticated("node_refused", _REFUSED)
        if status == httpx.codes.UPGRADE_REQUIRED:
            raise Unavailable("wire_newer", _NEWER.fill(version=WIRE_VERSION))
        if status in (httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE):
            raise self._away()
        if not answer.is_success and status != httpx.codes.NOT_MODIFIED:
            raise Unavailable("hub_strange", _STRANGE.fill(url=self.url, status=status))

    def _read(self, kind: type[AnswerT], answer: httpx.Response) -> AnswerT:
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError:  # not chained: it would quote the answer, secrets included
            words = _STRANGE.fill(url=self.url, status=answer.status_code)
            raise Unavailable("hub_strange", words) from None


class _Refusal(BaseModel):
    """How the hub says no; whoever else answers does not speak like this."""

    key: str
    en: str
    es: str


class _RefusalAnswer(BaseModel):
    error: _Refusal


def _refusal_in(answer: httpx.Response) -> NotFound | Invalid | None:
    """The hub's own no to these reports; None for another's answer, or a hub without this call."""
    try:
        said = _RefusalAnswer.model_validate_json(answer.content).error
    except ValidationError:
        return None
    words = Words(*(redact(text)[:_REFUSAL_TEXT_LIMIT] for text in (said.en, said.es)))
    if said.key == _NOT_YOUR_CAMERA:
        return NotFound(said.key, words)
    return None if answer.status_code == httpx.codes.NOT_FOUND else Invalid(said.key, words)
