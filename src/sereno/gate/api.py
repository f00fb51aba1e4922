"""The node's calls over HTTP; the messages are those of `sereno.wire`."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema, Status

from sereno.accounts.auth import client_address
from sereno.enforcer.leases import this_moment
from sereno.errands.actions import take_report
from sereno.errands.actions_devices import take_device_errand
from sereno.errands.queries import has_errands, orders_of
from sereno.footage.actions import take_reports
from sereno.gate.actions import take_device, take_heartbeat
from sereno.gate.auth import NodeRequest, NodeToken, speaks_our_wire
from sereno.gate.queries import etag_for, orders_for
from sereno.live.actions_clips import take_clip_report
from sereno.sites.actions import enrol_node, note_heard
from sereno.wire.clips import ClipReport
from sereno.wire.devices import DeviceErrandReport, DeviceReport
from sereno.wire.errands import DiagnosisReport, Errands
from sereno.wire.orders import Enrolment, EnrolmentRequest, Orders
from sereno.wire.reports import Heartbeat, HeartbeatAnswer, Reports
from sereno.wire.secret import REVEAL

router = Router(tags=["node"], auth=NodeToken())


class NodeIdentity(Schema):
    node_id: UUID


def _json(body: bytes | str) -> HttpResponse:
    return HttpResponse(body, content_type="application/json")


@router.post("/enrol", auth=speaks_our_wire, response=Enrolment, operation_id="enrol_node")
def enrol(request: HttpRequest, body: EnrolmentRequest) -> HttpResponse:
    """Trade a one-time code for a token."""
    node, token = enrol_node(body.code.get_secret_value(), body.node_name, client_address(request))
    answer = Enrolment.model_validate({"node_id": node.pk, "token": token})
    return _json(answer.model_dump_json(context=REVEAL))


@router.get("/orders", response=Orders, operation_id="get_orders")
def get_orders(request: NodeRequest) -> HttpResponse:
    """Everything the node must do, with its ETag; 304 when it has that already."""
    now = timezone.now()
    note_heard(request.auth, now)
    etag = etag_for(request.auth, now)
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponse(status=304)
    else:
        orders = orders_for(request.auth, now)
        answer, etag = _json(orders.body), orders.etag
    answer["ETag"] = etag
    return answer


@router.post("/reports", response={204: None}, operation_id="send_reports")
def send_reports(request: NodeRequest, body: Reports) -> Status[None]:
    """Take a batch of reports, whole or not at all."""
    take_reports(request.auth, body, timezone.now())
    return Status(204, None)


@router.post("/heartbeat", response=HeartbeatAnswer, operation_id="send_heartbeat")
def send_heartbeat(request: NodeRequest, body: Heartbeat) -> HttpResponse:
    """Hear how the node is; tell it the time, its leases, and the ETag of its orders."""
    moment = this_moment()
    held = take_heartbeat(request.auth, body, moment)
    etag = etag_for(request.auth, moment.now)
    answer = HeartbeatAnswer(
        hub_time=moment.now,
        orders_etag=etag,
        leases=held.leases,
        to_release=held.to_release,
        has_errands=has_errands(request.auth, moment.now),
    )
    return _json(answer.model_dump_json())


@router.get("/errands", response=Errands, operation_id="get_errands")
def get_errands(request: NodeRequest) -> HttpResponse:
    """What people wait for: to be done once, now, and told of as it is found."""
    errands = Errands(errands=orders_of(request.auth, timezone.now()))
    return _json(errands.model_dump_json(context=REVEAL))


@router.post("/errands/{errand_id}", response={204: None}, operation_id="tell_errand")
def tell_errand(request: NodeRequest, errand_id: UUID, body: DiagnosisReport) -> Status[None]:
    """Take all that the node has found by now; 404 where nobody waits for it any more."""
    take_report(request.auth, errand_id, body, timezone.now())
    return Status(204, None)


@router.post("/devices/{device_id}", response={204: None}, operation_id="tell_device")
def tell_device(request: NodeRequest, device_id: UUID, body: DeviceReport) -> Status[None]:
    """Hear how a device is; 404 where nobody wants it any more."""
    take_device(request.auth, device_id, body, timezone.now())
    return Status(204, None)


@router.post("/device-errands/{errand_id}", response={204: None}, operation_id="tell_device_errand")
def tell_device_errand(
    request: NodeRequest, errand_id: UUID, body: DeviceErrandReport
) -> Status[None]:
    """Take all that the node has found by now; 404 where nobody waits for it any more."""
    take_device_errand(request.auth, errand_id, body, timezone.now())
    return Status(204, None)


@router.post("/clips/{clip_id}", response={204: None}, operation_id="tell_clip")
def tell_clip(request: NodeRequest, clip_id: UUID, body: ClipReport) -> Status[None]:
    """Hear how far a clip is, or what came of it; 404 where nobody wants it any more."""
    take_clip_report(request.auth, clip_id, body)
    return Status(204, None)


@router.get("/me", response=NodeIdentity, operation_id="get_node_identity")
def get_me(request: NodeRequest) -> NodeIdentity:
    """Which node this token is; front asks before it keeps a wake-up socket."""
    return NodeIdentity(node_id=request.auth.pk)
