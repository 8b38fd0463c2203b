"""Shapes of the taxonomy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.catalogue.taxonomy import units
from app.catalogue.taxonomy.definitions import GROUPS, MAX_PRECISION, MEASURED
from app.catalogue.taxonomy.models import (
    BOUND_CHARS,
    CODE_CHARS,
    DIMENSION_CHARS,
    KINDS,
    MAPPED_CHARS,
    MAX_POSITION,
    NAME_CHARS,
    SYSTEMS,
    UNIT_CHARS,
)
from app.kernel.shapes import Choice, Count, Input, RecordOut, Text
from app.kernel.values import N_

KIND_TITLES: Final = dict(zip(KINDS, (N_("Goods"), N_("Service"), N_("Goods and services")), strict=True))
TYPE_TITLES: Final = {
    "number": N_("Number with a unit"), "range": N_("Range with a unit"), "choice": N_("Choice"),
    "flag": N_("Yes or no"), "text": N_("Words"),
}  # fmt: skip
MAX_MAPPINGS: Final = 12
MAX_ALIASES: Final = 20
MAX_CHOICES: Final = 60

CATEGORY_CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", re.ASCII)
ATTRIBUTE_CODE: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
TAKEN_ENDINGS: Final = ("_from", "_to")
TAKEN_CODES: Final = frozenset({"price", "q", "category", "brand", "supplier", "kind", "currency", "priced", "sort"})
"""Names that a search in the catalogue has for something else."""
_BOUND: Final = re.compile(r"-?\d{1,15}(\.\d{1,12})?", re.ASCII)
_MAPPED: Final = {
    "cn_gov_2022": re.compile(r"[ABC](\d{8})?", re.ASCII), "cpv_2008": re.compile(r"\d{8}-\d", re.ASCII),
    "hs_2022": re.compile(r"\d{2}(\d{2}(\d{2})?)?", re.ASCII),
}  # fmt: skip

BAD_CODE: Final = N_("Small letters, digits and underscores, beginning with a letter.")
CODE_RESERVED: Final = N_("This code has a meaning in searches already.")
UNKNOWN_DIMENSION: Final = N_("Not one of the dimensions.")
UNKNOWN_UNIT: Final = N_("Not a unit of this dimension.")
UNIT_LEFT_OUT: Final = N_("The canonical unit is one of the accepted units.")
UNKNOWN_SECTION: Final = N_("Not one of the groups.")
UNKNOWN_SYSTEM: Final = N_("Not one of the catalogues that categories are mapped to.")
BAD_MAPPING: Final = N_("Not a code of this catalogue.")
MAPPED_TWICE: Final = N_("This code is there twice.")
MEASURED_ONLY: Final = N_("Only numbers and ranges have this.")
NEEDS_CHOICES: Final = N_("A choice has at least one option, with codes that differ.")
CHOICES_ONLY: Final = N_("Only choices have options.")
BAD_BOUND: Final = N_("Expected a number, such as 2 or 2.5.")
BOUNDS_CROSSED: Final = N_("The lowest value is above the highest one.")


class MappingInput(Input):
    """What a category is called in another catalogue."""

    system = Text(required=True, most=20, metadata={"title": N_("Catalogue of")})
    code = Text(required=True, most=MAPPED_CHARS, metadata={"title": N_("Code there")})

    @validates_schema
    def _sound(self, data: dict[str, Any], **_: Any) -> None:
        if data["system"] not in SYSTEMS:
            raise ValidationError(UNKNOWN_SYSTEM, "system")
        if not _MAPPED[data["system"]].fullmatch(data["code"]):
            raise ValidationError(BAD_MAPPING, "code")


class CategoryNamesInput(Input):
    """What a category is called, here and elsewhere; an edit replaces all of it."""

    name_zh = Text(required=True, most=NAME_CHARS, metadata={"title": N_("Name in Chinese")})
    name_en = Text(required=True, most=NAME_CHARS, metadata={"title": N_("Name in English")})
    mappings = fields.List(
        fields.Nested(MappingInput), load_default=list, validate=validate.Length(max=MAX_MAPPINGS),
        metadata={"title": N_("Codes in other catalogues")},
    )  # fmt: skip

    @validates_schema
    def _once(self, data: dict[str, Any], **_: Any) -> None:
        pairs = [(one["system"], one["code"]) for one in data["mappings"]]
        for number, pair in enumerate(pairs):
            if pair in pairs[:number]:
                raise ValidationError({number: {"code": [MAPPED_TWICE]}}, "mappings")


PARENT: Final = {"title": N_("Parent category"), "hint": N_("Empty makes it a root of the tree.")}


class CategoryInput(CategoryNamesInput):
    """A new category."""

    class Meta(Input.Meta):
        """In the order of the form."""

        fields = ("code", "parent", "kind", "name_zh", "name_en", "position", "mappings")

    code = Text(
        required=True, most=CODE_CHARS,
        metadata={"title": N_("Code of the category"), "hint": N_("Such as instruments.centrifuges.mini; it stays.")},
    )  # fmt: skip
    parent = Text(load_default="", most=CODE_CHARS, metadata=PARENT)
    kind = Choice(KIND_TITLES, load_default="goods", metadata={"title": N_("What is listed here")})
    position = Count(load_default=0, most=MAX_POSITION, metadata={"title": N_("Position among its siblings")})

    @validates_schema
    def _code(self, data: dict[str, Any], **_: Any) -> None:
        if not CATEGORY_CODE.fullmatch(data["code"]):
            raise ValidationError(BAD_CODE, "code")


class CategoryMoveInput(Input):
    """Where a category goes."""

    parent = Text(load_default="", most=CODE_CHARS, metadata=PARENT)
    position = Count(load_default=0, most=MAX_POSITION, metadata={"title": N_("Position among its siblings")})


class RetireCategoryInput(Input):
    """Who takes over the listings."""

    successor = Text(
        load_default="", most=CODE_CHARS,
        metadata={"title": N_("Successor"), "hint": N_("Its listings stand there from now on.")},
    )  # fmt: skip


class OptionInput(Input):
    """One option of a choice."""

    code = Text(required=True, most=CODE_CHARS, metadata={"title": N_("Code of the option")})
    zh = Text(required=True, most=NAME_CHARS, metadata={"title": N_("In Chinese")})
    en = Text(required=True, most=NAME_CHARS, metadata={"title": N_("In English")})
    also = fields.List(
        Text(most=NAME_CHARS), load_default=list, validate=validate.Length(max=MAX_ALIASES),
        metadata={"title": N_("Other spellings")},
    )  # fmt: skip


class AttributeChangeInput(Input):
    """What may be changed of an attribute; its code, type, dimension and canonical unit stay."""

    name_zh = Text(required=True, most=NAME_CHARS, metadata={"title": N_("Name in Chinese")})
    name_en = Text(required=True, most=NAME_CHARS, metadata={"title": N_("Name in English")})
    aliases = fields.List(
        Text(most=NAME_CHARS), load_default=list, validate=validate.Length(max=MAX_ALIASES),
        metadata={"title": N_("Other names"),
                  "hint": N_("One per line. < before a name: the lower end of a range, > the upper one.")},
    )  # fmt: skip
    units = fields.List(
        Text(most=UNIT_CHARS), load_default=list,
        metadata={"title": N_("Accepted units"), "hint": N_("One per line. Empty accepts all of the dimension.")},
    )  # fmt: skip
    places = Count(
        load_default=0, most=MAX_PRECISION,
        metadata={"title": N_("Decimals"), "hint": N_("Values are kept to so many decimals of the canonical unit.")},
    )  # fmt: skip
    least = Text(load_default="", most=BOUND_CHARS, metadata={"title": N_("Lowest value")})
    most = Text(load_default="", most=BOUND_CHARS, metadata={"title": N_("Highest value")})
    choices = fields.List(
        fields.Nested(OptionInput), load_default=list, validate=validate.Length(max=MAX_CHOICES),
        metadata={"title": N_("Options")},
    )  # fmt: skip
    section = Text(load_default="general", most=20, metadata={"title": N_("Group")})
    position = Count(load_default=0, most=MAX_POSITION, metadata={"title": N_("Position in the category")})
    filters = fields.Boolean(load_default=False, metadata={"title": N_("Buyers filter by it")})
    compares = fields.Boolean(load_default=False, metadata={"title": N_("It is compared side by side")})
    mandatory = fields.Boolean(load_default=False, metadata={"title": N_("Needed for publishing")})

    @validates_schema
    def _sound(self, data: dict[str, Any], **_: Any) -> None:
        if data["section"] not in GROUPS:
            raise ValidationError(UNKNOWN_SECTION, "section")
        for name in ("least", "most"):
            if data[name] and not _BOUND.fullmatch(data[name]):
                raise ValidationError(BAD_BOUND, name)
        if data["least"] and data["most"] and Decimal(data["least"]) > Decimal(data["most"]):
            raise ValidationError(BOUNDS_CROSSED, "most")


class AttributeInput(AttributeChangeInput):
    """A new attribute of a category."""

    class Meta(Input.Meta):
        """In the order of the form."""

        fields = (
            "code", "name_zh", "name_en", "type", "dimension", "unit", "units", "places", "least", "most", "choices",
            "aliases", "section", "position", "filters", "compares", "mandatory",
        )  # fmt: skip

    code = Text(
        required=True, most=CODE_CHARS,
        metadata={"title": N_("Code of the attribute"), "hint": N_("Such as max_speed; it means the same everywhere.")},
    )  # fmt: skip
    type = Choice(TYPE_TITLES, required=True, metadata={"title": N_("Type of value"), "kind": "select"})
    dimension = Text(load_default="", most=DIMENSION_CHARS, metadata={"title": N_("What is measured")})
    unit = Text(
        load_default="", most=UNIT_CHARS,
        metadata={"title": N_("Canonical unit"), "hint": N_("Empty takes the usual one of the dimension.")},
    )  # fmt: skip

    @validates_schema(skip_on_field_errors=True)
    def _meaning(self, data: dict[str, Any], **_: Any) -> None:
        code = data["code"]
        if not ATTRIBUTE_CODE.fullmatch(code):
            raise ValidationError(BAD_CODE, "code")
        if code in TAKEN_CODES or code.endswith(TAKEN_ENDINGS):
            raise ValidationError(CODE_RESERVED, "code")
        data["unit"] = _unit(data)
        check_shape(data["type"], data["dimension"], data["unit"], data)


def _unit(data: Mapping[str, Any]) -> str:
    """The canonical unit: the one given, or the usual one."""
    if data["type"] not in MEASURED:
        for name in ("dimension", "unit"):
            if data[name]:
                raise ValidationError(MEASURED_ONLY, name)
        return ""
    dimension = units.DIMENSIONS.get(data["dimension"])
    if dimension is None:
        raise ValidationError(UNKNOWN_DIMENSION, "dimension")
    found = units.find(dimension.code, data["unit"]) if data["unit"] else dimension.units[dimension.usual]
    if found is None:
        raise ValidationError(UNKNOWN_UNIT, "unit")
    return found.code


def check_shape(kind: str, dimension: str, unit: str, data: dict[str, Any]) -> None:
    """Let units, bounds and options fit the type; empty units become all of the dimension."""
    if kind in MEASURED:
        data["units"] = _units(dimension, unit, data["units"])
    else:
        for name in ("units", "least", "most"):
            if data[name]:
                raise ValidationError(MEASURED_ONLY, name)
    codes = [one["code"] for one in data["choices"]]
    if kind == "choice" and (not codes or len(set(codes)) < len(codes)):
        raise ValidationError(NEEDS_CHOICES, "choices")
    if kind != "choice" and codes:
        raise ValidationError(CHOICES_ONLY, "choices")


def _units(dimension: str, unit: str, given: list[str]) -> list[str]:
    if not given:
        return list(units.DIMENSIONS[dimension].units)
    found = [units.find(dimension, one) for one in given]
    for number, one in enumerate(found):
        if one is None:
            raise ValidationError({number: [UNKNOWN_UNIT]}, "units")
    codes = list(dict.fromkeys(one.code for one in found if one is not None))
    if unit not in codes:
        raise ValidationError(UNIT_LEFT_OUT, "units")
    return codes


class MappingOut(Schema):
    """A code in another catalogue, with the name of that catalogue."""

    system = fields.String()
    code = fields.String()
    source = fields.Function(lambda one: SYSTEMS[one.system][1])


class CategoryOut(RecordOut):
    """A category as everybody sees it."""

    code = fields.String(metadata={"title": N_("Code of the category")})
    parent = fields.String(attribute="parent_id", allow_none=True)
    kind = fields.String(metadata={"words": KIND_TITLES})
    name_zh = fields.String()
    name_en = fields.String()
    level = fields.Integer(metadata={"title": N_("Level in the tree")})
    position = fields.Integer(metadata={"title": N_("Position among its siblings")})
    successor = fields.String(attribute="heir_id", allow_none=True)
    as_supplied = fields.Boolean(metadata={"title": N_("As the edition says")})
    mappings = fields.List(fields.Nested(MappingOut))


class OptionOut(Schema):
    """One option of a choice."""

    code = fields.String(metadata={"title": N_("Code of the option")})
    zh = fields.String(metadata={"title": N_("In Chinese")})
    en = fields.String(metadata={"title": N_("In English")})


class AttributeOut(RecordOut):
    """An attribute as everybody sees it."""

    category = fields.String(attribute="category_id")
    code = fields.String(metadata={"title": N_("Code of the attribute")})
    type = fields.String(metadata={"words": TYPE_TITLES})
    dimension = fields.String()
    unit = fields.String()
    units = fields.List(fields.String())
    name_zh = fields.String()
    name_en = fields.String()
    aliases = fields.List(fields.String())
    section = fields.String()
    position = fields.Integer()
    places = fields.Integer()
    least = fields.String()
    most = fields.String()
    filters = fields.Boolean()
    compares = fields.Boolean()
    mandatory = fields.Boolean()
    as_supplied = fields.Boolean(metadata={"title": N_("As the edition says")})
    choices = fields.List(fields.Nested(OptionOut))
