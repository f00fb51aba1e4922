"""The places the cameras look at, painted once per picture size: calm, flat, in units."""

from __future__ import annotations

from sereno.sim.drawing import HEIGHT_UNITS, WIDTH_UNITS, Colour, Pen, mixed

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


def _tree(pen: Pen, x: float, ground: float, high: float, leaf: Colour) -> None:
    pen.box(x - high * 0.03, ground - high * 0.45, high * 0.06, high * 0.45, (112, 84, 66))
    pen.disc(x - high * 0.14, ground - high * 0.56, high * 0.2, mixed(leaf, BLACK, 0.12))
    pen.disc(x + high * 0.15, ground - high * 0.58, high * 0.19, mixed(leaf, BLACK, 0.06))
    pen.disc(x, ground - high * 0.75, high * 0.24, leaf)
    pen.disc(x - high * 0.07, ground - high * 0.81, high * 0.13, mixed(leaf, WHITE, 0.12))


def _plant(pen: Pen, x: float, ground: float, high: float, pot: Colour) -> None:
    leaf = (74, 132, 98)
    for lean, top in ((-0.3, 0.72), (0.3, 0.72), (-0.16, 0.95), (0.17, 0.93), (0.0, 1.0)):
        tip = (x + lean * high, ground - top * high)
        side = 0.07 * high
        colour = mixed(leaf, WHITE, 0.12 if lean > 0 else 0.0)
        pen.shape([(x - side, ground - 0.35 * high), tip, (x + side, ground - 0.35 * high)], colour)
    pen.shape(
        [
            (x - 0.2 * high, ground - 0.36 * high),
            (x + 0.2 * high, ground - 0.36 * high),
            (x + 0.14 * high, ground),
            (x - 0.14 * high, ground),
        ],
        pot,
    )


def _window(pen: Pen, x: float, y: float, wide: float, high: float, glass: Colour) -> None:
    pen.box(x, y, wide, high, mixed(glass, BLACK, 0.35), 0.4)
    pen.fade(x + 0.5, y + 0.5, wide - 1, high - 1, mixed(glass, WHITE, 0.35), glass)
    pen.box(x + wide / 2 - 0.2, y, 0.4, high, mixed(glass, BLACK, 0.35))


def paint_entrance(pen: Pen) -> None:
    pen.fade(0, 0, WIDTH_UNITS, 66, (238, 224, 205), (224, 204, 180))
    pen.fade(0, 64, WIDTH_UNITS, 26, (188, 176, 166), (152, 142, 136))
    for x in (8.0, 30.0, 112.0, 134.0):
        _window(pen, x, 22, 17, 24, (126, 168, 186))
    pen.box(52, 13, 56, 5, (178, 84, 62), 1)
    pen.box(55, 18, 50, 46, (92, 74, 66))
    for x in (57.0, 80.7):
        pen.fade(x, 20, 22.3, 44, (206, 228, 234), (138, 176, 190))
        pen.shape([(x + 4, 20), (x + 9, 20), (x + 1, 42), (x, 42), (x, 34)], (218, 236, 240))
    pen.box(77.4, 38, 1, 9, (60, 50, 46), 0.5)
    pen.box(81.7, 38, 1, 9, (60, 50, 46), 0.5)
    pen.box(50, 64, 60, 2.4, (204, 194, 184))
    pen.box(46, 66.4, 68, 2.6, (190, 180, 170))
    pen.shape([(60, 69), (100, 69), (108, 76), (52, 76)], (150, 66, 54))
    _plant(pen, 45, 67, 18, (178, 96, 72))
    _plant(pen, 115, 67, 18, (178, 96, 72))
    for x in (50.5, 109.5):
        pen.glow(x, 26, 9, (255, 238, 196), 0.75)
        pen.disc(x, 26, 1.4, (255, 250, 232))


def paint_yard(pen: Pen) -> None:
    pen.fade(0, 0, WIDTH_UNITS, 50, (140, 192, 226), (226, 240, 244))
    pen.glow(130, 14, 22, (255, 246, 214), 0.9)
    pen.disc(130, 14, 4.5, (255, 250, 226))
    for x, y, size in ((28, 14, 4), (34, 12.5, 5), (41, 14, 4), (92, 10, 3), (97, 9, 4)):
        pen.disc(x, y, size, (246, 250, 252), flat=0.6)
    pen.disc(30, 66, 46, (142, 180, 142), flat=0.55)
    pen.disc(134, 70, 56, (126, 168, 132), flat=0.55)
    pen.box(44, 24, 74, 30, (232, 206, 170))
    pen.shape([(41, 25), (121, 25), (114, 17), (48, 17)], (184, 100, 78))
    for x in range(48, 114, 11):
        _window(pen, x, 29, 7, 8, (110, 150, 176))
        if x != 81:
            _window(pen, x, 41, 7, 8, (110, 150, 176))
    pen.box(79, 41, 10, 13, (120, 76, 62), 0.5)
    pen.fade(0, 54, WIDTH_UNITS, 36, (146, 186, 112), (106, 152, 88))
    pen.shape([(78, 54), (90, 54), (118, 90), (56, 90)], (222, 208, 182))
    for x, high in ((12, 40), (33, 30), (128, 31), (148, 42)):
        _tree(pen, x, 60, high, (88, 146, 92))


def paint_corridor(pen: Pen) -> None:
    pen.box(0, 0, WIDTH_UNITS, HEIGHT_UNITS, (206, 220, 228))
    pen.shape([(0, 0), (160, 0), (104, 26), (56, 26)], (236, 241, 244))
    pen.shape([(0, 90), (160, 90), (104, 56), (56, 56)], (150, 168, 180))
    pen.shape([(34, 90), (126, 90), (91, 56), (69, 56)], (164, 181, 192))
    pen.shape([(0, 0), (56, 26), (56, 56), (0, 90)], (186, 205, 217))
    pen.shape([(160, 0), (104, 26), (104, 56), (160, 90)], (174, 195, 209))
    pen.shape([(0, 58), (56, 45), (56, 47), (0, 63)], (88, 138, 168))
    pen.shape([(160, 58), (104, 45), (104, 47), (160, 63)], (80, 128, 158))
    pen.fade(66, 31, 28, 20, (250, 252, 252), (206, 228, 238))
    pen.box(79.6, 31, 0.8, 20, (150, 170, 184))
    for near, far in ((4, 18), (28, 37), (44, 49)):
        top_near, top_far = _wall_y(near, 22), _wall_y(far, 22)
        floor_near, floor_far = _wall_y(near, 90), _wall_y(far, 90)
        for flip in (False, True):
            a, b = (160 - near, 160 - far) if flip else (near, far)
            pen.shape(
                [(a, top_near), (b, top_far), (b, floor_far), (a, floor_near)],
                (92, 128, 152) if flip else (104, 142, 166),
            )
    for upper, lower, half in ((3.0, 11.0, 17.0), (15.0, 19.0, 10.0), (21.5, 23.5, 6.5)):
        pen.shape(
            [
                (80 - half, upper),
                (80 + half, upper),
                (80 + half * 0.66, lower),
                (80 - half * 0.66, lower),
            ],
            (255, 255, 252),
        )


def _wall_y(x: float, at_edge: float) -> float:
    """Height on the left wall of a line that is at ``at_edge`` at the picture's edge."""
    vanishing_x, vanishing_y = 92.0, 41.0
    return vanishing_y + (at_edge - vanishing_y) * (1 - x / vanishing_x)


def paint_car_park(pen: Pen) -> None:
    pen.fade(0, 0, WIDTH_UNITS, 44, (34, 44, 82), (148, 112, 140))
    for x, wide, high in (
        (0, 26, 16),
        (24, 18, 24),
        (44, 30, 13),
        (84, 20, 22),
        (106, 34, 15),
        (138, 22, 25),
    ):
        pen.box(x, 44 - high, wide, high + 2, (44, 48, 80))
        for row in range(int(high // 5)):
            for column in range(int(wide // 5)):
                if (row * 7 + column * 5 + wide) % 3 == 0:
                    pen.box(x + 2 + column * 5, 46 - high + row * 5, 2, 2.4, (244, 208, 138))
    pen.fade(0, 44, WIDTH_UNITS, 46, (72, 76, 98), (50, 53, 72))
    for x in range(-20, 200, 22):
        slant = (x - 80) * 0.22
        pen.shape([(x, 47), (x + 0.8, 47), (x + slant + 1.3, 60), (x + slant, 60)], (186, 188, 204))
    for x in range(-8, 170, 26):
        pen.box(x, 76, 13, 0.8, (196, 178, 120))
    for x in (38, 122):
        pen.box(x - 0.4, 12, 0.8, 34, (28, 30, 48))
        pen.box(x - 5, 11.4, 10, 1.2, (28, 30, 48), 0.5)
        pen.glow(x - 4, 13.4, 15, (255, 226, 166), 0.85)
        pen.glow(x + 4, 13.4, 15, (255, 226, 166), 0.85)
        pen.disc(x, 62, 26, (84, 84, 100), flat=0.18)


def paint_plaza(pen: Pen) -> None:
    pen.fade(0, 0, WIDTH_UNITS, 60, (244, 206, 164), (250, 232, 206))
    pen.disc(20, 20, 8, (255, 240, 208))
    pen.box(28, 58, 104, 6, (196, 164, 138))
    pen.box(0, 30, 30, 34, (214, 150, 118))
    pen.box(130, 26, 30, 38, (206, 140, 112))
    for x, y in ((4, 36), (17, 36), (4, 49), (17, 49), (134, 33), (147, 33), (134, 47), (147, 47)):
        _window(pen, x, y, 8, 8, (150, 124, 124))
    pen.box(34, 28, 92, 36, (246, 234, 214))
    pen.shape([(30, 28), (130, 28), (80, 10)], (232, 214, 188))
    pen.shape([(42, 26), (118, 26), (80, 13)], (246, 234, 214))
    pen.disc(80, 21.5, 3, (196, 120, 92))
    pen.disc(80, 21.5, 2.3, (252, 246, 236))
    pen.line([(80, 21.5), (80, 20)], (92, 70, 66), 0.35)
    pen.line([(80, 21.5), (81.2, 21.9)], (92, 70, 66), 0.35)
    pen.box(32, 28, 96, 2.4, (222, 202, 174))
    pen.box(71, 40, 18, 24, (126, 82, 70), 0.6)
    for x in range(38, 124, 11):
        if not 68 < x < 88:
            pen.box(x, 31, 4.6, 33, (234, 218, 192))
            pen.box(x + 3, 31, 1.6, 33, (216, 196, 168))
            pen.box(x - 0.7, 30.4, 6, 1.8, (224, 204, 176))
    pen.fade(0, 64, WIDTH_UNITS, 26, (214, 184, 158), (188, 154, 132))
    for y, lean in ((70, 0.5), (78, 0.8)):
        pen.box(0, y, WIDTH_UNITS, lean, (202, 170, 146))
    _tree(pen, 13, 70, 30, (128, 150, 92))
    _tree(pen, 147, 70, 30, (128, 150, 92))


def paint_reception(pen: Pen) -> None:
    pen.fade(0, 0, WIDTH_UNITS, 62, (30, 92, 98), (44, 118, 120))
    pen.fade(0, 60, WIDTH_UNITS, 30, (206, 194, 178), (176, 162, 148))
    for x in range(64, 156, 3):
        pen.box(x, 8, 1.2, 44, (38, 104, 108))
    pen.box(8, 10, 46, 34, (24, 74, 80))
    pen.fade(9.5, 11.5, 43, 31, (250, 226, 188), (242, 176, 140))
    pen.shape([(9.5, 42.5), (24, 26), (34, 36), (42, 29), (52.5, 42.5)], (126, 104, 128))
    for x in (78, 98, 118, 138):
        pen.box(x - 0.2, 0, 0.4, 12, (20, 58, 64))
        pen.glow(x, 14, 10, (255, 236, 190), 0.6)
        pen.shape([(x - 3, 15), (x + 3, 15), (x + 1.4, 11), (x - 1.4, 11)], (240, 196, 112))
    pen.box(74, 46, 74, 20, (226, 206, 176), 1)
    pen.box(71, 43.6, 80, 3.4, (248, 240, 226), 1)
    for x in range(80, 146, 6):
        pen.box(x, 49, 0.7, 17, (208, 186, 156))
    pen.box(92, 34.6, 12, 8, (34, 44, 54), 0.6)
    pen.box(97, 42, 2, 2, (34, 44, 54))
    pen.box(16, 56, 34, 7, (226, 138, 104), 2)
    pen.box(14, 48, 38, 10, (236, 152, 118), 2.4)
    pen.box(17, 63, 1.4, 4, (92, 70, 62))
    pen.box(48, 63, 1.4, 4, (92, 70, 62))
    _plant(pen, 61, 67, 22, (236, 226, 210))
    _plant(pen, 5, 67, 19, (236, 226, 210))


def paint_loading_bay(pen: Pen) -> None:
    pen.fade(0, 0, WIDTH_UNITS, 66, (196, 204, 210), (172, 181, 189))
    for x in range(0, 160, 4):
        pen.box(x, 0, 0.5, 66, (184, 193, 200))
    pen.box(0, 6, WIDTH_UNITS, 3.4, (226, 126, 52))
    for index, x in enumerate((10, 60, 110)):
        pen.box(x - 2, 17, 44, 49, (92, 102, 112))
        pen.box(x, 19, 40, 47, (228, 232, 234))
        for y in range(22, 64, 4):
            pen.box(x, y, 40, 0.6, (202, 208, 212))
        pen.disc(x + 20, 13.2, 2.8, (60, 70, 82))
        for mark in range(index + 1):
            pen.box(x + 20 + (mark - index / 2) * 1.3 - 0.35, 11.8, 0.7, 2.8, WHITE)
        pen.box(x - 4, 54, 2.6, 14, (244, 196, 66), 0.4)
        pen.box(x + 41.4, 54, 2.6, 14, (244, 196, 66), 0.4)
    pen.fade(0, 66, WIDTH_UNITS, 24, (140, 146, 152), (112, 118, 126))
    pen.box(0, 66, WIDTH_UNITS, 1.4, (82, 90, 100))
    for x in range(-6, 170, 12):
        pen.shape([(x, 84), (x + 6, 84), (x + 3, 87), (x - 3, 87)], (236, 192, 72))
    for left, y, size in ((64.0, 58, 8), (72.6, 58, 8), (68.0, 50, 8), (82.0, 60, 6)):
        pen.box(left, y, size, size, (198, 152, 104), 0.3)
        pen.box(left + size * 0.42, y, size * 0.16, size, (222, 184, 136))


def paint_shop(pen: Pen) -> None:
    pen.fade(0, 0, WIDTH_UNITS, 64, (246, 236, 244), (232, 216, 234))
    pen.fade(0, 62, WIDTH_UNITS, 28, (206, 192, 206), (180, 164, 184))
    pen.box(0, 4, WIDTH_UNITS, 2, (196, 172, 202))
    for x in (20, 60, 100, 140):
        pen.glow(x, 6, 14, WHITE, 0.8)
        pen.box(x - 7, 4.6, 14, 1.6, WHITE, 0.6)
    goods = (
        (232, 110, 108),
        (244, 178, 86),
        (108, 166, 168),
        (124, 116, 182),
        (236, 214, 122),
        (146, 190, 128),
    )
    for left in (6, 58, 110):
        pen.box(left, 17, 44, 49, (122, 96, 130), 0.8)
        for row, y in enumerate((20, 32, 44, 56)):
            pen.box(left + 1.6, y - 1.4, 40.8, 9.8, (148, 122, 156))
            pen.box(left + 1.6, y + 8.2, 40.8, 1.4, (232, 222, 234))
            edge = left + 3.0
            place = row + left
            while edge < left + 38:
                wide = 3.0 + (place * 7 % 3)
                high = 4.6 + (place * 5 % 4)
                pen.box(edge, y + 8.2 - high, wide, high, goods[place % len(goods)], 0.5)
                edge += wide + 0.8
                place += 1
