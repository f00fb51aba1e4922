"""Who moves through the scenes: people, cars and a ball, as a few sprites on a track."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from sereno.sim.drawing import Colour, Pen, Planes, Sprite, mixed

WALK_PHASES = 12
Waypoint = tuple[float, float, float]
"""(share of the loop 0…1, x, y): where the feet or wheels stand, in units."""


@dataclass(frozen=True, slots=True)
class Actor:
    """What moves, where and in which colours; ``size`` is its height in units."""

    kind: str
    size: float
    track: Sequence[Waypoint]
    colour: Colour
    accent: Colour = (45, 52, 66)
    skin: Colour = (224, 172, 132)

    def walking(self, share: float) -> tuple[float, float, bool, float]:
        """x, y, whether it faces right, and how far it has come since its last stop (units)."""
        place = min(
            max(bisect_right(self.track, share, key=lambda point: point[0]), 1), len(self.track) - 1
        )
        (start, x0, y0), (end, x1, y1) = self.track[place - 1], self.track[place]
        done = min(max((share - start) / (end - start), 0.0), 1.0)
        x, y = x0 + (x1 - x0) * done, y0 + (y1 - y0) * done
        earlier = [b[1] - a[1] for a, b in zip(self.track[:place], self.track[1:], strict=False)]
        heading = next((step for step in reversed(earlier) if step), 1.0)
        return x, y, heading > 0, math.hypot(x - x0, y - y0)


class Puppet:
    """An actor drawn for one picture size."""

    def __init__(self, actor: Actor, pixels_per_unit: float) -> None:
        self._actor = actor
        self._scale = pixels_per_unit
        draw, phases, self._stride = _KINDS[actor.kind]
        images = [draw(actor, phase / phases, pixels_per_unit) for phase in range(phases)]
        self._right = [Sprite.of(image) for image in images]
        self._left = [
            Sprite.of(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) for image in images
        ]

    def put_on(self, picture: Planes, share: float) -> None:
        """Draws the actor where it stands at ``share`` of the loop."""
        x, y, faces_right, walked = self._actor.walking(share)
        sprites = self._right if faces_right else self._left
        phase = int(walked / (self._stride * self._actor.size) * len(sprites)) % len(sprites)
        sprite = sprites[phase]
        left = x * self._scale - sprite.width / 2
        top = y * self._scale - sprite.height * _FEET
        picture.put(sprite, left, top)


_FEET = 0.94
"""Share of a sprite's height above the ground line; the rest is the front half of its shadow."""


def _sheet(wide: float, high: float, pixels_per_unit: float) -> Pen:
    width, height = round(wide * pixels_per_unit), round(high * pixels_per_unit)
    return Pen(max(width, 2), max(height, 2), pixels_per_unit, (128, 128, 128, 0))


def _person(actor: Actor, phase: float, scale: float) -> Image.Image:
    h = actor.size
    pen = _sheet(h * 0.62, h / _FEET, scale)
    middle, swing = h * 0.31, math.sin(phase * math.tau)
    bob = abs(math.cos(phase * math.tau)) * 0.012 * h
    hip, shoulder = h * 0.54 - bob, h * 0.255 - bob
    pen.disc(middle, h, h * 0.24, (15, 18, 28), flat=0.17, opacity=0.28)
    back, front = mixed(actor.accent, (0, 0, 0), 0.25), actor.accent
    for side, colour in ((-1, back), (1, front)):
        knee = (middle + side * swing * h * 0.09 + 0.01 * h, h * 0.755)
        lift = max(0.0, -side * math.cos(phase * math.tau)) * 0.05 * h
        foot = (middle + side * swing * h * 0.17, h * 0.965 - lift)
        pen.line([(middle, hip), knee, foot], colour, h * 0.088)
        pen.line([foot, (foot[0] + h * 0.045, foot[1])], mixed(colour, (0, 0, 0), 0.45), h * 0.06)
    sleeve = mixed(actor.colour, (0, 0, 0), 0.22)
    _arm(pen, middle, shoulder, -swing, h, sleeve, actor.skin)
    pen.box(
        middle - h * 0.105,
        shoulder - h * 0.04,
        h * 0.21,
        hip - shoulder + h * 0.07,
        actor.colour,
        h * 0.075,
    )
    pen.line([(middle, shoulder), (middle + h * 0.005, shoulder - h * 0.06)], actor.skin, h * 0.07)
    pen.disc(middle + h * 0.012, h * 0.105 - bob, h * 0.083, actor.skin)
    hair = mixed(actor.skin, (40, 26, 20), 0.85)
    pen.disc(middle - h * 0.012, h * 0.085 - bob, h * 0.08, hair)
    pen.disc(middle + h * 0.036, h * 0.118 - bob, h * 0.06, actor.skin)
    _arm(pen, middle, shoulder, swing, h, mixed(actor.colour, (255, 255, 255), 0.14), actor.skin)
    return pen.sheet()


def _arm(
    pen: Pen, x: float, shoulder: float, swing: float, h: float, sleeve: Colour, skin: Colour
) -> None:
    elbow = (x + swing * h * 0.08 - h * 0.015, shoulder + h * 0.15)
    hand = (x + swing * h * 0.16 + h * 0.02, shoulder + h * 0.27)
    pen.line([elbow, hand], skin, h * 0.05)
    pen.line([(x, shoulder + h * 0.02), elbow], sleeve, h * 0.068)


def _car(actor: Actor, _phase: float, scale: float) -> Image.Image:
    h = actor.size
    w = h * 3.0
    pen = _sheet(w * 1.04, h / _FEET, scale)
    body, dark = actor.colour, mixed(actor.colour, (0, 0, 0), 0.3)
    pen.disc(w * 0.52, h, w * 0.5, (10, 12, 20), flat=0.035, opacity=0.4)
    pen.shape(
        [(w * 0.16, h * 0.46), (w * 0.29, h * 0.06), (w * 0.63, h * 0.04), (w * 0.82, h * 0.46)],
        body,
    )
    glass = (176, 205, 222)
    pen.shape(
        [
            (w * 0.225, h * 0.44),
            (w * 0.315, h * 0.13),
            (w * 0.455, h * 0.12),
            (w * 0.455, h * 0.44),
        ],
        glass,
    )
    pen.shape(
        [(w * 0.49, h * 0.44), (w * 0.49, h * 0.12), (w * 0.605, h * 0.11), (w * 0.745, h * 0.44)],
        glass,
    )
    pen.box(w * 0.03, h * 0.42, w * 0.96, h * 0.4, body, h * 0.14)
    pen.box(w * 0.03, h * 0.68, w * 0.96, h * 0.16, dark, h * 0.08)
    pen.box(w * 0.945, h * 0.5, w * 0.045, h * 0.11, (255, 240, 190), h * 0.04)
    pen.box(w * 0.03, h * 0.5, w * 0.03, h * 0.12, (214, 62, 56), h * 0.03)
    pen.box(w * 0.42, h * 0.53, w * 0.06, h * 0.035, dark, h * 0.01)
    for x in (0.23, 0.79):
        pen.disc(w * x, h * 0.81, h * 0.2, (28, 31, 38))
        pen.disc(w * x, h * 0.81, h * 0.1, (176, 182, 190))
    return pen.sheet()


def _van(actor: Actor, _phase: float, scale: float) -> Image.Image:
    h = actor.size
    w = h * 2.0
    pen = _sheet(w * 1.04, h / _FEET, scale)
    body, dark = actor.colour, mixed(actor.colour, (0, 0, 0), 0.18)
    pen.disc(w * 0.52, h, w * 0.5, (10, 12, 20), flat=0.03, opacity=0.4)
    pen.box(w * 0.02, h * 0.05, w * 0.7, h * 0.82, body, h * 0.04)
    pen.shape(
        [
            (w * 0.7, h * 0.2),
            (w * 0.86, h * 0.22),
            (w * 0.97, h * 0.52),
            (w * 0.98, h * 0.87),
            (w * 0.7, h * 0.87),
        ],
        dark,
    )
    pen.shape(
        [(w * 0.76, h * 0.28), (w * 0.84, h * 0.29), (w * 0.925, h * 0.52), (w * 0.76, h * 0.52)],
        (182, 210, 224),
    )
    pen.box(w * 0.02, h * 0.58, w * 0.68, h * 0.09, actor.accent)
    pen.box(w * 0.955, h * 0.62, w * 0.03, h * 0.08, (255, 240, 190))
    pen.box(w * 0.01, h * 0.84, w * 0.98, h * 0.05, (62, 66, 74))
    for x in (0.2, 0.8):
        pen.disc(w * x, h * 0.87, h * 0.125, (28, 31, 38))
        pen.disc(w * x, h * 0.87, h * 0.06, (176, 182, 190))
    return pen.sheet()


def _ball(actor: Actor, phase: float, scale: float) -> Image.Image:
    h = actor.size
    pen = _sheet(h * 1.3, h / _FEET * 2.2, scale)
    ground = h * 2.2
    up = abs(math.sin(phase * math.pi)) * h
    pen.disc(h * 0.65, ground, h * 0.4, (15, 18, 28), flat=0.22, opacity=0.3)
    pen.disc(h * 0.65, ground - h * 0.5 - up, h * 0.5, actor.colour)
    pen.disc(h * 0.52, ground - h * 0.64 - up, h * 0.15, mixed(actor.colour, (255, 255, 255), 0.6))
    return pen.sheet()


_KINDS = {
    "person": (_person, WALK_PHASES, 0.72),
    "car": (_car, 1, 1.0),
    "van": (_van, 1, 1.0),
    "ball": (_ball, WALK_PHASES, 3.0),
}
