"""The cost of owning an instrument, against figures that were worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.catalogue.comparing.cost import COVERED, NO_POWER, OTHER_CURRENCY, Assumptions, Cost, Owned, annuity, cost

WHOLE = Owned(
    "CNY", price=6_850_000, warranty_months=24, power_w=Decimal(1_200), freight=80_000, installation=150_000,
    training=0, extension=300_000, consumables=120_000, maintenance=200_000,
)  # fmt: skip


def amounts(found: Cost) -> dict[str, int | None]:
    return {part.code: part.minor for part in found.parts}


def test_every_part_of_a_centrifuge_over_five_years() -> None:
    """1.2 kW x 1,800 h x 0.80 = 1,728.00 a year; x 5 = 8,640.00. Consumables 1,200.00 x 5; maintenance 2,000.00 x 5."""
    found = cost(WHOLE, Assumptions())
    assert amounts(found) == {
        "price": 6_850_000, "freight": 80_000, "installation": 150_000, "training": 0, "extension": 300_000,
        "consumables": 600_000, "energy": 864_000, "maintenance": 1_000_000,
    }  # fmt: skip
    # 68,500 + 800 + 1,500 + 0 + 3,000 + 6,000 + 8,640 + 10,000 = 98,440.00
    assert (found.known, found.unknown) == (9_844_000, ())


def test_without_an_amount_maintenance_is_a_share_of_the_price() -> None:
    """3 % of 68,500.00 is 2,055.00 a year, 10,275.00 in five years."""
    found = cost(Owned("CNY", price=6_850_000), Assumptions())
    assert amounts(found)["maintenance"] == 1_027_500


def test_years_to_come_are_discounted() -> None:
    """At 10 % two years are worth 1/1.1 + 1/1.21 = 2.1/1.21; of 1,210.00 a year that is 2,100.00."""
    assumed = Assumptions(years=2, discount_bp=1_000)
    assert annuity(assumed) * 121_000 == 210_000
    assert amounts(cost(Owned("CNY", price=1, consumables=121_000), assumed))["consumables"] == 210_000


def test_a_discount_never_touches_what_is_paid_today() -> None:
    found = amounts(cost(WHOLE, Assumptions(discount_bp=1_000)))
    assert (found["price"], found["freight"], found["extension"]) == (6_850_000, 80_000, 300_000)


def test_what_is_unknown_is_said_and_not_counted_as_nothing() -> None:
    found = cost(Owned("CNY", price=100_000), Assumptions(maintenance_bp=0))
    assert found.unknown == ("freight", "installation", "training", "extension", "consumables", "energy")
    assert found.known == 100_000
    why = {part.code: part.why for part in found.parts}
    assert why["energy"] == NO_POWER


def test_without_a_price_neither_the_price_nor_its_share_is_known() -> None:
    assert set(cost(Owned("CNY", power_w=Decimal(100)), Assumptions()).unknown) >= {"price", "maintenance"}


@pytest.mark.parametrize("months,known", [(60, 0), (61, 0), (59, None), (None, None)])
def test_a_warranty_that_covers_all_years_needs_no_extension(months: int | None, known: int | None) -> None:
    part = next(one for one in cost(Owned("CNY", price=1, warranty_months=months), Assumptions(years=5)).parts
                if one.code == "extension")  # fmt: skip
    assert part.minor == known
    assert (part.why == COVERED) == (known == 0)


def test_electricity_is_never_added_in_another_currency() -> None:
    found = cost(Owned("USD", price=100_000, power_w=Decimal(1_000)), Assumptions())
    assert next(one for one in found.parts if one.code == "energy").why == OTHER_CURRENCY


def test_minor_units_are_those_of_the_currency() -> None:
    """0.5 kW x 1,000 h x 31 yen = 15,500 yen a year; the yen has no minor unit, the dinar has three places."""
    yen = cost(Owned("JPY", price=1, power_w=Decimal(500)), Assumptions(1, 1_000, Decimal(31), "JPY"))
    assert amounts(yen)["energy"] == 15_500
    dinar = cost(Owned("KWD", price=1, power_w=Decimal(500)), Assumptions(1, 1_000, Decimal("0.002"), "KWD"))
    assert amounts(dinar)["energy"] == 1_000


def test_a_half_is_rounded_up_once_and_not_every_year() -> None:
    """0.25 kW x 1 h x 0.10 = 0.025 a year: 2.5 fen, 3 when rounded; three years are 7.5 fen, rounded to 8, not 9."""
    owned = Owned("CNY", price=1, power_w=Decimal(250))
    assert amounts(cost(owned, Assumptions(1, 1, Decimal("0.10"))))["energy"] == 3
    assert amounts(cost(owned, Assumptions(3, 1, Decimal("0.10"))))["energy"] == 8
