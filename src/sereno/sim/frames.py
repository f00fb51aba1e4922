"""The pictures of one scene's loop, one by one, as the encoder takes them."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from sereno.sim.actors import Puppet
from sereno.sim.drawing import WIDTH_UNITS, Pen, Planes, Sprite
from sereno.sim.marks import BLOCK_COUNT, block_box, position_blocks
from sereno.sim.scenes import SCENES

DRAWING_VERSION = 1
"""Grows with every change of what is drawn, so that no cache shows yesterday's scenes."""
_LUMA_WHITE, _LUMA_BLACK, _LUMA_PLATE = 235, 16, 38
_PLATE_OPACITY = 0.72


class FramePainter:
    """Draws any picture of a scene's loop. Most of a picture is drawn once, here."""

    def __init__(self, scene_key: str, width: int, height: int, fps: int, frame_count: int) -> None:
        scene = SCENES[scene_key]
        self._size = (width, height)
        self._fps = fps
        self._frame_count = frame_count
        scale = width / WIDTH_UNITS
        pen = Pen(width, height, scale)
        scene.paint(pen)
        self._still = Planes.of(pen.sheet())
        self._puppets = [Puppet(actor, scale) for actor in scene.actors]
        self._clock = _Clock(width, height)
        self._title = _plate(scene.title, round(height * 0.05), round(height * 0.02))

    def paint(self, index: int) -> bytes:
        """Picture ``index`` of the loop as raw yuv420p."""
        picture = self._still.copy()
        for puppet in self._puppets:
            puppet.put_on(picture, index / self._frame_count)
        edge = round(self._size[1] * 0.035)
        picture.put(self._title, edge, edge)
        self._clock.put_on(picture, index, self._fps)
        _put_blocks(picture, index)
        return picture.tobytes()


class _Clock:
    """The loop position as mm:ss.ff (ff: frames), in the upper right corner."""

    def __init__(self, width: int, height: int) -> None:
        size = round(height * 0.07)
        font = ImageFont.load_default(size)
        self._cell = 2 * round(max(font.getlength(digit) for digit in "0123456789") / 2 + 1)
        self._glyphs = {sign: _glyph(sign, font, self._cell, size) for sign in "0123456789:."}
        self._narrow = 2 * round(self._cell * 0.28)
        pad, edge = 2 * (height // 72), round(height * 0.035)
        long = 6 * self._cell + 2 * self._narrow + 2 * pad
        self._plate = Sprite.of(_plate_image(long, round(size * 1.2) + pad))
        self._left, self._top = width - edge - long, edge
        self._text_left, self._text_top = self._left + pad, self._top + pad // 2

    def put_on(self, picture: Planes, index: int, fps: int) -> None:
        seconds, part = divmod(index, fps)
        picture.put(self._plate, self._left, self._top)
        x = self._text_left
        for sign in f"{seconds // 60:02d}:{seconds % 60:02d}.{part:02d}":
            step = self._cell if sign.isdigit() else self._narrow
            picture.put(self._glyphs[sign], x - (self._cell - step) / 2, self._text_top)
            x += step


def _glyph(
    sign: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont, cell: int, size: int
) -> Sprite:
    image = Image.new("RGBA", (cell, round(size * 1.2)), (255, 255, 255, 0))
    ImageDraw.Draw(image).text(
        (cell / 2, size * 0.96), sign, (255, 255, 255, 255), font, anchor="ms"
    )
    return Sprite.of(image)


def _plate_image(width: int, height: int) -> Image.Image:
    """A dark, slightly transparent plate with round corners for text to stand on."""
    image = Image.new("RGBA", (width * 2, height * 2), (18, 22, 30, 0))
    fill = (18, 22, 30, round(_PLATE_OPACITY * 255))
    ImageDraw.Draw(image).rounded_rectangle(
        (0, 0, width * 2 - 1, height * 2 - 1), height * 0.45, fill=fill
    )
    return image.reduce(2)


def _plate(text: str, size: int, pad: int) -> Sprite:
    font = ImageFont.load_default(size)
    width = round(font.getlength(text)) + 4 * pad
    image = _plate_image(width, round(size * 1.2) + pad)
    words = Image.new("RGBA", image.size, (255, 255, 255, 0))
    ImageDraw.Draw(words).text(
        (2 * pad, size * 0.96 + pad / 2), text, (255, 255, 255, 255), font, anchor="ls"
    )
    return Sprite.of(Image.alpha_composite(image, words))


def _put_blocks(picture: Planes, index: int) -> None:
    width, height = picture.y.size
    left, top, _, bottom = block_box(0, width, height)
    right = block_box(BLOCK_COUNT - 1, width, height)[2]
    rim = max(1, (bottom - top) // 4)
    frame = (left - rim, top - rim, right + rim, bottom + rim)
    picture.y.paste(_LUMA_PLATE, frame)
    halves = (frame[0] // 2, frame[1] // 2, -(-frame[2] // 2), -(-frame[3] // 2))
    picture.u.paste(128, halves)
    picture.v.paste(128, halves)
    for block, is_white in enumerate(position_blocks(index)):
        picture.y.paste(_LUMA_WHITE if is_white else _LUMA_BLACK, block_box(block, width, height))
