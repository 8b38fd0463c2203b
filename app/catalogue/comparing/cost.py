"""Total cost of ownership of one instrument over some years: pure arithmetic in minor units of one currency.

What is paid once falls due today; what is paid every year falls due at the end of each year and may be discounted to
today (present value of an ordinary annuity). Each part is rounded once, half up; the total is the sum of the parts.
A part that is not known is said to be unknown and never counts as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.kernel.values import CURRENCIES, N_, half_up

YEARS_MOST: Final = 10
HOURS_MOST: Final = 8_784
"""Hours of a leap year."""
WATTS_PER_KILOWATT: Final = 1_000
WHOLE_BP: Final = 10_000
MONTHS_PER_YEAR: Final = 12

PARTS: Final[dict[str, str]] = {
    "price": N_("Price"),
    "freight": N_("Freight"),
    "installation": N_("Installation and commissioning"),
    "training": N_("Training"),
    "extension": N_("Warranty extension"),
    "consumables": N_("Consumables"),
    "energy": N_("Electricity"),
    "maintenance": N_("Maintenance"),
}
"""What is added up, in this order: code -> title."""

ON_REQUEST: Final = N_("price on request")
NOT_SAID: Final = N_("nobody has stated it")
NO_POWER: Final = N_("the listing states no power consumption")
OTHER_CURRENCY: Final = N_("electricity is priced in another currency")
COVERED: Final = N_("covered by the warranty")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the reader assumes for every instrument alike; the defaults are declared here and shown on the page.

    1,800 hours are 225 working days of 8 hours. The price of a kilowatt-hour is in major units of `currency`.
    """

    years: int = 5
    hours: int = 1_800
    kwh: Decimal = Decimal("0.80")
    currency: str = "CNY"
    maintenance_bp: int = 300
    """Maintenance in a year as a share of the price, in basis points, where no amount is given."""
    discount_bp: int = 0


@dataclass(frozen=True, slots=True)
class Owned:
    """What is known of one instrument, in minor units of its currency; None is "not known"."""

    currency: str
    price: int | None = None
    warranty_months: int | None = None
    power_w: Decimal | None = None
    freight: int | None = None
    installation: int | None = None
    training: int | None = None
    extension: int | None = None
    consumables: int | None = None  # in a year
    maintenance: int | None = None  # in a year


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the cost over all years; `minor` is None where it is unknown, `why` says why or what it rests on."""

    code: str
    minor: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """The parts of one instrument's cost, and what is known of their sum."""

    currency: str
    parts: tuple[Part, ...]

    @property
    def known(self) -> int:
        """The sum of what is known, in minor units."""
        return sum(part.minor for part in self.parts if part.minor is not None)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The codes of the parts that are not known."""
        return tuple(part.code for part in self.parts if part.minor is None)


def cost(owned: Owned, assumed: Assumptions) -> Cost:
    """What one instrument costs over the years assumed, part by part."""
    once = [Part(code, value, "" if value is not None else NOT_SAID) for code, value in (
        ("freight", owned.freight), ("installation", owned.installation), ("training", owned.training))]  # fmt: skip
    price = Part("price", owned.price, "" if owned.price is not None else ON_REQUEST)
    parts = (price, *once, _extension(owned, assumed), _consumables(owned, assumed), _energy(owned, assumed),
             _maintenance(owned, assumed))  # fmt: skip
    return Cost(owned.currency, parts)


def annuity(assumed: Assumptions) -> Fraction:
    """What 1 at the end of each year is worth today; the number of years where nothing is discounted."""
    yearly = Fraction(WHOLE_BP, WHOLE_BP + assumed.discount_bp)
    return sum((yearly**year for year in range(1, assumed.years + 1)), Fraction(0))


def _over_years(code: str, yearly: Fraction, assumed: Assumptions, why: str = "") -> Part:
    whole = yearly * annuity(assumed)
    return Part(code, half_up(whole.numerator, whole.denominator), why)


def _extension(owned: Owned, assumed: Assumptions) -> Part:
    if owned.extension is not None:
        return Part("extension", owned.extension)
    covered = (owned.warranty_months or 0) >= assumed.years * MONTHS_PER_YEAR
    return Part("extension", 0, COVERED) if covered else Part("extension", None, NOT_SAID)


def _consumables(owned: Owned, assumed: Assumptions) -> Part:
    if owned.consumables is None:
        return Part("consumables", None, NOT_SAID)
    return _over_years("consumables", Fraction(owned.consumables), assumed)


def _energy(owned: Owned, assumed: Assumptions) -> Part:
    """Power x hours x price; never in a currency that the instrument is not priced in."""
    if owned.power_w is None:
        return Part("energy", None, NO_POWER)
    if owned.currency != assumed.currency:
        return Part("energy", None, OTHER_CURRENCY)
    kilowatt_hours = Fraction(owned.power_w) * assumed.hours / WATTS_PER_KILOWATT
    return _over_years("energy", kilowatt_hours * Fraction(assumed.kwh) * 10 ** CURRENCIES[owned.currency], assumed)


def _maintenance(owned: Owned, assumed: Assumptions) -> Part:
    """The amount given, or the assumed share of the price."""
    if owned.maintenance is not None:
        return _over_years("maintenance", Fraction(owned.maintenance), assumed)
    if owned.price is None:
        return Part("maintenance", None, ON_REQUEST)
    return _over_years("maintenance", Fraction(owned.price * assumed.maintenance_bp, WHOLE_BP), assumed)
