"""Shapes of the offers: the terms of a listing, and prices by agreement."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.catalogue.offers.models import REFERENCE_CHARS
from app.catalogue.offers.words import INCOTERMS, LINKS, REGULATED, TAX_CLASSES, UNTAXED, countries, tax_class_of
from app.kernel.shapes import Choice, Id, Input, MoneyField, Percent, Quantity, RecordOut, Text, trouble
from app.kernel.values import N_, Money

PLACE_CHARS: Final = 120
MAX_TIERS: Final = 20
MAX_LINKS: Final = 40
TOO_MANY_TIERS = N_("At most 20 tiers.")
TOO_MANY_LINKS = N_("At most 40 things that go with it.")
TIER_WITHOUT_PRICE = N_("Give the price of a small quantity first: tiers lower it.")
TIER_TWICE = N_("There is a tier from this quantity on already.")
TIER_NOT_LOWER = N_("A tier costs less than what stands before it: below %(price)s.")
TIER_CURRENCY = N_("Tiers are in the currency of the price.")
TIER_BELOW_MINIMUM = N_("Less than this cannot be ordered, so no tier begins here.")
MINIMUM_NO_MULTIPLE = N_("The smallest order is a multiple of what is ordered at once.")
DATES_CROSSED = N_("The offer ends before it begins.")
PLACE_MISSING = N_("An Incoterms rule names a place.")
RULE_MISSING = N_("Choose the Incoterms rule for this place.")
CLASS_UNFIT = N_("Zero-rated and exempt sales carry 0 percent, all others more.")
LINK_TWICE = N_("This is there twice.")


class CountryCode(fields.String):
    """An ISO 3166-1 alpha-2 code, or nothing."""

    default_error_messages = {"country": N_("Not an ISO 3166-1 country code.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = str(super()._deserialize(value, attr, data, **kwargs) or "").strip().upper()
        if code and code not in countries():
            raise self.make_error("country")
        return code


class TierInput(Input):
    """From a quantity on, a lower price; it holds up to the next tier."""

    from_quantity = Quantity(required=True, metadata={"title": N_("From quantity")})
    price = MoneyField(required=True, metadata={"title": N_("Price, tax included")})


class LinkInput(Input):
    """One thing or service that goes with the listing."""

    kind = Choice(LINKS, required=True, metadata={"title": N_("Kind"), "kind": "select"})
    listing = Id("lst", required=True, metadata={"title": N_("Listing")})


def _optional(title: str, hint: str | None = None, **more: Any) -> dict[str, Any]:
    metadata = {"title": title, **({"hint": hint} if hint else {})}
    return {"load_default": None, "allow_none": True, "metadata": metadata, **more}


class OfferInput(Input):
    """On which terms a supplier sells; every part may be left out."""

    tiers = fields.List(
        fields.Nested(TierInput), load_default=list, validate=validate.Length(max=MAX_TIERS, error=TOO_MANY_TIERS),
        metadata={"title": N_("Price tiers")},
    )  # fmt: skip
    tax_class = Choice(
        TAX_CLASSES, **_optional(N_("Tax class"), N_("Empty means the class that the rate usually has."))
    )
    min_quantity = Quantity(**_optional(N_("Smallest order")))
    order_multiple = Quantity(**_optional(N_("Ordered in multiples of")))
    stock = Quantity(zero=True, **_optional(N_("In stock"), N_("What is beyond it takes the lead time.")))
    valid_from = fields.Date(**_optional(N_("Offer holds from")))
    valid_until = fields.Date(**_optional(N_("Offer holds until")))
    incoterm = Choice(INCOTERMS, **_optional(N_("Delivery terms (Incoterms 2020)")))
    delivery_point = Text(load_default="", most=PLACE_CHARS, metadata={"title": N_("Place of the delivery terms")})
    origin = CountryCode(load_default="", metadata={"title": N_("Country of origin"), "kind": "select"})
    imported = fields.Boolean(load_default=False, metadata={"title": N_("Imported")})
    regulated = fields.List(
        Choice(REGULATED), load_default=list, metadata={"title": N_("Regulated goods")},
        validate=validate.Length(max=len(REGULATED)),
    )  # fmt: skip
    goes_with = fields.List(
        fields.Nested(LinkInput), load_default=list, validate=validate.Length(max=MAX_LINKS, error=TOO_MANY_LINKS),
        metadata={"title": N_("What goes with it"),
                  "hint": N_("Accessories and services by the id of their listing, your own or another supplier's.")},
    )  # fmt: skip

    @validates_schema
    def _terms_sound(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data["valid_from"], data["valid_until"]
        if first is not None and last is not None and last < first:
            raise ValidationError(DATES_CROSSED, "valid_until")
        if data["incoterm"] and not data["delivery_point"]:
            raise ValidationError(PLACE_MISSING, "delivery_point")
        if data["delivery_point"] and not data["incoterm"]:
            raise ValidationError(RULE_MISSING, "incoterm")
        least, step = data["min_quantity"], data["order_multiple"]
        if least is not None and step is not None and least % step:
            raise ValidationError(MINIMUM_NO_MULTIPLE, "min_quantity")
        untaxed = data.get("vat_rate") == 0  # a rate that is left out becomes the usual one of goods or services
        if data["tax_class"] is not None and (data["tax_class"] in UNTAXED) != untaxed:
            raise ValidationError(CLASS_UNFIT, "tax_class")
        seen = [(one["kind"], one["listing"]) for one in data["goes_with"]]
        for place, pair in enumerate(seen):
            if pair in seen[:place]:
                raise ValidationError({place: {"listing": [LINK_TWICE]}}, "goes_with")
        data["regulated"] = sorted(set(data["regulated"]))

    @validates_schema
    def _tiers_fall(self, data: dict[str, Any], **_: Any) -> None:
        """Sorted by their bounds, each tier is cheaper than the one before: the best is the last one reached."""
        data["tiers"].sort(key=lambda one: one["from_quantity"])
        before: Money | None = data.get("price")
        bounds: set[int] = set()
        for place, one in enumerate(data["tiers"]):
            if before is None:
                raise ValidationError(TIER_WITHOUT_PRICE, "price")
            if one["from_quantity"] in bounds:
                raise ValidationError({place: {"from_quantity": [TIER_TWICE]}}, "tiers")
            bounds.add(one["from_quantity"])
            if data["min_quantity"] is not None and one["from_quantity"] < data["min_quantity"]:
                raise ValidationError({place: {"from_quantity": [TIER_BELOW_MINIMUM]}}, "tiers")
            if one["price"].currency != before.currency:
                raise ValidationError({place: {"price": [TIER_CURRENCY]}}, "tiers")
            if one["price"].minor >= before.minor:
                raise ValidationError({place: {"price": [trouble(TIER_NOT_LOWER, price=before)]}}, "tiers")
            before = one["price"]


def offer_columns(given: dict[str, Any] | Any, vat_bp: int) -> dict[str, Any]:
    """The terms as attributes of a listing."""
    from_words = ("valid_from", "valid_until", "delivery_point", "origin", "imported", "regulated", "tiers",
                  "goes_with")  # fmt: skip
    return {name: given[name] for name in from_words} | {
        "min_quantity_micro": given["min_quantity"],
        "order_multiple_micro": given["order_multiple"],
        "stock_micro": given["stock"],
        "incoterm": given["incoterm"] or "",
        "tax_class": given["tax_class"] or tax_class_of(vat_bp),
    }


class TierOut(Schema):
    """A tier: the price holds from this quantity up to the next tier."""

    from_quantity = Quantity()
    price = MoneyField()


class LinkOut(Schema):
    """What goes with the listing."""

    kind = fields.String()
    listing = fields.String()


class OfferOut(RecordOut):
    """The terms of an offer."""

    tiers = fields.List(fields.Nested(TierOut))
    tax_class = fields.String(metadata={"words": TAX_CLASSES})
    min_quantity = Quantity(attribute="min_quantity_micro", allow_none=True)
    order_multiple = Quantity(attribute="order_multiple_micro", allow_none=True)
    stock = Quantity(attribute="stock_micro", allow_none=True)
    valid_from = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    incoterm = fields.String()
    delivery_point = fields.String()
    origin = fields.String()
    imported = fields.Boolean()
    regulated = fields.List(fields.String())
    goes_with = fields.List(fields.Nested(LinkOut))


class ContractPriceInput(Input):
    """What a supplier offers one laboratory alone."""

    buyer = Id("org", required=True, metadata={"title": N_("Buyer"), "kind": "select"})
    price = MoneyField(required=True, metadata={"title": N_("Price, tax included")})
    from_quantity = Quantity(**_optional(N_("From quantity"), N_("Empty means every quantity.")))
    valid_from = fields.Date(required=True, metadata={"title": N_("Holds from")})
    valid_until = fields.Date(required=True, metadata={"title": N_("Holds until")})
    reference = Text(load_default="", most=REFERENCE_CHARS, metadata={"title": N_("Number of the contract")})

    @validates_schema
    def _dates(self, data: dict[str, Any], **_: Any) -> None:
        if data["valid_until"] < data["valid_from"]:
            raise ValidationError(DATES_CROSSED, "valid_until")


class ContractPriceOut(RecordOut):
    """A price between one buyer and one supplier; nobody else but the platform's staff reads it."""

    supplier = fields.String(attribute="supplier_id")
    buyer = fields.String(attribute="buyer_id")
    listing = fields.String(attribute="listing_id")
    title = fields.String()
    price = MoneyField()
    price_basis = Quantity(attribute="price_basis_micro")
    unit = fields.String()
    from_quantity = Quantity(attribute="from_micro", metadata={"title": N_("From quantity")})
    valid_from = fields.Date(metadata={"title": N_("Holds from")})
    valid_until = fields.Date(metadata={"title": N_("Holds until")})
    reference = fields.String(metadata={"title": N_("Number of the contract")})


class PriceOut(Schema):
    """What a quantity costs the caller on a day, and why; a null price is one to be asked for."""

    listing = fields.String()
    quantity = Quantity(attribute="quantity_micro")
    price = MoneyField(allow_none=True)
    price_basis = Quantity(attribute="basis_micro")
    amount = MoneyField(allow_none=True)
    tax = MoneyField(allow_none=True)
    vat_rate = Percent(attribute="vat_bp")
    tax_class = fields.String()
    rule = fields.String()
    from_quantity = Quantity(attribute="from_micro", allow_none=True)
    contract = fields.String(attribute="contract_id", allow_none=True)
    valid_until = fields.Date(attribute="until", allow_none=True)
    list_price = MoneyField(allow_none=True)
    can_be_ordered = fields.Boolean()
    why_not = fields.String(allow_none=True)
