"""Why a listing or a change of it comes back: one reason for the whole, and reasons that stand beside fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from app import i18n
from app.catalogue.schemas import ListingInput
from app.kernel.shapes import LONG_TEXT, Choice, Input, Text
from app.kernel.values import N_

NOTE_CHARS: Final = 1_000
MAX_NOTES: Final = 40
BETWEEN: Final = "\n"

MEDIA_FIELDS: Final = {"pictures": N_("Pictures"), "documents": N_("Documents")}
FIELD_TITLES: Final[dict[str, str]] = {
    name: str(one.metadata["title"]) for name, one in ListingInput().load_fields.items()
} | MEDIA_FIELDS
"""What a reason may stand beside: every field of the form of a listing, and what hangs on it."""

NO_REASON: Final = N_("Give a reason, for the whole or beside a field.")
NOTED_TWICE: Final = N_("This field has a reason already.")
TOO_MANY_NOTES: Final = N_("At most 40 reasons.")


class NoteInput(Input):
    """What has to be corrected in one field."""

    field = Choice(FIELD_TITLES, required=True, metadata={"title": N_("Field"), "kind": "select"})
    reason = Text(required=True, most=NOTE_CHARS, metadata={"title": N_("What has to be corrected")})


class ReturnInput(Input):
    """A reason for the whole, reasons beside fields, or both."""

    reason = Text(load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason for the whole")})
    notes = fields.List(
        fields.Nested(NoteInput), load_default=list,
        validate=validate.Length(max=MAX_NOTES, error=TOO_MANY_NOTES), metadata={"title": N_("Reasons by field")},
    )  # fmt: skip

    @validates_schema
    def _said(self, data: dict[str, Any], **_: Any) -> None:
        if not data["reason"] and not data["notes"]:
            raise ValidationError(NO_REASON, "reason")
        seen: set[str] = set()
        for place, note in enumerate(data["notes"]):
            if note["field"] in seen:
                raise ValidationError({place: {"field": [NOTED_TWICE]}}, "notes")
            seen.add(note["field"])


def rows(notes: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """The reasons as they are stored beside the record."""
    return [{"field": note["field"], "reason": note["reason"]} for note in notes]


def in_words(reason: str, notes: Iterable[Mapping[str, str]]) -> str:
    """All of it as one text, for the record's course and for messages: fields stand there in both languages."""
    return BETWEEN.join(filter(None, (reason, *(f"{_called(note['field'])}: {note['reason']}" for note in notes))))


def _called(field: str) -> str:
    title = FIELD_TITLES[field]
    return f"{i18n.catalogue('zh').gettext(title)} {title}"
