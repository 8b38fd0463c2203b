"""Shapes of the products."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.catalogue.products.models import MODEL_CHARS, NAME_CHARS
from app.kernel.shapes import Id, Input, RecordOut, Text
from app.kernel.values import N_

NAME_MISSING = N_("Give the name in Chinese or in English.")


class ProductInput(Input):
    """What a product is called."""

    name_zh = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in Chinese")})
    name_en = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in English")})
    model = Text(required=True, most=MODEL_CHARS, metadata={"title": N_("Model")})

    @validates_schema
    def _named(self, data: dict[str, Any], **_: Any) -> None:
        if not data["name_zh"] and not data["name_en"]:
            raise ValidationError(NAME_MISSING, "name_zh")


class OfOfferInput(Input):
    """The listing that is meant."""

    listing = Id("lst", required=True, metadata={"title": N_("Listing")})


class ProductOut(RecordOut):
    """A product; GET /products/{id}/offers lists who offers it at which price."""

    name_zh = fields.String()
    name_en = fields.String()
    model = fields.String()
