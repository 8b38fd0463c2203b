"""What may come in: every field refuses what it does not mean, with words for people, whatever is thrown at it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields

from app.kernel.shapes import (
    MAX_LINES,
    Choice,
    Count,
    CurrencyCode,
    EmailAddress,
    Id,
    Input,
    Moment,
    MoneyField,
    Percent,
    Quantity,
    Text,
    Trouble,
    lines,
)
from app.kernel.values import MAX_QUANTITY_MICRO, Money
from tests.kernel.rounds import tries


class LineInput(Input):
    """One line."""

    what = Text(required=True, most=20)
    quantity = Quantity(required=True)


class EveryInput(Input):
    """One field of each kind."""

    text = Text(most=10)
    long = Text(most=40, multiline=True)
    id = Id("ord")
    quantity = Quantity()
    rest = Quantity(zero=True)
    money = MoneyField()
    free = MoneyField(zero=True)
    rate = Percent()
    moment = Moment()
    choice = Choice({"read": "Read", "write": "Write"})
    currency = CurrencyCode()
    count = Count(least=1, most=5)
    email = EmailAddress()
    lines = lines(LineInput, required=False)
    flag = fields.Boolean()


def load(**given: Any) -> Any:
    (value,) = EveryInput().load(given).values()
    return value


def words(**given: Any) -> Any:
    with pytest.raises(ValidationError) as refused:
        EveryInput().load(given)
    return refused.value.messages


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
    | st.sampled_from(["1e400", "0" * 50, "\ud800", "\x00", "９", "-0", "2026-02-30T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@tries(150, 10_000)
@given(st.sampled_from(sorted(EveryInput().fields)), ANYTHING)
def test_no_field_does_anything_but_take_or_refuse(name: str, value: Any) -> None:
    try:
        taken = EveryInput().load({name: value})
    except ValidationError as refused:
        json.dumps(refused.messages)
    else:
        assert set(taken) == {name}


def test_unknown_fields_are_refused_by_name() -> None:
    with pytest.raises(ValidationError) as refused:
        LineInput().load({"what": "paper", "quantity": "1", "price": "1"})
    assert refused.value.messages == {"price": ["Unknown field."]}


# Text -----------------------------------------------------------------------------------------------------------------


def test_text_is_composed_and_stripped() -> None:
    assert load(text=" e\u0301t\u00e9 ") == "été"
    assert load(long="a\r\nb\rc") == "a\nb\nc"
    assert load(text="纸 A4") == "纸 A4"


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x7f", "\x85", chr(0xD800), chr(0xDFFF)])
def test_characters_that_cannot_be_shown_or_stored_are_refused(char: str) -> None:
    for name in ("text", "long"):
        assert words(**{name: f"a{char}b"}) == {name: ["Contains characters that cannot be shown."]}


def test_line_breaks_are_for_paragraphs_only() -> None:
    assert load(long="a\n\tb") == "a\n\tb"
    for char in "\n\t\r":
        assert words(text=f"a{char}b") == {"text": ["Contains characters that cannot be shown."]}


def test_a_text_that_must_be_there_is_not_blank() -> None:
    for blank in ("", "  ", "\n", "\u3000"):
        with pytest.raises(ValidationError, match=r"Please fill this in\."):
            LineInput(only=["what"]).load({"what": blank})
    assert load(text="  ") == ""


def test_a_text_too_long_says_how_long_it_may_be() -> None:
    assert load(text="x" * 10) == "x" * 10
    (trouble,) = words(text="x" * 11)["text"]
    assert isinstance(trouble, Trouble)
    assert (str(trouble), trouble.params) == ("At most %(most)s characters, now %(now)s.", {"most": 10, "now": 11})


def test_a_text_made_to_be_slow_is_refused_before_the_work() -> None:
    started = time.monotonic()
    assert words(long="a" + "\u0300\u0316" * 400_000)["long"][0].startswith("At most")
    assert time.monotonic() - started < 1


# Numbers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given,micro",
    [("2", 2_000_000), ("2.5", 2_500_000), (3, 3_000_000), (" 1 ", 1_000_000), ("0.000001", 1), ("007", 7_000_000),
     ("1000000000", MAX_QUANTITY_MICRO)],
)  # fmt: skip
def test_quantities_are_decimals_above_zero(given: Any, micro: int) -> None:
    assert load(quantity=given) == micro


@pytest.mark.parametrize(
    "given", [2.5, True, None, [], {}, "", "1e3", "1,5", "1_0", "+1", "２", "NaN", ".5", "5.", "0x1", "1 0", "9" * 41]
)
def test_what_is_no_number_is_no_quantity(given: Any) -> None:
    assert "quantity" in words(quantity=given)


@pytest.mark.parametrize("given", ["0", "-1", "0.0000001", "1000000000.000001", "99999999999999999999", 0])
def test_quantities_out_of_range_are_refused(given: Any) -> None:
    assert words(quantity=given)["quantity"][0].startswith("Expected a quantity above 0")


def test_a_quantity_may_be_zero_where_the_field_says_so() -> None:
    assert load(rest="0") == load(rest="-0.0") == 0


def amount(text: Any, currency: Any = "CNY") -> dict[str, Any]:
    return {"amount": text, "currency": currency}


def test_money_is_an_amount_and_a_currency() -> None:
    assert load(money=amount("12.30")) == Money(1_230, "CNY")
    assert load(money=amount("12", "JPY")) == Money(12, "JPY")
    assert load(money=amount("0.0010", "KWD")) == Money(1, "KWD")
    assert load(free=amount("0")) == Money(0, "CNY")


@pytest.mark.parametrize("given", ["12.30", 12, None, [], {}, {"amount": "1"}, amount("1") | {"more": 1}, [["amount"]]])
def test_money_of_another_shape_is_refused(given: Any) -> None:
    assert "money" in words(money=given)


@pytest.mark.parametrize(
    "text,field",
    [("12.345", "amount"), ("1.00000000000000000000000000000001", "amount"), ("", "amount"), ("1e3", "amount"),
     (12, "amount"), (1.5, "amount"), (None, "amount"), ("１", "amount"), ("-1", "amount"), ("0", "amount"),
     ("10000000000000.01", "amount"), ("9" * 20, "amount"), ("9" * 100_000, "amount"),
     ("1." + "0" * 100_000, "amount"), ("NaN", "amount"), ("1,000.00", "amount")],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_an_amount_that_is_none_is_named(text: Any, field: str) -> None:
    assert list(words(money=amount(text))["money"]) == [field]


@pytest.mark.parametrize("currency", ["cny", "XXX", "", None, 1, [], {}, "CNY ", "元"])
def test_a_currency_that_is_none_is_named(currency: Any) -> None:
    assert words(money=amount("1", currency)) == {"money": {"currency": ["Not an ISO 4217 currency code."]}}
    assert "currency" in words(currency=currency)


@pytest.mark.parametrize("given,points", [("13", 1_300), (13, 1_300), ("2.5", 250), ("0", 0), ("100", 10_000)])
def test_rates_are_percentages(given: Any, points: int) -> None:
    assert load(rate=given) == points


@pytest.mark.parametrize("given", ["100.01", "-1", "1.234", "", None, True, 2.5, "13%", "１３", [], "1e1", 10**4000])
def test_what_is_no_percentage_is_refused(given: Any) -> None:
    assert "rate" in words(rate=given)


@pytest.mark.parametrize("given", [0, 6, -1, "6", 1.0, 2.5, True, None, "", "x", [], 10**4000, float("inf"), "1" * 30])
def test_counts_are_whole_numbers_within_their_bounds(given: Any) -> None:
    assert "count" in words(count=given)


def test_a_count_may_come_as_text_from_a_form() -> None:
    assert load(count="3") == load(count=3) == 3


# Ids, choices, moments, lines, addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", ["", "ord_", "ord_" + "0" * 25, "ord_" + "0" * 27, "quo_" + "0" * 26, "ORD_" + "0" * 26, 7, None,
              "ord_" + "0" * 25 + "\n", "ord_" + "０" * 26]
)  # fmt: skip
def test_an_id_of_another_kind_is_refused(given: Any) -> None:
    assert "id" in words(id=given)
    assert load(id="ord_" + "0" * 26)


def test_a_choice_is_one_of_its_words() -> None:
    assert load(choice="read") == "read"
    for wrong in ("Read", "", "read ", None, 1, []):
        assert "choice" in words(choice=wrong)
    assert EveryInput().fields["choice"].metadata["enum"] == ["read", "write"]


@pytest.mark.parametrize(
    "given,moment",
    [
        ("2026-11-23T17:00:00+08:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        (" 2026-11-23 09:00+00:00 ", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00.123456Z", datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_moments_come_with_an_offset_and_are_kept_in_utc(given: str, moment: datetime) -> None:
    assert load(moment=given) == moment
    assert load(moment=given).utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    "given",
    ["2026-11-23T17:00:00", "2026-11-23", "17:00", "", None, 1_700_000_000, "1999-12-31T00:00:00Z", "0001-01-01T00:00Z",
     "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z", "2026-11-23T24:01:00Z", "tomorrow", [], "x" * 50],
)  # fmt: skip
def test_moments_without_offset_or_out_of_this_world_are_refused(given: Any) -> None:
    assert "moment" in words(moment=given)


def test_lines_are_one_to_a_limit_and_name_the_one_that_is_wrong() -> None:
    good = {"what": "paper", "quantity": "1"}
    assert len(load(lines=[good] * MAX_LINES)) == MAX_LINES
    for many in (0, MAX_LINES + 1):
        assert words(lines=[good] * many) == {"lines": [f"Expected 1 to {MAX_LINES} lines."]}
    assert words(lines=[good, {"what": "ink"}]) == {"lines": {1: {"quantity": ["Missing data for required field."]}}}
    for wrong in (None, "ab", {}, 7, [None], ["x"]):
        assert "lines" in words(lines=wrong)


def test_an_address_is_kept_in_lower_case() -> None:
    assert load(email=" Pu@Lab.Example ") == "pu@lab.example"


@pytest.mark.parametrize(
    "given",
    ["", "pu", "pu@", "@lab.example", "pu@lab", "a b@lab.example", "pu@lab.example\nBcc: x@y.zz", "pu@例子.测试",
     "İ@lab.example", "x" * 190 + "@lab.example", "pu@lab.example\x00", None, 7, [], '"\x01"@lab.example'],
)  # fmt: skip
def test_what_no_mail_server_takes_is_no_address(given: Any) -> None:
    assert words(email=given)["email"]


# Out ------------------------------------------------------------------------------------------------------------------


class EveryOut(Schema):
    """The other way round."""

    quantity = Quantity()
    money = MoneyField()
    rate = Percent()
    moment = Moment()


def test_values_go_out_in_the_form_they_come_in() -> None:
    class Row:
        quantity = 2_500_000
        money = Money(1_230, "CNY")
        rate = 1_300
        moment = datetime(2026, 11, 23, 9, 0, 0, 5, tzinfo=UTC)

    assert EveryOut().dump(Row()) == {
        "quantity": "2.5",
        "money": {"amount": "12.30", "currency": "CNY"},
        "rate": "13",
        "moment": "2026-11-23T09:00:00.000005Z",
    }
    assert EveryOut().dump({"quantity": None, "money": None, "rate": None, "moment": None}) == dict.fromkeys(
        EveryOut().fields
    )
    loaded = EveryInput().load(EveryOut().dump(Row()))
    assert loaded == {"quantity": 2_500_000, "money": Money(1_230, "CNY"), "rate": 1_300, "moment": Row.moment}
