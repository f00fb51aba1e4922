"""The scenes: a place each, and who moves in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sereno.sim import places
from sereno.sim.actors import Actor, Waypoint
from sereno.sim.drawing import Pen


@dataclass(frozen=True, slots=True)
class Scene:
    """A place: its title, what stands still (drawn once) and who moves."""

    title: str
    paint: Callable[[Pen], None]
    actors: tuple[Actor, ...]


def _there_and_back(
    left: float, right: float, ground: float, laps: int, *, start: float = 0.0
) -> tuple[Waypoint, ...]:
    """A track from left to right and back, with a short rest at both ends, ``laps`` times."""
    points: list[Waypoint] = []
    for lap in range(laps):
        begin, long = (lap + start) / laps, 1 / laps
        for share, x in ((0.0, left), (0.46, right), (0.5, right), (0.96, left)):
            points.append((begin + share * long, x, ground))
    if start:
        points.insert(0, (0.0, left, ground))
    points = [point for point in points if point[0] <= 1]
    points.append((max(1.001, points[-1][0] + 0.001), points[-1][1], ground))
    return tuple(points)


_BLUE, _RED, _GREEN, _AMBER = (64, 104, 168), (196, 82, 74), (78, 142, 108), (226, 162, 70)
_DARK_SKIN, _TAN_SKIN = (134, 88, 62), (198, 142, 104)

SCENES: dict[str, Scene] = {
    "entrance": Scene(
        "Entrance",
        places.paint_entrance,
        (
            Actor("person", 27, _there_and_back(-10, 170, 74, 2), _BLUE),
            Actor(
                "person",
                29,
                _there_and_back(172, -12, 83, 1, start=0.1),
                _RED,
                (66, 60, 74),
                _DARK_SKIN,
            ),
        ),
    ),
    "yard": Scene(
        "Yard",
        places.paint_yard,
        (
            Actor("person", 16, _there_and_back(20, 138, 68, 3), _AMBER, (62, 86, 120), _TAN_SKIN),
            Actor("ball", 3.4, _there_and_back(34, 122, 77, 4), (236, 96, 78)),
            Actor("person", 19, _there_and_back(148, 24, 80, 2), _RED, (70, 66, 90)),
        ),
    ),
    "corridor": Scene(
        "Corridor",
        places.paint_corridor,
        (
            Actor("person", 19, _there_and_back(60, 100, 64, 3), _GREEN, (60, 66, 84), _DARK_SKIN),
            Actor(
                "person",
                38,
                _there_and_back(-14, 174, 84, 2, start=0.15),
                (238, 240, 242),
                (72, 108, 140),
            ),
        ),
    ),
    "car_park": Scene(
        "Car park",
        places.paint_car_park,
        (
            Actor("car", 10, ((0.0, 27, 60.5), (1.001, 27, 60.5)), (206, 208, 216)),
            Actor("car", 10, ((0.0, 104, 60.5), (1.001, 104, 60.5)), (104, 142, 176)),
            Actor("person", 17, _there_and_back(168, 52, 70, 2), _AMBER, (40, 44, 62), _TAN_SKIN),
            Actor("car", 13, _there_and_back(-24, 186, 81, 4), (206, 84, 72)),
        ),
    ),
    "plaza": Scene(
        "Town hall",
        places.paint_plaza,
        (
            Actor(
                "person",
                18,
                _there_and_back(168, -8, 72, 1),
                (104, 82, 128),
                (58, 52, 66),
                _TAN_SKIN,
            ),
            Actor("person", 20, _there_and_back(-8, 84, 77, 2), (66, 128, 138), (54, 58, 76)),
            Actor(
                "person",
                23,
                _there_and_back(170, 40, 84, 2, start=0.2),
                _RED,
                (52, 56, 70),
                _DARK_SKIN,
            ),
        ),
    ),
    "reception": Scene(
        "Reception",
        places.paint_reception,
        (
            Actor(
                "person",
                29,
                _there_and_back(-10, 112, 76, 2),
                (240, 232, 218),
                (70, 62, 70),
                _TAN_SKIN,
            ),
            Actor("person", 32, _there_and_back(172, 34, 84, 1, start=0.05), _AMBER, (38, 66, 78)),
        ),
    ),
    "loading_bay": Scene(
        "Loading bay",
        places.paint_loading_bay,
        (
            Actor(
                "person",
                19,
                _there_and_back(50, 112, 70, 3),
                (240, 132, 52),
                (48, 62, 84),
                _DARK_SKIN,
            ),
            Actor(
                "van",
                28,
                (
                    (0.0, -36, 82),
                    (0.14, 40, 82),
                    (0.5, 40, 82),
                    (0.66, 196, 82),
                    (0.7, 196, 82),
                    (0.86, 126, 82),
                    (0.94, 126, 82),
                    (1.001, 200, 82),
                ),
                (244, 246, 248),
                (58, 120, 186),
            ),
        ),
    ),
    "shop": Scene(
        "Shop",
        places.paint_shop,
        (
            Actor("person", 31, _there_and_back(22, 138, 76, 2), (70, 140, 142), (62, 56, 82)),
            Actor(
                "person",
                33,
                _there_and_back(172, 60, 84, 2, start=0.3),
                (226, 128, 120),
                (64, 60, 78),
                _DARK_SKIN,
            ),
        ),
    ),
}
