"""Shapes of the catalogue domain."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.catalogue import categories
from app.catalogue.models import (
    MAX_LEAD_DAYS,
    MAX_SPECS,
    MAX_WARRANTY_MONTHS,
    NAME_CHARS,
    SHORT_CHARS,
    SPEC_KEY_CHARS,
    SPEC_VALUE_CHARS,
    SUMMARY_CHARS,
    UNIT_CHARS,
)
from app.kernel.actors import who
from app.kernel.shapes import Choice, Count, Id, Input, Moment, MoneyField, Percent, Quantity, RecordOut, Text
from app.kernel.values import MICRO, N_

KIND_TITLES = {"goods": N_("Goods"), "service": N_("Service")}
CATEGORY_TITLES = {code: category.en for code, category in categories.CATEGORIES.items()}
NAME_MISSING = N_("Give the name in Chinese or in English.")
CATEGORY_UNFIT = N_("Services belong into a category of services, goods into one of goods.")
SPEC_TWICE = N_("This property is there twice.")
TOO_MANY_SPECS = N_("At most 60 properties.")

SELLER = who("catalogue|sales|fulfilment|finance|org_admin", "supplier")


class SpecInput(Input):
    """One property: a measured value ("15000", unit "rpm") or words ("fixed angle")."""

    key = Text(required=True, most=SPEC_KEY_CHARS, metadata={"title": N_("Property")})
    value = Text(required=True, most=SPEC_VALUE_CHARS, metadata={"title": N_("Value")})
    unit = Text(load_default="", most=UNIT_CHARS, metadata={"title": N_("Unit")})


class ListingInput(Input):
    """Everything that a supplier says about a listing; an edit replaces all of it."""

    kind = Choice(KIND_TITLES, required=True, metadata={"title": N_("Kind")})
    category = Choice(CATEGORY_TITLES, required=True, metadata={"title": N_("Category")})
    name_zh = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in Chinese")})
    name_en = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in English")})
    brand = Text(load_default="", most=SHORT_CHARS, metadata={"title": N_("Brand")})
    model = Text(load_default="", most=SHORT_CHARS, metadata={"title": N_("Model")})
    part_no = Text(load_default="", most=SHORT_CHARS, metadata={"title": N_("Part number")})
    summary_zh = Text(
        load_default="", most=SUMMARY_CHARS, multiline=True, metadata={"title": N_("Description in Chinese")}
    )
    summary_en = Text(
        load_default="", most=SUMMARY_CHARS, multiline=True, metadata={"title": N_("Description in English")}
    )
    price = MoneyField(
        load_default=None, allow_none=True,
        metadata={"title": N_("Price, tax included"), "hint": N_("Leave it empty for a price on request.")},
    )  # fmt: skip
    price_basis = Quantity(
        load_default=MICRO, metadata={"title": N_("Price is for"), "hint": N_("How many units the price buys.")}
    )
    unit = Text(
        required=True, most=UNIT_CHARS, metadata={"title": N_("Unit"), "hint": N_("Such as piece, box or visit.")}
    )
    vat_rate = Percent(
        load_default=None, allow_none=True,
        metadata={"title": N_("VAT rate in percent"), "hint": N_("Empty means 13 for goods and 6 for services.")},
    )  # fmt: skip
    lead_time_days = Count(
        load_default=None, allow_none=True, most=MAX_LEAD_DAYS, metadata={"title": N_("Lead time in days")}
    )
    warranty_months = Count(
        load_default=None, allow_none=True, most=MAX_WARRANTY_MONTHS, metadata={"title": N_("Warranty in months")}
    )
    specs = fields.List(
        fields.Nested(SpecInput), load_default=list, validate=validate.Length(max=MAX_SPECS, error=TOO_MANY_SPECS),
        metadata={"title": N_("Properties")},
    )  # fmt: skip
    supplier_sku = Text(
        load_default="", most=SHORT_CHARS,
        metadata={"title": N_("Your own number"), "hint": N_("Imports find the listing again by it.")},
    )  # fmt: skip

    @validates_schema
    def _sound(self, data: dict[str, Any], **_: Any) -> None:
        if not data["name_zh"] and not data["name_en"]:
            raise ValidationError(NAME_MISSING, "name_zh")
        if not categories.fits(data["category"], data["kind"]):
            raise ValidationError(CATEGORY_UNFIT, "category")
        seen: set[str] = set()
        for number, spec in enumerate(data["specs"]):
            if spec["key"].casefold() in seen:
                raise ValidationError({number: {"key": [SPEC_TWICE]}}, "specs")
            seen.add(spec["key"].casefold())


class SpecOut(Schema):
    """One property as it is stored; `number` is the value as a decimal where it is one."""

    key = fields.String()
    value = fields.String()
    number = fields.String(allow_none=True)
    unit = fields.String()


class ListingOut(RecordOut):
    """A listing as everybody sees it; the supplier's own number is for the supplier."""

    supplier = fields.String(attribute="supplier_id")
    kind = fields.String()
    category = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    brand = fields.String()
    model = fields.String()
    part_no = fields.String()
    summary_zh = fields.String()
    summary_en = fields.String()
    price = MoneyField(allow_none=True)
    price_basis = Quantity(attribute="price_basis_micro")
    unit = fields.String()
    vat_rate = Percent(attribute="vat_bp")
    lead_time_days = fields.Integer(allow_none=True)
    warranty_months = fields.Integer(allow_none=True)
    specs = fields.List(fields.Nested(SpecOut))
    supplier_sku = fields.String(allow_none=True, metadata={"for": SELLER})
    published_at = Moment(allow_none=True, metadata={"title": N_("In the catalogue since")})


class BasketLineInput(Input):
    """How much of one listing."""

    listing = Id("lst", required=True, metadata={"title": N_("Listing")})
    quantity = Quantity(required=True, metadata={"title": N_("Quantity")})
