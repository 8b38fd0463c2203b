"""Shapes of sharing: an instrument, and why something is bought although one of its kind can be booked."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from app.catalogue.schemas import CategoryCode
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import who
from app.kernel.shapes import Choice, Id, Input, RecordOut, Text
from app.kernel.values import N_
from app.sharing.models import CONTACT_CHARS, NAME_CHARS, SHORT_CHARS, TERMS_CHARS
from app.sharing.purchases import REASON_CHARS, instrument_kind

KEEPERS = who("org_admin|purchaser|catalogue", "self")
REACH_TITLES: Final = {"park": N_("the whole park"), "named": N_("named organisations")}
WHY_TITLES: Final = {
    "no_time": N_("no free time when it is needed"),
    "unsuitable": N_("does not reach what is needed"),
    "daily": N_("in use every day"),
    "confined": N_("samples may not leave the laboratory"),
    "distance": N_("too far for the work"),
    "other": N_("another reason"),
}
"""Why an instrument is bought although one of its kind can be booked."""
MAX_USERS: Final = 100

NAME_MISSING: Final = N_("Give the name in Chinese or in English.")
NO_WAY_TO_BOOK: Final = N_("Say whom to ask, or name the service by which it is booked.")
NO_INSTRUMENT: Final = N_("Only categories of instruments are shared, and not the root of the tree.")
NOBODY_NAMED: Final = N_("Name 1 to 100 organisations.")


class SharedInstrumentInput(Input):
    """What a keeper says about an instrument; an edit replaces all of it."""

    category = CategoryCode(required=True, metadata={"title": N_("Category"), "kind": "select"})
    name_zh = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in Chinese")})
    name_en = Text(load_default="", most=NAME_CHARS, metadata={"title": N_("Name in English")})
    brand = Text(load_default="", most=SHORT_CHARS, metadata={"title": N_("Brand")})
    model = Text(load_default="", most=SHORT_CHARS, metadata={"title": N_("Model")})
    place = Text(required=True, most=NAME_CHARS, metadata={"title": N_("Where it stands")})
    contact = Text(load_default="", most=CONTACT_CHARS, metadata={"title": N_("Whom to ask for a booking")})
    listing = Id(
        "lst", load_default=None, allow_none=True,
        metadata={"title": N_("Booked by ordering"), "hint": N_("A service of your own in the catalogue.")},
    )  # fmt: skip
    shared_with = Choice(REACH_TITLES, load_default="park", metadata={"title": N_("Who may use it")})
    users = fields.List(Id("org"), load_default=list, metadata={"title": N_("Named organisations")})
    terms = Text(load_default="", most=TERMS_CHARS, multiline=True, metadata={"title": N_("Conditions of use")})

    @validates_schema
    def _sound(self, data: dict[str, Any], **_: Any) -> None:
        if not data["name_zh"] and not data["name_en"]:
            raise ValidationError(NAME_MISSING, "name_zh")
        if not data["contact"] and data["listing"] is None:
            raise ValidationError(NO_WAY_TO_BOOK, "contact")
        if not instrument_kind(tree(), data["category"]):
            raise ValidationError(NO_INSTRUMENT, "category")
        if data["shared_with"] == "named" and not 1 <= len(data["users"]) <= MAX_USERS:
            raise ValidationError(NOBODY_NAMED, "users")


class SharedInstrumentOut(RecordOut):
    """A shared instrument; whom it is shared with by name is its keeper's to know."""

    org = fields.String(attribute="org_id", metadata={"title": N_("Shared by")})
    category = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    brand = fields.String()
    model = fields.String()
    place = fields.String()
    contact = fields.String()
    listing = fields.String(allow_none=True)
    shared_with = fields.String()
    users = fields.List(fields.String(), metadata={"for": KEEPERS})
    terms = fields.String()


class NeverthelessInput(Input):
    """Why it is bought although an instrument of its kind can be booked."""

    why = Choice(WHY_TITLES, required=True, metadata={"title": N_("Why buy nevertheless"), "kind": "select"})
    explanation = Text(
        required=True, most=REASON_CHARS, multiline=True,
        metadata={"title": N_("In words"), "hint": N_("Whoever approves the purchase reads it.")},
    )  # fmt: skip
