"""How values look in the two languages, against values written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from app import i18n
from app.kernel.actors import platform, who
from app.kernel.errors import NOT_YOURS, WRONG_STATE
from app.kernel.shapes import trouble
from app.kernel.values import Money, clock_at

# Amounts in words: what a cheque says (Ministry of Finance, rules of filling in bills, annex on capital numerals).
WORDS = {
    "0.00": "零元整",
    "0.01": "壹分",
    "0.05": "伍分",
    "0.10": "壹角整",
    "0.20": "贰角整",
    "0.32": "叁角贰分",
    "1.00": "壹元整",
    "1.05": "壹元零伍分",
    "1.50": "壹元伍角整",
    "10.00": "壹拾元整",
    "10.30": "壹拾元叁角整",
    "16.40": "壹拾陆元肆角整",
    "100.00": "壹佰元整",
    "101.00": "壹佰零壹元整",
    "110.07": "壹佰壹拾元零柒分",
    "325.04": "叁佰贰拾伍元零肆分",
    "1000.00": "壹仟元整",
    "1001.00": "壹仟零壹元整",
    "1010.00": "壹仟零壹拾元整",
    "1409.50": "壹仟肆佰零玖元伍角整",
    "6007.14": "陆仟零柒元壹角肆分",
    "10000.00": "壹万元整",
    "10010.50": "壹万零壹拾元伍角整",
    "100000.00": "壹拾万元整",
    "100001.00": "壹拾万零壹元整",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "186000.00": "壹拾捌万陆仟元整",
    "200000.00": "贰拾万元整",
    "10000000.00": "壹仟万元整",
    "10500000.00": "壹仟零伍拾万元整",
    "100000000.00": "壹亿元整",
    "100000001.00": "壹亿零壹元整",
    "100010000.00": "壹亿零壹万元整",
    "100005000.00": "壹亿零伍仟元整",
    "100200000.00": "壹亿零贰拾万元整",
    "1000000001.00": "壹拾亿零壹元整",
    "1000000000000.00": "壹万亿元整",
    "1000100000000.00": "壹万零壹亿元整",
    "9999999999999.99": "玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    "10000000000000.00": "壹拾万亿元整",
}
NOON = datetime(2026, 11, 21, 1, 32, tzinfo=UTC)
"""09:32 on the park's wall."""


@pytest.fixture(scope="module")
def babel() -> Flask:
    """Translation without the rest of the program: nothing here needs a database."""
    app = Flask("babel")
    app.config |= {"BABEL_DEFAULT_LOCALE": "zh", "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai"}
    i18n.init_app(app)
    return app


@pytest.fixture
def zh(babel: Flask) -> Iterator[None]:
    with babel.test_request_context(headers={"Accept-Language": "zh-CN,zh;q=0.9"}):
        yield


@pytest.fixture
def en(babel: Flask) -> Iterator[None]:
    with babel.test_request_context(headers={"Accept-Language": "en-GB"}):
        yield


@pytest.mark.parametrize("amount,words", WORDS.items())
def test_amounts_stand_in_chinese_capital_numerals_as_on_a_cheque(zh: None, amount: str, words: str) -> None:
    assert i18n.money_words(Money.parse(amount, "CNY")) == f"人民币{words}"


def test_the_park_writes_two_hundred_thousand_as_it_is_on_its_forms(zh: None) -> None:
    assert i18n.money_words(Money(20_000_000, "CNY")) == "人民币贰拾万元整"
    assert i18n.money_words(Money(-105, "CNY")) == "人民币负壹元零伍分"


def test_words_are_for_yuan_read_in_chinese_only(babel: Flask) -> None:
    with babel.test_request_context(headers={"Accept-Language": "zh"}):
        assert i18n.money_words(Money(100, "EUR")) == ""
        assert i18n.money_words(None) == ""
    with babel.test_request_context(headers={"Accept-Language": "en"}):
        assert i18n.money_words(Money(100, "CNY")) == ""


@pytest.mark.parametrize(
    "money,chinese,english",
    [
        (Money(18_600_000, "CNY"), "¥186,000.00", "CNY 186,000.00"),
        (Money(-5, "CNY"), "−¥0.05", "CNY −0.05"),
        (Money(123_456_789, "USD"), "USD 1,234,567.89", "USD 1,234,567.89"),
        (Money(-1_234, "JPY"), "JPY −1,234", "JPY −1,234"),
        (Money(1_234_567, "KWD"), "KWD 1,234.567", "KWD 1,234.567"),
        (Money(0, "CNY"), "¥0.00", "CNY 0.00"),
        (None, "—", "—"),
    ],
)
def test_money_shows_its_currency_and_is_grouped(babel: Flask, money: Money | None, chinese: str, english: str) -> None:
    with babel.test_request_context(headers={"Accept-Language": "zh"}):
        assert i18n.money(money) == chinese
    with babel.test_request_context(headers={"Accept-Language": "en"}):
        assert i18n.money(money) == english


def test_moments_are_told_in_the_parks_time_in_the_readers_way(babel: Flask) -> None:
    with babel.test_request_context(headers={"Accept-Language": "zh"}):
        assert i18n.when(NOON) == "2026-11-21 09:32"
        assert i18n.day(NOON) == "2026-11-21"
        assert i18n.day(datetime(2026, 11, 21, 16, 1, tzinfo=UTC)) == "2026-11-22"
        assert i18n.day(date(2026, 3, 4)) == "2026-03-04"
    with babel.test_request_context(headers={"Accept-Language": "en"}):
        assert i18n.when(NOON) == "21 Nov 2026, 09:32"
        assert i18n.day(date(2026, 3, 4)) == "4 Mar 2026"
        assert (i18n.when(None), i18n.day(None), i18n.left(None)) == ("—", "—", "")


@pytest.mark.parametrize(
    "rest,chinese,english",
    [
        (timedelta(days=12, hours=3), "剩 12 天", "12 days left"),
        (timedelta(days=2), "剩 2 天", "2 days left"),
        (timedelta(days=1, hours=23), "剩 47 小时", "47 hours left"),
        (timedelta(hours=2), "剩 2 小时", "2 hours left"),
        (timedelta(hours=1), "剩 1 小时", "1 hour left"),
        (timedelta(minutes=59), "剩 59 分钟", "59 minutes left"),
        (timedelta(minutes=1), "剩 1 分钟", "1 minute left"),
        (timedelta(seconds=20), "剩 0 分钟", "0 minutes left"),
        (-timedelta(minutes=5), "已过 5 分钟", "5 minutes late"),
        (-timedelta(hours=1), "已过 1 小时", "1 hour late"),
        (-timedelta(days=40), "已过 40 天", "40 days late"),
    ],
)
def test_what_is_left_is_told_in_the_largest_sensible_unit(
    babel: Flask, rest: timedelta, chinese: str, english: str
) -> None:
    with clock_at(NOON):
        slip = timedelta(seconds=5) if rest > timedelta(0) else timedelta(0)
        with babel.test_request_context(headers={"Accept-Language": "zh"}):
            assert i18n.left(NOON + rest + slip) == chinese
        with babel.test_request_context(headers={"Accept-Language": "en"}):
            assert i18n.left(NOON + rest + slip) == english


@pytest.mark.parametrize(
    "micro,text",
    [
        (2_500_000, "2.5"), (1_000_000, "1"), (1, "0.000001"), (1_234_567_000_000, "1,234,567"), (0, "0"),
        (-500_000, "−0.5"), (-1_500_000, "−1.5"), (None, "—"),
    ],
)  # fmt: skip
def test_quantities_are_grouped_and_without_trailing_zeros(babel: Flask, micro: int | None, text: str) -> None:
    for language in ("zh", "en"):
        with babel.test_request_context(headers={"Accept-Language": language}):
            assert i18n.quantity(micro) == text


@pytest.mark.parametrize("points,text", [(1_300, "13%"), (250, "2.5%"), (1, "0.01%"), (10_000, "100%"), (None, "—")])
def test_rates_are_told_in_percent(en: None, points: int | None, text: str) -> None:
    assert i18n.percent(points) == text


def test_a_sentence_takes_values_in_the_readers_way(zh: None) -> None:
    assert i18n.say("%(a)s / %(b)s", {"a": Money(100, "CNY"), "b": NOON}) == "¥1.00 / 2026-11-21 09:32"
    assert i18n.speak(trouble("%(n)s of %(m)s", n=3, m=[Money(1, "CNY"), "x"])) == "3 of ¥0.01、x"
    assert i18n.speak(True) == "True"
    assert i18n.say("") == ""
    assert i18n.say("100% sure") == "100% sure"


def test_who_does_a_thing_is_named_by_place_and_role(babel: Flask) -> None:
    refused = NOT_YOURS(who=[*(who("purchaser", "buyer") | platform("reviewer", "operator")).titles()])
    with babel.test_request_context(headers={"Accept-Language": "en"}):
        assert i18n.speak(refused) == "This is done by: the buyer (purchaser), the operator (reviewer)."
    with babel.test_request_context(headers={"Accept-Language": "zh"}):
        said = i18n.speak(refused)
        assert "采购" in said
        assert "（" in said
        assert "buyer" not in said
        assert i18n.speak(WRONG_STATE(state="admitted")) != str(WRONG_STATE(state="admitted"))


@pytest.mark.parametrize(
    "header,path,spoken",
    [
        ("zh-CN", "/", "zh"), ("en-US,en", "/", "en"), ("fr", "/", "zh"), ("", "/", "zh"), ("*", "/", "zh"),
        ("zh", "/api/v1/me", "zh"), ("en", "/api/v1/me", "en"), ("fr", "/api/v1/me", "en"), ("", "/api/v1/me", "en"),
        ("de;q=0.1,zh;q=0.9,en;q=0.2", "/api/v1/me", "zh"), ("\xff\xfe;;;q=x", "/", "zh"),
    ],
)  # fmt: skip
def test_pages_speak_chinese_and_programs_english_unless_they_ask(
    babel: Flask, header: str, path: str, spoken: str
) -> None:
    with babel.test_request_context(path, headers={"Accept-Language": header}):
        assert i18n.language() == spoken


def test_outside_a_request_the_language_can_be_chosen(babel: Flask) -> None:
    with babel.app_context():
        assert i18n.language() == "zh"
        with force_locale("en"):
            assert i18n.language() == "en"
            assert i18n.money(Money(100, "CNY")) == "CNY 1.00"
