"""Layouts of the wall: one's own, shared ones, and nobody's work lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from sereno.accounts.queries import Asker
from sereno.audit.models import Entry
from sereno.base.errors import Invalid
from sereno.live.rules_layouts import MOST_LAYOUTS, Tile, check_tiles
from sereno.sites.actions import CameraFields, add_camera, remove_camera
from sereno.sites.models import Camera

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def tile(camera_id: object, x: int, y: int, w: int = 1, h: int = 1) -> dict[str, Any]:
    return {"camera_id": str(camera_id), "stream": "auto", "x": x, "y": y, "w": w, "h": h}


def body(camera: Camera, **more: Any) -> dict[str, Any]:
    values = {"name": "Patios", "columns": 3, "rows": 2, "tiles": [tile(camera.pk, 1, 0, 2, 2)]}
    return values | more


def test_a_layouts_life(viewer_program: Any, camera: Camera) -> None:
    made = viewer_program("POST", "layouts", body(camera))
    assert made.status_code == 201
    told = made.json()
    assert told | body(camera) == told
    assert (told["is_shared"], told["owner"], told["version"]) == (False, "vera", 1)
    assert viewer_program("GET", "layouts").json() == [told]
    path = f"layouts/{told['id']}"
    moved = {"tiles": [tile(camera.pk, 0, 0) | {"stream": "main"}], "if_version": 1}
    changed = viewer_program("PATCH", path, moved).json()
    assert (changed["tiles"], changed["version"]) == (moved["tiles"], 2)
    late = viewer_program("PATCH", path, {"name": "Otra", "if_version": 1})
    assert (late.status_code, late.json()["error"]["key"]) == (409, "changed_meanwhile")
    assert "vera" in late.json()["error"]["es"]
    assert viewer_program("DELETE", f"{path}?if_version=1").status_code == 409
    assert viewer_program("DELETE", f"{path}?if_version=2").status_code == 204
    assert viewer_program("GET", "layouts").json() == []
    acts = list(Entry.objects.order_by("number").values_list("act", flat=True))[-3:]
    assert acts == ["layout_make", "layout_change", "layout_remove"]


def test_only_shared_ones_are_seen_by_others_and_only_operators_share(
    viewer_program: Any, operator_program: Any, admin_program: Any, camera: Camera
) -> None:
    assert viewer_program("POST", "layouts", body(camera, is_shared=True)).status_code == 403
    own = viewer_program("POST", "layouts", body(camera)).json()
    assert viewer_program("PATCH", f"layouts/{own['id']}", {"is_shared": True}).status_code == 403
    assert operator_program("GET", "layouts").json() == []
    assert operator_program("PATCH", f"layouts/{own['id']}", {}).status_code == 404
    shared = operator_program("POST", "layouts", body(camera, name="Guardia", is_shared=True))
    path = f"layouts/{shared.json()['id']}"
    assert [each["name"] for each in viewer_program("GET", "layouts").json()] == [
        "Guardia",
        "Patios",
    ]
    assert viewer_program("PATCH", path, {"name": "Mía"}).status_code == 403
    assert viewer_program("DELETE", path).status_code == 403
    assert admin_program("PATCH", path, {"name": "Guardia 2"}).json()["owner"] == "olga"
    assert operator_program("PATCH", path, {"is_shared": False}).status_code == 200
    assert admin_program("PATCH", path, {"name": "x"}).status_code == 404


def test_names_are_ones_own(viewer_program: Any, operator_program: Any, camera: Camera) -> None:
    assert viewer_program("POST", "layouts", body(camera)).status_code == 201
    taken = viewer_program("POST", "layouts", body(camera, name="PATIOS"))
    assert (taken.status_code, taken.json()["error"]["field"]) == (409, "name")
    assert operator_program("POST", "layouts", body(camera)).status_code == 201


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"name": " "}, "name_bad"),
        ({"tiles": []}, "tile_count"),
        ({"columns": 2}, "tile_outside"),
        ({"rows": 1}, "tile_outside"),
        ({"columns": 0}, None),
        ({"columns": 25}, None),
        ({"tiles": [tile(ONE, 0, 0)]}, "camera_unknown"),
        ({"tiles": [tile(ONE, -1, 0)]}, None),
        ({"tiles": [tile(ONE, 0, 0) | {"stream": "best"}]}, None),
    ],
)
def test_bad_layouts_are_refused_in_words(
    viewer_program: Any, camera: Camera, change: dict[str, Any], key: str | None
) -> None:
    made = viewer_program("POST", "layouts", body(camera)).json()
    for answer in (
        viewer_program("POST", "layouts", body(camera, name="Otra") | change),
        viewer_program("PATCH", f"layouts/{made['id']}", change),
    ):
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert error["field"]
        assert key in (None, error["key"])


def tiles_of(*places: tuple[UUID, int, int, int, int]) -> list[Tile]:
    return [Tile(camera_id, "auto", x, y, w, h) for camera_id, x, y, w, h in places]


@pytest.mark.parametrize(
    ("places", "key"),
    [
        ([(ONE, 0, 0, 2, 2), (TWO, 1, 1, 1, 1)], "tile_overlap"),
        ([(ONE, 0, 0, 1, 1), (ONE, 1, 0, 1, 1)], "tile_twice"),
        ([(ONE, 3, 3, 2, 1)], "tile_outside"),
        ([(UUID(int=n), n % 6, n // 6, 1, 1) for n in range(37)], "tile_count"),
    ],
)
def test_tiles_that_do_not_fit(places: list[tuple[UUID, int, int, int, int]], key: str) -> None:
    side = 7 if len(places) > 36 else 4
    with pytest.raises(Invalid) as refused:
        check_tiles(side, side, tiles_of(*places))
    assert refused.value.key == key


def test_tiles_come_in_the_order_in_which_one_reads() -> None:
    given = tiles_of((THREE, 0, 2, 2, 2), (TWO, 2, 0, 1, 1), (ONE, 0, 0, 2, 2))
    assert [tile.camera_id for tile in check_tiles(4, 4, given)] == [ONE, TWO, THREE]


def test_a_removed_camera_leaves_its_place_empty(
    admin: Asker, viewer_program: Any, camera: Camera
) -> None:
    other = add_camera(admin, CameraFields("Aula", "rtsp://192.0.2.8/main"))
    tiles = [tile(camera.pk, 0, 0), tile(other.pk, 1, 0)]
    made = viewer_program("POST", "layouts", body(camera, tiles=tiles)).json()
    remove_camera(admin, other.pk)
    assert viewer_program("GET", "layouts").json()[0]["tiles"] == tiles[:1]
    renamed = viewer_program("PATCH", f"layouts/{made['id']}", {"name": "Otro"})
    assert (renamed.status_code, renamed.json()["tiles"]) == (200, tiles[:1])


def test_nobody_has_layouts_without_end(viewer_program: Any, camera: Camera) -> None:
    for number in range(MOST_LAYOUTS):
        assert viewer_program("POST", "layouts", body(camera, name=f"L{number}")).status_code == 201
    refused = viewer_program("POST", "layouts", body(camera))
    assert refused.json()["error"]["key"] == "layouts_too_many"
    assert str(MOST_LAYOUTS) in refused.json()["error"]["en"]


@pytest.mark.parametrize("count", [1, 9])
def test_the_list_costs_the_same_statements_for_any_number(
    viewer_program: Any,
    camera: Camera,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        viewer_program("POST", "layouts", body(camera, name=f"L{number}"))
    with django_assert_num_queries(4):  # two of them for who asks
        assert len(viewer_program("GET", "layouts").json()) == count


def test_no_such_layout(viewer_program: Any) -> None:
    for call in (("PATCH", {}), ("DELETE", None)):
        assert viewer_program(call[0], "layouts/77", call[1]).status_code == 404


def test_a_stranger_has_none(stranger: Any, camera: Camera) -> None:
    assert stranger("POST", "layouts", body(camera)).status_code == 401
