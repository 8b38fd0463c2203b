"""Shapes of the brands."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from app.catalogue.brands.models import NAME_CHARS, squeezed
from app.kernel.shapes import Id, Input, RecordOut, Text
from app.kernel.values import N_

MAX_ALIASES: Final = 40
NAME_MISSING = N_("Give the name in Chinese or in English.")
NOTHING_LEFT = N_("A name has a letter or a figure in it.")
TOO_MANY_ALIASES = N_("At most 40 other names.")


class BrandInput(Input):
    """What a brand is called; an edit replaces all of it."""

    name_zh = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in Chinese")})
    name_en = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in English")})
    aliases = fields.List(
        Text(most=NAME_CHARS), load_default=list, validate=validate.Length(max=MAX_ALIASES, error=TOO_MANY_ALIASES),
        metadata={"title": N_("Other names"),
                  "hint": N_("One per line. Width, case, spaces and hyphens make no difference.")},
    )  # fmt: skip

    @validates_schema
    def _sound(self, data: dict[str, Any], **_: Any) -> None:
        if not data["name_zh"] and not data["name_en"]:
            raise ValidationError(NAME_MISSING, "name_zh")
        for name in ("name_zh", "name_en"):
            if data[name] and not squeezed(data[name]):
                raise ValidationError(NOTHING_LEFT, name)
        for place, alias in enumerate(data["aliases"]):
            if not squeezed(alias):
                raise ValidationError({place: [NOTHING_LEFT]}, "aliases")


class MergeBrandInput(Input):
    """The brand that takes the names and listings over."""

    into = Id("brd", required=True, metadata={"title": N_("Brand that stays"), "kind": "select"})


class BrandOut(RecordOut):
    """A brand with the names that lead to it."""

    name_zh = fields.String()
    name_en = fields.String()
    aliases = fields.List(fields.String(), metadata={"title": N_("Other names")})
    heir = fields.String(attribute="heir_id", allow_none=True, metadata={"title": N_("Merged into")})
    as_supplied = fields.Boolean(metadata={"title": N_("As the edition says")})
