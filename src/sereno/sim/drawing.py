"""Drawing made quick: RGB once, then only YUV planes, which is what the encoder takes.

Scenes are drawn in units: the picture is 160 units wide and 90 high whatever its pixels are.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

WIDTH_UNITS = 160.0
HEIGHT_UNITS = 90.0
SUPERSAMPLING = 2
Colour = tuple[int, int, int]
Points = list[tuple[float, float]]

# RGB to limited-range YCbCr, ITU-R BT.709.
_BT709 = (
    *(0.1826, 0.6142, 0.0620, 16.0),
    *(-0.1006, -0.3386, 0.4392, 128.0),
    *(0.4392, -0.3989, -0.0403, 128.0),
)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """The colour ``share`` (0…1) of the way from one to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Pen:
    """Draws flat shapes in units onto a larger RGBA sheet, which ``sheet`` then scales down."""

    def __init__(
        self,
        width: int,
        height: int,
        pixels_per_unit: float,
        paper: tuple[int, int, int, int] = (0, 0, 0, 255),
    ) -> None:
        self._scale = pixels_per_unit * SUPERSAMPLING
        self._image = Image.new("RGBA", (width * SUPERSAMPLING, height * SUPERSAMPLING), paper)
        self._draw = ImageDraw.Draw(self._image)

    def _at(self, *units: float) -> list[float]:
        return [unit * self._scale for unit in units]

    def _fill(self, colour: Colour, opacity: float) -> tuple[int, int, int, int]:
        return (*colour, round(opacity * 255))

    def box(
        self, left: float, top: float, wide: float, high: float, colour: Colour, radius: float = 0
    ) -> None:
        corners = self._at(left, top, left + wide, top + high)
        corners[2] = max(corners[2] - 1, corners[0])  # Pillow's boxes include their last pixel
        corners[3] = max(corners[3] - 1, corners[1])
        self._draw.rounded_rectangle(corners, radius * self._scale, fill=(*colour, 255))

    def disc(
        self,
        x: float,
        y: float,
        radius: float,
        colour: Colour,
        *,
        flat: float = 1.0,
        opacity: float = 1.0,
    ) -> None:
        """A disc, or with ``flat`` below 1 a lying ellipse."""
        corners = self._at(x - radius, y - radius * flat, x + radius, y + radius * flat)
        self._draw.ellipse(corners, fill=self._fill(colour, opacity))

    def shape(self, points: Points, colour: Colour) -> None:
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.polygon(scaled, fill=(*colour, 255))

    def line(self, points: Points, colour: Colour, wide: float) -> None:
        """A line with round ends and joints."""
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(scaled, (*colour, 255), max(1, round(wide * self._scale)), joint="curve")
        for x, y in points:
            self.disc(x, y, wide / 2, colour)

    def fade(
        self, left: float, top: float, wide: float, high: float, upper: Colour, lower: Colour
    ) -> None:
        """A box whose colour runs from ``upper`` to ``lower``."""
        x, y, right, bottom = (
            round(pixel) for pixel in self._at(left, top, left + wide, top + high)
        )
        ramp = Image.linear_gradient("L").resize((max(right - x, 1), max(bottom - y, 1)))
        paint = Image.composite(
            Image.new("RGBA", ramp.size, (*lower, 255)),
            Image.new("RGBA", ramp.size, (*upper, 255)),
            ramp,
        )
        self._image.paste(paint, (x, y))

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Soft light around a lamp or the sun; ``strength`` 0…1 at its middle."""
        size = round(radius * 2 * self._scale)
        light = Image.radial_gradient("L").point(
            lambda value: round(max(0.0, 1 - value / 181) ** 2 * strength * 255)
        )
        light = light.resize((size, size))
        place = (round((x - radius) * self._scale), round((y - radius) * self._scale))
        self._image.paste(Image.new("RGBA", light.size, (*colour, 255)), place, light)

    def sheet(self) -> Image.Image:
        """What was drawn, RGBA, at its real size."""
        # Band by band: Pillow would multiply colours by opacity first and darken soft edges.
        return Image.merge("RGBA", [band.reduce(SUPERSAMPLING) for band in self._image.split()])


@dataclass(frozen=True, slots=True)
class Planes:
    """A picture as Y, U and V (4:2:0), each a gray image; it can be drawn on."""

    y: Image.Image
    u: Image.Image
    v: Image.Image

    @classmethod
    def of(cls, image: Image.Image) -> Planes:
        y, u, v = image.convert("RGB").convert("RGB", _BT709).split()
        return cls(y, u.reduce(2), v.reduce(2))

    def copy(self) -> Planes:
        return Planes(self.y.copy(), self.u.copy(), self.v.copy())

    def put(self, sprite: Sprite, x: float, y: float) -> None:
        """Draws a sprite with its top left corner near (x, y), in pixels, snapped to even ones."""
        across, down = round(x / 2), round(y / 2)
        self.y.paste(sprite.planes.y, (across * 2, down * 2), sprite.mask)
        self.u.paste(sprite.planes.u, (across, down), sprite.mask_half)
        self.v.paste(sprite.planes.v, (across, down), sprite.mask_half)

    def tobytes(self) -> bytes:
        """Raw yuv420p."""
        return self.y.tobytes() + self.u.tobytes() + self.v.tobytes()


@dataclass(frozen=True, slots=True)
class Sprite:
    """A small picture with opacity, ready to be put on planes."""

    planes: Planes
    mask: Image.Image
    mask_half: Image.Image

    @classmethod
    def of(cls, image: Image.Image) -> Sprite:
        """From an RGBA picture; odd sides lose their last pixel."""
        even = image.crop((0, 0, image.width // 2 * 2, image.height // 2 * 2))
        mask = even.getchannel("A")
        return cls(Planes.of(even), mask, mask.reduce(2))

    @property
    def width(self) -> int:
        return self.mask.width

    @property
    def height(self) -> int:
        return self.mask.height
