"""Charts as SVG: what a strict content policy allows, readable axes, and nothing from outside that is not escaped."""

from __future__ import annotations

import re

from app.web.charts import Series, columns, lines, sparkline


def texts(markup: str) -> list[str]:
    """The words of the first of the two drawings."""
    return re.findall(r"<text[^>]*>([^<]+)</text>", markup.split("phone-only")[0])


def test_columns_stand_beside_each_other_and_their_axis_has_round_figures() -> None:
    drawn = str(columns(["2026-10", "2026-11"], [Series("in", [7_300, 0]), Series("out", [0, -1_000])], str))
    assert texts(drawn) == ["2026-10", "2026-11", "-5000", "5000", "10000", "15000", "0"]
    assert drawn.count("<svg") == 2
    assert drawn.count('class="series') == 0
    assert len(re.findall(r'<rect [^>]*fill="#0b57a4"', drawn)) == 4


def test_a_drawing_has_no_style_no_script_and_no_unescaped_word() -> None:
    for drawn in (
        columns(["<script>"], [Series("x", [1])], lambda value: f"<b>{value}</b>"),
        lines(["<i>", "b"], [1, None], 5, lambda value: "&"),
        sparkline([1, 2]),
    ):
        text = str(drawn)
        assert "style" not in text
        assert "<script" not in text
        assert "<b>" not in text
        assert "<i>" not in text
        assert "http" not in text


def test_a_line_is_broken_where_there_is_no_figure_and_absent_where_there_is_none() -> None:
    drawn = str(lines(["a", "b", "c", "d", "e"], [1, 2, None, 4, 5], 3, str)).split("phone-only")[0]
    assert len(re.findall(r'<path [^>]*stroke="#0b57a4"', drawn)) == 2
    assert len(re.findall(r'<path [^>]*stroke-dasharray="5 4"', drawn)) == 1
    assert len(re.findall(r"<circle", drawn)) == 4
    assert str(lines(["a"], [None], 3, str)) == ""
    assert "<circle" in str(lines(["a"], [0], None, str))


def test_a_sparkline_needs_two_figures() -> None:
    assert sparkline([]) is None
    assert sparkline([None, 3, None]) is None
    assert 'points="3.0,21.0 93.0,3.0"' in str(sparkline([0, 10]))
    assert 'points="3.0,12.0 48.0,12.0 93.0,12.0"' in str(sparkline([5, 5, 5]))


def test_figures_of_any_size_are_drawn() -> None:
    for figure in (0, 1, -1, 3, 10**15, -(10**15)):
        assert "<svg" in str(columns(["a"], [Series("x", [figure])], str))
        assert "<svg" in str(lines(["a", "b"], [figure, 0], figure, str))
