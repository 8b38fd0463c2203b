"""Amounts in words, and texts that stand on paper, in both languages whoever reads."""

from __future__ import annotations

import pytest
from flask import Flask

from app.kernel.values import Money
from app.papers.words import breakable, chinese_words, english_words, pair


@pytest.mark.parametrize(
    "minor, currency, english",
    [
        (0, "CNY", "SAY CNY ZERO ONLY"),
        (100, "CNY", "SAY CNY ONE ONLY"),
        (2_000, "CNY", "SAY CNY TWENTY ONLY"),
        (18_600_000, "CNY", "SAY CNY ONE HUNDRED AND EIGHTY-SIX THOUSAND ONLY"),
        (32_504, "CNY", "SAY CNY THREE HUNDRED AND TWENTY-FIVE AND 04/100 ONLY"),
        (100_000_001, "USD", "SAY USD ONE MILLION AND 01/100 ONLY"),
        (-13_700, "CNY", "SAY CNY MINUS ONE HUNDRED AND THIRTY-SEVEN ONLY"),
        (1_219, "JPY", "SAY JPY ONE THOUSAND TWO HUNDRED AND NINETEEN ONLY"),
        (1_005, "KWD", "SAY KWD ONE AND 005/1000 ONLY"),
        (10**15, "CNY", "SAY CNY TEN TRILLION ONLY"),
    ],
)
def test_an_amount_in_english_words(minor: int, currency: str, english: str) -> None:
    assert english_words(Money(minor, currency)) == english


@pytest.mark.parametrize(
    "minor, currency, chinese",
    [
        (20_000_000, "CNY", "人民币贰拾万元整"),
        (32_504, "CNY", "人民币叁佰贰拾伍元零肆分"),
        (0, "CNY", "人民币零元整"),
        (1_230_050, "USD", "美元壹万贰仟叁佰元伍角整"),
        (12_000, "JPY", "日元壹万贰仟元整"),
        (1_005, "KWD", "KWD 1.005"),
    ],
)
def test_an_amount_in_chinese_capitals_whoever_reads(app: Flask, minor: int, currency: str, chinese: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert chinese_words(Money(minor, currency)) == chinese


def test_a_text_stands_in_both_languages_whoever_reads(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert pair("confirmed") == {"zh": "已确认", "en": "confirmed"}
        assert pair("") == {"zh": "", "en": ""}


def test_a_long_word_may_break_and_others_stay_as_they_are() -> None:
    assert breakable("Hitachi CR22N 离心机") == "Hitachi CR22N 离心机"
    assert breakable("A" * 40) == "A" * 18 + "\u200b" + "A" * 18 + "\u200b" + "AAAA"
