from __future__ import annotations

from uuid import uuid4

from pydantic import SecretStr

from sereno.wire.orders import CameraOrder, Orders, StreamOrder
from sereno.wire.secret import REVEAL

ORDERS = Orders(
    node_id=uuid4(),
    site_name="School",
    ticket_public_key="…",
    cameras=(
        CameraOrder(
            camera_id=uuid4(),
            name="Gate",
            username="admin",
            password=SecretStr("pass-word"),
            streams=(StreamOrder(stream="main", address="rtsp://10.0.0.9/main"),),
        ),
    ),
)


def test_a_password_shows_itself_only_to_the_wire() -> None:
    assert "pass-word" not in repr(ORDERS)
    assert "pass-word" not in ORDERS.model_dump_json()
    assert Orders.model_validate_json(ORDERS.model_dump_json(context=REVEAL)) == ORDERS
