"""Shapes of what a person keeps of the catalogue."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.finding.lists import MAX_LINES
from app.finding.models import QUERY_CHARS, TITLE_CHARS
from app.kernel.shapes import Id, Input, Moment, MoneyField, Quantity, Text
from app.kernel.values import MICRO, N_

TOO_MANY_LINES = N_("At most 100 lines.")
TITLE = N_("Name")
SHARED = N_("Colleagues see it too")
TELLS = N_("Tell me when something new fits")


class SavedSearchChange(Input):
    """The name of a search, who sees it, and whether it tells."""

    title = Text(required=True, most=TITLE_CHARS, metadata={"title": TITLE})
    shared = fields.Boolean(load_default=False, metadata={"title": SHARED})
    tells = fields.Boolean(load_default=True, metadata={"title": TELLS})


class SavedSearchInput(SavedSearchChange):
    """A search to keep; `query` is the part of its address behind the question mark."""

    query = Text(required=True, most=QUERY_CHARS, metadata={"title": N_("Search")})


class SavedSearchOut(Schema):
    """A search that the caller keeps, or that a colleague shares."""

    id = fields.String()
    title = fields.String()
    query = fields.String()
    own = fields.Boolean()
    shared = fields.Boolean()
    tells = fields.Boolean()
    created_at = Moment()


class SavedListLineInput(Input):
    """How much of one listing."""

    listing = Id("lst", required=True, metadata={"title": N_("Listing")})
    quantity = Quantity(load_default=MICRO, metadata={"title": N_("Quantity")})


class SavedListInput(Input):
    """A list: its name, who sees it, and, where they are given, exactly these lines in this order."""

    title = Text(required=True, most=TITLE_CHARS, metadata={"title": TITLE})
    shared = fields.Boolean(load_default=False, metadata={"title": SHARED})
    lines = fields.List(
        fields.Nested(SavedListLineInput), load_default=None, allow_none=True,
        validate=validate.Length(max=MAX_LINES, error=TOO_MANY_LINES), metadata={"title": N_("Lines")},
    )  # fmt: skip


class SavedListLineOut(Schema):
    """One line at today's price."""

    listing = fields.Function(lambda line: line.listing.id)
    name_zh = fields.Function(lambda line: line.listing.name_zh)
    name_en = fields.Function(lambda line: line.listing.name_en)
    supplier = fields.Function(lambda line: line.supplier.id)
    quantity = Quantity(attribute="quantity_micro")
    unit = fields.Function(lambda line: line.listing.unit)
    amount = MoneyField(allow_none=True)


class SavedListOut(Schema):
    """A list with its lines, and the ids that are no longer in the catalogue."""

    id = fields.String()
    title = fields.String()
    own = fields.Boolean()
    shared = fields.Boolean()
    count = fields.Integer(metadata={"description": "How many lines it has; in the overview only"})
    lines = fields.List(fields.Nested(SavedListLineOut))
    gone = fields.List(fields.String())
    created_at = Moment()


class ViewedListingOut(Schema):
    """A listing that the caller looked at and that can still be had."""

    listing = fields.Function(lambda offered: offered.listing.id)
    name_zh = fields.Function(lambda offered: offered.listing.name_zh)
    name_en = fields.Function(lambda offered: offered.listing.name_en)
    supplier = fields.Function(lambda offered: offered.supplier.id)
    price = MoneyField(attribute="listing.price", allow_none=True)
