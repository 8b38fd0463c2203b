"""One product or service of an import file, typed; and the notation of its specifications.

A specification is written `key=value unit`, several are separated by semicolons: `speed=15000 rpm; rotor=fixed angle`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

NAME_LIMIT: Final = 200  # characters, like all limits of texts below
SUMMARY_LIMIT: Final = 2_000
SHORT_LIMIT: Final = 120  # brand, model, part number, supplier's number
CATEGORY_LIMIT: Final = 60
UNIT_LIMIT: Final = 20
SPEC_KEY_LIMIT: Final = 60
SPEC_VALUE_LIMIT: Final = 300
SPECS_LIMIT: Final = 60  # specifications per product
DAYS_LIMIT: Final = 3_650
MONTHS_LIMIT: Final = 600

DEFAULT_CURRENCY: Final = "CNY"
VAT_PERCENT: Final = {"goods": Decimal(13), "service": Decimal(6)}

_MEASURED = re.compile(r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(?![eE][0-9])([^\s0-9+\-.,;=][^\s;=]{0,19})?")


@dataclass(frozen=True, slots=True)
class Spec:
    """A property. `number` and `unit` are set where the value is one number with or without a unit."""

    key: str
    value: str
    number: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A listing as it is to be imported; `supplier_sku` is the key that makes importing again an update."""

    kind: str
    category: str
    name_zh: str
    name_en: str
    brand: str
    model: str
    part_no: str
    summary_zh: str
    summary_en: str
    price_minor: int | None
    currency: str
    price_basis: Decimal
    unit: str
    lead_time_days: int | None
    warranty_months: int | None
    vat_rate: Decimal
    specs: tuple[Spec, ...]
    supplier_sku: str


def parse_specs(text: str) -> tuple[Spec, ...]:
    """ValueError when it is not in the notation, too much, or one key is there twice."""
    specs = []
    for pair in re.split("[;；]", text):
        if not pair.strip():
            continue
        key, sign, value = (part.strip() for part in pair.replace("＝", "=", 1).partition("="))
        if not sign or not key or not value:
            raise ValueError("not key=value")
        specs.append(spec(key, value))
    return checked_specs(specs)


def spec(key: str, value: str) -> Spec:
    """A value that begins with a number and goes on with nothing but a unit is a measured one."""
    measured = _MEASURED.fullmatch(value)
    if not measured:
        return Spec(key, value, None, "")
    return Spec(key, measured[1], Decimal(measured[1]), measured[2] or "")


def checked_specs(specs: list[Spec]) -> tuple[Spec, ...]:
    """ValueError when there are too many, too long or repeated ones."""
    if len(specs) > SPECS_LIMIT or len({one.key.casefold() for one in specs}) < len(specs):
        raise ValueError("too many or repeated")
    if any(len(one.key) > SPEC_KEY_LIMIT or len(one.value) > SPEC_VALUE_LIMIT for one in specs):
        raise ValueError("too long")
    return tuple(specs)
