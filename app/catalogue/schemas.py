"""Shapes of the catalogue domain."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.catalogue.media.shapes import MediumOut
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
from app.catalogue.offers.schemas import OfferInput, OfferOut
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import who
from app.kernel.shapes import Choice, Count, Id, Input, Moment, MoneyField, Percent, Quantity, Text
from app.kernel.values import MICRO, N_

KIND_TITLES = {"goods": N_("Goods"), "service": N_("Service")}
NAME_MISSING = N_("Give the name in Chinese or in English.")
CATEGORY_UNFIT = N_("Services belong into a category of services, goods into one of goods.")
SPEC_TWICE = N_("This property is there twice.")
TOO_MANY_SPECS = N_("At most 60 properties.")

EDITOR = who("catalogue", "supplier")
SELLER = who("catalogue|sales|fulfilment|finance|org_admin", "supplier")


class CategoryCode(fields.String):
    """The code of an open category; the code of a retired one is read as its successor's."""

    default_error_messages = {"category": N_("There is no open category with this code.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = tree().place(str(super()._deserialize(value, attr, data, **kwargs)))
        if code not in tree().open:
            raise self.make_error("category")
        return code


class SpecInput(Input):
    """One property: a measured value ("15000", unit "rpm") or words ("fixed angle")."""

    key = Text(required=True, most=SPEC_KEY_CHARS, metadata={"title": N_("Property")})
    value = Text(required=True, most=SPEC_VALUE_CHARS, metadata={"title": N_("Value")})
    unit = Text(load_default="", most=UNIT_CHARS, metadata={"title": N_("Unit")})


class ListingInput(OfferInput):
    """Everything that a supplier says about a listing; an edit replaces all of it."""

    kind = Choice(KIND_TITLES, required=True, metadata={"title": N_("Kind")})
    category = CategoryCode(required=True, metadata={"title": N_("Category"), "kind": "select"})
    name_zh = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in Chinese")})
    name_en = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in English")})
    brand = Text(load_default="", most=SHORT_CHARS, metadata={"title": N_("Brand")})
    model = Text(load_default="", most=SHORT_CHARS, metadata={"title": N_("Model")})
    configuration = Text(
        load_default="", most=SHORT_CHARS,
        metadata={"title": N_("Configuration"), "hint": N_("What tells this offer from others of the same model.")},
    )  # fmt: skip
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
        if not tree().fits(data["category"], data["kind"]):
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


class TypedOut(Schema):
    """A property that the category asks for, in its canonical unit; a range may have one end only."""

    code = fields.String()
    type = fields.String()
    unit = fields.String()
    low = fields.String()
    high = fields.String()
    pieces = fields.Integer()
    choices = fields.List(fields.String())
    flag = fields.Boolean()
    text = fields.String()


class NoteOut(Schema):
    """One thing to correct, beside the field of the listing's form that it is about."""

    field = fields.String()
    reason = fields.String()


class ListingOut(OfferOut):
    """A listing as everybody sees it; the supplier's own number is for the supplier."""

    supplier = fields.String(attribute="supplier_id")
    kind = fields.String()
    category = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    brand = fields.String()
    brand_id = fields.String(allow_none=True, metadata={"title": N_("Record of the brand")})
    brand_zh = fields.String(metadata={"title": N_("Brand in Chinese")})
    brand_en = fields.String(metadata={"title": N_("Brand in English")})
    model = fields.String()
    configuration = fields.String()
    product = fields.String(attribute="product_id", allow_none=True, metadata={"title": N_("Product")})
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
    attributes = fields.List(fields.Nested(TypedOut), attribute="typed")
    supplier_sku = fields.String(allow_none=True, metadata={"for": SELLER})
    published_at = Moment(allow_none=True, metadata={"title": N_("In the catalogue since")})
    media = fields.List(fields.Nested(MediumOut), metadata={"title": N_("Documents and pictures")})
    review_notes = fields.List(
        fields.Nested(NoteOut), metadata={"title": N_("What has to be corrected"), "for": SELLER}
    )


class BasketLineInput(Input):
    """How much of one listing."""

    listing = Id("lst", required=True, metadata={"title": N_("Listing")})
    quantity = Quantity(required=True, metadata={"title": N_("Quantity")})
