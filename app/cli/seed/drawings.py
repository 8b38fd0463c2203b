"""Neutral pictures for the demo's listings, drawn here: things of their kind in flat tints, none from elsewhere."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PIL import Image, ImageDraw

from app.accounts import files
from app.catalogue.media.looking import looked_at
from app.kernel.shapes import Upload

WIDTH: Final = 1200
HEIGHT: Final = 900
FINER: Final = 2
"""Drawn so many times larger and made smaller, so that edges are smooth."""

Tints = tuple[str, str, str, str]
"""Ground, body, shade, accent."""

TINTS: Final[tuple[Tints, ...]] = (
    ("#F3F6F8", "#D5DEE5", "#A9B8C4", "#2F6F9F"),
    ("#F5F6F2", "#DDE1D4", "#B5BEA3", "#4F7F52"),
    ("#F7F4F1", "#E4DAD0", "#C2AF9E", "#A8623A"),
    ("#F4F3F8", "#DCD9E6", "#B3ADC9", "#5F569B"),
)

Pen = ImageDraw.ImageDraw


def _box(pen: Pen, left: int, top: int, right: int, bottom: int, fill: str, radius: int = 18) -> None:
    pen.rounded_rectangle([left * FINER, top * FINER, right * FINER, bottom * FINER], radius * FINER, fill=fill)


def _round(pen: Pen, left: int, top: int, right: int, bottom: int, fill: str) -> None:
    pen.ellipse([left * FINER, top * FINER, right * FINER, bottom * FINER], fill=fill)


def _shape(pen: Pen, points: list[tuple[int, int]], fill: str) -> None:
    pen.polygon([(x * FINER, y * FINER) for x, y in points], fill=fill)


def instrument(pen: Pen, tints: Tints) -> None:
    """A bench instrument with a door, a screen and keys."""
    _ground, body, shade, accent = tints
    _box(pen, 250, 230, 950, 680, body)
    _box(pen, 250, 230, 640, 680, shade)
    _box(pen, 285, 270, 605, 640, body, 12)
    _round(pen, 355, 365, 535, 545, shade)
    _round(pen, 395, 405, 495, 505, body)
    _box(pen, 690, 280, 905, 420, accent, 10)
    for row in range(2):
        for column in range(3):
            _box(pen, 690 + column * 78, 460 + row * 70, 748 + column * 78, 505 + row * 70, shade, 8)
    _box(pen, 290, 680, 360, 710, shade, 6)
    _box(pen, 840, 680, 910, 710, shade, 6)


def meter(pen: Pen, tints: Tints) -> None:
    """A measuring instrument with a wide screen and knobs."""
    _ground, body, shade, accent = tints
    _box(pen, 200, 290, 1000, 650, body)
    _box(pen, 240, 330, 700, 610, accent, 10)
    trace = [(260, 480), (320, 480), (360, 390), (410, 560), (460, 420), (510, 500), (560, 470), (680, 470)]
    pen.line([(x * FINER, y * FINER) for x, y in trace], fill="#FFFFFF", width=6 * FINER, joint="curve")
    for column in range(2):
        for row in range(2):
            _round(pen, 750 + column * 120, 340 + row * 130, 840 + column * 120, 430 + row * 130, shade)
    for place in range(4):
        _round(pen, 745 + place * 62, 590, 780 + place * 62, 625, accent)


def vessel(pen: Pen, tints: Tints) -> None:
    """A conical flask."""
    _ground, body, shade, accent = tints
    _box(pen, 540, 190, 660, 250, shade, 10)
    _shape(pen, [(560, 240), (640, 240), (640, 400), (820, 690), (380, 690), (560, 400)], body)
    _shape(pen, [(490, 530), (710, 530), (808, 690), (392, 690)], accent)
    _box(pen, 380, 670, 820, 710, accent, 20)


def bottles(pen: Pen, tints: Tints) -> None:
    """Three bottles, one of them taller."""
    _ground, body, shade, accent = tints
    for left, top, fill in ((300, 380, body), (510, 280, shade), (730, 380, body)):
        _box(pen, left + 45, top - 60, left + 125, top + 20, accent, 10)
        _box(pen, left, top, left + 170, 700, fill, 26)
        _box(pen, left + 18, top + 110, left + 152, top + 220, "#FFFFFF", 8)


def cabinet(pen: Pen, tints: Tints) -> None:
    """A cabinet with two doors on feet."""
    _ground, body, shade, accent = tints
    _box(pen, 360, 160, 840, 710, shade)
    _box(pen, 385, 190, 592, 670, body, 8)
    _box(pen, 608, 190, 815, 670, body, 8)
    _box(pen, 565, 390, 580, 480, accent, 6)
    _box(pen, 620, 390, 635, 480, accent, 6)


def sheet(pen: Pen, tints: Tints) -> None:
    """A report on a clipboard, for services."""
    _ground, body, shade, accent = tints
    _box(pen, 370, 170, 830, 740, shade, 26)
    _box(pen, 400, 220, 800, 710, "#FFFFFF", 10)
    _box(pen, 530, 140, 670, 220, accent, 16)
    for row in range(6):
        _box(pen, 440, 290 + row * 62, 760 - (row % 3) * 70, 312 + row * 62, body, 8)
    _round(pen, 650, 590, 750, 690, accent)


BY_ROOT: Final[dict[str, Callable[[Pen, Tints], None]]] = {
    "instruments": instrument, "measuring": meter, "software": meter, "preparation": vessel, "labware": vessel,
    "reagents": bottles, "cold_storage": cabinet, "furniture": cabinet, "safety": cabinet, "services": sheet,
}  # fmt: skip


def picture_for(category: str, place: int) -> Upload:
    """A picture of a thing of the category, received like any other; `place` varies its tint."""
    root = category.partition(".")[0]
    return again(_drawn(root if root in BY_ROOT else "instruments", place % len(TINTS)))


_KEPT: Final[dict[tuple[str, int], Upload]] = {}


def _drawn(root: str, tint: int) -> Upload:
    """Drawn and looked into once; what hangs on listings are its copies."""
    if (root, tint) not in _KEPT:
        _KEPT[root, tint] = _draw(root, tint)
    return _KEPT[root, tint]


def clear() -> None:
    """Take away the originals, which hang on nothing."""
    while _KEPT:
        files.discard(_KEPT.popitem()[1])


def _draw(root: str, tint: int) -> Upload:
    tints = TINTS[tint]
    ground = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), tints[0])
    pen = ImageDraw.Draw(ground)
    _round(pen, 220, 690, 980, 760, tints[2])
    BY_ROOT[root](pen, tints)
    content = io.BytesIO()
    ground.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(content, "PNG")
    content.seek(0)
    return looked_at(files.receive(content, f"{root}.png"))


def again(upload: Upload) -> Upload:
    """The same file once more under names of its own, without taking room twice."""
    return replace(_linked(upload), sizes=tuple(_linked(one) for one in upload.sizes))


def _linked(upload: Upload) -> Upload:
    path = upload.path.with_name(secrets.token_hex(16))
    os.link(upload.path, path)
    return replace(upload, path=path)
