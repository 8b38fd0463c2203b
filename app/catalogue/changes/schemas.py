"""Shapes of changes."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from app.catalogue.changes import difference
from app.catalogue.changes.models import MAX_WINDOW_DAYS
from app.catalogue.media.shapes import MediumOut
from app.catalogue.notes import FIELD_TITLES
from app.catalogue.schemas import ListingInput, NoteOut
from app.kernel.shapes import LONG_TEXT, Count, Input, Moment, Percent, RecordOut, Text
from app.kernel.values import N_, quantity_text

ORIGIN_TITLES = {"supplier": N_("The supplier"), "operator": N_("The operator, for the supplier")}
REMARK = N_("Why it changes")


class ChangeInput(ListingInput):
    """The whole listing as it shall be, and why."""

    remark = Text(
        load_default="", most=LONG_TEXT, multiline=True,
        metadata={"title": REMARK, "hint": N_("For the reviewer; buyers do not read it.")},
    )  # fmt: skip


class CorrectionInput(ListingInput):
    """The whole listing as the operator puts it right, with the reason that the supplier reads."""

    remark = Text(
        required=True, most=LONG_TEXT, multiline=True,
        metadata={"title": N_("Reason of the correction"), "hint": N_("The supplier reads it.")},
    )  # fmt: skip


class DifferenceOut(Schema):
    """One thing that differs; `row` names the row of a list, such as a property."""

    field = fields.String(metadata={"words": FIELD_TITLES})
    row = fields.String(allow_none=True)
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


def _percent(change: Any) -> str | None:
    moved = difference.price_move_bp(change.base.get("price"), change.proposed.get("price"))
    if moved is None:
        return None
    return f"{'-' if moved < 0 else ''}{quantity_text(abs(moved) * 10_000)}"


class ChangeOut(RecordOut):
    """A change: what differs, by how much the price moves, and what has to be corrected."""

    supplier = fields.String(attribute="supplier_id")
    listing = fields.String(attribute="listing_id", metadata={"title": N_("Listing")})
    origin = fields.String(metadata={"title": N_("Changed by"), "words": ORIGIN_TITLES})
    remark = fields.String(metadata={"title": REMARK})
    differences = fields.Function(
        lambda change: DifferenceOut(many=True).dump(difference.differences(change.base, change.proposed)),
        metadata={"title": N_("What changes"), "seldom": True},
    )
    media = fields.List(fields.Nested(MediumOut), metadata={"title": N_("Documents and pictures")})
    price_moves_percent = fields.Function(_percent, metadata={"seldom": True})
    review_notes = fields.List(fields.Nested(NoteOut), metadata={"title": N_("What has to be corrected")})
    at_once = fields.Boolean(metadata={"title": N_("Applied without review")})
    applied_at = Moment(allow_none=True, metadata={"title": N_("Applied on")})


class PriceRuleInput(Input):
    """How far a price may move without review."""

    rise = Percent(required=True, metadata={"title": N_("Rise at most, in percent")})
    fall = Percent(required=True, metadata={"title": N_("Fall at most, in percent")})
    window_days = Count(
        required=True, least=1, most=MAX_WINDOW_DAYS,
        metadata={"title": N_("Counted over days"),
                  "hint": N_("Several small moves within these days count together.")},
    )  # fmt: skip
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class PriceRuleOut(RecordOut):
    """A price rule."""

    rise = Percent(attribute="rise_bp")
    fall = Percent(attribute="fall_bp")
    window_days = fields.Integer()
    reason = fields.String()
    person = fields.String(attribute="person_id")
