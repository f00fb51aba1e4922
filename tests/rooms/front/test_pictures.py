"""A picture at the hub's address, which front fetches from the node in the hub's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from .conftest import Front

OF_A_PERSON = {"Authorization": "Bearer of-a-person", "Cookie": "sereno_session=of-a-person"}


def place(front: Front, purpose: str = "snapshot", **more: object) -> str:
    return f"/media/v1/snapshot.jpg?ticket={front.ticket(purpose, **more)}"


async def asked(front: Front, named: str) -> httpx.Response:
    front.hub.place = named
    return await front.client.get("/api/v1/picture", headers=OF_A_PERSON)


async def test_it_comes_from_the_node_and_nobody_learns_from_where(front: Front) -> None:
    answer = await asked(front, place(front))
    assert (answer.status_code, answer.content) == (200, b"0123456789")
    assert [call["path"] for call in front.node.calls] == ["/media/v1/snapshot.jpg"]
    assert front.node.cookies == front.node.authorizations == [None]
    assert "x-sereno-media" not in answer.headers
    assert "set-cookie" not in answer.headers


async def test_only_the_hub_is_believed(front: Front) -> None:
    """What a node or a caller says there is neither followed nor passed on."""
    headers = {"X-Sereno-Media": place(front)}
    ticket = front.ticket("clip")
    answer = await front.client.get(
        "/media/v1/clip.mp4", params={"ticket": ticket}, headers=headers
    )
    assert answer.status_code == 200
    assert "x-sereno-media" not in answer.headers
    assert (await front.client.get("/api/v1/anything", headers=headers)).json()["path"]
    assert [call["path"] for call in front.node.calls] == ["/media/v1/clip.mp4"]


async def test_a_place_that_its_ticket_does_not_open_is_not_asked_for(front: Front) -> None:
    late = datetime.now(UTC) - timedelta(seconds=61)
    other = place(front).replace("/media/v1/snapshot.jpg", "/media/v1/clip.mp4")
    for named in (
        place(front, now=late),
        place(front, "live"),
        place(front, is_own_node=False),
        other,
        "/media/v1/snapshot.jpg",
        "http://[",
    ):
        answer = await asked(front, named)
        assert (answer.status_code, answer.json()["error"]["key"]) == (503, "node_away")
        assert "x-sereno-media" not in answer.headers
    assert front.node.calls == []


async def test_a_channel_of_a_device_shows_its_picture_too(front: Front) -> None:
    device_id = uuid4()
    path = f"/media/v1/devices/{device_id}/channels/3/snapshot.jpg"
    ticket = front.ticket("channel_snapshot", device_id=device_id, channel="3")
    answer = await asked(front, f"{path}?ticket={ticket}")
    assert (answer.status_code, answer.content) == (200, b"0123456789")
    assert (await front.client.get(path, params={"ticket": ticket})).status_code == 200
    assert [call["path"] for call in front.node.calls] == [path] * 2
    other = place(front)
    for named in (
        f"{path}?{other.partition('?')[2]}",
        f"{path}/../more?ticket={ticket}",
        other.replace(other.partition("ticket=")[2], ticket),
    ):
        assert (await asked(front, named)).status_code == 503
    assert len(front.node.calls) == 2


async def test_a_node_that_is_away_or_has_no_orders_yet_is_said(front: Front) -> None:
    front.node.status = 401
    answers = [await asked(front, place(front))]
    (front.folder / "node.sock").unlink()
    answers.append(await asked(front, place(front)))
    assert {each.status_code for each in answers} == {503}
    assert "ticket=" not in answers[0].text


async def test_its_own_words_on_a_missing_picture_are_passed_on(front: Front) -> None:
    front.node.status = 404
    assert (await asked(front, place(front))).status_code == 404


async def test_with_a_ticket_of_its_own_it_is_had_directly(front: Front) -> None:
    for purpose, status in (("snapshot", 200), ("live", 401), ("clip", 401)):
        assert (await front.client.get(place(front, purpose))).status_code == status
