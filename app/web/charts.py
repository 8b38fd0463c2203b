"""Charts as SVG made on the server: no script, no style attribute, so that the strict content policy holds.

A chart is drawn twice, for the width of a desk and of a phone: scaling one down would make its words too small to read.
It is a picture of a table that stands beside it; whoever cannot see it loses nothing.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import leather
from leather import theme
from leather.scales import Linear, Ordinal
from leather.shapes import Columns, Dots, Line
from markupsafe import Markup

COLOURS: Final = ("#0b57a4", "#0f6135", "#b35c00", "#5a3b94")
"""Of the series, in their order, each 4.5 : 1 or more on paper. The legend has the same, as classes key-0 to key-3."""

TARGET_COLOUR: Final = "#566473"
WIDE: Final = (1_180, 280)
BESIDE: Final = (850, 260)
"""Where the page has a second column."""

NARROW: Final = (340, 240)
NARROW_LABELS: Final = 4
TICKS: Final = 4
_NICE: Final = (1, 2, 5, 10)

theme.background_color = "none"
theme.margin = 0.012
theme.tick_font_family = theme.legend_font_family = "inherit"
theme.tick_font_size = 13
theme.tick_font_char_width = 8
theme.tick_color = "#d5dce3"
theme.zero_color = "#7a8896"
theme.label_color = "#566473"
theme.legend_font_char_height = 0


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures of a chart, with its name; None where there is no figure."""

    name: str
    values: Sequence[int | None]


class _SideBySide(Columns):
    """The columns of one series among several, each in its part of the place."""

    def __init__(self, colour: str, place: int, number: int) -> None:
        super().__init__(colour)
        self.colour, self.place, self.number = colour, place, number

    def legend_to_svg(self, series: Any, palette: Any) -> list[Any]:
        """None: the page writes the legend, which wraps and can be selected."""
        del series, palette
        return []

    def to_svg(self, width: Any, height: Any, x_scale: Any, y_scale: Any, series: Any, palette: Any) -> ET.Element:
        """Rectangles from zero up, or down."""
        del palette
        group, zero = ET.Element("g"), float(y_scale.project(0, height, 0))
        for point in series.data():
            start, end = (float(edge) for edge in x_scale.project_interval(point.x, 0, width))
            part = (end - start) / self.number
            top = float(y_scale.project(point.y, height, 0))
            group.append(ET.Element("rect", {
                "x": f"{start + part * self.place:.1f}", "width": f"{max(part - 1, 1):.1f}",
                "y": f"{min(top, zero):.1f}", "height": f"{abs(zero - top):.1f}", "fill": self.colour,
            }))  # fmt: skip
        return group


class _Points(Dots):
    """Dots without a legend."""

    def legend_to_svg(self, series: Any, palette: Any) -> list[Any]:
        """None, as above."""
        del series, palette
        return []


class _Exact(Linear):
    """A linear scale that ends where it is told to; the library's own widens itself to ticks that it likes better."""

    def project(self, value: Any, range_min: Any, range_max: Any) -> Decimal:
        """Where a value lies between the ends of the drawing."""
        start, end = Decimal(range_min), Decimal(range_max)
        low, high = Decimal(self._data_min), Decimal(self._data_max)
        return start + (end - start) * (Decimal(value) - low) / (high - low)


class _Path(Line):
    """A line without a legend of its own."""

    def legend_to_svg(self, series: Any, palette: Any) -> list[Any]:
        """None, as above."""
        del series, palette
        return []


def columns(labels: Sequence[str], series: Sequence[Series], tick: Callable[[int], str]) -> Markup:
    """Columns side by side, one group per label. `tick` writes a figure at the axis."""
    low, high = _bounds([value for one in series for value in one.values if value is not None])

    def draw(size: tuple[int, int], every: int) -> str:
        chart = leather.Chart()
        for place, one in enumerate(series):
            points = [(label, value or 0) for label, value in zip(labels, one.values, strict=True)]
            shape = _SideBySide(COLOURS[place % len(COLOURS)], place, len(series))
            chart.add_series(leather.Series(points, name=one.name), shape)
        chart.set_x_scale(Ordinal(list(labels)))
        chart.add_x_axis(tick_formatter=lambda value, at, count: str(value) if _shown(at, count, every) else "")
        return _drawn(chart, low, high, tick, size)

    return _both(draw, WIDE, len(labels))


def lines(
    labels: Sequence[str], values: Sequence[int | None], target: int | None, tick: Callable[[int], str]
) -> Markup:
    """One line over the labels, broken where there is no figure; the target as a dashed one."""
    known = [value for value in values if value is not None]
    low, high = _bounds([*known, *([target] if target is not None else [])])
    last = len(labels)  # places count from 1: the library draws a line at zero

    def draw(size: tuple[int, int], every: int) -> str:
        chart = leather.Chart()
        if target is not None:
            dashed = _Path(TARGET_COLOUR, 1.5, "5 4")
            chart.add_series(leather.Series([(0.5, target), (last + 0.5, target)], name="target"), dashed)
        if known:
            chart.add_series(leather.Series(list(enumerate(values, start=1)), name="value"), _Path(COLOURS[0], 2))
            there = [(at, value) for at, value in enumerate(values, start=1) if value is not None]
            chart.add_series(leather.Series(there, name="value"), _Points(COLOURS[0], 3.5))
        chart.set_x_scale(_Exact(0.5, last + 0.5))
        chart.add_x_axis(
            ticks=list(range(1, last + 1)),
            tick_formatter=lambda value, at, count: labels[int(value) - 1] if _shown(at, count, every) else "",
        )
        return _drawn(chart, low, high, tick, size)

    return _both(draw, BESIDE, len(labels)) if known else Markup()


def _both(draw: Callable[[tuple[int, int], int], str], wide: tuple[int, int], number: int) -> Markup:
    narrow = -(-number // NARROW_LABELS)
    frame = Markup('<div class="chart wide-only">{}</div><div class="chart phone-only">{}</div>')
    # ElementTree has written them, which escapes what it is given.
    return frame.format(Markup(draw(wide, 1)), Markup(draw(NARROW, narrow)))  # noqa: S704


def _shown(at: int, count: int, every: int) -> bool:
    """Whether a label has room: every so many, counted from the last."""
    return (count - 1 - at) % every == 0


def _drawn(chart: Any, low: int, high: int, tick: Callable[[int], str], size: tuple[int, int]) -> str:
    step = (high - low) // TICKS
    chart.set_y_scale(_Exact(low, high))
    chart.add_y_axis(
        ticks=[low + step * place for place in range(TICKS + 1)],
        tick_formatter=lambda value, at, count: tick(int(value)),
    )
    root = ET.Element(
        "svg", {"viewBox": f"0 0 {size[0]} {size[1]}", "width": str(size[0]), "height": str(size[1]),
                "aria-hidden": "true"}
    )  # fmt: skip
    root.append(chart.to_svg_group(*size))
    return ET.tostring(root, encoding="unicode")


def _bounds(values: Sequence[int]) -> tuple[int, int]:
    """Round limits around the figures, zero among them, so far apart that the ticks between are whole."""
    low, high = min([0, *values]), max([0, *values])
    if low == high:
        return 0, TICKS
    step = _nice(-(-(high - low) // TICKS))
    while True:
        bottom = low // step * step
        if bottom + step * TICKS >= high:
            return bottom, bottom + step * TICKS
        step = _nice(step + 1)


def _nice(least: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 ... that is no less."""
    power: int = 10 ** (len(str(max(least, 1))) - 1)
    return next(digit * power for digit in _NICE if digit * power >= least)


SPARK_WIDTH: Final = 96
SPARK_HEIGHT: Final = 24


def sparkline(values: Sequence[int | None]) -> Markup | None:
    """The course of a few figures without axes, for a cell of a table; None with fewer than two."""
    points = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(points) < 2:
        return None
    low, high = min(value for _, value in points), max(value for _, value in points)
    last = len(values) - 1
    course = " ".join(
        f"{3 + at * (SPARK_WIDTH - 6) / last:.1f},{_spark_height(value, low, high):.1f}" for at, value in points
    )
    end_x, end_y = course.rpartition(" ")[2].split(",")
    return Markup(
        '<svg class="spark" width="{w}" height="{h}" viewBox="0 0 {w} {h}" aria-hidden="true">'
        '<polyline points="{course}"></polyline><circle cx="{x}" cy="{y}" r="2.5"></circle></svg>'
    ).format(w=SPARK_WIDTH, h=SPARK_HEIGHT, course=course, x=end_x, y=end_y)


def _spark_height(value: int, low: int, high: int) -> float:
    return SPARK_HEIGHT / 2 if low == high else 3 + (high - value) * (SPARK_HEIGHT - 6) / (high - low)
