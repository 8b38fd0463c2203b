"""Money, quantities and the one rounding: laws over many numbers, and texts that somebody writes on purpose."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.values import (
    CURRENCIES,
    MAX_MINOR,
    MAX_QUANTITY_MICRO,
    MICRO,
    CurrencyMismatch,
    Money,
    half_up,
    line_minor,
    micro,
    quantity_text,
    split,
    tax_within,
)
from tests.kernel.rounds import tries

AMOUNTS = st.integers(-MAX_MINOR, MAX_MINOR)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any)
MANY = tries(60, 2_000)

# Splitting ------------------------------------------------------------------------------------------------------------


@MANY
@given(AMOUNTS, WEIGHTS)
def test_the_parts_of_a_split_sum_to_the_whole_and_none_is_a_unit_off(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@MANY
@given(AMOUNTS, WEIGHTS)
def test_splitting_a_refund_mirrors_splitting_the_payment(total: int, weights: list[int]) -> None:
    assert split(-total, weights) == [-part for part in split(total, weights)]


def test_the_odd_cent_goes_to_the_largest_remainder_and_a_tie_to_the_earlier_part() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10_000_000, [30, 65, 5]) == [3_000_000, 6_500_000, 500_000]
    assert split(5, [1, 2]) == [2, 3]
    assert [part.amount for part in Money(1_000, "JPY").split([1, 1, 1])] == ["334", "333", "333"]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [-1, 2], [3, -1]])
def test_weights_that_divide_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


# Rounding -------------------------------------------------------------------------------------------------------------


@MANY
@given(st.integers(-(10**30), 10**30), st.integers(1, 10**12))
def test_half_up_is_the_nearest_integer_and_halves_go_away_from_zero(numerator: int, denominator: int) -> None:
    rounded, exact = half_up(numerator, denominator), Fraction(numerator, denominator)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)
    assert half_up(-numerator, denominator) == -rounded


def test_halves_go_up_where_bankers_would_go_to_the_even_one() -> None:
    assert [half_up(n, 2) for n in (1, 3, 5, -1, -3)] == [1, 2, 3, -1, -2]


@pytest.mark.parametrize(
    "price,quantity,basis,amount",
    [
        (2_900, 1, 30, 97),  # 29.00 per 30 tests: one test is 0.9666...
        (2_900, 30, 30, 2_900),
        (2_900, 45, 30, 4_350),
        (1, Decimal("0.5"), 1, 1),
        (1, Decimal("0.499999"), 1, 0),
        (999_999, Decimal("0.000001"), 1, 1),
        (0, 7, 1, 0),
    ],
)
def test_a_line_is_price_times_quantity_by_basis_rounded_once(
    price: int, quantity: int | Decimal, basis: int, amount: int
) -> None:
    assert line_minor(price, micro(quantity), basis * MICRO) == amount


@pytest.mark.parametrize(
    "gross,rate,tax",
    [(11_300, 1_300, 1_300), (18_600_000, 1_300, 2_139_823), (120_000, 600, 6_792), (1, 1_300, 0), (100, 0, 0)],
)
def test_the_tax_inside_a_gross_amount_is_gross_by_rate_over_one_plus_rate(gross: int, rate: int, tax: int) -> None:
    assert tax_within(gross, rate) == tax
    assert tax_within(-gross, rate) == -tax


@MANY
@given(st.integers(0, MAX_MINOR), st.integers(0, 10_000))
def test_tax_never_exceeds_the_amount_it_is_in(gross: int, rate: int) -> None:
    assert 0 <= tax_within(gross, rate) <= gross / 2 + 1


# Money ----------------------------------------------------------------------------------------------------------------


@MANY
@given(AMOUNTS, st.sampled_from(sorted(CURRENCIES)))
def test_an_amount_reads_back_as_it_was_written_in_every_currency(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(money.amount, currency) == money
    places = CURRENCIES[currency]
    assert len(money.amount.partition(".")[2]) == places
    assert Fraction(money.amount) == Fraction(minor, 10**places)


@pytest.mark.parametrize(
    "minor,currency,text",
    [
        (1_230, "CNY", "12.30"),
        (-5, "CNY", "-0.05"),
        (0, "EUR", "0.00"),
        (1_230, "JPY", "1230"),
        (-1, "KRW", "-1"),
        (1_230, "KWD", "1.230"),
        (1, "BHD", "0.001"),
        (12_345, "CLF", "1.2345"),
        (-1, "UYW", "-0.0001"),
    ],
)
def test_currencies_of_zero_two_three_and_four_places_are_written_with_theirs(
    minor: int, currency: str, text: str
) -> None:
    assert Money(minor, currency).amount == text
    assert Money.parse(text, currency).minor == minor


@pytest.mark.parametrize("text", ["0.001", "1.234", "12.3000000000000000000000000000000000000001", "1e-3"])
def test_an_amount_finer_than_its_currency_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(ValueError, match="decimal places"):
        Money.parse(text, "CNY")


def test_trailing_zeros_are_no_precision() -> None:
    assert Money.parse("1.50000", "CNY").minor == 150
    assert Money.parse("1.0", "JPY").minor == 1
    assert Money.parse("1.5e1", "CNY").minor == 1_500
    assert Money.parse("-0.00", "CNY").minor == 0


HOSTILE = [
    "", " ", ".", "-", "+-1", "--1", "1-", "1,000", "1_000", "1 000", "0x10", "１２", "١٢", "1.2.3", "NaN", "sNaN",
    "-nan123", "Infinity", "-inf", "1e", "e1", "1e99999", "1e-99999", "1e999999999999999999999", "9" * 40,
    "9" * 200_000, "0" * 200_000, "1." + "0" * 200_000, "½", "三", "\x00", "1\x00", "12\n34", "null", "True",
    "¥12", "12%",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_hostile_number_texts_are_refused_with_a_value_error_and_at_once(text: str) -> None:
    with pytest.raises(ValueError):
        Money.parse(text, "CNY")
    with pytest.raises(ValueError):
        micro(text)


@MANY
@given(st.text(max_size=30) | st.decimals(allow_nan=True, allow_infinity=True))
def test_whatever_is_read_is_read_exactly_or_refused(text: str | Decimal) -> None:
    try:
        minor = Money.parse(text, "CNY").minor
    except ValueError:
        return
    assert Fraction(minor, 100) == Fraction(Decimal(text))
    assert abs(minor) <= MAX_MINOR


def test_the_largest_amount_is_accepted_and_one_more_is_not() -> None:
    assert Money.parse("10000000000000.00", "CNY").minor == MAX_MINOR
    with pytest.raises(ValueError, match="out of range"):
        Money.parse("10000000000000.01", "CNY")
    assert micro("1000000000") == MAX_QUANTITY_MICRO
    with pytest.raises(ValueError, match="out of range"):
        micro("1000000000.000001")


def test_money_counts_in_integers_of_a_known_currency_only() -> None:
    for wrong in (1.0, True, "1", None, Decimal(1)):
        with pytest.raises(TypeError):
            Money(wrong, "CNY")  # type: ignore[arg-type]
    for currency in ("cny", "XXX", "XAU", "", "CNYY"):
        with pytest.raises(ValueError, match="currency"):
            Money(1, currency)
        with pytest.raises(ValueError, match="currency"):
            Money.parse("1", currency)


def test_two_currencies_are_neither_added_nor_compared() -> None:
    yuan, euro = Money(100, "CNY"), Money(100, "EUR")
    for mixed in (lambda: yuan + euro, lambda: yuan - euro, lambda: yuan < euro, lambda: yuan >= euro):
        with pytest.raises(CurrencyMismatch):
            mixed()
    assert yuan != euro


@MANY
@given(AMOUNTS, AMOUNTS)
def test_money_of_one_currency_adds_and_orders_like_its_minor_units(one: int, other: int) -> None:
    a, b = Money(one, "CNY"), Money(other, "CNY")
    assert (a + b).minor == one + other
    assert (a - b).minor == one - other
    assert (-a).minor == -one
    assert (a < b, a <= b, a > b, a >= b) == (one < other, one <= other, one > other, one >= other)
    assert bool(a) is (one != 0)


# Quantities -----------------------------------------------------------------------------------------------------------


@MANY
@given(st.integers(-MAX_QUANTITY_MICRO, MAX_QUANTITY_MICRO))
def test_a_quantity_reads_back_as_it_was_written_without_trailing_zeros(value: int) -> None:
    text = quantity_text(value)
    assert micro(text) == value
    assert Fraction(text) == Fraction(value, MICRO)
    assert not ("." in text and text.endswith(("0", ".")))


def test_quantities_are_counted_in_millionths_and_no_finer() -> None:
    assert micro("2.5") == 2_500_000
    assert micro(3) == 3_000_000
    assert micro("0.000001") == 1
    with pytest.raises(ValueError, match="decimal places"):
        micro("0.0000001")
    assert [quantity_text(v) for v in (2_500_000, 10_000_000, 1, -500_000, 0)] == ["2.5", "10", "0.000001", "-0.5", "0"]
