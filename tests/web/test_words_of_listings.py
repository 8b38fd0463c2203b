"""What suppliers write in one language is shown in the reader's where that is known."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from app import i18n
from app.catalogue import specs
from app.kernel.values import MICRO
from app.web.catalogue.shown import spec_name
from tests.world import build
from tests.worlds.taxonomy import known_category


@pytest.mark.parametrize(
    "language, unit, number, said",
    [
        ("en", "台", 1, "1 unit"), ("en", "台", 2, "2 units"), ("en", "盒", 3, "3 boxes"), ("zh", "台", 2, "2 台"),
        ("en", "斗", 2, "2 斗"), ("en", "mL", 2, "2 mL"),
    ],
)  # fmt: skip
def test_usual_counters_are_said_in_the_readers_language(
    app: Flask, language: str, unit: str, number: int, said: str
) -> None:
    with app.test_request_context(), force_locale(language):
        assert i18n.counted(number * MICRO, unit) == said


@pytest.mark.parametrize(
    "written, zh, en",
    [
        ("误差 / Error", "误差", "Error"), ("Error / 误差", "误差", "Error"), ("误差", "误差", "误差"),
        ("N / A", "N / A", "N / A"), ("甲 / 乙", "甲 / 乙", "甲 / 乙"), ("a / 乙 / c", "a / 乙 / c", "a / 乙 / c"),
    ],
)  # fmt: skip
def test_of_a_name_in_two_languages_the_readers_half_is_shown(written: str, zh: str, en: str) -> None:
    assert (specs.name_in(written, "zh"), specs.name_in(written, "en")) == (zh, en)


@pytest.mark.parametrize(
    "language, written, shown",
    [
        ("zh", "最低温度", "最低温度"), ("en", "最低温度", "Temperature range, lowest"),
        ("en", "max temperature", "max temperature"), ("zh", "max temperature", "温度范围（最高）"),
    ],
)  # fmt: skip
def test_one_end_of_a_range_is_named_in_the_readers_language(
    app: Flask, language: str, written: str, shown: str
) -> None:
    build()
    code = known_category("instruments.centrifuges.high_speed").code
    with app.test_request_context(), force_locale(language):
        assert spec_name(code, {"key": written}) == shown
